"""Replies as the model sees them: turns are those of the transcript, bubbles add up, options are counted."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.model.conversation import Conversation, Message
from qa_service.model.policy import Policy
from qa_service.rules.standard import Standard
from qa_service.text.reply_quality import REPLY_KINDS, REPLY_LABELS, options_in, units
from qa_service.text.transcript import Transcript

ROLES = {"customer": 0, "agent": 1, "bot": 2, "system": 3}
Read = Callable[[str], Transcript]


@given(st.lists(st.lists(st.sampled_from(list(ROLES)), min_size=1, max_size=9), min_size=1, max_size=5))
def test_turns_are_those_of_the_transcript(standard: Standard, chats: list[list[str]]) -> None:
    conversations = [Conversation(f"c{n}", tuple(Message(role, "嗯") for role in roles)) for n, roles in enumerate(chats)]
    read = standard.reader.read(conversations, [Policy("none")] * len(chats)).transcripts
    found = units(np.array([ROLES[r] for roles in chats for r in roles]), np.repeat(np.arange(len(chats)), [len(c) for c in chats]))
    expected = [(t.first, reply) for t in read for reply in t.replies]
    assert found.first.tolist() == [first + reply.answer[0] for first, reply in expected]
    for number, (first, reply) in enumerate(expected):
        assert np.flatnonzero(found.answer == number).tolist() == [first + i for i in reply.answer]
        assert np.flatnonzero(found.asked == number).tolist() == [first + i for i in reply.asked]


def label(t: Transcript, reply: int = 0) -> str:
    return max(REPLY_LABELS, key=lambda kind: t.reply_label(t.replies[reply], kind))


@pytest.mark.parametrize(("asked", "said", "expected"), [
    ("这款什么时候发货", "今天下午五点前付款当天发", "answers"), ("裤子有XL码吗", "有的亲", "answers"), ("收到的杯子是碎的", "给您重新补发一个可以吗", "solution"),
    ("我要退货", "麻烦您提供一下订单号", "asks"), ("快递到哪了", "稍等,我帮您查一下", "holding"), ("这个怎么安装", "在的亲,有什么可以帮您", "empty"),
    ("快递三天没动了", "这个您问快递公司吧,我们管不了", "shirking"), ("到底什么时候发", "都跟您说了多少遍了,别催了行不行", "impatient")])
def test_plain_cases_are_told_apart(read: Read, asked: str, said: str, expected: str) -> None:
    assert label(read(f"客: {asked}\n服: {said}")) == expected


def test_an_answer_in_the_next_bubble_belongs_to_the_turn(read: Read) -> None:
    alone, both = read("客: 有M码吗\n服: 在的亲"), read("客: 有M码吗\n服: 在的亲\n服: M码有现货的,今天拍今天发")
    assert alone.reply_label(alone.replies[0], "empty") > 0.5 > both.reply_label(both.replies[0], "empty")


def test_probabilities_are_of_one_kind_or_of_each(read: Read) -> None:
    t = read("客: 少发了一包\n服: 非常抱歉,马上给您补发")
    of = t.reading.replies.of(1)
    assert tuple(of) == REPLY_KINDS
    assert sum(of[kind] for kind in REPLY_LABELS) == pytest.approx(1.0)
    assert of["apology"] >= t.sure_of("apology")
    assert of["solution_offered"] >= t.sure_of("solution_offered")


def test_a_batch_says_what_each_chat_alone_would(standard: Standard) -> None:
    chats = [["客户在吗", "有货吗"], ["多久到", "三天左右"], ["多久到", "三天左右"], ["垃圾", "抱歉给您退款"]]
    conversations = [Conversation(f"c{n}", (Message("customer", a), Message("agent", b))) for n, (a, b) in enumerate(chats)]
    together = standard.reader.read(conversations, [Policy("none")] * len(chats)).transcripts
    for conversation, t in zip(conversations, together, strict=True):
        (alone,) = standard.reader.read([conversation], [Policy("none")]).transcripts
        assert alone.moods == t.moods
        assert alone.topics == t.topics
        assert alone.reading.replies.of(1) == t.reading.replies.of(t.first + 1)


@pytest.mark.parametrize(("said", "options"), [
    ("给您补发一个", 1), ("给您补发一个或者退您五块", 2), ("要么换新要么全额退", 2), ("退也行 换也行", 2), ("三种办法亲看下 一退货 二换一件 三留着减20", 3),
    ("我给您两个方案 您看看", 2), ("或许明天到", 1)])
def test_ways_out_are_counted(said: str, options: int) -> None:
    assert options_in([said], True) == options
    assert options_in([said], False) == 0
