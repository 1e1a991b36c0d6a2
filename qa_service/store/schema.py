"""The schema's versions: migrations lie in the package."""
from __future__ import annotations

from qa_service.store.engine import Database


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the tables to a version. Several processes may do so at once: one does it, the others wait."""
    raise NotImplementedError


def downgrade(database: Database, to: str) -> None:
    """Back to a version; ``base`` leaves nothing."""
    raise NotImplementedError


def version_of(database: Database) -> str | None:
    """The version the tables have; None for an empty database."""
    raise NotImplementedError


def is_current(database: Database) -> bool:
    """Whether the tables have the version of this program: for readiness."""
    raise NotImplementedError
