"""What was promised, of all current evaluations. Overdue is a matter of when it is read."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qa_service.store.engine import Database
from qa_service.store.pages import LIMIT, Page


@dataclass(frozen=True, slots=True)
class KeptCommitment:
    """A promise of a chat, see model.finding.Commitment; `agent` is who made it."""

    conversation: str
    nth: int
    type: str
    message: int
    start: int
    end: int
    text: str
    deadline_text: str | None
    due: datetime | None
    amount_text: str | None
    amount: float | None
    status: str
    agent: str
    at: datetime

    def is_overdue(self, now: datetime) -> bool:
        """Still open after its time."""
        return self.status == "open" and self.due is not None and self.due < now


class Commitments:
    """The commitments of a shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def of(self, shop: str, conversation: str) -> list[KeptCommitment]:
        """Those of one conversation, in the order they were made."""
        raise NotImplementedError

    def page(self, shop: str, *, status: str | None = None, type: str | None = None, agent: str | None = None, due_since: datetime | None = None,
             due_until: datetime | None = None, limit: int = LIMIT, after: str | None = None) -> Page[KeptCommitment]:
        """Those with the nearest due first, those without one last. Overdue: status ``open``, `due_until` now."""
        raise NotImplementedError
