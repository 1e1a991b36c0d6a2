"""A copy made while others write is whole, and only a whole one is put back, into an empty place."""
from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from qa_service.model.errors import StoreGone, UsageError
from qa_service.store import schema
from qa_service.store.backup import backup, restore
from qa_service.store.engine import open_database
from qa_service.store.store import Store, open_store


@pytest.fixture
def filled(tmp_path: Path, build: Any) -> Store:
    """A store of five chats."""
    store = open_store(f"sqlite:///{tmp_path / 'qa.db'}")
    schema.upgrade(store.database)
    store.standards.keep("s", build.ref, {"a": b"1"}, now=build.now)
    store.keeping.keep([build.entry("s", f"c{i}", findings=[build.finding()]) for i in range(5)], now=build.now, source="cli")
    return store


def test_a_copy_under_load_is_one_moment(filled: Store, build: Any, tmp_path: Path) -> None:
    stop = Event()

    def write() -> None:
        n = 0
        while not stop.is_set():
            n += 1
            filled.keeping.keep([build.entry("s", f"w{n}-{i}") for i in range(2)], now=build.now, source="cli")

    writer = Thread(target=write)
    writer.start()
    try:
        counts = [backup(filled.database, tmp_path / f"copy{i}.db") for i in range(3)]
    finally:
        stop.set()
        writer.join()
    assert all((n - 5) % 2 == 0 for n in counts)
    copy = open_store(f"sqlite:///{tmp_path / 'copy2.db'}")
    assert copy.conversations.count("s") == counts[2]
    before = copy.tallies.read("s", build.begin.date(), build.now.date())
    copy.tallies.recount("s")
    assert copy.tallies.read("s", build.begin.date(), build.now.date()) == before
    copy.database.close()
    filled.database.close()


def test_there_and_back(filled: Store, tmp_path: Path) -> None:
    assert backup(filled.database, tmp_path / "copy.db") == 5
    other = open_store(f"sqlite:///{tmp_path / 'new' / 'qa.db'}")
    assert restore(other.database, tmp_path / "copy.db") == 5
    assert other.conversations.page("s") == filled.conversations.page("s")
    assert sorted(p.name for p in tmp_path.iterdir() if "partial" in p.name) == []
    for store in (other, filled):
        store.database.close()


def test_nothing_is_written_over(filled: Store, tmp_path: Path) -> None:
    backup(filled.database, tmp_path / "copy.db")
    with pytest.raises(UsageError):
        backup(filled.database, tmp_path / "copy.db")
    with pytest.raises(UsageError):
        restore(filled.database, tmp_path / "copy.db")
    filled.database.close()


def test_what_is_no_copy_is_not_put_back(filled: Store, tmp_path: Path) -> None:
    backup(filled.database, tmp_path / "copy.db")
    filled.database.close()
    data = bytearray((tmp_path / "copy.db").read_bytes())
    (tmp_path / "text.db").write_bytes(b"no database" * 100)
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (x)").connection.close()
    data[8192:40_000] = b"\xff" * (40_000 - 8192)
    (tmp_path / "damaged.db").write_bytes(data)
    database = open_database(f"sqlite:///{tmp_path / 'new.db'}")
    for name in ("missing.db", "text.db", "other.db", "damaged.db"):
        with pytest.raises((UsageError, StoreGone)):
            restore(database, tmp_path / name)
    assert not (tmp_path / "new.db").exists()
    assert list(tmp_path.glob("*.partial*")) == []


def test_postgresql_has_its_own_tools(new_postgresql: Callable[[], str], tmp_path: Path) -> None:
    database = open_database(new_postgresql())
    with pytest.raises(UsageError, match="pg_dump"):
        backup(database, tmp_path / "x")
    with pytest.raises(UsageError, match="pg_restore"):
        restore(database, tmp_path / "x")
