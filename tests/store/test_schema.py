"""Migrations: up, down and up again on both databases; the tables they make are the tables the program means."""
from __future__ import annotations

import multiprocessing
from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from qa_service.bootstrap import load_settings, make_store
from qa_service.model.errors import UsageError
from qa_service.store import schema
from qa_service.store.engine import Database, open_database
from qa_service.store.tables import METADATA


def differences(database: Database) -> list[object]:
    """What autogenerate would change. The search index is made by hand: no other tool knows FTS5."""
    def ours(name: str | None, kind: str, parent: object) -> bool:
        return kind != "table" or not (name or "").startswith("search_index")

    with database.read() as connection:
        return list(compare_metadata(MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True}), METADATA))


def names(database: Database) -> set[str]:
    with database.read() as connection:
        return set(inspect(connection).get_table_names())


def test_up_down_and_up(new_url: Callable[[], str]) -> None:
    database = open_database(new_url())
    assert schema.version_of(database) is None
    assert not schema.is_current(database)
    schema.upgrade(database)
    assert schema.is_current(database)
    assert differences(database) == []
    made = names(database)
    schema.downgrade(database, "base")
    assert names(database) == {"alembic_version"}
    schema.upgrade(database)
    schema.upgrade(database)
    assert names(database) == made
    assert differences(database) == []
    database.close()


def _upgrade(url: str) -> None:
    database = open_database(url)
    schema.upgrade(database)
    database.close()


def test_several_at_once_make_one_schema(new_url: Callable[[], str]) -> None:
    url = new_url()
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_upgrade, args=(url,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [p.exitcode for p in processes] == [0, 0, 0]
    database = open_database(url)
    assert schema.is_current(database)
    database.close()


def test_an_empty_database_is_made_ready_and_a_foreign_one_refused(new_url: Callable[[], str]) -> None:
    settings = load_settings({"QA_DATABASE_URL": new_url()})
    store = make_store(settings)
    assert schema.is_current(store.database)
    for version, advice in (("9999", "升级 qa-service"),):
        with store.database.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
        with pytest.raises(UsageError, match=advice):
            make_store(settings)
    store.database.close()
