"""Kept conversations, read: one by one, in pages by filter, and by their words."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_

from qa_service.store import search
from qa_service.store.documents import document_of, unpack
from qa_service.store.engine import Database
from qa_service.store.pages import LIMIT, Page, Sorted, limited, page_of
from qa_service.store.scope import of_shop
from qa_service.store.tables import conversations, findings, topics, versions

Order = Literal["newest", "oldest", "lowest", "highest"]


@dataclass(frozen=True, slots=True)
class Head:
    """A conversation as it now stands. Scores in tenths: `total` the machine's, `standing` the one that counts. `at`: begun, else received."""

    shop: str
    id: str
    version: int
    digest: str
    standard: str
    channel: str
    source: str
    agent: str
    agent_name: str
    customer: str
    customer_name: str
    begun: datetime | None
    ended: datetime | None
    at: datetime
    day: date
    messages: int
    agent_messages: int
    total: int
    standing: int
    grade: str
    auto_fail: bool
    needs_human: bool
    findings: int
    measures: Mapping[str, float | int | None]
    received_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a conversation; `document` is the conversation as the wire has it."""

    version: int
    digest: str
    source: str
    received_at: datetime
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which conversations; what is None does not matter. `since` <= at < `until`; `least` and `most` bound the standing score in tenths.

    `category` also takes what lies below it (``promise`` takes ``promise.absolute``). `words`: all of them occur in the chat (see search).
    """

    since: datetime | None = None
    until: datetime | None = None
    day: date | None = None
    agent: str | None = None
    customer: str | None = None
    channel: str | None = None
    grade: str | None = None
    auto_fail: bool | None = None
    needs_human: bool | None = None
    least: int | None = None
    most: int | None = None
    rule: str | None = None
    category: str | None = None
    severity: str | None = None
    topic: str | None = None
    words: str | None = None


_C: Final = conversations.c
ORDERS: Final[Mapping[Order, Sorted]] = {
    "newest": Sorted("newest", (_C.at, _C.id), falling=True), "oldest": Sorted("oldest", (_C.at, _C.id)),
    "lowest": Sorted("lowest", (_C.standing, _C.id)), "highest": Sorted("highest", (_C.standing, _C.id), falling=True)}
_HEAD: Final = [conversations.c[f.name] for f in fields(Head)]
_NO_FILTER: Final = Filter()


class Conversations:
    """The conversations of a shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def head(self, shop: str, id: str) -> Head | None:
        """How a conversation stands; None where the shop has no such one."""
        with self.database.read() as connection:
            row = connection.execute(of_shop(conversations, shop, *_HEAD).where(_C.id == id)).first()
        return None if row is None else _head(row)

    def version(self, shop: str, id: str, version: int | None = None) -> Version | None:
        """A version, by default the current one."""
        found = of_shop(versions, shop).where(versions.c.conversation == id).order_by(versions.c.version.desc()).limit(1)
        return self._version(found if version is None else found.where(versions.c.version == version))

    def by_digest(self, shop: str, digest: str) -> Version | None:
        """The version of this content; where it came back, the last one."""
        return self._version(of_shop(versions, shop).where(versions.c.digest == digest).order_by(versions.c.version.desc()).limit(1))

    def versions(self, shop: str, id: str) -> list[Version]:
        """All versions, first to last."""
        with self.database.read() as connection:
            found = connection.execute(of_shop(versions, shop).where(versions.c.conversation == id).order_by(versions.c.version))
            return [_version(row) for row in found]

    def _version(self, statement: Select[Any]) -> Version | None:
        with self.database.read() as connection:
            row = connection.execute(statement).first()
        return None if row is None else _version(row)

    def page(self, shop: str, wanted: Filter = _NO_FILTER, *, order: Order = "newest", limit: int = LIMIT,
             after: str | None = None) -> Page[Head]:
        """A page of heads. Raises UsageError for a cursor that is none, or is of another order."""
        by = ORDERS[order]
        statement = of_shop(conversations, shop, *_HEAD).where(*self._conditions(shop, wanted))
        if after is not None:
            statement = statement.where(by.after(after))
        with self.database.read() as connection:
            found = connection.execute(statement.order_by(*by.clauses).limit(limited(limit) + 1)).all()
        return page_of(found, limit, by, _head)

    def count(self, shop: str, wanted: Filter = _NO_FILTER) -> int:
        """How many there are."""
        with self.database.read() as connection:
            found = connection.execute(of_shop(conversations, shop, func.count()).where(*self._conditions(shop, wanted)))
            return int(found.scalar_one())

    def _conditions(self, shop: str, wanted: Filter) -> Iterator[ColumnElement[bool]]:
        for name in ("day", "agent", "customer", "channel", "grade", "auto_fail", "needs_human"):
            value = getattr(wanted, name)
            if value is not None:
                yield conversations.c[name] == value
        if wanted.since is not None:
            yield _C.at >= wanted.since
        if wanted.until is not None:
            yield _C.at < wanted.until
        if wanted.least is not None:
            yield _C.standing >= wanted.least
        if wanted.most is not None:
            yield _C.standing <= wanted.most
        yield from _of_rows(shop, wanted)
        if wanted.words is not None:
            yield search.condition(self.database.engine.dialect.name, shop, wanted.words)


def _of_rows(shop: str, wanted: Filter) -> Iterator[ColumnElement[bool]]:
    """Conditions on findings (all on one and the same) and topics."""
    f, t = findings.c, topics.c
    on_one = [column == value for column, value in ((f.rule, wanted.rule), (f.severity, wanted.severity)) if value is not None]
    if wanted.category is not None:
        on_one.append(below(f.category, wanted.category))
    if on_one:
        yield exists().where(f.shop == shop, f.conversation == _C.id, *on_one)
    if wanted.topic is not None:
        yield exists().where(t.shop == shop, t.conversation == _C.id, t.label == wanted.topic)


def below(column: ColumnElement[str], category: str) -> ColumnElement[bool]:
    """A category or what lies below it."""
    return or_(column == category, column.startswith(f"{category}.", autoescape=True))


def _head(row: Row[Any]) -> Head:
    return Head(**row._mapping)


def _version(row: Row[Any]) -> Version:
    return Version(row.version, row.digest, row.source, row.received_at, document_of(unpack(row.document)))
