"""What was promised, of all current evaluations. Overdue is a matter of when it is read."""
from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import func

from qa_service.store.engine import Database
from qa_service.store.pages import LIMIT, Page, Sorted, limited, page_of
from qa_service.store.scope import of_shop
from qa_service.store.tables import Instant, commitments


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


_C: Final = commitments.c
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)  # where no time is given: comes last
_DUE: Final = func.coalesce(_C.due, _NEVER, type_=Instant).label("sorted_due")
_NEAREST: Final = Sorted("commitments", (_DUE, _C.conversation, _C.nth))
_COLUMNS: Final = [commitments.c[f.name] for f in fields(KeptCommitment)]


class Commitments:
    """The commitments of a shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def of(self, shop: str, conversation: str) -> list[KeptCommitment]:
        """Those of one conversation, in the order they were made."""
        with self.database.read() as connection:
            found = connection.execute(of_shop(commitments, shop, *_COLUMNS).where(_C.conversation == conversation).order_by(_C.nth))
            return [KeptCommitment(**row._mapping) for row in found]

    def page(self, shop: str, *, status: str | None = None, type: str | None = None, agent: str | None = None, due_since: datetime | None = None,
             due_until: datetime | None = None, limit: int = LIMIT, after: str | None = None) -> Page[KeptCommitment]:
        """Those with the nearest due first, those without one last. Overdue: status ``open``, `due_until` now."""
        statement = of_shop(commitments, shop, *_COLUMNS, _DUE)
        for column, value in ((_C.status, status), (_C.type, type), (_C.agent, agent)):
            if value is not None:
                statement = statement.where(column == value)
        if due_since is not None:
            statement = statement.where(_C.due >= due_since)
        if due_until is not None:
            statement = statement.where(_C.due < due_until)
        if after is not None:
            statement = statement.where(_NEAREST.after(after))
        with self.database.read() as connection:
            found = connection.execute(statement.order_by(*_NEAREST.clauses).limit(limited(limit) + 1)).all()
        return page_of(found, limit, _NEAREST, lambda row: KeptCommitment(**{f.name: getattr(row, f.name) for f in fields(KeptCommitment)}))
