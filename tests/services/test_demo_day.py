"""The demo day: believable, complete, and the same every time."""
from __future__ import annotations

import re
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.model.conversation import KINDS, ROLES, Conversation
from qa_service.model.errors import SourceError
from qa_service.model.record import Imported
from qa_service.model.wire import conversation_from_dict, conversation_to_dict
from qa_service.services.automatic import AutomaticReplies
from qa_service.services.demo_day import demo_day, quotas
from qa_service.services.demo_material import Material, Persona, Scenario, Step
from qa_service.services.demo_reader import load_material
from qa_service.services.demo_typist import Typist, joined

FOLDER = Path(__file__).parents[2] / "lexicons" / "demo"
FAULTS = ("empty-reply", "courtesy.perfunctory", "courtesy.shirking", "courtesy.impatient", "courtesy.mocking", "courtesy.abusive",
          "promise.return-freight", "promise.authenticity", "promise.absolute", "promise.off-platform", "promise.review-bribe",
          "promise.over-limit", "promise.broken", "promise", "timeliness", "recovery", "process", "privacy", "customer-risk")


@pytest.fixture(scope="module")
def material() -> Material:
    return load_material(FOLDER)


@pytest.fixture(scope="module")
def day() -> list[Conversation]:
    return list(demo_day(FOLDER))


def _said(chat: Conversation, role: str) -> str:
    return "\n".join(m.text for m in chat.messages if m.role == role)


def _of(day: list[Conversation], scenario: str) -> list[Conversation]:
    return [c for c in day if c.meta["scenario"] == scenario]


def test_the_same_seed_gives_the_same_day(day: list[Conversation]) -> None:
    assert list(demo_day(FOLDER)) == day


def test_another_seed_gives_another_day(day: list[Conversation]) -> None:
    assert list(demo_day(FOLDER, seed=7)) != day


def test_another_date_moves_the_times_and_the_days_that_are_named() -> None:
    chats = list(demo_day(FOLDER, chats=200, day=date(2026, 3, 1)))
    assert {c.messages[0].at.date() for c in chats if c.messages[0].at} == {date(2026, 3, 1)}
    assert any("3月2日" in _said(c, "agent") for c in chats)
    assert not any("11月12日" in _said(c, "agent") for c in chats)


@pytest.mark.parametrize("chats", [0, 1, 37, 600, 1500])
def test_as_many_chats_as_asked_for(chats: int) -> None:
    assert len(list(demo_day(FOLDER, chats=chats))) == chats


@given(st.integers(0, 5000), st.lists(st.integers(1, 60), min_size=1, max_size=80))
def test_quotas_add_up_and_leave_nobody_out(chats: int, weights: list[int]) -> None:
    counts = quotas([Scenario(str(i), (), "good", weight, (1, 5)) for i, weight in enumerate(weights)], chats)
    assert sum(counts) == chats
    assert min(counts) >= (1 if chats >= len(weights) else 0)


def test_every_scenario_occurs(day: list[Conversation], material: Material) -> None:
    assert {c.meta["scenario"] for c in day} == {s.name for s in material.scenarios}


def test_every_kind_of_fault_has_several_cases(day: list[Conversation]) -> None:
    counts = Counter(category for c in day for category in c.meta["expect"])
    assert set(counts) == set(FAULTS)
    assert min(counts.values()) >= 3


def test_shares_are_those_of_a_believable_day(day: list[Conversation]) -> None:
    groups = Counter(c.meta["group"] for c in day)
    assert set(groups) == {"good", "negative", "risk", "fault"}
    assert 0.15 <= groups["fault"] / len(day) <= 0.20
    assert groups["negative"] >= 40


def test_shops_agents_and_channels(day: list[Conversation]) -> None:
    assert len({c.shop for c in day}) == 4
    assert {c.channel for c in day} == {"tmall", "jd", "taobao"}
    assert len({c.agent.id for c in day}) == 6


def test_the_good_agent_has_few_faults_and_the_others_have_habits(day: list[Conversation]) -> None:
    faults = Counter(c.agent.name for c in day if c.meta["group"] == "fault")
    chats = Counter(c.agent.name for c in day)
    shares = {name: faults[name] / chats[name] for name in chats}
    assert min(shares, key=lambda name: shares[name]) == "小美"
    assert shares["小美"] < 0.05 < 0.15 < shares["豆豆"]


def test_every_message_is_valid_and_nothing_is_left_unfilled(day: list[Conversation]) -> None:
    for chat in day:
        for message in chat.messages:
            assert message.role in ROLES
            assert message.kind in KINDS
            assert message.text.strip()
            assert not re.search(r"[{}|<>]", message.text), message.text
            assert (message.role == "agent") == bool(message.agent_id)


def test_times_have_a_zone_and_never_go_back(day: list[Conversation]) -> None:
    starts = []
    for chat in day:
        times = [m.at for m in chat.messages if m.at is not None]
        assert len(times) == len(chat.messages)
        assert all(at.utcoffset() == timedelta(hours=8) for at in times)
        assert times == sorted(times)
        starts.append(times[0])
    assert starts == sorted(starts)


def test_the_day_has_its_shape(day: list[Conversation]) -> None:
    hours = Counter(c.messages[0].at.hour for c in day if c.messages[0].at)
    peaks = (hours[10] + hours[11] + hours[20] + hours[21]) / 4
    assert peaks > 1.5 * sum(hours[h] for h in (9, 12, 13, 14, 15, 16, 17, 18, 19)) / 9
    assert 0 < sum(hours[h] for h in range(8)) < 0.06 * len(day)


def test_by_night_only_the_machine_answers(day: list[Conversation]) -> None:
    night = [c for c in day if c.messages[0].at and c.messages[0].at.hour < 8]
    assert night
    assert all(m.at and m.at.hour >= 8 for c in night for m in c.messages if m.role == "agent")
    assert all(any(m.role == "bot" for m in c.messages) for c in night)


def test_lengths_and_kinds_vary(day: list[Conversation]) -> None:
    lengths = [len(c.messages) for c in day]
    assert min(lengths) >= 2
    assert 20 <= max(lengths) <= 40
    assert {m.kind for c in day for m in c.messages} >= {"text", "image", "card", "order", "link", "revoked"}


def test_people_answer_in_human_time(day: list[Conversation]) -> None:
    waits = []
    for chat in day:
        first = chat.messages[0]
        answer = next((m.at for m in chat.messages[1:] if m.role == "agent"), None)
        by_day = first.role == "customer" and first.at is not None and first.at.hour >= 8
        if chat.meta["group"] == "good" and chat.shop != "demo-food" and by_day and first.at and answer:
            waits.append((answer - first.at).total_seconds())
    waits.sort()
    assert 8 <= waits[len(waits) // 2] <= 60
    assert waits[-1] > 100


def test_the_wire_round_trip_keeps_everything(day: list[Conversation]) -> None:
    for chat in day[:200]:
        assert conversation_from_dict(conversation_to_dict(chat)) == chat


def test_lines_are_varied(day: list[Conversation]) -> None:
    said = Counter(m.text for c in day for m in c.messages if m.role == "agent" and c.shop != "demo-food")
    assert len(said) > 0.45 * sum(said.values())


def test_ratings_follow_the_service(day: list[Conversation]) -> None:
    good = [c.meta["csat"] for c in day if c.meta["group"] == "good" and "csat" in c.meta]
    bad = [c.meta["csat"] for c in day if c.meta["group"] == "fault" and "csat" in c.meta]
    assert set(good + bad) <= {1, 2, 3, 4, 5}
    assert sum(good) / len(good) > sum(bad) / len(bad) + 1.5
    assert 0.4 < (len(good) + len(bad)) / len(day) < 0.8


@pytest.mark.parametrize(("scenario", "words"), [
    ("clear-refuse-wechat", "微信"), ("clear-plain-review", "评价"), ("clear-about-same", "差不多|手感|厚度"), ("clear-easy-steps", "很简单"),
    ("clear-unknown-then-answer", "不太清楚|还不知道"), ("clear-cannot-promise", "100%|打包票|不能保证"), ("clear-seller-freight", "承担|您出"),
    ("clear-hold-returns", "稍等|看下|核实"), ("clear-first-time", "第一次"), ("clear-refuse-cashback", "返现")])
def test_hard_negatives_hold_the_words_that_mislead(day: list[Conversation], scenario: str, words: str) -> None:
    chats = _of(day, scenario)
    assert len(chats) >= 2
    for chat in chats:
        assert chat.meta["clear"]
        assert not chat.meta["expect"]
        assert re.search(words, _said(chat, "agent")), _said(chat, "agent")


@pytest.mark.parametrize(("scenario", "words"), [
    ("offplatform-evasion", "(?i)v|薇|威信"), ("bribe-review", "返|红包"), ("over-limit", "500|十倍"), ("final-say", "最终解释权"),
    ("freight-no-reason", "承担|自理|您出"), ("deny-authenticity", "不支持|不参加|没有"), ("leak-address", "138000000|139000000")])
def test_faults_hold_their_words(day: list[Conversation], scenario: str, words: str) -> None:
    assert all(re.search(words, _said(chat, "agent")) for chat in _of(day, scenario))
    assert _of(day, scenario)


def test_a_lost_holding_is_never_answered(day: list[Conversation]) -> None:
    for chat in _of(day, "empty-holding-lost"):
        last_agent = max(i for i, m in enumerate(chat.messages) if m.role == "agent")
        assert "稍等" in chat.messages[last_agent].text
        assert any(m.role == "customer" for m in chat.messages[last_agent:])


def test_an_automatic_welcome_sent_as_an_agent_is_told_apart_by_the_pre_pass(day: list[Conversation]) -> None:
    records = list(AutomaticReplies().mark(Imported(c, "demo", n) for n, c in enumerate(day, 1)))
    chats = [r.conversation for r in records if isinstance(r, Imported)]
    assert {c.shop for c in chats for m in c.messages if m.role == "bot" and m.meta} == {"demo-food"}
    assert all(not m.text.startswith("欢迎光临小满零食铺~") for c in chats for m in c.messages if m.role == "agent")


def test_personal_data_is_plainly_invented(day: list[Conversation]) -> None:
    numbers = {n for c in day for m in c.messages for n in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", m.text)}
    assert numbers
    assert all(n.startswith(("138000000", "139000000")) for n in numbers)


def test_there_are_many_lines(material: Material) -> None:
    lines: dict[str, set[object]] = {"customer": set(), "agent": set()}

    def walk(steps: tuple[Step, ...]) -> None:
        for step in steps:
            walk(step.inner)
            lines.setdefault(step.role, set()).update(step.lines)

    for scenario in material.scenarios:
        walk(scenario.steps)
    for pool in (material.talks, *(p.talks for s in material.shops.values() for p in s.products)):
        for talks in pool.values():
            for talk in talks:
                lines["customer"].update(talk.question)
                lines["agent"].update(talk.answer)
    assert len(lines["customer"]) >= 250
    assert len(lines["agent"]) >= 350


def test_typing_habits() -> None:
    line = [("text", "你好,在吗?"), ("image", "[图片]"), ("text", "怎么洗"), ("text", "急")]
    assert joined(line, " ") == [("text", "你好,在吗?"), ("image", "[图片]"), ("text", "怎么洗 急")]
    apart = Typist(Persona(1, None, False, 0, 1), {"怎么": "咋"}, ["🙏"], Random(1), careful=False)
    assert apart.typed(line) == [("text", "你好 在吗"), ("image", "[图片]"), ("text", "咋洗"), ("text", "急")]
    careful = Typist(Persona(1, ",", True, 1, 1), {"怎么": "咋"}, ["🙏"], Random(1), careful=True)
    assert careful.typed(line)[-1] == ("text", "怎么洗,急")
    assert Typist(Persona(1, None, False, 0, 0), {}, [], Random(1), careful=True).typed([("text", "...")]) == [("text", "...")]


@pytest.mark.parametrize(("file", "old", "new", "why"), [
    ("scenarios_empty.yaml", "{c: nudge, wait: 90-200}", "{c: nudges, wait: 90-200}", "nudges"),
    ("scenarios_empty.yaml", "有没有{size}的{color}是吧", "有没有{sise}的{color}是吧", "sise"),
    ("scenarios_empty.yaml", "wait: 900-1800", "pause: 900-1800", "pause"),
    ("scenarios_good.yaml", "shops: [demo-dress]", "shops: [nowhere]", "presale-size"),
    ("scenarios_good.yaml", "from: pre, upto: 4", "from: before, upto: 4", "presale"),
    ("scenarios_good.yaml", '{c: "@usage.q"}', '{c: "@usages.q"}', "usages"),
    ("lines.yaml", "<image>[图片]", "<picture>[图片]", "picture"),
    ("slots.yaml", "city: [", "city: ]", "slots.yaml")])
def test_broken_material_is_refused_with_its_place(tmp_path: Path, file: str, old: str, new: str, why: str) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(SourceError, match=why):
        load_material(folder)


def test_missing_material_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"shops\.yaml"):
        next(demo_day(tmp_path))
