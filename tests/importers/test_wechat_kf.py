"""微信客服: both record forms, codes and events, the platform's own end of a session, several workers in one."""
from __future__ import annotations

from typing import Any

import orjson
import pytest

START = 1762308000


def desk(code: Any, text: str = "", seconds: int = 0, **more: Any) -> dict[str, Any]:
    return {"openid": "o1", "opercode": code, "text": text, "time": START + seconds, "worker": "kf1@yq", **more}


def sync(number: int, origin: int = 3, text: str = "在吗", **more: Any) -> dict[str, Any]:
    return {"msgid": f"t{number}", "open_kfid": "wk1", "external_userid": "wm1", "send_time": START + number, "origin": origin, "msgtype": "text", "text": {"content": text}, **more}


def event(number: int, what: str, **more: Any) -> dict[str, Any]:
    return {"msgid": f"e{number}", "send_time": START + number, "origin": 4, "msgtype": "event", "event": {"event_type": what, "open_kfid": "wk1", "external_userid": "wm1", **more}}


def page(*records: dict[str, Any], key: str = "recordlist") -> bytes:
    return orjson.dumps({key: list(records), "number": len(records)})


@pytest.mark.parametrize(("code", "role"), [(2002, "agent"), (2003, "customer"), (2001, "customer"), ("2003", "customer"), (1003, "system")])
def test_codes_say_who(read: Any, code: Any, role: str) -> None:
    c = read("a.json", page(desk(2003, "在吗"), desk(code, "x", 5))).only
    assert c.messages[1].role == role


@pytest.mark.parametrize(("text", "kind"), [("[image]", "image"), ("[voice]", "voice"), ("[图片]", "image"), ("[视频]", "video"), ("好的", "text")])
def test_media_come_as_a_mark(read: Any, text: str, kind: str) -> None:
    assert read("a.json", page(desk(2003, text))).only.messages[0].kind == kind


def test_a_closed_session_is_over_however_soon_the_next_begins(read: Any) -> None:
    c1, c2 = read("a.json", page(desk(2003, "在吗"), desk(2002, "在", 5), desk(1004, "", 9), desk(2003, "还有", 12))).conversations
    assert [m.role for m in c1.messages] == ["customer", "agent", "system"]
    assert c2.meta["session"]["why"] == "平台结束了上一段会话"


def test_a_hand_over_keeps_both_workers(read: Any) -> None:
    c = read("a.json", page(desk(2003, "在吗"), desk(2002, "在", 5), desk(1003, "", 8, worker="kf2@yq"), desk(2002, "我来接", 20, worker="kf2@yq"))).only
    assert [m.agent_id for m in c.messages] == ["", "kf1@yq", "", "kf2@yq"]
    assert c.messages[2].text == "转接会话(kf2@yq)"


def test_the_same_record_twice_is_a_duplicate(read: Any) -> None:
    out = read("a.json", page(desk(2003, "在吗"), desk(2003, "在吗")))
    assert (len(out.only.messages), len(out.duplicates)) == (1, 1)


@pytest.mark.parametrize(("change", "field"), [({"openid": None}, "openid"), ({"opercode": 7}, "opercode"), ({"opercode": []}, "opercode"), ({"time": "x"}, "time"),
                                               ({"time": None}, "time"), ({"text": {}}, "text")])
def test_a_record_that_is_wrong(read: Any, change: dict[str, Any], field: str) -> None:
    (reject,) = read("a.json", page(desk(2003, "在吗") | change)).rejects
    assert reject.field == field


def test_only_events_and_nobody_spoke(read: Any) -> None:
    (reject,) = read("a.json", page(desk(1000), desk(1004, "", 5))).rejects
    assert (reject.rows, "没有人说话" in reject.reason) == (2, True)


def test_sync_messages(read: Any) -> None:
    c = read("a.json", page(sync(0), sync(1, 5, "您好"), sync(2, 5, "在的", servicer_userid="Lan"), sync(3, msgtype="image", image={"media_id": "x"}), key="msg_list")).only
    assert [(m.role, m.kind, m.agent_id) for m in c.messages] == [("customer", "text", ""), ("bot", "text", ""), ("agent", "text", "Lan"), ("customer", "image", "")]
    assert c.id == "wechat-kf/wk1/wm1@20251105T100000"


def test_sync_events_end_a_session_and_take_messages_back(read: Any) -> None:
    records = [sync(0), sync(1, text="点错了"), event(2, "user_recall_msg", recall_msgid="t1"), event(3, "session_status_change", change_type=3, old_servicer_userid="Lan"), sync(4)]
    c1, c2 = read("a.json", page(*records, key="msg_list")).conversations
    assert [(m.kind, m.text) for m in c1.messages] == [("text", "在吗"), ("revoked", "点错了"), ("text", "结束会话(Lan)")]
    assert len(c2.messages) == 1


@pytest.mark.parametrize(("change", "field"), [({"origin": 9}, "origin"), ({"external_userid": ""}, "external_userid"), ({"send_time": 5}, "send_time"), ({"text": []}, "text")])
def test_a_sync_message_that_is_wrong(read: Any, change: dict[str, Any], field: str) -> None:
    (reject,) = read("a.json", page(sync(0) | change, key="msg_list")).rejects
    assert reject.field == field
