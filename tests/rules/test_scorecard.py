"""The arithmetic of the scorecard: for any findings the waterfall adds up exactly, and nothing leaves its bounds."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.model.conversation import EMPTY
from qa_service.model.errors import RefusedStandard
from qa_service.model.evaluation import Score
from qa_service.model.finding import SEVERITIES, TOPICS, Finding
from qa_service.rules.scorecard import FULL, Part, Scorecard, lint_scorecard, load_scorecard, shares

CATEGORIES = ("timeliness.first", "empty-reply", "courtesy.perfunctory", "courtesy.abusive", "recovery.option", "promise.absolute",
              "privacy", "process.closing", "process.welcome", "customer-risk.abuse", "unknown.thing")
PARTS = (
    Part("response", "响应时效", 200, ("timeliness", "empty-reply")),
    Part("attitude", "服务态度", 250, ("courtesy",), measure="agent_messages"),
    Part("resolution", "问题解决", 250, ("recovery",), ("quality", "return"), "agent_messages"),
    Part("compliance", "承诺合规", 200, ("promise", "privacy")),
    Part("process", "流程规范", 100, ("process",)))
GRADES = (("excellent", 900), ("good", 800), ("pass", 600), ("fail", 0))
CARD = Scorecard("test", PARTS, {"info": 0, "minor": 30, "major": 100, "critical": 200}, {"courtesy": 70, "process.closing": 15}, {"R3": 55}, {"R7": 40},
                 GRADES, fatal_categories=("courtesy.abusive",), rule_cap=250)
ALL = frozenset({"quality"})
BUSY = {"agent_messages": 3}


def finding(rule: str = "R1", category: str = "courtesy.perfunctory", severity: str = "minor", status: str = "stable", print_: str = "f") -> Finding:
    """A finding as far as a scorecard reads it."""
    return Finding(rule, rule.lower(), category, severity, status, "", "", "", EMPTY, (), print_)


@st.composite
def many(draw: st.DrawFn) -> list[Finding]:
    """Findings of up to nine rules; a rule has one category, one severity and one status, as in a pack."""
    kinds = {f"R{n}": (draw(st.sampled_from(CATEGORIES)), draw(st.sampled_from(SEVERITIES)), draw(st.sampled_from(("stable", "stable", "trial"))))
             for n in range(1, 10)}
    names = draw(st.lists(st.sampled_from(sorted(kinds)), max_size=24))
    return [finding(rule, *kinds[rule], print_=f"f{n}") for n, rule in enumerate(names)]


cards = st.builds(
    lambda weights, cap, percent, times, bonus, floor: replace(
        CARD, parts=tuple(replace(p, weight=w) for p, w in zip(PARTS, weights, strict=True)), rule_cap=cap, repeat_percent=percent,
        repeat_times=times, bonus={"R7": bonus, "R8": bonus}, fatal_total=floor),
    st.lists(st.integers(1, 500), min_size=5, max_size=5), st.integers(0, 400), st.integers(0, 100), st.integers(1, 5), st.integers(0, 900),
    st.integers(0, 600))
topics = st.frozensets(st.sampled_from(sorted(TOPICS)), max_size=3)
measures: st.SearchStrategy[Mapping[str, float | int | None]] = st.fixed_dictionaries({"agent_messages": st.sampled_from((0, 1, 40, None))})


@pytest.fixture(scope="module")
def shipped(lexicons: Path) -> Scorecard:
    """The card that ships."""
    return load_scorecard(lexicons / "scorecards" / "default.yaml")


def adds_up(score: Score) -> None:
    """The invariants that hold for every score."""
    assert score.total == FULL + sum(d.points for d in score.deductions)
    assert score.total == sum(s.points for s in score.sections)
    assert 0 <= score.total <= FULL
    assert sum(s.weight for s in score.sections) == FULL
    assert all(s.points >= 0 for s in score.sections)
    assert all(s.weight == s.points == 0 for s in score.sections if not s.applicable)
    for line in score.deductions:
        assert (line.section is None) == (line.rule in ("clamp", "auto-fail"))
        if line.section is None:
            assert sum(line.shares.values()) == line.points
    by_section = {s.id: s.points - s.weight for s in score.sections}
    for line in score.deductions:
        for section, points in line.shares.items() if line.section is None else ((line.section, line.points),):
            by_section[section] -= points
    assert not any(by_section.values())


@given(many(), topics, measures)
def test_the_waterfall_adds_up(found: list[Finding], about: frozenset[str], measured: Mapping[str, float | int | None]) -> None:
    """total = 1000 + Σ lines = Σ section points, section by section."""
    adds_up(CARD.score(found, about, measured))


@given(cards, many(), topics, measures)
def test_it_adds_up_on_any_card(card: Scorecard, found: list[Finding], about: frozenset[str], measured: Mapping[str, float | int | None]) -> None:
    """Whatever the weights, caps, repeats, bonuses and floors."""
    adds_up(card.score(found, about, measured))


@given(many(), topics, measures)
def test_the_shipped_card_adds_up(shipped: Scorecard, found: list[Finding], about: frozenset[str], measured: Mapping[str, float | int | None]) -> None:
    """And on the card that ships."""
    adds_up(shipped.score(found, about, measured))


@given(many(), topics, measures, st.randoms(use_true_random=False))
def test_order_changes_nothing_but_the_lists(found: list[Finding], about: frozenset[str], measured: Mapping[str, float | int | None],
                                             random: Random) -> None:
    """The same findings in another order cost the same."""
    mixed = list(found)
    random.shuffle(mixed)
    one, two = CARD.score(found, about, measured), CARD.score(mixed, about, measured)
    assert one.total == two.total
    assert one.sections == two.sections


@given(many(), topics, measures)
def test_one_fault_more_never_pays(found: list[Finding], about: frozenset[str], measured: Mapping[str, float | int | None]) -> None:
    """With the sections fixed, another fault cannot raise the total."""
    card = replace(CARD, parts=tuple(replace(p, topics=(), measure="") for p in PARTS))
    more = [*found, finding("R99", "courtesy.perfunctory", "major")]
    assert card.score(more, about, measured).total <= card.score(found, about, measured).total


@given(st.integers(0, 10_000), st.lists(st.integers(0, 1000), min_size=1, max_size=12))
def test_shares_sum_and_are_fair(amount: int, weights: list[int]) -> None:
    """Integers that add up to the amount, each within one of its exact share."""
    out = shares(amount, weights)
    whole = sum(weights)
    assert len(out) == len(weights)
    if whole == 0:
        assert set(out) == {0}
        return
    assert sum(out) == amount
    assert all(abs(part * whole - amount * w) < whole for part, w in zip(out, weights, strict=True))
    assert all(part == 0 for part, w in zip(out, weights, strict=True) if w == 0)


def test_a_clean_chat_is_full() -> None:
    """No findings: 1000, no lines, the best grade."""
    score = CARD.score([], ALL, BUSY)
    assert (score.total, score.grade, score.deductions, score.auto_fail) == (FULL, "excellent", (), False)
    assert [s.weight for s in score.sections] == [200, 250, 250, 200, 100]


def test_sections_that_do_not_apply_hand_their_weight_on() -> None:
    """No trouble, no people: the weights of the rest grow in proportion, by largest remainder, to 1000."""
    score = CARD.score([], frozenset(), {"agent_messages": 0})
    assert {s.id: s.weight for s in score.sections if s.applicable} == {"response": 400, "compliance": 400, "process": 200}
    assert [s.id for s in score.sections if not s.applicable] == ["attitude", "resolution"]


def test_a_finding_makes_its_section_apply() -> None:
    """A section with a priced finding cannot be not applicable."""
    score = CARD.score([finding("R1", "recovery.option", "major")], frozenset(), BUSY)
    section = next(s for s in score.sections if s.id == "resolution")
    assert (section.applicable, section.weight, section.points) == (True, 250, 150)


def test_prices_go_from_the_particular_to_the_general() -> None:
    """Rule before the longest category before severity; trial findings and customer risk are free."""
    assert CARD.price(finding("R3")) == 55
    assert CARD.price(finding("R1", "courtesy.perfunctory", "critical")) == 70
    assert CARD.price(finding("R1", "process.closing", "major")) == 15
    assert CARD.price(finding("R1", "process.welcome", "major")) == 100
    assert CARD.price(finding("R1", "promise.absolute", "info")) == 0
    assert CARD.price(finding("R3", status="trial")) == 0
    assert CARD.price(finding("R3", "customer-risk.abuse", "critical")) == 0
    assert CARD.price(finding("R7")) == -40
    assert replace(CARD, bonus={"courtesy": 25}).price(finding("R3")) == -25


def test_repeats_cost_half_and_then_nothing() -> None:
    """Second and third at 50 %, the fourth free: and the line says it was capped."""
    costs = [CARD.score([finding("R1", "process.welcome", "minor", print_=str(n)) for n in range(k)], ALL, BUSY) for k in (1, 2, 3, 4)]
    assert [FULL - s.total for s in costs] == [30, 45, 60, 60]
    assert [s.deductions[0].capped for s in costs] == [False, False, False, True]
    assert costs[3].deductions[0].fingerprints == ("0", "1", "2", "3")


def test_a_section_loses_no_more_than_it_has() -> None:
    """Two critical faults of 200 in a section of 100: it is empty, and the others are whole."""
    score = CARD.score([finding("R1", "process.welcome", "critical"), finding("R2", "process.welcome", "critical")], ALL, BUSY)
    assert score.total == 900
    assert [d.points for d in score.deductions] == [-100, 0]
    assert all(d.capped for d in score.deductions)


def test_a_rule_has_its_own_ceiling() -> None:
    """Three hits of 100 would be 200; a ceiling of 120 holds."""
    card = replace(CARD, rule_cap=120)
    score = card.score([finding("R1", "promise.absolute", "major", print_=str(n)) for n in range(3)], ALL, BUSY)
    assert score.total == 880
    assert score.deductions[0].capped


def test_bonus_heals_but_never_exceeds_full() -> None:
    """A bonus of 40 beside a loss of 30: a clamp line takes the 10 above 1000 back."""
    score = CARD.score([finding("R1", "process.welcome", "minor"), finding("R7", "recovery.good", "info")], ALL, BUSY)
    assert score.total == FULL
    assert [(d.rule, d.points) for d in score.deductions] == [("R1", -30), ("R7", 40), ("clamp", -10)]
    adds_up(score)


def test_abuse_fails_the_chat() -> None:
    """一票否决: a line of its own takes what is left; the grade is fail; nothing is lost from the books."""
    score = CARD.score([finding("R1", "courtesy.abusive", "critical", print_="x"), finding("R2", "process.welcome", "minor")], ALL, BUSY)
    assert (score.total, score.grade, score.auto_fail) == (0, "fail", True)
    assert score.deductions[-1].rule == "auto-fail"
    assert score.deductions[-1].fingerprints == ("x",)
    adds_up(score)


def test_abuse_on_trial_fails_nothing() -> None:
    """A rule on trial shows; it does not judge."""
    score = CARD.score([finding("R1", "courtesy.abusive", "critical", "trial")], ALL, BUSY)
    assert (score.total, score.auto_fail) == (FULL, False)


def test_auto_fail_keeps_its_floor() -> None:
    """With a floor of 300 a total above falls to it, a total below stays."""
    card = replace(CARD, fatal_total=300)
    assert card.score([finding("R1", "courtesy.abusive", "minor")], ALL, BUSY).total == 300
    severe = [finding(f"R{n}", c, "critical", print_=str(n)) for n, c in enumerate(
        ("courtesy.abusive", "promise.absolute", "process.welcome", "recovery.option", "timeliness.first", "recovery.check", "courtesy.mocking",
         "courtesy.impatient", "courtesy.shirking"), 10)]
    score = card.score(severe, ALL, BUSY)
    assert score.total < 300
    assert score.auto_fail
    adds_up(score)


@pytest.mark.parametrize(("total", "grade"), [(1000, "excellent"), (900, "excellent"), (899, "good"), (800, "good"), (600, "pass"), (599, "fail"), (0, "fail")])
def test_grades(total: int, grade: str) -> None:
    """Borders belong to the better grade."""
    card = replace(CARD, parts=(Part("all", "全部", 1000, ("process",)),), by_rule={"R1": FULL - total}, rule_cap=FULL)
    score = card.score([finding("R1", "process.welcome", "minor")] if total < FULL else [], ALL, BUSY)
    assert (score.total, score.grade) == (total, grade)


@pytest.mark.parametrize(("old", "new"), [
    ("weight: 20,", "weight: 0,"), ("minor: 3", "minor: -3"), ("measure: agent_messages", "measure: agent_mesages"), ("topics: [quality", "topics: [qualty"),
    ("good: 80,", ""), ("prices:", "price:"), ("name: default\n", "")])
def test_a_wrong_card_is_refused(lexicons: Path, tmp_path: Path, old: str, new: str) -> None:
    """Not one wrong number or name comes through."""
    text = (lexicons / "scorecards" / "default.yaml").read_text("utf-8")
    assert old in text
    path = tmp_path / "card.yaml"
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(RefusedStandard):
        load_scorecard(path)


def test_a_card_may_only_name_what_there_is() -> None:
    """Prices for rules that no pack has, or rules that no section takes, are refused."""
    path = Path("card.yaml")
    lint_scorecard(CARD, {"R3": "process.welcome", "R7": "recovery.good"}, path)
    with pytest.raises(RefusedStandard, match="R3"):
        lint_scorecard(CARD, {"R7": "recovery.good"}, path)
    with pytest.raises(RefusedStandard, match="unknown"):
        lint_scorecard(CARD, {"R3": "unknown.thing", "R7": "recovery.good"}, path)
