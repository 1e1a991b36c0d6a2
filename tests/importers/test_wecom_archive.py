"""企业微信会话存档: who is inside and who outside, recalls that keep the words, archives as vendors pass them on."""
from __future__ import annotations

from typing import Any

import orjson
import pytest

BUYER = "wmQr7AAAAAx1kP0s9Yb2Lk3cD4eF5gHj"
OTHER = "woQr7BBBBBx1kP0s9Yb2Lk3cD4eF5gHj"
START = 1762221600000


def row(number: int, text: str = "在吗", sender: str = BUYER, to: Any = ("Lan",), seconds: int | None = None, **more: Any) -> dict[str, Any]:
    return {"msgid": f"m{number}", "action": "send", "from": sender, "tolist": list(to) if isinstance(to, tuple) else to, "roomid": "",
            "msgtime": START + 1000 * (number if seconds is None else seconds), "msgtype": "text", "text": {"content": text}, **more}


def lines(*rows: Any) -> bytes:
    return b"\n".join(orjson.dumps(r) for r in rows)


def test_a_member_and_an_outsider(read: Any) -> None:
    c = read("a.jsonl", lines(row(0), row(1, "在的", "Lan", (BUYER,)))).only
    assert [(m.role, m.agent_id) for m in c.messages] == [("customer", ""), ("agent", "Lan")]
    assert (c.channel, c.customer.id, c.agent.id) == ("wechat", BUYER, "Lan")


def test_a_robot_is_no_agent(read: Any) -> None:
    assert read("a.jsonl", lines(row(0), row(1, "您好", "wbBot", (BUYER, "Lan")))).conversations[1].messages[0].role == "bot"


def test_one_customer_with_two_members_is_two_streams(read: Any) -> None:
    assert len(read("a.jsonl", lines(row(0), row(1, to=("Xi",)))).conversations) == 2


def test_a_room_holds_several_members_and_customers(read: Any) -> None:
    room = {"roomid": "wr1"}
    c = read("a.jsonl", lines(row(0, **room), row(1, "我来", "Lan", (BUYER,), **room), row(2, "我也在", "Xi", (BUYER,), **room), row(3, "问一下", OTHER, **room))).only
    assert [m.agent_id for m in c.messages] == ["", "Lan", "Xi", ""]
    assert [m.meta.get("from") for m in c.messages] == [BUYER, None, None, OTHER]


def test_a_recall_keeps_the_words_and_counts_as_a_row(read: Any) -> None:
    recall = {"msgid": "r", "action": "recall", "from": "Lan", "tolist": [BUYER], "msgtime": START + 9_000, "msgtype": "revoke", "revoke": {"pre_msgid": "m1"}}
    out = read("a.jsonl", lines(row(0), row(1, "只要九块九", "Lan", (BUYER,)), recall))
    assert [(m.kind, m.text) for m in out.only.messages] == [("text", "在吗"), ("revoked", "只要九块九")]
    assert out.records[0].rows == 3


def test_a_recall_of_what_is_not_here_is_told(read: Any) -> None:
    recall = {"msgid": "r", "action": "recall", "from": "Lan", "tolist": [BUYER], "msgtime": START + 9_000, "msgtype": "revoke", "revoke": {"pre_msgid": "gone"}}
    c = read("a.jsonl", lines(row(0), recall)).only
    assert (c.messages[1].kind, c.messages[1].role) == ("revoked", "agent")
    assert c.meta["repairs"] == ["有 1 条撤回的消息没有留下原文"]


def test_fetched_twice_is_a_duplicate_and_another_text_under_one_id_is_refused(read: Any) -> None:
    out = read("a.jsonl", lines(row(0), row(0), row(0, "另一句")))
    assert (len(out.duplicates), len(out.only.messages)) == (1, 1)
    assert "内容不同" in out.rejects[0].reason


@pytest.mark.parametrize("to", [["Lan"], "Lan", "Lan,Xi"])
def test_vendors_write_lists_and_numbers_as_text(read: Any, to: Any) -> None:
    c = read("a.jsonl", lines(row(0, to=to, msgtime=str(START), image=None, revoke=None))).only
    assert c.id.startswith("wecom/Lan/")
    assert c.messages[0].at.isoformat() == "2025-11-04T10:00:00+08:00"


def test_wrapped_as_the_sdk_gives_it(read: Any) -> None:
    page = {"errcode": 0, "chatdata": [{"seq": 1, "msgid": "m0", "msg": row(0)}, {"seq": 2, "msgid": "m1", "msg": row(1, "在的", "Lan", (BUYER,))}]}
    assert len(read("a.json", orjson.dumps(page)).only.messages) == 2


@pytest.mark.parametrize(("kind", "body", "ours", "text"), [
    ("image", {}, "image", "[图片]"), ("emotion", {}, "image", "[图片]"), ("voice", {}, "voice", "[语音]"), ("video", {}, "video", "[视频]"),
    ("file", {"filename": "说明书.pdf"}, "other", "说明书.pdf"), ("link", {"title": "活动", "link_url": "u"}, "link", "活动 u"), ("weapp", {"title": "商城"}, "card", "商城"),
    ("location", {"title": "仓库", "address": "杭州"}, "other", "仓库 杭州"), ("markdown", {"content": "**好**"}, "text", "**好**"), ("redpacket", {}, "other", "[其他]"),
    ("mixed", {"item": [{"type": "text", "content": '{"content":"看\\"这\\"个"}'}, {"type": "image", "content": "{}"}]}, "text", '看"这"个'),
    ("mixed", {"item": [{"type": "image", "content": "{}"}]}, "image", "[图片]"), ("something_new", None, "other", "[其他]")])
def test_kinds_of_message(read: Any, kind: str, body: Any, ours: str, text: str) -> None:
    m = read("a.jsonl", lines(row(0, msgtype=kind, **{kind: body}))).only.messages[0]
    assert (m.kind, m.text) == (ours, text)


def test_consent_is_a_system_message(read: Any) -> None:
    c = read("a.jsonl", lines(row(0), row(1, msgtype="agree", agree={"userid": BUYER}))).only
    assert c.messages[1].role == "system"


@pytest.mark.parametrize(("wrong", "reason"), [
    ({"action": "switch", "msgtime": 1, "user": "Lan"}, "切换企业"), ({"encrypt_chat_msg": "x", "msgid": "m"}, "没有解密"), (row(1, sender="Xi"), "内部"),
    (row(1, to=(OTHER,)), "哪位员工"), (row(1) | {"msgtime": 0}, "时间"), (row(1) | {"msgtime": None}, "没有时间"), (row(1) | {"from": ""}, "发送人"), (3, "对象"),
    (row(1) | {"text": "x"}, "应为对象")])
def test_rows_that_are_no_message_say_why(read: Any, wrong: Any, reason: str) -> None:
    out = read("a.jsonl", lines(row(0), wrong))
    assert reason in out.rejects[0].reason
    assert len(out.only.messages) == 1


def test_the_clock_that_goes_back_is_put_right_and_told(read: Any) -> None:
    c = read("a.jsonl", lines(row(0, "一"), row(1, "三", seconds=30), row(2, "二", seconds=20))).only
    assert [m.text for m in c.messages] == ["一", "二", "三"]
    assert c.meta["repairs"] == ["消息未按时间排列,已按时间重排"]


def test_sessions_of_a_stream_keep_their_names_when_more_comes(read: Any) -> None:
    day = [row(i, seconds=s) for i, s in enumerate((0, 60, 20_000, 20_060, 40_000))]
    few, many = read("a.jsonl", lines(*day[:3])).ids, read("b.jsonl", lines(*day)).ids
    assert few == many[:2]
    assert len(many) == 3
