"""`promise`: commitments against the limits of a policy, with and without times."""
from __future__ import annotations

import pytest

from qa_service.checks.promise import Promise
from qa_service.importers.plain import parse_plain
from qa_service.model.policy import Policy
from qa_service.rules.standard import Standard


def details(standard: Standard, check: Promise, chat: str, **facts: object) -> list[str]:
    transcript = standard.reader.read([parse_plain(chat, "case")], [Policy("case", facts)]).transcripts[0]
    return [m.detail for m in check(transcript)]


@pytest.mark.parametrize(("words", "late"), [
    ("72小时内给您发货", True), ("3天内给您发货", True), ("一周内给您发货", True), ("48小时内给您发货", False), ("2天内给您发货", False),
    ("两天内给您发货", False), ("尽快给您发货", False)])
def test_hours_are_counted_as_said_when_there_are_no_times(standard: Standard, words: str, late: bool) -> None:
    check = Promise(types=("ship_by",), hours_over="ship_within_hours")
    assert bool(details(standard, check, f"客: 什么时候发\n服: {words}", ship_within_hours=48)) is late


def test_a_policy_that_is_silent_breaks_nothing(standard: Standard) -> None:
    check = Promise(types=("ship_by",), hours_over="ship_within_hours")
    assert details(standard, check, "客: 什么时候发\n服: 30天内给您发货") == []


def test_the_detail_names_both_sides_of_the_limit(standard: Standard) -> None:
    check = Promise(types=("compensation",), amount_over="max_compensation")
    assert details(standard, check, "客: 怎么赔\n服: 给您补偿80元", max_compensation=50) == ["承诺 80 元,权限 50 元"]
    assert details(standard, check, "客: 怎么赔\n服: 给您补偿50元", max_compensation=50) == []
