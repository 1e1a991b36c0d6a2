"""Tallies: after any history they are what counting the kept chats anew gives; days, agents and shops add up exactly."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_service.model.conversation import Message
from qa_service.model.evaluation import StandardRef
from qa_service.model.wire import conversation_digest
from qa_service.store.keeping import Kept
from qa_service.store.store import Store
from qa_service.store.tallies import Sum, TallyRow

Keep = Callable[..., list[Kept]]
SINCE, UNTIL = date(2025, 11, 1), date(2025, 11, 30)
_SAID = st.sampled_from(((("customer", "有M码吗"), ("agent", "亲,在的")), (("customer", "在吗"), ("bot", "欢迎"), ("agent", "在"), ("agent", "请说")), (("agent", "在"),)))
_CHATS = st.fixed_dictionaries({
    "id": st.sampled_from("abcd"), "said": _SAID, "total": st.sampled_from((0.0, 59.9, 60.0, 85.5, 100.0)), "agent": st.sampled_from(("", "a1", "a2")),
    "minutes": st.sampled_from((None, 0, 60, 60 * 15, 60 * 24 * 2)), "topics": st.lists(st.sampled_from(("price", "refund")), max_size=3),
    "moods": st.lists(st.sampled_from(("negative", "neutral")), max_size=2), "other": st.booleans(), "finds": st.integers(0, 3)})
_LAYERS = st.fixed_dictionaries({"id": st.sampled_from("abcd"), "layer": st.sampled_from(("reviewer", "final")), "total": st.integers(0, 1000)})
_RUNS = count()


def kept_rows(store: Store, shop: str) -> list[TallyRow]:
    return store.tallies.read(shop, SINCE, UNTIL, by_day=True, by_agent=True)


def perform(store: Store, build: Any, shop: str, step: dict[str, Any], second: int) -> None:
    now = build.now + timedelta(seconds=second)
    if "layer" in step:
        head = store.conversations.head(shop, step["id"])
        if head is not None:
            store.evaluations.add_layer(shop, head.id, step["layer"], step["total"], author="u", reason="", now=now, digest=head.digest)
        return
    chat = {k: v for k, v in step.items() if k not in ("other", "finds")}
    rules = ("ER01", "CR01", "ER01")[:step["finds"]]
    chat["findings"] = [build.finding(r, 0, category="customer-risk.anger" if r == "CR01" else "empty-reply") for r in rules]
    chat["deductions"] = [(r, -1.5) for r in rules]
    chat["commitments"] = [build.promise(0)] * (step["finds"] // 2)
    standard = build.other_standard if step["other"] else build.standard
    store.keeping.keep([build.entry(shop, standard=standard, **chat)], now=now, source="api")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_CHATS | _LAYERS, min_size=1, max_size=8))
def test_after_any_history_they_are_what_a_recount_gives(store: Store, shop: str, build: Any, steps: list[dict[str, Any]]) -> None:
    mine = f"{shop}-{next(_RUNS)}"
    for digest in (build.standard, build.other_standard):
        store.standards.keep(mine, StandardRef("default", "1", digest), {}, now=build.now)
    for second, step in enumerate(steps):
        perform(store, build, mine, step, second)
    before = kept_rows(store, mine)
    store.tallies.recount(mine)
    assert kept_rows(store, mine) == before
    by_day, by_agent, whole = (store.tallies.read(mine, SINCE, UNTIL, **apart) for apart in ({"by_day": True}, {"by_agent": True}, {}))
    assert added(before) == added(by_day) == added(by_agent) == {(r.kind, r.name): r.sum for r in whole}
    heads = store.conversations.page(mine, limit=200).rows
    chats = [h.total for h in heads]
    standing = [h.standing for h in heads]
    assert added(before).get(("chats", "")) == (Sum(len(chats), sum(chats), sum(x * x for x in chats)) if chats else None)
    assert added(before).get(("standing", "")) == (Sum(len(chats), sum(standing), sum(x * x for x in standing)) if chats else None)


def added(rows: list[TallyRow]) -> dict[tuple[str, str], Sum]:
    out: dict[tuple[str, str], Sum] = {}
    for r in rows:
        a = out.get((r.kind, r.name), Sum(0, 0, 0))
        out[r.kind, r.name] = Sum(a.n + r.sum.n, a.total + r.sum.total, a.squares + r.sum.squares)
    return {k: v for k, v in out.items() if v != Sum(0, 0, 0)}


def test_what_is_counted(store: Store, shop: str, build: Any, keep: Keep) -> None:
    said = [("customer", "有M码吗"), ("agent", "亲,在的"), ("agent", "有的")]
    chat = build.entry(shop, "c1", said, total=90.0, findings=[build.finding(), build.finding(), build.finding("CR01", 0, category="customer-risk.anger")],
                       deductions=[("ER01", -10.0)], commitments=[build.promise(due="2025-11-11T18:00:00+08:00")], topics=["price", "price"],
                       moods=["neutral", "negative"])
    keep(chat)
    rows = {(r.kind, r.name): (r.sum.n, r.sum.total, r.sum.squares) for r in store.tallies.read(shop, build.begin.date(), build.begin.date())}
    measures = {k: rows.pop(k) for k in list(rows) if k[0] == "measure"}
    assert rows == {
        ("chats", ""): (1, 900, 810_000), ("standing", ""): (1, 900, 810_000), ("messages", "customer"): (1, 0, 0), ("messages", "agent"): (2, 0, 0),
        ("grade", "excellent"): (1, 0, 0), ("histogram", "18"): (1, 0, 0), ("rule", "ER01"): (2, -100, 0), ("rule_chats", "ER01"): (1, 0, 0),
        ("rule", "CR01"): (1, 0, 0), ("rule_chats", "CR01"): (1, 0, 0), ("category", "empty-reply"): (2, 0, 0), ("topic", "price"): (1, 0, 0),
        ("mood", "neutral"): (1, 0, 0), ("mood", "negative"): (1, 0, 0), ("ended_negative", ""): (1, 0, 0), ("commitment", "ship_by.open.dated"): (1, 0, 0),
        ("hour", "10"): (1, 0, 0), ("asked", ""): (1, 0, 0), ("first", "15"): (1, 6_000, 0), ("effective_first", "60"): (1, 45_500, 0)}
    assert measures["measure", "first_response"] == (1, 6_000, 0)
    assert measures["measure", "first_response.effective"] == (1, 45_500, 0)
    assert store.tallies.agents(shop) == {"a1": "客服a1"}
    assert store.tallies.days(shop) == (build.begin.date(), build.begin.date())
    assert store.tallies.read(shop, build.begin.date(), build.begin.date(), agent="a2") == []


def test_words_are_counted_for_who_wrote_them(store: Store, shop: str, build: Any, keep: Keep) -> None:
    first = build.entry(shop, "c1", findings=[build.finding(message=1)])
    messages = (first.conversation.messages[0], Message("agent", "亲,在的", first.conversation.messages[1].at, agent_id="a9"))
    handed = replace(first.conversation, messages=messages)
    evaluation = {**first.evaluation, "conversation": {"id": "c1", "shop": shop, "digest": conversation_digest(handed)}}
    keep(replace(first, conversation=handed, evaluation=evaluation))
    rows = {(r.kind, r.agent): r.sum.n for r in store.tallies.read(shop, SINCE, UNTIL, by_agent=True, kinds=["rule", "rule_chats", "chats"])}
    assert rows == {("rule", "a9"): 1, ("rule_chats", "a1"): 1, ("chats", "a1"): 1}
    assert [f.agent for f in store.evaluations.findings(shop).rows] == ["a9"]
