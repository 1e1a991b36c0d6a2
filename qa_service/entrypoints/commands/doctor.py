"""`qa-service doctor`: does it run here, and with which settings from where."""
from __future__ import annotations

import platform
import sqlite3
from importlib.metadata import version

import click

from qa_service.bootstrap import Settings, load_settings, make_standard
from qa_service.store.engine import open_database
from qa_service.store.schema import newest, version_of

_LIBRARIES = ("numpy", "orjson", "ahocorasick-rs", "google-re2", "rjieba", "jieba", "opencc", "pypinyin", "pyarrow", "python-calamine", "xlsxwriter")


@click.command("doctor")
def command() -> int:
    """检查运行环境: 版本、设置及其来源、质检标准是否完好。"""
    click.echo(f"qa-service {version('qa-service')} · Python {platform.python_version()} · {platform.system()} {platform.machine()}")
    click.echo(" ".join(f"{name} {version(name)}" for name in _LIBRARIES))
    settings = load_settings()
    for setting in settings.entries.values():
        click.echo(f"{setting.name} = {setting.shown or '(空)'}  [{setting.source}] {setting.purpose}")
    settings.zone, settings.workers  # noqa: B018 — raises where they are wrong
    standard = make_standard(settings)
    click.echo(f"质检标准 {standard.ref.name} {standard.ref.version}: {len(standard.rules)} 条规则,{standard.root}")
    click.echo(f"数据库 {_database(settings)}")
    click.echo("一切正常")
    return 0


def _database(settings: Settings) -> str:
    """What stands where the settings say. Nothing is made on the way. Raises UsageError, StoreError."""
    database = open_database(settings.database_url)
    kind = "PostgreSQL" if database.file is None else f"SQLite {sqlite3.sqlite_version} {database.file}"
    if database.file is not None and not database.file.exists():
        return f"{kind}: 还没有,第一次使用时建立"
    found = version_of(database)
    database.close()
    return f"{kind}: 版本 {found or '空'}" + ("" if found == newest() else f",本程序的版本是 {newest()},见 qa-service db upgrade")
