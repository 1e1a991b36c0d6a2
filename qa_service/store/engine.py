"""The connection to SQLite or PostgreSQL, and the only two ways in: `read` and `write`. A write is acknowledged when `write` is left, not before.

SQLite: WAL, synchronous=FULL, every write BEGIN IMMEDIATE (a deferred begin that reads, then writes, fails under several writers, and the busy
timeout does not apply to it), one writer at a time by a lock in the process and a lock file between processes. The lock file makes waiting short
and keeps the checkpoints that commits make apart (before SQLite 3.51.3 two at once could lose commits: https://sqlite.org/wal.html#walresetbug).
"""
from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final

import orjson
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from qa_service.model.errors import StoreBusy, StoreError, StoreFull, StoreGone, UsageError
from qa_service.store.filelock import FileLock

WAIT_SECONDS: Final = 30
_WRITES: Final = "qa_writes"  # an execution option: how the transaction of a connection begins
_FULL: Final = frozenset((sqlite3.SQLITE_FULL, "53100"))
_BUSY: Final = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, "55P03", "57014"))
_CROSSED: Final = frozenset(("40001", "40P01"))
_RUINED: Final = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
_PRAGMAS: Final = (f"busy_timeout={WAIT_SECONDS * 1000}", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY")


class Raced(StoreBusy):
    """Another writer was first, or each waited for the other: the same again, at once, can succeed."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database. SQLite: see above; PostgreSQL: read committed with row locks, reads repeatable."""

    engine: Engine
    file: Path | None = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self.file is not None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view, to read only. Raises StoreBusy, StoreGone."""
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with _told(), self.engine.connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed on the way out, rolled back on an error. Raises StoreBusy, StoreFull, StoreGone."""
        with _told(), self._alone(), self.engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
            yield connection

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The one writer of a SQLite file. PostgreSQL needs none of it."""
        if self.file is None:
            yield
            return
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise StoreBusy("存储正忙", where=str(self.file), fix="稍后再试")
        try:
            with FileLock(self.file.with_name(self.file.name + ".lock"), WAIT_SECONDS):
                yield
        finally:
            self._lock.release()

    def close(self) -> None:
        """Let go of all connections."""
        with self._alone() if self.file is not None and self.file.exists() else nullcontext():
            self.engine.dispose()


def open_database(url: str, *, pool: int = 5) -> Database:
    """Open by URL: ``sqlite:////folder/qa.db`` or ``postgresql+psycopg://user:password@host/name``. Connects only when first used.

    To be opened after a fork, never before. Raises UsageError for a URL that cannot be used.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UsageError("不是数据库地址", where="QA_DATABASE_URL", fix="例: sqlite:////data/qa.db 或 postgresql+psycopg://用户:密码@主机/库名") from None
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, pool)
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return _open_postgresql(parsed.set(drivername="postgresql+psycopg"), pool)
    raise UsageError(f"不支持的数据库 {parsed.drivername!r}", where="QA_DATABASE_URL", fix="用 sqlite:/// 或 postgresql+psycopg://")


def _open_sqlite(url: URL, pool: int) -> Database:
    if not url.database or url.database == ":memory:" or url.query:
        raise UsageError("SQLite 需要一个文件", where="QA_DATABASE_URL", fix="例: sqlite:////data/qa.db")
    file = Path(url.database).expanduser().resolve()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"存储的文件夹建不了: {error.strerror}", where=str(file.parent), fix="用 QA_DATA 或 QA_DATABASE_URL 换一个位置") from None
    engine = create_engine(
        URL.create("sqlite", database=str(file)), json_serializer=_json, json_deserializer=orjson.loads, pool_size=pool, max_overflow=0,
        pool_timeout=WAIT_SECONDS, connect_args={"isolation_level": None})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return Database(engine, file)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _prepare(connection: sqlite3.Connection, record: object) -> None:
    """Every connection alike. A switch to WAL does not wait for others by itself."""
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
                connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN")


def _open_postgresql(url: URL, pool: int) -> Database:
    try:
        return Database(create_engine(
            url, json_serializer=_json, json_deserializer=orjson.loads, pool_size=pool, max_overflow=pool, pool_timeout=WAIT_SECONDS, pool_pre_ping=True,
            connect_args={"application_name": "qa-service", "connect_timeout": 10, "options": f"-c lock_timeout={WAIT_SECONDS}s -c timezone=UTC"}))
    except (NoSuchModuleError, ImportError):
        raise UsageError("没有安装 PostgreSQL 驱动", where="QA_DATABASE_URL", fix="pip install 'qa-service[postgres]'") from None


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the database as ours. What is a mistake of the program stays as it is."""
    try:
        yield
    except PoolTimeout:
        raise StoreBusy("存储正忙: 连接都在使用", fix="稍后再试") from None
    except DBAPIError as error:
        told = _story(error)
        if told is None:
            raise
        raise told from error


def _story(error: DBAPIError) -> StoreError | None:
    code = getattr(error.orig, "sqlstate", None)
    if isinstance(error.orig, sqlite3.Error):
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code in _FULL:
        return StoreFull("存储所在的磁盘已满", fix="腾出空间再试;已确认写入的都在")
    if code in _CROSSED:
        return Raced("存储正忙: 与另一个写入相互等待", fix="稍后再试")
    if code in _BUSY:
        return StoreBusy("存储正忙", fix="稍后再试")
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated or code in _RUINED:
        return StoreGone(f"存储不可用: {str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else '连接中断'}",
                         fix="检查 QA_DATABASE_URL、文件权限与数据库是否在运行")
    return None
