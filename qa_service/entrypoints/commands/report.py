"""`qa-service report`: the day report from scored output, as a page, a workbook or JSON."""
from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from qa_service.bootstrap import load_settings
from qa_service.importers.base import ReadOptions
from qa_service.model.errors import UsageError
from qa_service.services.day_book import DayBook, read_day
from qa_service.services.day_report import render_report
from qa_service.services.day_source import FileReader
from qa_service.services.outcomes import read_outcomes
from qa_service.services.outputs.target import Target
from qa_service.services.report_files import write_json, write_xlsx

_KINDS = (".html", ".xlsx", ".json")


@click.command("report")
@click.argument("evaluations", nargs=-1, required=True, metavar="EVALUATIONS...")
@click.option("--chats", multiple=True, help="评分时的聊天记录(文件、文件夹或通配符,可重复);没有它就没有钟点、客服和上下文")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="哪一天;更早的日子成为趋势。默认读到的全部")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("report.html"), show_default=True, help=".html、.xlsx 或 .json")
@click.option("--table", type=click.Path(path_type=Path), help="按会话ID并入结果的 CSV(满意度、差评、下单、退款、复购)")
@click.option("--title", default="", help="报告标题")
def command(evaluations: tuple[str, ...], chats: tuple[str, ...], day: datetime | None, out: Path, table: Path | None, title: str) -> int:
    """由评分结果生成日报。EVALUATIONS 是 qa-service score 写出的 jsonl(或它所在的文件夹)。

    \b
    例: qa-service report out/evaluations.jsonl --chats out/chats.jsonl --out report.html
        qa-service report out/*.jsonl --chats logs/ --date 2025-11-11 --table 订单.csv --out report.xlsx
    """
    if out.suffix.lower() not in _KINDS:
        raise UsageError(f"不认识的报告格式 {out.suffix or '(没有扩展名)'}", where=str(out), fix=f"--out 的扩展名用 {'、'.join(_KINDS)}")
    settings = load_settings()
    reader = FileReader(evaluations, chats, ReadOptions(zone=settings.zone))
    book = read_day(reader, day.date() if day else None, settings.zone, read_outcomes(table) if table else None)
    _write(book, out, title, Path(evaluations[0]).name)
    click.echo(f"{book.tally.n:,} 个会话,日报: {out}", err=True)
    return 0


def _write(book: DayBook, out: Path, title: str, source: str) -> None:
    if out.suffix.lower() == ".xlsx":
        write_xlsx(book, out)
    elif out.suffix.lower() == ".json":
        write_json(book, out, generated_from=source)
    else:
        page = render_report(book, title=title or f"客服质检日报{f' {book.day}' if book.day else ''}", generated_from=source)
        target = Target(out, "html")
        try:
            target.file.write(page.encode("utf-8"))
            target.commit()
        finally:
            target.abort()
