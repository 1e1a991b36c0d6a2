"""`qa-service measures`: how each platform measures response, with its source."""
from __future__ import annotations

from pathlib import Path

import click

from qa_service.services.measure_docs import measures_document


@click.command("measures")
@click.option("--out", type=click.Path(path_type=Path), help="写到文件;默认标准输出")
def command(out: Path | None) -> int:
    """由代码生成指标与各平台口径的说明(Markdown)。"""
    text = measures_document()
    if out is None:
        click.echo(text.rstrip("\n"))
    else:
        out.write_text(text, "utf-8")
    return 0
