"""What days come to, kept up to date with every write: a dashboard reads a few hundred rows, never the chats.

A tally is a sum by shop, day, agent, kind and name. Days, agents and shops add up exactly: all are integers.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qa_service.store.engine import Database


@dataclass(frozen=True, slots=True)
class Sum:
    """`n` cases, their total and the sum of their squares, in the unit of the kind (tenths of a point, milliseconds).

    kind           name                      n, total
    chats          ""                        conversations; machine scores in tenths, with squares
    standing       ""                        conversations; scores that count, in tenths, with squares
    messages       role                      messages
    grade          excellent … fail          conversations
    auto_fail      ""                        conversations
    histogram      00 … 20                   conversations by five points of machine score, 20 for 100
    rule           rule id                   findings; deducted tenths. By who wrote the words
    rule_chats     rule id                   conversations
    category       category                  findings of stable rules, customer risk left out. By who wrote the words
    topic          label                     conversations
    mood           positive …                customer messages
    ended_negative ""                        conversations
    commitment     type.status.dated|open    commitments
    hour           00 … 23                   conversations begun in that hour of the shop's zone
    asked          ""                        conversations with times in which a customer spoke
    first, effective_first  15, 30, …, more  conversations whose first response took at most so many seconds; milliseconds
    measure        calculator[.effective]    cases; milliseconds or thousandths (see text.calculators; longest ones are left out)
    """

    n: int
    total: int
    squares: int


@dataclass(frozen=True, slots=True)
class TallyRow:
    """A sum and what it is of. What a question does not ask apart is "" (or, for the day, None)."""

    day: date | None
    agent: str
    kind: str
    name: str
    sum: Sum


class Tallies:
    """The tallies of a shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def read(self, shop: str, since: date, until: date, *, by_day: bool = False, by_agent: bool = False, agent: str | None = None,
             kinds: Sequence[str] | None = None) -> list[TallyRow]:
        """Sums over the days since … until (both inclusive), apart by day and agent where asked."""
        raise NotImplementedError

    def agents(self, shop: str) -> dict[str, str]:
        """Every agent that was seen: key -> name."""
        raise NotImplementedError

    def days(self, shop: str) -> tuple[date, date] | None:
        """The first and the last day with chats."""
        raise NotImplementedError

    def recount(self, shop: str) -> None:
        """Count anew from the kept documents, as after a change of what is counted."""
        raise NotImplementedError
