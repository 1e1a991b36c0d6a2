"""The connection to SQLite or PostgreSQL, and the only two ways in: `read` and `write`. A write is acknowledged when `write` is left, not before."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine


@dataclass(frozen=True, slots=True)
class Database:
    """A database. SQLite: WAL, synchronous=FULL, every write BEGIN IMMEDIATE; PostgreSQL: read committed with row locks."""

    engine: Engine

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view; nothing can be written through it. Raises StoreBusy, StoreGone."""
        raise NotImplementedError
        yield

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed on the way out, rolled back on an error. Raises StoreBusy, StoreFull, StoreGone."""
        raise NotImplementedError
        yield

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_database(url: str, *, pool: int = 5) -> Database:
    """Open by URL: ``sqlite:////folder/qa.db`` or ``postgresql+psycopg://user:password@host/name``. Connects only when first used.

    To be opened after a fork, never before. Raises UsageError for a URL that cannot be used.
    """
    raise NotImplementedError
