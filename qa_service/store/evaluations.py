"""Kept evaluations, and the three layers of score: machine, reviewer, final. Each is only added to, with author and time."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from qa_service.store.engine import Database
from qa_service.store.pages import LIMIT, Page

Layer = Literal["machine", "reviewer", "final"]


@dataclass(frozen=True, slots=True)
class KeptEvaluation:
    """An evaluation. `line` is the JSON it was kept as, byte for byte. `total` in tenths."""

    conversation: str
    digest: str
    standard: str
    total: int
    grade: str
    auto_fail: bool
    scored_at: datetime
    line: bytes

    @property
    def id(self) -> str:
        """``<conversation digest>.<standard digest>`` without their ``sha256:``: the evaluation's public name."""
        raise NotImplementedError

    @property
    def document(self) -> Mapping[str, Any]:
        """As the wire has it."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class LayerScore:
    """A score in tenths by a machine or a person. `stale`: it was given to other content than the conversation now has."""

    layer: Layer
    total: int
    author: str
    reason: str
    at: datetime
    digest: str
    standard: str
    stale: bool


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A finding of a current evaluation, for lists: `agent` is who wrote the words, `text` the evidence."""

    conversation: str
    nth: int
    rule: str
    category: str
    severity: str
    status: str
    fingerprint: str
    message: int | None
    text: str
    confidence: float
    needs_human: bool
    agent: str
    at: datetime


class Evaluations:
    """The evaluations of a shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def current(self, shop: str, conversation: str) -> KeptEvaluation | None:
        """The evaluation of the current version under the Standard it was last scored by."""
        raise NotImplementedError

    def get(self, shop: str, digest: str, standard: str) -> KeptEvaluation | None:
        """By its key, old ones too. Both with ``sha256:``."""
        raise NotImplementedError

    def by_id(self, shop: str, id: str) -> KeptEvaluation | None:
        """By its public name."""
        raise NotImplementedError

    def history(self, shop: str, conversation: str) -> list[KeptEvaluation]:
        """Every evaluation of a conversation, of all its versions, in the order they were made."""
        raise NotImplementedError

    def layers(self, shop: str, conversation: str) -> list[LayerScore]:
        """Every score of a conversation: by machine, reviewer, and final, in the order they were given."""
        raise NotImplementedError

    def add_layer(self, shop: str, conversation: str, layer: Layer, total: int, *, author: str, reason: str, now: datetime,
                  digest: str) -> LayerScore:
        """A score in tenths by a person on the current version. Raises StaleRecord when `digest` is no longer its current content."""
        raise NotImplementedError

    def findings(self, shop: str, *, rule: str | None = None, category: str | None = None, agent: str | None = None,
                 since: datetime | None = None, until: datetime | None = None, limit: int = LIMIT, after: str | None = None) -> Page[KeptFinding]:
        """Findings of current evaluations, newest chats first."""
        raise NotImplementedError
