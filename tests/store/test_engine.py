"""The way in: what a URL may be, how SQLite is set, and that every trouble of a database gets its own clear name."""
from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from qa_service.model.errors import StoreBusy, StoreFull, StoreGone, UsageError
from qa_service.store import engine, schema
from qa_service.store.engine import open_database
from qa_service.store.filelock import FileLock
from qa_service.store.store import open_store


@pytest.mark.parametrize("url", [
    "", "qa.db", "sqlite://", "sqlite:///:memory:", "sqlite:///a.db?mode=ro", "mysql://u:p@h/d", "postgresql+psycopg2://h/d", "sqlite:////dev/null/x/qa.db"])
def test_a_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        open_database(url)


@pytest.mark.parametrize("url", ["postgresql+psycopg://u:p@h/d", "postgresql://u:p@h/d"])
def test_postgresql_is_spoken_to_through_psycopg(url: str) -> None:
    assert open_database(url).engine.driver == "psycopg"


def test_how_sqlite_is_set(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'deep' / 'qa.db'}")
    with database.write() as connection:
        found = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 30_000}
    database.close()


def test_a_write_begins_as_a_write(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'qa.db'}")
    with database.write():
        other = sqlite3.connect(tmp_path / "qa.db", timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
    with database.read() as connection:
        connection.exec_driver_sql("SELECT 1")
        other = sqlite3.connect(tmp_path / "qa.db", timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")  # readers hold nobody up
        other.close()
    database.close()


def test_an_error_takes_everything_back(store: Any, shop: str) -> None:
    def fail() -> None:
        with store.database.write() as connection:
            connection.execute(text("INSERT INTO agents (shop, id, name) VALUES (:shop, 'a', 'b')"), {"shop": shop})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.tallies.agents(shop) == {}


def test_a_mistake_of_ours_is_not_told_as_trouble_of_the_database(store: Any) -> None:
    with pytest.raises(Exception, match="nosuch") as failed, store.database.read() as connection:
        connection.execute(text("SELECT nosuch FROM agents"))
    assert store.database.is_sqlite or not isinstance(failed.value, StoreGone)


def test_a_full_disk_is_said_and_harms_nothing(tmp_path: Path, build: Any) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'qa.db'}")
    schema.upgrade(store.database)
    with store.database.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limit(n: int) -> None:
        with store.database.read() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count={n}")

    limit(pages + 1)
    files = {"big": os.urandom(200_000)}
    with pytest.raises(StoreFull):
        store.standards.keep("s", build.ref, files, now=build.now)
    assert store.standards.list("s") == []
    limit(1_000_000)
    assert store.standards.keep("s", build.ref, files, now=build.now)
    store.database.close()


def test_waiting_for_another_writer_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "WAIT_SECONDS", 0.05)
    database = open_database(f"sqlite:///{tmp_path / 'qa.db'}")
    with FileLock(tmp_path / "qa.db.lock", 1), pytest.raises(StoreBusy), database.write():
        raise AssertionError("not alone")
    with database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x)")
    database.close()


def test_a_thread_waits_for_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "WAIT_SECONDS", 0.05)
    database = open_database(f"sqlite:///{tmp_path / 'qa.db'}")
    with database.write(), pytest.raises(StoreBusy), database.write():
        raise AssertionError("not alone")
    database.close()


def test_what_is_no_database_is_gone(tmp_path: Path) -> None:
    (tmp_path / "qa.db").write_bytes(b"not a database at all, but long enough to be looked at" * 20)
    database = open_database(f"sqlite:///{tmp_path / 'qa.db'}")
    with pytest.raises(StoreGone), database.read() as connection:
        connection.exec_driver_sql("SELECT * FROM conversations")
    database.engine.dispose()


def test_a_server_that_is_not_there_is_gone() -> None:
    database = open_database("postgresql+psycopg://u:p@127.0.0.1:1/d")
    with pytest.raises(StoreGone) as gone, database.read():
        raise AssertionError("connected")
    assert "p@" not in str(gone.value)


def test_a_server_that_comes_back_is_used_again(new_postgresql: Callable[[], str]) -> None:
    database = open_database(new_postgresql())
    with pytest.raises(StoreGone), database.read() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    database.close()
