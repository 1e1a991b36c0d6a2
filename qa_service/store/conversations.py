"""Kept conversations, read: one by one, in pages by filter, and by their words."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from qa_service.store.engine import Database
from qa_service.store.pages import LIMIT, Page

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


class Conversations:
    """The conversations of a shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def head(self, shop: str, id: str) -> Head | None:
        """How a conversation stands; None where the shop has no such one."""
        raise NotImplementedError

    def version(self, shop: str, id: str, version: int | None = None) -> Version | None:
        """A version, by default the current one."""
        raise NotImplementedError

    def by_digest(self, shop: str, digest: str) -> Version | None:
        """The version of this content."""
        raise NotImplementedError

    def versions(self, shop: str, id: str) -> list[Version]:
        """All versions, first to last."""
        raise NotImplementedError

    def page(self, shop: str, wanted: Filter = Filter(), *, order: Order = "newest", limit: int = LIMIT, after: str | None = None) -> Page[Head]:
        """A page of heads. Raises UsageError for a cursor that is none, or is of another order."""
        raise NotImplementedError

    def count(self, shop: str, wanted: Filter = Filter()) -> int:
        """How many there are."""
        raise NotImplementedError
