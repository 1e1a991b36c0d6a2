"""The write path: nothing is lost, nothing is written twice, what was is still there. On both databases."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_service.model.conversation import Conversation, Message
from qa_service.model.errors import InvalidRecord, UsageError
from qa_service.model.wire import conversation_digest
from qa_service.store.conversations import Filter
from qa_service.store.documents import conversation_of, conversation_to_bytes
from qa_service.store.keeping import Chunk, Kept
from qa_service.store.store import Store

Keep = Callable[..., list[Kept]]
LONGER = (("customer", "有M码吗"), ("agent", "亲,在的"), ("customer", "还在吗"))


def test_the_same_again_changes_nothing(store: Store, shop: str, build: Any, keep: Keep) -> None:
    first = build.entry(shop, "c1", findings=[build.finding()], commitments=[build.promise()], topics=["price"])
    assert [k.change for k in keep(first)] == ["new"]
    before = store.conversations.head(shop, "c1"), store.tallies.read(shop, build.begin.date(), build.now.date())
    assert keep(first, later=60) == [Kept(shop, "c1", conversation_digest(first.conversation), build.standard, "same", 1)]
    assert (store.conversations.head(shop, "c1"), store.tallies.read(shop, build.begin.date(), build.now.date())) == before
    assert len(store.conversations.versions(shop, "c1")) == len(store.evaluations.history(shop, "c1")) == 1


def test_what_was_kept_comes_back_as_it_was(store: Store, shop: str, build: Any, keep: Keep) -> None:
    sent = build.entry(shop, "c1", total=84.5, findings=[build.finding(needs_human=True)], meta={"order_id": "1", "n": {"csat": 4}})
    keep(sent)
    version, evaluation = store.conversations.version(shop, "c1"), store.evaluations.current(shop, "c1")
    assert version is not None
    assert evaluation is not None
    assert conversation_digest(conversation_of(conversation_to_bytes(sent.conversation))) == version.digest
    assert evaluation.line == sent.line
    head = store.conversations.head(shop, "c1")
    assert head is not None
    assert (head.total, head.standing, head.grade, head.findings, head.needs_human) == (845, 845, "good", 1, True)
    assert (head.agent, head.agent_name, head.customer, head.messages, head.agent_messages) == ("a1", "客服a1", "u1", 2, 1)
    assert (head.begun, head.at, head.received_at, head.source) == (build.begin, build.begin, build.now, "api")
    assert head.measures == sent.evaluation["measures"]


def test_other_content_is_a_new_version_and_the_old_one_stays(store: Store, shop: str, build: Any, keep: Keep) -> None:
    old = build.entry(shop, "c1", findings=[build.finding(), build.finding("ER02")], commitments=[build.promise()], topics=["price"])
    new = build.entry(shop, "c1", LONGER, total=60.0, findings=[build.finding("TM01")], topics=["refund"])
    keep(old)
    assert [(k.change, k.version) for k in keep(new, later=60)] == [("changed", 2)]
    assert [v.digest for v in store.conversations.versions(shop, "c1")] == [e.evaluation["conversation"]["digest"] for e in (old, new)]
    assert [e.line for e in store.evaluations.history(shop, "c1")] == [old.line, new.line]
    first = store.conversations.version(shop, "c1", 1)
    assert first is not None
    assert len(first.document["messages"]) == 2
    assert [f.rule for f in store.evaluations.findings(shop).rows] == ["TM01"]
    assert store.commitments.of(shop, "c1") == []
    assert store.conversations.count(shop, Filter(topic="price")) == 0
    assert store.conversations.count(shop, Filter(topic="refund")) == 1
    assert [k.change for k in keep(old, later=120)] == ["changed"]  # content that comes back is what is so now
    head = store.conversations.head(shop, "c1")
    assert head is not None
    assert (head.version, head.digest) == (3, old.evaluation["conversation"]["digest"])
    assert len(store.evaluations.history(shop, "c1")) == 2


def test_another_standard_adds_an_evaluation_and_keeps_the_old(store: Store, shop: str, build: Any, keep: Keep) -> None:
    old = build.entry(shop, "c1", total=90.0, findings=[build.finding()])
    new = build.entry(shop, "c1", total=70.0, standard=build.other_standard)
    keep(old)
    assert [(k.change, k.version) for k in keep(new, later=60)] == [("rescored", 1)]
    head = store.conversations.head(shop, "c1")
    assert head is not None
    assert (head.total, head.standard, head.version) == (700, build.other_standard, 1)
    assert [e.total for e in store.evaluations.history(shop, "c1")] == [900, 700]
    digest = head.digest
    kept = store.evaluations.get(shop, digest, build.standard)
    assert kept is not None
    assert kept.line == old.line
    assert store.evaluations.by_id(shop, kept.id) == kept
    assert [x.total for x in store.evaluations.layers(shop, "c1") if x.layer == "machine"] == [900, 700]


def test_one_batch_may_hold_versions_of_one_chat(store: Store, shop: str, build: Any, keep: Keep) -> None:
    a, b, c = build.entry(shop, "c1"), build.entry(shop, "c2"), build.entry(shop, "c1", LONGER)
    assert [(k.id, k.change, k.version) for k in keep(a, b, c, c)] == [
        ("c1", "new", 1), ("c2", "new", 1), ("c1", "changed", 2), ("c1", "same", 2)]
    assert store.tallies.read(shop, build.begin.date(), build.begin.date(), kinds=["chats"])[0].sum.n == 2


def test_all_or_nothing(store: Store, shop: str, build: Any, keep: Keep) -> None:
    with pytest.raises(UsageError):
        keep(build.entry(shop, "c1"), build.entry(shop, "c2", standard="sha256:" + "9" * 64))
    wrong = replace(build.entry(shop, "c3"), conversation=build.entry(shop, "c4").conversation)
    with pytest.raises(UsageError):
        keep(build.entry(shop, "c1"), wrong)
    assert store.conversations.count(shop) == 0
    assert store.tallies.days(shop) is None


@pytest.mark.parametrize("id", ["", "a\0b", "\ud800", "x" * 501])
def test_a_key_that_no_database_can_hold_is_refused(store: Store, shop: str, build: Any, keep: Keep, id: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        keep(build.entry(shop, id))
    assert refused.value.field == "/id"


def test_a_chunk_is_kept_once(store: Store, shop: str, build: Any, keep: Keep) -> None:
    chunk = Chunk(shop, "run-1", 3, {"rows": 7})
    assert [k.change for k in keep(build.entry(shop, "c1"), chunk=chunk)] == ["new"]
    keep(build.entry(shop, "c1", LONGER))
    assert keep(build.entry(shop, "c1"), chunk=chunk) == []  # else the older content would come back
    head = store.conversations.head(shop, "c1")
    assert head is not None
    assert head.version == 2
    assert store.keeping.chunks_of(shop, "run-1") == {3: {"rows": 7}}
    assert store.keeping.chunks_of(shop, "run-2") == {}


def test_a_chat_without_times_stands_on_the_day_it_came(store: Store, shop: str, build: Any, keep: Keep) -> None:
    keep(build.entry(shop, "c1", minutes=None))
    keep(build.entry(shop, "c1", LONGER, minutes=None), later=86_400 * 3)
    head = store.conversations.head(shop, "c1")
    assert head is not None
    assert (head.begun, head.at, head.received_at) == (None, build.now, build.now)
    assert head.day.isoformat() == "2025-11-12"


_TEXTS = st.text(st.characters() | st.sampled_from("\0\ud83d\ude00微信\x1f\u2028'\"\\*:"), max_size=12)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(_TEXTS, min_size=1, max_size=4), meta=st.dictionaries(_TEXTS, _TEXTS | st.integers(), max_size=3), n=st.integers(0, 10 ** 9))
def test_any_text_is_kept_as_it_is(store: Store, shop: str, build: Any, texts: list[str], meta: dict[str, Any], n: int) -> None:
    e = build.entry(shop, f"c{n}", [("customer", t) for t in texts], meta=meta, agent=texts[0])
    store.keeping.keep([e], now=build.now, source="api")
    version = store.conversations.version(shop, f"c{n}")
    assert version is not None
    assert version.digest == conversation_digest(e.conversation)
    assert conversation_digest(conversation_of(conversation_to_bytes(e.conversation))) == version.digest
    assert [m["text"] for m in version.document["messages"]] == texts


def test_integers_of_any_size_survive() -> None:
    c = Conversation("c", (Message("customer", "在"),), meta={"order": 10 ** 30})
    assert conversation_of(conversation_to_bytes(c)) == c
