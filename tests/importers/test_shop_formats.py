"""千牛, 旺旺, TOP, JD, 七鱼 and SCA: each documented shape, each defect by itself. Whole files stand in fixtures."""
from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_service.importers import gather
from qa_service.importers.base import Intake, ReadOptions
from qa_service.model.errors import SourceError

SETTINGS = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def said(out: Any) -> list[tuple[str, str]]:
    return [(m.role, m.text) for c in out.conversations for m in c.messages]


def wangwang(*blocks: str) -> str:
    return "tb1122 --> 云杉工厂:小禾 2025-8-1 10:02:03\n在吗\n" + "\n".join(blocks) + "\n"


@pytest.mark.parametrize(("line", "who"), [
    ("云杉工厂:小禾 10:02:09", "云杉工厂:小禾"), ("云杉工厂:小禾10:02:09", "云杉工厂:小禾"), ("云杉工厂:客服2 10:02:09", "云杉工厂:客服2"),
    ("云杉工厂：小禾 2025-8-1 10:02:09", "云杉工厂:小禾"), ("2025-8-1 10:02:09云杉工厂:小禾", "云杉工厂:小禾"), ("云杉工厂:小禾2025-8-1 10:02:09", "云杉工厂:小禾"),
    ("  云杉工厂:小禾 2025/8/1 10:02:09:", "云杉工厂:小禾"), ("云杉工厂:小禾 --> 云杉工厂:小禾 10:02:09", "云杉工厂:小禾")])
def test_a_line_of_the_shop(read: Any, line: str, who: str) -> None:
    out = read("a.txt", wangwang(line, "在的"))
    assert said(out) == [("customer", "在吗"), ("agent", "在的")]
    assert out.only.messages[1].agent_id == who
    assert f"{out.only.messages[1].at:%H:%M:%S}" == "10:02:09"


@pytest.mark.parametrize("line", [
    "别的店:小禾 10:02:09", "下单时间: 10:02:09", "云杉工厂 10:02:09", "http://x.example/a:b 10:02:09", "→ 10:02:09", "云杉工厂:小禾 10:02", "云杉工厂:10:02:09" * 40])
def test_what_only_looks_like_a_line_of_the_shop(read: Any, line: str) -> None:
    assert said(read("a.txt", wangwang(line))) == [("customer", f"在吗\n{line}")]


def test_words_on_the_same_line_are_words(read: Any) -> None:
    assert said(read("a.txt", wangwang("云杉工厂:小禾 10:02:09 在的", "亲"))) == [("customer", "在吗"), ("agent", "在的\n亲")]


@pytest.mark.parametrize("nick", ["b1122x", "tb1122x", "tb1122x:采购"])
def test_a_buyer_stays_one_however_written(read: Any, nick: str) -> None:
    text = "tb1122x --> 云杉工厂:小禾 2025-8-1 10:02:03\n在吗\n" + f"{nick} --> 云杉工厂:小禾 10:02:20\n有人吗\n"
    out = read("a.txt", text)
    assert said(out) == [("customer", "在吗"), ("customer", "有人吗")]
    assert out.only.customer.id == "tb1122x"


def test_buyers_take_turns(read: Any) -> None:
    text = "".join(f"买家{i % 2}号 --> 云杉工厂:小禾 2025-8-1 10:0{i}:00\n问{i}\n云杉工厂:小禾 10:0{i}:30\n答{i}\n" for i in range(6))
    out = read("a.txt", text)
    assert [[m.text for m in c.messages] for c in out.conversations] == [["问0", "答0", "问2", "答2", "问4", "答4"], ["问1", "答1", "问3", "答3", "问5", "答5"]]


def test_a_transfer_is_told_by_the_accounts(read: Any) -> None:
    out = read("a.txt", wangwang("云杉工厂:小禾 10:03:00", "为您转售后", "云杉工厂:阿澈 10:05:00", "我是售后"))
    assert [m.agent_id for m in out.only.messages] == ["", "云杉工厂:小禾", "云杉工厂:阿澈"]


def test_neither_plain_text_nor_a_table_is_taken_for_it(read: Any) -> None:
    assert read("a.txt", "客户: 店铺:小禾 10:00:00 说过包邮\n客服: 是的\n").intake.formats == {"plain": 1}
    assert read("b.txt", "会话ID,角色,内容\n1,客户,店铺:小禾 10:00:00\n1,客服,店铺:小禾 10:00:00\n").intake.formats == {"csv": 1}


lines = st.sampled_from([
    "tb1122 --> 云杉工厂:小禾 2025-8-1 10:02:03", "b1122 --> 云杉工厂:小禾 10:05:00", "云杉工厂:小禾 23:59:59", "云杉工厂:机器人 0:00:01",
    "2025-8-2 9:00:00云杉工厂:阿澈", "2025-13-40 10:00:00云杉工厂:阿澈", "云杉工厂:小禾 99:99:99", "在吗", "", "  ", "a --> b", "-->:", "你撤回了一条消息", "\0"]) | st.text(max_size=30)


@SETTINGS
@given(st.lists(lines, max_size=20), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_any_lines_of_wangwang(read: Any, rows: list[str], end: str, encoding: str) -> None:
    read("a.txt", end.join(rows).encode(encoding, "replace"), ReadOptions(source="wangwang-txt"))


def bubble(clock: str, name: str, text: str, classes: str = "chatTextLeft--x") -> str:
    return f'<div class="chatWrap_a1b"><i class="chatName_q">{name}</i><i class="chatTime_w">{clock}</i><div class="{classes}">{text}</div></div>'


@pytest.mark.parametrize(("text", "expected"), [
    ("<b>在</b>吗", "在吗"), ("1&lt;2 &amp; 3", "1<2 & 3"), ("一<br>二<br/>三", "一\n二\n三"), ('好<img src="e.png" alt="[微笑]">', "好[微笑]"), ("<p>a<p>b", "ab")])
def test_the_words_of_a_page(read: Any, text: str, expected: str) -> None:
    page = f'<html><div class="groupTime">2025-11-02</div>{bubble("10:00:00", "tb1", text)}{bubble("10:00:09", "云杉:小禾", "在")}</html>'
    assert said(read("a.htm", page))[0] == ("customer", expected)


def test_a_page_of_the_second_kind(read: Any) -> None:
    page = f'<html><div class="groupTime">2025-11-02</div>{bubble("10:00:00", "tb1", "在吗", "chatText__r")}{bubble("10:00:09", "云杉:小禾", "在", "chatText__r")}</html>'
    assert said(read("a.htm", page)) == [("customer", "在吗"), ("agent", "在")]


@pytest.mark.parametrize(("page", "why"), [
    ("<html>千牛<body>空页</body></html>", "没有聊天消息"),
    (f"<html>{bubble('10:00:00', '甲', 'x')}{bubble('10:00:00', '乙', 'y')}</html>", "谁是买家"), ("<html><table></table></html>", "网页")])
def test_a_page_that_is_of_no_use(read: Any, page: str, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        read("a.html", page)


tags = st.sampled_from(['<div class="chatWrap-1">', '<div class="chatTime">', '<span class="chatName">', '<div class="chatText">', '<div class="groupTime">', "</div>",
                        "</span>", "<br>", '<img src="a">', "<div class='activeUserNickname'>tb1</div>", "10:00:00", "2025-11-01", "tb1", "云杉:小禾", "<script>", "<!--", "&#x0;", "<"])


@SETTINGS
@given(st.lists(tags, max_size=40))
def test_any_page(read: Any, parts: list[str]) -> None:
    with suppress(SourceError):
        read("a.html", "<html>" + "".join(parts), ReadOptions(source="qianniu-html"))


def chats(*rows: tuple[str, str, str], user: str = "tb1122", **more: Any) -> str:
    entries = [{"date": "2025-11-02", "time": clock, "sender": sender, "text": text, "imgUrl": ""} for clock, sender, text in rows]
    return json.dumps({"user": user, "exportTime": "x", "chats": entries} | more, ensure_ascii=False)


def test_the_buyer_of_a_file_without_a_name(read: Any) -> None:
    rows = (("10:00:00", "tb1122", "在吗"), ("10:00:09", "云杉:小禾", "在"))
    assert said(read("a.json", chats(*rows, user=""))) == [("customer", "在吗"), ("agent", "在")]
    [reject] = read("b.json", chats(("10:00:00", "甲", "在吗"), ("10:00:09", "乙", "在"), user="")).rejects
    assert "谁是买家" in reject.reason


def test_the_same_export_again_and_a_longer_one(read: Any) -> None:
    intake = Intake()
    rows = (("10:00:00", "tb1122", "在吗"), ("10:00:09", "云杉:小禾", "在"))
    first = read("a.json", chats(*rows), intake=intake)
    again = read("b.json", chats(*rows, count=2), intake=intake)
    later = read("c.json", chats(*rows, ("18:00:00", "tb1122", "发货了吗")), intake=intake)
    assert len(first.conversations) == 1
    assert not again.conversations
    assert [d.rows for d in again.duplicates] == [2]
    assert [m.text for m in later.only.messages] == ["发货了吗"]
    assert [d.rows for d in later.duplicates] == [2]


def test_the_users_shop_and_channel_stand_in_where_the_log_names_none(read: Any) -> None:
    rows = (("10:00:00", "tb1122", "在吗"), ("10:00:09", "云杉小铺", "在"))
    out = read("a.json", chats(*rows), ReadOptions(shop="s1", channel="tmall"))
    assert (out.only.shop, out.only.channel, out.only.agent.id) == ("s1", "tmall", "云杉小铺")


def top(messages: Any, **more: Any) -> str:
    return json.dumps({"from_id": "cntaobao云杉:小禾", "to_id": "cntaobaotb1"} | more | {"wangwang_eservice_chatlog_get_response": {"ret": 10000, "msgs": {"msg": messages}}})


def test_top_a_single_message_is_an_object(read: Any) -> None:
    assert said(read("a.json", top({"direction": 1, "time": "2025-11-02 10:00:00", "content": "在吗"}))) == [("customer", "在吗")]


def test_top_two_people_of_the_shop_with_one_buyer_are_one_talk(read: Any) -> None:
    one = {"direction": 1, "time": "2025-11-02 10:00:00", "content": "在吗"}, {"direction": 0, "time": "2025-11-02 10:00:09", "content": "在"}
    two = [{"direction": 0, "time": "2025-11-02 10:01:00", "content": "我是售后"}]
    out = read("a.jsonl", top(list(one)) + "\n" + top(two, from_id="cntaobao云杉:阿澈") + "\n")
    assert [(m.text, m.agent_id) for m in out.only.messages] == [("在吗", ""), ("在", "云杉:小禾"), ("我是售后", "云杉:阿澈")]


@pytest.mark.parametrize(("ret", "why"), [(50000, "30 天"), (40000, "不是你的账号"), (30000, "系统错误"), (10000, "没有消息")])
def test_top_says_why_there_is_nothing(read: Any, ret: int, why: str) -> None:
    [reject] = read("a.json", json.dumps({"wangwang_eservice_chatlog_get_response": {"ret": ret, "count": 0}})).rejects
    assert why in reject.reason


def jd_row(**more: Any) -> dict[str, Any]:
    return {"sid": "s1", "customer": "jd_1", "waiter": "店小二", "content": "在吗", "time": 1762236000000, "waiterSend": False} | more


@pytest.mark.parametrize("wrapped", [
    lambda rows: json.dumps({"jingdong_im_pop_chatlog_get_responce": {"ChatLogPage": {"chatLogList": rows}}}),
    lambda rows: json.dumps({"jingdong_im_pop_chatlog_get_responce": {"ChatLog": {"chatLogList": rows}}}, indent=1),
    lambda rows: json.dumps(rows), lambda rows: "\n".join(map(json.dumps, rows)), lambda rows: json.dumps({"chatLogList": rows})])
def test_jd_pages_in_every_wrapping(read: Any, wrapped: Any) -> None:
    out = read("a.json", wrapped([jd_row(), jd_row(waiterSend=True, content="在", time=1762236005000)]))
    assert said(out) == [("customer", "在吗"), ("agent", "在")]
    assert out.intake.formats == {"jd": 1}


@pytest.mark.parametrize(("more", "kind", "role"), [
    ({"content": "", "skuId": 7}, "card", "customer"), ({"content": ""}, "other", "customer"), ({"content": None, "skuId": 7}, "card", "customer"),
    ({"content": "https://item.example/1.html"}, "link", "customer"), ({"waiter": "京小智", "waiterSend": True}, "text", "bot"), ({"time": 0}, "text", "customer"),
    ({"time": "1762236000000"}, "text", "customer"), ({"sid": "", "content": "对方撤回了一条消息"}, "revoked", "customer")])
def test_jd_rows_with_something_about_them(read: Any, more: dict[str, Any], kind: str, role: str) -> None:
    [message] = read("a.json", json.dumps([jd_row(**more)])).only.messages
    assert (message.kind, message.role) == (kind, role)


@pytest.mark.parametrize("more", [{"waiterSend": 3}, {"waiterSend": None}, {"sid": [], }, {"content": {}}, {"customer": "", "sid": ""}, {"content": "a\0"}])
def test_jd_rows_that_are_none(read: Any, more: dict[str, Any]) -> None:
    out = read("a.json", json.dumps([jd_row(**more), jd_row()]))
    assert len(out.rejects) == 1
    assert said(out) == [("customer", "在吗")]


def test_jd_rows_far_apart(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gather, "WINDOW", 50)
    monkeypatch.setattr(gather, "_LOOK_EVERY", 1)
    rows = [jd_row(), *(jd_row(sid=f"x{i}", customer=f"c{i}") for i in range(80)), jd_row(content="后来", time=1762239000000)]
    out = read("a.jsonl", "\n".join(map(json.dumps, rows)))
    assert len(out.conversations) == 81
    [reject] = out.rejects
    assert "太远" in reject.reason


def qiyu(*rows: dict[str, Any], end: str = "total\n") -> str:
    return "".join(json.dumps({"sessionId": 1, "time": 1762236000000, "from": 1, "msg": "在吗"} | row, ensure_ascii=False) + "\n" for row in rows) + end


@pytest.mark.parametrize(("end", "rejected"), [("total\n", 0), ("", 0), ("3\n", 0), ('{"count": 3}\n', 0), ('{"sessionId": 1, "time": 17622', 1), ("{}\n\n", 0)])
def test_qiyu_the_last_line_is_no_data_unless_it_was_cut(read: Any, end: str, rejected: int) -> None:
    out = read("message.txt", qiyu({}, {"from": 0, "staffId": 7, "msg": "在"}, end=end))
    assert said(out) == [("customer", "在吗"), ("agent", "在")]
    assert len(out.rejects) == rejected


@pytest.mark.parametrize(("row", "role", "kind"), [
    ({"from": 0, "staffId": 7}, "agent", "text"), ({"from": 0, "staffId": -1}, "bot", "text"), ({"from": 0, "staffId": 0}, "bot", "text"),
    ({"from": 0, "staffId": 7, "autoReply": 1}, "bot", "text"), ({"from": "1"}, "customer", "text"), ({"from": 0, "staffId": 7, "withdraw": 1}, "agent", "revoked"),
    ({"msg": "", "content": "<p>图</p>", "type": "image"}, "customer", "image"), ({"msg": {"text": "卡片标题"}}, "customer", "text"), ({"msg": []}, "customer", "other")])
def test_qiyu_who_and_what(read: Any, row: dict[str, Any], role: str, kind: str) -> None:
    [message] = read("m.txt", qiyu(row)).only.messages
    assert (message.role, message.kind) == (role, kind)


def ticket(*said: dict[str, Any], **more: Any) -> str:
    return json.dumps({"tickets": [{"tid": "t1", "dialogue": [{"role": "客户", "words": "在吗"} | one for one in said]} | more]}, ensure_ascii=False)


def test_sca_times_from_offsets(read: Any) -> None:
    out = read("a.json", ticket({"begin": 1_240, "beginTime": "2019-11-25 15:37:16"}, {"begin": 61_240, "role": "客服", "words": "在"}))
    assert [f"{m.at:%H:%M:%S}" for m in out.only.messages] == ["15:37:16", "15:38:16"]


@pytest.mark.parametrize("more", [{"begin": -5}, {"begin": True}, {"begin": 10**30}, {"begin": "x"}, {"beginTime": "昨天"}, {"beginTime": 5}])
def test_sca_times_that_are_none(read: Any, more: dict[str, Any]) -> None:
    assert [m.at for m in read("a.json", ticket(more)).only.messages] == [None]


def test_sca_keeps_what_the_ticket_says_besides(read: Any) -> None:
    assert read("a.json", ticket({}, callType=1, fileName="a.wav", nested={"a": 1})).only.meta == {"callType": 1, "fileName": "a.wav"}
