"""`qa-service doctor`: does it run here, and with which settings from where."""
from __future__ import annotations

import platform
from importlib.metadata import version

import click

from qa_service.bootstrap import load_settings, make_standard

_LIBRARIES = ("numpy", "orjson", "ahocorasick-rs", "google-re2", "rjieba", "jieba", "opencc", "pypinyin", "pyarrow", "python-calamine", "xlsxwriter")


@click.command("doctor")
def command() -> int:
    """检查运行环境: 版本、设置及其来源、质检标准是否完好。"""
    click.echo(f"qa-service {version('qa-service')} · Python {platform.python_version()} · {platform.system()} {platform.machine()}")
    click.echo(" ".join(f"{name} {version(name)}" for name in _LIBRARIES))
    settings = load_settings()
    for setting in settings.entries.values():
        shown = "(已设置,不显示)" if setting.value and setting.name.endswith(("PASSWORD", "_KEY")) else setting.value or "(空)"
        click.echo(f"{setting.name} = {shown}  [{setting.source}] {setting.purpose}")
    settings.zone, settings.workers  # noqa: B018 — raises where they are wrong
    standard = make_standard(settings)
    click.echo(f"质检标准 {standard.ref.name} {standard.ref.version}: {len(standard.rules)} 条规则,{standard.root}")
    click.echo("一切正常")
    return 0
