"""Copies of a SQLite store, made while it is in use, checked before they count. PostgreSQL has its own tools, and better ones."""
from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from qa_service.model.errors import StoreGone, UsageError
from qa_service.store.engine import Database


def backup(database: Database, to: Path) -> int:
    """Copy the store into file `to`, as it stands at one moment, while others write; its conversations.

    Raises UsageError where the file exists or the store is PostgreSQL, StoreGone where the copy is not whole.
    """
    source = _file_of(database, "备份", "pg_dump --format=custom --file=qa.dump 数据库地址")
    if not source.is_file():
        raise UsageError("还没有数据库", where=str(source))
    if to.exists():
        raise UsageError("备份文件已经存在", where=str(to), fix="换一个文件名")
    return _copy(source, to)


def restore(database: Database, source: Path) -> int:
    """Put the copy `source` where the settings say the store is; its conversations. Only into an empty place.

    Raises UsageError where a store is there already or `source` is no copy of one, StoreGone where it is damaged.
    """
    to = _file_of(database, "恢复", "pg_restore --clean --if-exists --dbname=数据库地址 qa.dump")
    if not source.is_file():
        raise UsageError("没有这个备份文件", where=str(source))
    if to.exists():
        raise UsageError("这里已经有一个数据库", where=str(to), fix="先把它移走,或用 QA_DATABASE_URL 指向别处")
    to.parent.mkdir(parents=True, exist_ok=True)
    return _copy(source, to)


def _file_of(database: Database, what: str, tool: str) -> Path:
    if database.file is None:
        raise UsageError(f"PostgreSQL 的{what}用它自己的工具", where="QA_DATABASE_URL", fix=f"{tool}(地址里去掉 +psycopg)")
    return database.file


def _copy(source: Path, to: Path) -> int:
    """Through SQLite's online backup into ``<to>.partial``, checked, on the disk, then under its name."""
    partial = to.with_name(to.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as old, \
                closing(sqlite3.connect(partial)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")
            n = _checked(new, source)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.rename(to)
    except sqlite3.Error as error:
        partial.unlink(missing_ok=True)
        raise StoreGone(f"复制不成: {error}", where=str(source), fix="检查磁盘空间与文件权限") from None
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return n


def _checked(copy: sqlite3.Connection, source: Path) -> int:
    found = copy.execute("PRAGMA integrity_check").fetchall()
    if found != [("ok",)]:
        raise StoreGone(f"文件已损坏: {found[0][0]}", where=str(source))
    tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"alembic_version", "conversations"} <= tables:
        raise UsageError("不是 qa-service 的数据库", where=str(source))
    return int(copy.execute("SELECT count(*) FROM conversations").fetchone()[0])
