"""What days come to, kept up to date with every write: a dashboard reads a few hundred rows, never the chats.

A tally is a sum by shop, day, agent, kind and name. Days, agents and shops add up exactly: all are integers.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Final

from sqlalchemy import Connection, and_, func, text

from qa_service.store.documents import conversation_of, document_of, unpack
from qa_service.store.engine import Database
from qa_service.store.facts import Additions, additions, facts_of, merge
from qa_service.store.rows import add_to_tallies
from qa_service.store.scope import of_shop, removal_of_shop
from qa_service.store.tables import agents, conversations, evaluations, tallies, versions

_BATCH: Final = 500


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

    def __init__(self, database: Database, zone: tzinfo) -> None:
        self.database = database
        self.zone = zone

    def read(self, shop: str, since: date, until: date, *, by_day: bool = False, by_agent: bool = False, agent: str | None = None,
             kinds: Sequence[str] | None = None) -> list[TallyRow]:
        """Sums over the days since … until (both inclusive), apart by day and agent where asked."""
        t = tallies.c
        apart = [t.kind, t.name, *([t.day] if by_day else []), *([t.agent] if by_agent else [])]
        sums = [func.sum(column).label(column.name) for column in (t.n, t.total, t.squares)]
        statement = of_shop(tallies, shop, *apart, *sums).where(t.day.between(since, until))
        if agent is not None:
            statement = statement.where(t.agent == agent)
        if kinds is not None:
            statement = statement.where(t.kind.in_(kinds))
        with self.database.read() as connection:
            found = connection.execute(statement.group_by(*apart).order_by(*apart)).all()
        rows = [TallyRow(getattr(r, "day", None), getattr(r, "agent", ""), r.kind, r.name, Sum(int(r.n), int(r.total), int(r.squares)))
                for r in found]
        return [row for row in rows if row.sum != Sum(0, 0, 0)]

    def agents(self, shop: str) -> dict[str, str]:
        """Every agent that was seen: key -> name."""
        with self.database.read() as connection:
            return {row.id: row.name for row in connection.execute(of_shop(agents, shop).order_by(agents.c.id))}

    def days(self, shop: str) -> tuple[date, date] | None:
        """The first and the last day with chats."""
        t = tallies.c
        with self.database.read() as connection:
            first, last = connection.execute(
                of_shop(tallies, shop, func.min(t.day), func.max(t.day)).where(t.kind == "chats", t.n > 0)).one()
        return None if first is None else (first, last)

    def recount(self, shop: str) -> None:
        """Count anew from the kept documents, as after a change of what is counted."""
        with self.database.write() as connection:
            if not self.database.is_sqlite:  # writers add to the tallies last: until this is done none of them commits
                connection.execute(text("LOCK TABLE tallies IN EXCLUSIVE MODE"))
            connection.execute(removal_of_shop(tallies, shop))
            after: str | None = ""
            while after is not None:
                after = self._recount(connection, shop, after)

    def _recount(self, connection: Connection, shop: str, after: str) -> str | None:
        """The next conversations by id; the last one's id, None at the end."""
        c, v, e = conversations.c, versions.c, evaluations.c
        found = connection.execute(
            of_shop(conversations, shop, c.id, c.standing, c.received_at, v.document.label("said"), e.document.label("judged"))
            .join(versions, and_(v.shop == c.shop, v.conversation == c.id, v.version == c.version))
            .join(evaluations, and_(e.shop == c.shop, e.digest == c.digest, e.standard == c.standard))
            .where(c.id > after).order_by(c.id).limit(_BATCH)).all()
        sums: Additions = {}
        for row in found:
            conversation = conversation_of(unpack(row.said))
            facts = facts_of(conversation, row.received_at, self.zone)
            merge(sums, additions(conversation, document_of(unpack(row.judged)), facts, row.standing, self.zone), 1)
        add_to_tallies(connection, {shop: sums})
        return found[-1].id if len(found) == _BATCH else None
