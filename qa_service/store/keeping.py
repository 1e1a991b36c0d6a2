"""The one write path: conversations with their evaluations, for the command line, REST, hooks and jobs."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Literal

from qa_service.model.conversation import EMPTY, Conversation
from qa_service.store.engine import Database

Change = Literal["new", "changed", "rescored", "same"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation and its evaluation: `evaluation` as the wire has it, `line` the same as JSON bytes."""

    conversation: Conversation
    evaluation: Mapping[str, Any]
    line: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping an entry came to. `version` counts from 1.

    new       not known before
    changed   other content than before: a new version, the old one stays
    rescored  the same content under another Standard: a new evaluation, the old one stays
    same      nothing to do
    """

    shop: str
    id: str
    digest: str
    standard: str
    change: Change
    version: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a run, kept with the entries in one transaction: kept a second time it changes nothing. `counts` is the caller's own."""

    shop: str
    run: str
    number: int
    counts: Mapping[str, int] = field(default=EMPTY)


class Keeping:
    """Keeps. The Standard must have been kept before (`Standards.keep`)."""

    def __init__(self, database: Database, zone: tzinfo) -> None:
        self.database = database
        self.zone = zone

    def keep(self, entries: Sequence[Entry], *, now: datetime, source: str, chunk: Chunk | None = None) -> list[Kept]:
        """All entries, or (on an error) none, in one transaction; what comes back is on the disk. In the order of the entries.

        Of one conversation the last to arrive is the current version. Some hundreds at a time are fastest. `source` says through which door
        (cli, api, import, hook). Raises InvalidRecord for a shop or id that no database can hold, UsageError for an unknown Standard.
        """
        raise NotImplementedError

    def chunks_of(self, shop: str, run: str) -> dict[int, dict[str, int]]:
        """The chunks of a run that are done: number -> counts."""
        raise NotImplementedError
