"""The day report as a workbook and as JSON: the rows of the page, to calculate with. Text is masked; no formula runs."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import xlsxwriter

from qa_service.services.day_book import DayBook
from qa_service.services.day_views import Table, tables
from qa_service.services.headlines import headlines
from qa_service.services.masking import mask
from qa_service.services.outputs.cells import cell, printable
from qa_service.services.outputs.overview import agent_rows, overview_blocks
from qa_service.services.outputs.target import Target
from qa_service.services.tally import Tally

SCHEMA = "qa-service/day-report/1"


def all_tables(book: DayBook) -> list[Table]:
    """The overview's blocks, the agents, then the sections of the page."""
    header, rows = agent_rows(book.tally)
    return [*(Table(name, head, table) for name, head, table in overview_blocks(book.tally)), Table("客服", header, rows), *tables(book), _examples(book.tally)]


def _examples(tally: Tally) -> Table:
    rows: list[list[Any]] = [[r.title, r.rule, e.conversation, e.agent, e.evidence, r.why, r.suggest]
                             for r in sorted(tally.rules.values(), key=lambda r: (r.tenths, r.rule)) for e in list(r.examples.values())[:2]]
    return Table("例证", ("规则说明", "规则", "会话ID", "客服", "证据", "为什么", "建议"), rows)


def report_document(book: DayBook, *, generated_from: str) -> dict[str, Any]:
    """The report as one JSON object: `sections` maps a section's name to its rows, each a mapping of column names."""
    made = all_tables(book)
    return {
        "schema": SCHEMA, "date": str(book.day) if book.day else None, "generated_from": generated_from, "standard": dict(book.standard),
        "headlines": [{"figure": h.figure, "text": _plain(h.text), "advice": _plain(h.advice)} for h in headlines(book.tally)],
        "sections": {t.name: [dict(zip([str(_plain(name)) for name in t.head], [_plain(v) for v in row], strict=True)) for row in t.rows] for t in made},
        "notes": {t.name: t.note for t in made if t.note}}


def _plain(value: Any) -> Any:
    return printable(mask(value)) if isinstance(value, str) else value


def write_json(book: DayBook, path: Path, *, generated_from: str) -> None:
    """One readable JSON file."""
    target = Target(path, "json")
    try:
        target.file.write(orjson.dumps(report_document(book, generated_from=generated_from), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        target.commit()
    finally:
        target.abort()


def write_xlsx(book: DayBook, path: Path) -> None:
    """One sheet a table, those of the overview first; headers frozen."""
    target = Target(path, "xlsx")
    try:
        sheets = xlsxwriter.Workbook(target.file, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
        head = sheets.add_format({"bold": True, "bg_color": "#EEF1F4", "bottom": 1})
        wrap = sheets.add_format({"text_wrap": True, "valign": "top"})
        for t in all_tables(book):
            sheet = sheets.add_worksheet("".join(c for c in t.name if c not in "[]:*?/\\")[:31])
            for x, name in enumerate(t.head):
                sheet.write_string(0, x, name, head)
                longest = max([len(str(r[x] or "")) for r in t.rows], default=0)
                sheet.set_column(x, x, min(48, max(8, 2 * len(name) + 2, 1.7 * longest)), wrap)
            for y, row in enumerate(t.rows, 1):
                for x, value in enumerate(row):
                    if isinstance(value, int | float):
                        sheet.write_number(y, x, value)
                    elif value is not None and value != "":
                        sheet.write_string(y, x, str(cell(str(value), True)))
            sheet.freeze_panes(1, 0)
            if t.note:
                sheet.write_string(len(t.rows) + 2, 0, t.note)
        sheets.close()
        target.commit()
    finally:
        target.abort()
