"""`qa-service check`: lint packs, scorecard and policies, and run every example."""
from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from qa_service.bootstrap import load_settings, make_standard


@click.command("check")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--policy", type=click.Path(path_type=Path), help="一并核对的店铺政策文件")
def command(folder: Path | None, policy: Path | None) -> int:
    """核对质检标准文件夹(默认: 随程序发布的)。有一处不对就拒绝,并指出文件、行、规则和例子。"""
    standard = make_standard(load_settings(), root=folder, policy=policy, prove=True)
    examples = sum(len(r.hits) + len(r.misses) + len(r.known_misses) for r in standard.rules)
    status = Counter(r.status for r in standard.rules)
    click.echo(f"质检标准 {standard.ref.name} {standard.ref.version}  {standard.ref.digest}")
    click.echo(f"规则 {len(standard.rules)} 条(正式 {status['stable']},试用 {status['trial']}),例子 {examples} 个,全部通过")
    for warning in standard.warnings:
        click.echo(f"提醒: {warning}", err=True)
    return 0
