"""The one core: pure, exact, and at a loss for no chat."""
from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from time import process_time
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from qa_service.engine.inspector import Inspector
from qa_service.importers.plain import parse_plain
from qa_service.model.conversation import Conversation, Message
from qa_service.model.evaluation import Evaluation
from qa_service.model.schema import evaluation_schema
from qa_service.model.wire import conversation_digest, conversation_from_dict, conversation_to_dict, evaluation_to_dict

SCHEMA = Draft202012Validator(evaluation_schema())
AT = datetime(2025, 11, 1, 2, tzinfo=UTC)


def written(evaluation: Evaluation) -> bytes:
    return orjson.dumps(evaluation_to_dict(evaluation))


def check_shape(conversation: Conversation, evaluation: Evaluation) -> None:
    """What holds of every evaluation: the schema, the spans, the sums, the order."""
    document = json.loads(written(evaluation))
    SCHEMA.validate(document)
    texts = [m.text for m in conversation.messages]
    for finding in document["findings"]:
        for span in finding["spans"]:
            assert texts[span["message"]][span["start"]:span["end"]] == span["text"]
            assert 0 <= span["start"] <= span["end"] <= len(texts[span["message"]])
    for commitment in document["commitments"]:
        assert texts[commitment["message"]][commitment["start"]:commitment["end"]] == commitment["text"]
        assert conversation.messages[commitment["message"]].role == "agent"
        for part in ("deadline_text", "amount_text"):
            assert commitment[part] is None or commitment[part] in texts[commitment["message"]]
    score = evaluation.score
    assert score.total == 1000 + sum(d.points for d in score.deductions) == sum(s.points for s in score.sections if s.applicable)
    assert sum(s.weight for s in score.sections) == 1000
    assert 0 <= score.total <= 1000
    for deduction in score.deductions:
        assert deduction.points == (sum(deduction.shares.values()) if deduction.section is None else deduction.points)
        assert set(deduction.fingerprints) <= {f.fingerprint for f in evaluation.findings}
    places = [(f.spans[0].message, f.spans[0].start, f.rule) if f.spans else (-1, 0, f.rule) for f in evaluation.findings]
    assert places == sorted(places)
    assert len({f.fingerprint for f in evaluation.findings}) == len(evaluation.findings)
    assert document["conversation"]["digest"] == conversation_digest(conversation)


@settings(max_examples=120)
@given(st.data())
def test_every_evaluation_is_whole_whatever_was_said(inspector: Inspector, chats: st.SearchStrategy[Conversation], data: st.DataObject) -> None:
    conversation = data.draw(chats)
    check_shape(conversation, inspector.evaluate(conversation))


@settings(max_examples=60)
@given(st.data())
def test_no_rule_that_fires_is_left_out(inspector: Inspector, chats: st.SearchStrategy[Conversation], data: st.DataObject) -> None:
    batch = data.draw(st.lists(chats, min_size=1, max_size=3))
    standard = inspector.standard
    transcripts = standard.reader.read(batch, [standard.policies.of(c) for c in batch]).transcripts
    every = [sorted(f.fingerprint + f.rule for rule in standard.rules for f in rule.find(t)) for t in transcripts]
    assert [sorted(f.fingerprint + f.rule for f in e.findings) for e in inspector.evaluate_many(batch)] == every


@settings(max_examples=30)
@given(st.data())
def test_nothing_leaks_from_one_chat_into_another(inspector: Inspector, chats: st.SearchStrategy[Conversation], data: st.DataObject) -> None:
    batch = data.draw(st.lists(chats, min_size=2, max_size=6))
    alone = [written(inspector.evaluate(c)) for c in batch]
    assert [written(e) for e in inspector.evaluate_many(batch)] == alone
    order = list(range(len(batch)))
    Random(1).shuffle(order)
    assert [written(e) for e in inspector.evaluate_many([batch[n] for n in order])] == [alone[n] for n in order]


@settings(max_examples=30)
@given(st.data())
def test_a_chat_that_travelled_is_judged_the_same(inspector: Inspector, chats: st.SearchStrategy[Conversation], data: st.DataObject) -> None:
    conversation = data.draw(chats)
    again = conversation_from_dict(json.loads(json.dumps(conversation_to_dict(conversation))))
    assert written(inspector.evaluate(again)) == written(inspector.evaluate(conversation))


def said(role: str, text: str = "好的", at: datetime | None = None, kind: str = "text") -> Message:
    return Message(role, text, at, kind)


STRANGE: dict[str, tuple[Message, ...]] = {
    "one message": (said("customer", "有M码吗"),),
    "one empty message": (said("agent", ""),),
    "no agent": tuple(said("customer", t) for t in ("在吗", "怎么退货", "人呢")),
    "no customer": tuple(said("agent", t) for t in ("您好", "今天有活动")),
    "only a robot": (said("bot", "欢迎"), said("bot", "请稍等")),
    "only system": (said("system", "已接入"), said("system", "会话结束")),
    "only pictures": tuple(said(r, "[图片]", AT, "image") for r in ("customer", "agent", "customer")),
    "only codes": tuple(said(r, "#E-s[数字x]") for r in ("customer", "agent")),
    "the same time throughout": tuple(said(r, t, AT) for r, t in (("customer", "怎么退货"), ("agent", "点申请售后"), ("customer", "好"))),
    "times out of order": tuple(said(r, t, AT - timedelta(minutes=n)) for n, (r, t) in enumerate((("customer", "怎么退货"), ("agent", "亲"), ("agent", "点申请售后")))),
    "times here and there": (said("customer", "怎么退货", AT), said("agent", "点申请售后"), said("customer", "好", AT + timedelta(days=400))),
    "nothing but separators": tuple(said(r, "\x1f\x1f") for r in ("customer", "agent")),
    "a system between": (said("customer", "怎么退货"), said("system", "转接"), said("agent", "点申请售后")),
    "revoked": (said("customer", "怎么退货"), said("agent", "滚", kind="revoked")),
}


@pytest.mark.parametrize("name", STRANGE)
def test_strange_chats_are_scored(inspector: Inspector, name: str) -> None:
    conversation = Conversation("x", STRANGE[name])
    check_shape(conversation, inspector.evaluate(conversation))


@pytest.mark.parametrize(("name", "note"), [
    ("no agent", "没有人工客服消息"), ("no customer", "没有客户消息"), ("only pictures", "没有文字消息"), ("one message", "没有时间"), ("times here and there", "1 条消息没有时间")])
def test_the_notes_say_what_is_missing(inspector: Inspector, name: str, note: str) -> None:
    assert any(n.startswith(note) for n in inspector.evaluate(Conversation("x", STRANGE[name])).notes)


def test_an_ordinary_chat_needs_no_notes(inspector: Inspector) -> None:
    assert inspector.evaluate(parse_plain("客@10:00:00: 有M码吗\n服@10:00:05: 有的", "x")).notes == ()


def test_no_chats_no_evaluations(inspector: Inspector) -> None:
    assert inspector.evaluate_many([]) == []


def test_a_rule_found_twice_has_two_fingerprints_that_survive_a_shift(inspector: Inspector) -> None:
    chat = "客: 再不处理我就打12315\n服: 好的亲\n客: 再不处理我就打12315"
    first = [f.fingerprint for f in inspector.evaluate(parse_plain(chat, "x")).findings if f.rule == "CR01"]
    moved = [f.fingerprint for f in inspector.evaluate(parse_plain("机: 欢迎\n客: 在吗\n" + chat, "y")).findings if f.rule == "CR01"]
    assert len(set(first)) == 2
    assert moved == first


LARGE: dict[str, Callable[[], Conversation]] = {
    "10,000 messages": lambda: Conversation("x", tuple(
        said(r, f"{t}{n}", AT + timedelta(seconds=20 * n)) for n in range(2_500)
        for r, t in (("customer", "这件有M码吗"), ("agent", "亲,在的"), ("customer", "我的快递怎么还没到"), ("agent", "帮您查一下,今天给您补发")))),
    "10,000 equal messages": lambda: Conversation("x", tuple(said(r, t) for _ in range(5_000) for r, t in (("customer", "怎么退货"), ("agent", "您点申请售后就可以了")))),
    "1 MB of talk": lambda: Conversation("x", (said("customer", "怎么退货"), said("agent", "亲亲您好,这边给您补发一件,24小时内发出,补偿您10元。" * 13_000))),
    "1 MB without a mark": lambda: Conversation("x", (said("customer", "我要退款" * 90_000), said("agent", "加微信好评返现" * 50_000))),
    "1 MB of one character": lambda: Conversation("x", (said("customer", "退" * 350_000), said("agent", "亲" * 350_000))),
    "1 MB of digits": lambda: Conversation("x", (said("customer", "1" * 1_000_000), said("agent", "13800138000 " * 90_000))),
    "1 MB of brackets": lambda: Conversation("x", (said("customer", "[" * 1_000_000), said("agent", "<a" * 500_000))),
    "1 MB of spaces": lambda: Conversation("x", (said("customer", " " * 1_000_000), said("agent", "加" + " " * 1_000_000 + "微信"))),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_large_chats_take_seconds(inspector: Inspector, name: str) -> None:
    conversation = LARGE[name]()
    begin = process_time()
    evaluation = inspector.evaluate(conversation)
    took = process_time() - begin
    check_large(conversation, evaluation)
    assert took < 60, f"{took:.1f} s of CPU: something grows faster than the chat"


def check_large(conversation: Conversation, evaluation: Evaluation) -> None:
    for finding in evaluation.findings:
        for span in finding.spans:
            assert conversation.messages[span.message].text[span.start:span.end] == span.text
    document: dict[str, Any] = evaluation_to_dict(evaluation)
    assert document["measures"]["messages"] == len(conversation.messages)
