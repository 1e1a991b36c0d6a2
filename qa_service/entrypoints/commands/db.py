"""`qa-service db`: bring the database up, copy it, put a copy back."""
from __future__ import annotations

from pathlib import Path

import click

from qa_service.bootstrap import load_settings
from qa_service.store import backup as copies
from qa_service.store import schema
from qa_service.store.engine import open_database


@click.group("db")
def command() -> None:
    """管理数据库: 升级、备份、恢复。地址见 QA_DATABASE_URL。"""


@command.command("upgrade")
def upgrade() -> int:
    """把数据库升级到本程序的版本;空的数据库建好各表。可以同时运行多次。"""
    settings = load_settings()
    database = open_database(settings.database_url)
    before = schema.version_of(database)
    schema.upgrade(database)
    database.close()
    click.echo(f"数据库已是 {schema.newest()}" + ("" if before == schema.newest() else f"(原来是 {before or '空的'})"))
    return 0


@command.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> int:
    """把 SQLite 数据库在使用中备份到 FILE,并核对备份完好。PostgreSQL 请用 pg_dump。"""
    database = open_database(load_settings().database_url)
    click.echo(f"已备份 {copies.backup(database, file):,} 个会话到 {file},核对完好")
    return 0


@command.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> int:
    """把备份 FILE 恢复到 QA_DATABASE_URL(那里必须还没有数据库),并升级到本程序的版本。PostgreSQL 请用 pg_restore。"""
    database = open_database(load_settings().database_url)
    n = copies.restore(database, file)
    schema.upgrade(database)
    database.close()
    click.echo(f"已恢复 {n:,} 个会话到 {database.file}")
    return 0
