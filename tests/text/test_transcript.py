"""Transcripts: turns, replies, and what a line says beyond courtesy."""
from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.model.conversation import Conversation, Message
from qa_service.model.policy import Policy
from qa_service.rules.standard import Standard
from qa_service.text.transcript import Transcript

Read = Callable[[str], Transcript]


def test_turns_are_adjacent_messages_of_one_role(read: Read) -> None:
    t = read("客: 在吗\n客: 有M码吗\n系: 客服小美接入\n客: 人呢\n机: 您好\n服: 有的\n服: 今天发\n客: 好")
    assert [(turn.role, turn.indexes) for turn in t.turns] == [("customer", (0, 1, 3)), ("bot", (4,)), ("agent", (5, 6)), ("customer", (7,))]


def test_a_system_message_does_not_break_a_turn_but_a_robot_does(read: Read) -> None:
    t = read("服: 有的\n系: 已转接\n服: 今天发\n机: 欢迎\n服: 还有吗")
    assert [turn.indexes for turn in t.turns] == [(0, 2), (3,), (4,)]


def test_a_reply_answers_what_was_asked_since_the_last(read: Read) -> None:
    t = read("服: 您好\n客: 有M码吗\n机: 请稍等\n客: 黑色的\n服: 有的\n服: 今天发\n机: 请评价\n服: 还在吗")
    assert [(r.asked, r.answer, r.number) for r in t.replies] == [((), (0,), 0), ((1, 3), (4, 5), 1), ((), (7,), 2)]


def test_a_chat_without_people_has_no_replies(read: Read) -> None:
    t = read("客: 在吗\n机: 您好\n系: 会话结束")
    assert t.replies == ()
    assert len(t.turns) == 2
    assert read("系: 会话结束").turns == ()


@given(st.lists(st.sampled_from(("customer", "agent", "bot", "system")), min_size=1, max_size=25))
def test_every_spoken_word_is_in_one_turn_and_every_answer_in_one_reply(standard: Standard, roles: list[str]) -> None:
    chat = Conversation("x", tuple(Message(role, "好") for role in roles))
    t = standard.reader.read([chat], [Policy("none")]).transcripts[0]
    assert [i for turn in t.turns for i in turn.indexes] == [i for i, r in enumerate(roles) if r != "system"]
    assert [i for r in t.replies for i in r.answer] == [i for i, r in enumerate(roles) if r == "agent"]
    assert all(a.role != b.role for a, b in zip(t.turns, t.turns[1:], strict=False))
    asked = [i for r in t.replies for i in r.asked]
    assert asked == [i for i in asked if roles[i] == "customer"] == sorted(set(asked))


@pytest.mark.parametrize("text", [
    "亲", "亲,在的", "您好", "在的呢~", "亲亲 在的哦", "您好,请问有什么可以帮到您", "嗨", "你好呀亲", "亲爱的,在呢", "欢迎光临", "感谢您的支持", "谢谢亲", "祝您购物愉快",
    "不客气哦", "亲爱的顾客您好,欢迎光临小店", "很高兴为您服务", "客官在的呢", "!!!", "😊😊", "亲~~~", "晚上好亲", "#E-s[数字x]", "", "早上好,很高兴为您服务", "让您久等了", "哦哦"])
def test_courtesy_says_nothing(read: Read, text: str) -> None:
    t = read(f"服: {text}")
    assert t.residue(0) == ""


@pytest.mark.parametrize("text", [
    "有的", "可以退", "今天发", "M码", "50", "亲,在的,有M码", "拍大一码", "包邮的哦", "亲亲,这款是纯棉的呢", "不支持", "已经安排了", "您好,顺丰", "没货了", "两天到", "嗯嗯",
    "稍等", "帮您查一下", "抱歉,这款没有了"])
def test_what_says_something(read: Read, text: str) -> None:
    t = read(f"服: {text}")
    assert t.residue(0) != ""
    assert t.says_something((0,))


@pytest.mark.parametrize("text", ["[图片]", "https://item.example.com/1", "亲,[订单x]", "您好 [链接x]"])
def test_what_is_shown_says_something_too(read: Read, text: str) -> None:
    assert read(f"服: {text}").says_something((0,))


@pytest.mark.parametrize("text", ["[微笑]", "#E-s[数字x]", "。。。", "亲,在的"])
def test_a_smile_does_not(read: Read, text: str) -> None:
    assert not read(f"服: {text}").says_something((0,))


@pytest.mark.parametrize("text", [
    "稍等", "亲稍等哦", "请稍等,帮您查一下", "您稍等下", "我看一下", "帮您看看哈", "正在为您查询", "请您耐心等待一下", "马上帮您核实", "亲,我去问一下"])
def test_asking_for_patience(read: Read, text: str) -> None:
    assert read(f"服: {text}").is_holding(0)


@pytest.mark.parametrize("text", [
    "有的", "稍等,帮您查了,明天到", "已经帮您查到了,在杭州", "等三天就到", "亲,在的", "请稍等,这款是纯棉的", "查不到这个单号", "好的"])
def test_more_than_asking_for_patience(read: Read, text: str) -> None:
    assert not read(f"服: {text}").is_holding(0)


@pytest.mark.parametrize("text", ["嗯嗯", "好的亲", "收到", "明白了", "OK", "知道了呢", "好滴", "行"])
def test_an_acknowledgement(read: Read, text: str) -> None:
    assert read(f"服: {text}").is_acknowledgement(0)


@pytest.mark.parametrize("text", ["好的,今天发", "嗯,M码有", "亲,在的", "", "收到货了吗", "行李箱"])
def test_no_acknowledgement(read: Read, text: str) -> None:
    assert not read(f"服: {text}").is_acknowledgement(0)


@pytest.mark.parametrize("text", [
    "这件有M码吗", "什么时候发货", "怎么退货", "帮我查下快递", "我要退款", "少发了一个", "屏幕碎了", "能改地址不", "快递还没到", "多少钱", "这款是不是纯棉的", "麻烦开个发票",
    "收到的杯子是坏的", "有没有优惠", "为什么不给退", "尺码偏大还是偏小", "物流三天没更新了", "质量太差了", "你好,请问几天到", "在吗 这个能机洗吗"])
def test_a_customer_asks_something_in_particular(read: Read, text: str) -> None:
    assert read(f"客: {text}").concrete((0,))


@pytest.mark.parametrize("text", [
    "在吗", "你好", "亲,在吗?", "谢谢", "好的", "嗯嗯", "有人吗", "人工客服", "[图片]", "咨询订单号:[订单x]", "在么在么", "好的谢谢", "转人工", "哈喽", "收到", "没问题了"])
def test_a_customer_asks_nothing_in_particular(read: Read, text: str) -> None:
    assert not read(f"客: {text}").concrete((0,))


@pytest.mark.parametrize(("text", "asks", "openly"), [
    ("什么时候发货", True, True), ("有M码吗", True, False), ("偏大还是偏小", True, True), ("我拍好了", False, False), ("多少钱?", True, True), ("就这个?", True, False)])
def test_questions(read: Read, text: str, asks: bool, openly: bool) -> None:
    t = read(f"客: {text}")
    assert (t.question((0,)), t.open_question((0,))) == (asks, openly)


def test_the_rest_of_a_line_is_what_it_says_beside_a_hit(read: Read) -> None:
    t = read("服: 亲,这个我不清楚呢,您问下主管")
    text = t.messages[0].text
    start = text.index("不清楚")
    assert "问下主管" in t.rest(0, [(0, start, start + 3)])
    assert "不清楚" not in t.rest(0, [(0, start, start + 3)])
    assert t.rest(0, [(0, 0, len(text))]) == ""


def test_pictures_are_not_read_as_language(read: Read) -> None:
    t = read("客(image): 加微信.jpg\n服(card): 满减券")
    assert not t.spoken(0)
    assert t.norm(0) == "\ufffc" * 7
    assert t.bare(0) == ""
    assert t.moods == ()
    assert t.topics == ()
    assert t.says_something((1,))
