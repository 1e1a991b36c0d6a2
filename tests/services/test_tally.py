"""The tally: what it counts, and that parts merge to the whole."""
from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from qa_service.model.conversation import agent_key
from qa_service.services.day_parts import EXAMPLES
from qa_service.services.tally import WORST, Tally


def of(chats: list[Any]) -> Tally:
    t = Tally()
    for c, e in chats:
        t.add(c, e)
    return t


@pytest.mark.parametrize("cuts", [(0,), (1, 2), (37,), (100, 150, 299), (300,)])
def test_parts_merged_in_order_are_the_whole(day: Callable[[int], list[Any]], cuts: tuple[int, ...]) -> None:
    chats = day(300)
    merged, at = Tally(), 0
    for cut in (*cuts, len(chats)):
        part = pickle.loads(pickle.dumps(of(chats[at:cut])))  # as from another process
        merged.merge(part)
        at = cut
    assert merged == of(chats)


def test_merging_leaves_the_other_as_it_was(day: Callable[[int], list[Any]]) -> None:
    chats = day(60)
    whole, part = Tally(), of(chats)
    whole.merge(part)
    whole.merge(of(chats))
    assert part == of(chats)


def test_figures_of_a_small_day(build: Any) -> None:
    hit = build.finding("ER01", 1, "亲,在的")
    risk = build.finding("CR01", 0, "M码", 1, category="customer-risk.anger")
    t = of([build.chat(1, findings=[hit, risk], deductions=[("ER01", -10.0)]), build.chat(2, effective=8.0),
            build.chat(3, total=0.0, auto_fail=True)])
    assert (t.n, t.messages, t.agent_messages, t.auto_fails) == (3, 6, 3, 1)
    assert t.scores.mean == pytest.approx(190 / 3)
    assert t.histogram[18] == t.histogram[20] == t.histogram[0] == 1
    assert dict(t.grades) == {"excellent": 2, "fail": 1}
    assert (t.rules["ER01"].findings, t.rules["ER01"].chats, t.rules["ER01"].tenths) == (1, 1, -100)
    assert t.responses.nominal.answered == 3
    assert t.responses.effective.answered == 1
    assert t.findings("stable") == 1
    assert dict(t.agents["demo", "a1"].categories) == {"empty-reply": 1}
    assert [x.tenths for x in t.lowest.items()] == [0, 900]
    assert t.hours[10].chats == 3


def test_examples_are_few_distinct_masked_and_marked(build: Any) -> None:
    chats = []
    for i in range(20):
        text = f"亲在的{i}请加13812345678"
        chats.append(build.chat(i, [("customer", "有M码吗"), ("agent", text)], findings=[build.finding("ER01", 1, text[:4])]))
    examples = of(chats).rules["ER01"].examples
    assert len(examples) == EXAMPLES
    assert of(chats[::-1]).rules["ER01"].examples.keys() == examples.keys()
    for e in examples.values():
        pieces = e.bubbles[-1].pieces
        assert "".join(text for text, hit in pieces if hit) == e.evidence
        assert "138****5678" in "".join(text for text, _ in pieces)


def test_the_customers_question_is_shown_however_far(build: Any) -> None:
    words = [("customer", "有M码吗"), *(("bot", f"欢迎{i}") for i in range(8)), ("agent", "亲,在的")]
    example = next(iter(of([build.chat(1, words, findings=[build.finding("ER01", 9, "亲,在的")])]).rules["ER01"].examples.values()))
    assert example.bubbles[0].role == "customer"
    assert [b.gap for b in example.bubbles] == [False, True, False, False]


def test_a_long_message_is_cut_around_its_evidence(build: Any) -> None:
    text = "甲" * 3000 + "亲,在的" + "乙" * 3000
    t = of([build.chat(1, [("agent", text)], findings=[build.finding("ER01", 0, "亲,在的", 3000)])])
    example = next(iter(t.rules["ER01"].examples.values()))
    pieces = example.bubbles[0].pieces
    assert ("亲,在的", True) in pieces
    assert pieces[0][0] == pieces[-1][0] == "…"
    assert sum(len(t) for t, _ in pieces) < 200


def test_only_the_lowest_chats_are_kept(build: Any) -> None:
    chats = [build.chat(i, deductions=[("X1", -float(i % 97))]) for i in range(1, 400)]
    kept = of(chats).lowest.items()
    assert len(kept) == WORST
    assert [c.tenths for c in kept] == sorted(round(e["score"]["total"] * 10) for _, e in chats)[:WORST]


def test_a_finding_counts_against_who_wrote_it(build: Any) -> None:
    c, e = build.chat(1, [("customer", "有M码吗"), ("agent", "亲,在的")], findings=[build.finding("ER01", 1, "亲,在的")])
    first = type(c.messages[1])("agent", "亲,在的", c.messages[1].at, agent_id="a9")
    t = of([(type(c)(c.id, (c.messages[0], first), c.shop, c.channel, c.agent), e)])
    assert t.agents["demo", "a9"].categories["empty-reply"] == 1
    assert t.agents["demo", "a1"].categories["empty-reply"] == 0
    assert t.agents["demo", "a1"].scores.n == 1


def test_without_a_named_agent_the_busiest_answers(build: Any) -> None:
    c, _ = build.chat(1, [("agent", "甲"), ("agent", "乙")], agent=("a7", ""))
    assert agent_key(type(c)(c.id, c.messages, c.shop, c.channel)) == "a7"
    assert agent_key(type(c)(c.id, (type(c.messages[0])("customer", "在吗"),))) == ""


def test_without_times_there_are_no_responses(build: Any) -> None:
    t = of([build.chat(1, timed=False, first=None)])
    assert t.responses.asked == 0
    assert t.first_at is None
    assert sum(h.chats for h in t.hours) == 0


def test_open_promises_with_a_time_are_listed_earliest_first(build: Any) -> None:
    chats = [build.chat(i, commitments=[build.promise(1, "亲,在的", f"2025-11-{12 + i % 9:02d}T10:00:00+08:00", status=s)])
             for i, s in enumerate(["open", "kept", "open", "contradicted", "open"] * 100)]
    t = of(chats)
    assert len(t.due.items()) == 200
    assert [p.due for p in t.due.items()] == sorted(p.due for p in t.due.items())
    assert t.commitments["reissue", "kept", True] == 100


def test_notes_that_differ_only_in_numbers_are_one(build: Any) -> None:
    t = of([build.chat(i, notes=[f"{i} 条消息没有时间"]) for i in range(5)])
    assert dict(t.notes) == {"N 条消息没有时间": 5}
