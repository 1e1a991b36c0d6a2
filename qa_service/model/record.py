"""What an importer yields: conversations, and what could not become one. Nothing is lost: every source row is in exactly one."""
from __future__ import annotations

from dataclasses import dataclass

from qa_service.model.conversation import Conversation


@dataclass(frozen=True, slots=True)
class Imported:
    """A conversation and where it came from. `row` is 1-based, of its first source row; `rows` counts the source rows it holds."""

    conversation: Conversation
    file: str
    row: int
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Reject:
    """Source rows that are no conversation, whole, with the reason. `field` is a column name or JSON pointer, `raw` the record as text."""

    file: str
    row: int
    field: str
    reason: str
    raw: str
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Source rows that repeat, byte for byte, what was read before."""

    file: str
    row: int
    reason: str
    rows: int = 1


Record = Imported | Reject | Duplicate
