"""`context`: a hit counts only in the right surroundings."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.checks.base import ALWAYS, Gate, Match, Whole
from qa_service.checks.context import Context
from qa_service.importers.plain import parse_plain
from qa_service.model.policy import Policy
from qa_service.rules.standard import Standard
from qa_service.text.lookup import Text
from qa_service.text.transcript import Transcript


@dataclass(frozen=True)
class Says(Whole):
    """Finds a word; stands in for any check."""

    word: str
    clauses: Gate = ALWAYS

    def gate(self) -> Gate:
        return self.clauses

    def __call__(self, t: Transcript) -> Iterable[Match]:
        for i, message in enumerate(t.messages):
            at = message.text.find(self.word)
            if at >= 0:
                yield Match(((i, at, at + len(self.word)),))


def hits(standard: Standard, check: Context, chat: str) -> list[int]:
    transcript = standard.reader.read([parse_plain(chat, "case")], [Policy("case")]).transcripts[0]
    return [m.spans[0][0] for m in check(transcript)]


def test_what_it_needs_must_be_near(standard: Standard) -> None:
    check = Context(Says("承担"), needs=(Says("退"),), before=2)
    assert hits(standard, check, "客: 想退\n服: 您承担") == [1]
    assert hits(standard, check, "服: 您承担\n客: 想退") == []
    assert hits(standard, check, "客: 想退\n客: 甲\n客: 乙\n服: 您承担") == []
    assert hits(standard, Context(Says("承担"), needs=(Says("退"),), before=0, after=1), "服: 您承担\n客: 想退") == [0]


def test_what_bars_it_must_not_be_near(standard: Standard) -> None:
    check = Context(Says("承担"), bars=(Says("坏"),), before=1)
    assert hits(standard, check, "客: 坏了\n服: 您承担") == []
    assert hits(standard, check, "客: 坏了\n服: 好\n服: 您承担") == [2]
    assert hits(standard, check, "服: 坏的您承担") == []


def test_its_own_message_is_in_the_window_and_every_hit_counts(standard: Standard) -> None:
    check = Context(Says("承担"), needs=(Says("退"),), before=0)
    assert hits(standard, check, "服: 退货您承担\n服: 换货您承担\n服: 退款您承担") == [0, 2]


def test_it_is_looked_for_where_all_that_it_needs_can_stand() -> None:
    agent, customer = frozenset({(Text(), "agent")}), frozenset({(Text(), "customer")})
    assert Context(Says("a", (agent,)), needs=(Says("b", (customer,)),)).gate() == (agent, customer)
    assert Context(Says("a", (agent,)), bars=(Says("b", (customer,)),)).gate() == (agent,)
    assert Context(Says("a")).gate() == ALWAYS
