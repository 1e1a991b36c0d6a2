"""A workbook a supervisor can use as it is: sheets 总览 会话 命中 承诺 客服 指标, frozen headers, filters, colours; masked, no formula runs."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import xlsxwriter

from qa_service.model.conversation import Conversation
from qa_service.services.labels import measure_title
from qa_service.services.masking import Masker
from qa_service.services.outputs import rows
from qa_service.services.outputs.cells import cell
from qa_service.services.outputs.overview import agent_rows, overview_blocks
from qa_service.services.outputs.target import Target
from qa_service.services.outputs.writer import Writer
from qa_service.services.tally import Tally
from qa_service.text.calculators import SUFFIXES

ROWS: Final = 1_048_575
_WIDTHS: Final = {
    "会话ID": 18, "店铺": 14, "渠道": 8, "客服": 12, "客户": 14, "开始时间": 18, "等级": 9, "命中规则": 38, "证据": 52, "建议": 44, "备注": 24,
    "规则说明": 34, "分类": 18, "客户上文": 40, "为什么": 40, "说明": 24, "承诺原文": 44, "期限原文": 14, "到期时间": 18, "依据": 28, "咨询主题": 18,
    "类型": 10}
_WRAPPED: Final = frozenset(("命中规则", "证据", "建议", "客户上文", "为什么", "规则说明", "承诺原文", "说明", "备注"))
_GOOD, _FAIR, _POOR, _BAD = "#E4F1E6", "#F3F4EA", "#FBEFD5", "#F9DEDA"


class XlsxWriter(Writer):
    """Rows go to disk as they come (constant memory); the overview and the agents are written at the end, from the tally."""

    def __init__(self, target: Target, *, masked: bool = True, masker: Masker | None = None, rows_per_sheet: int = ROWS) -> None:
        super().__init__(target)
        self._masked = masked
        self._masker = (masker or Masker()) if masked else None
        self._book = xlsxwriter.Workbook(target.file, {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "nan_inf_to_errors": True})
        self._overview = self._book.add_worksheet("总览")
        self._most = rows_per_sheet
        formats = _formats(self._book)
        self._sheets = {name: _Sheet(self._book, name, formats, masked, rows_per_sheet) for name in ("会话", "命中", "承诺", "客服", "指标")}
        self._formats = formats
        self._sections: list[tuple[str, str]] | None = None
        self._measures: list[str] = []

    def write(self, conversation: Conversation, evaluation: Mapping[str, Any], raw_json: bytes | None = None) -> None:
        """One row each in 会话 and 指标, and those of its findings and commitments."""
        if self._sections is None:
            self._head(rows.sections_of(evaluation), [n for n in evaluation["measures"] if not n.endswith(SUFFIXES)])
        self._sheets["会话"].put(rows.conversation_row(conversation, evaluation, self._sections or (), self._masker))
        for row in rows.finding_rows(conversation, evaluation):
            self._sheets["命中"].put(row)
        for row in rows.commitment_rows(conversation, evaluation):
            self._sheets["承诺"].put(row)
        self._sheets["指标"].put(rows.measure_row(conversation, evaluation, self._measures))

    def _head(self, sections: list[tuple[str, str]], measures: list[str]) -> None:
        self._sections, self._measures = sections, measures
        self._sheets["会话"].header = rows.conversation_header(sections)
        self._sheets["命中"].header = list(rows.FINDING_HEADER)
        self._sheets["承诺"].header = list(rows.COMMITMENT_HEADER)
        self._sheets["指标"].header = [*rows.MEASURE_HEAD, *(measure_title(n) for n in measures)]

    def _finish(self, tally: Tally) -> None:
        if self._sections is None:
            self._head([], [])
        header, table = agent_rows(tally)
        self._sheets["客服"].header = header
        for row in table:
            self._sheets["客服"].put(row)
        self._write_overview(tally)
        for sheet in self._sheets.values():
            sheet.finish()
        self._book.close()

    def _write_overview(self, tally: Tally) -> None:
        sheet, f = self._overview, self._formats
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 8, 15)
        sheet.hide_gridlines(2)
        y = 0
        for title, head, table in overview_blocks(tally):
            sheet.write_string(y, 0, title, f["title"])
            y += 1
            for x, name in enumerate(head):
                sheet.write_string(y, x, name, f["head"])
            for row in table:
                y += 1
                for x, value in enumerate(row):
                    _put(sheet, y, x, value, f, self._masked, wrapped=x == 0)
            y += 2
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.activate()

    def _drop(self) -> None:
        """Close the temporary files of the rows; what this writes to the target is dropped."""
        self._book.close()


class _Sheet:
    """One table that goes on in a second sheet, 命中(2), when the first is full. `header` is set before the first row."""

    def __init__(self, book: Any, name: str, formats: Mapping[str, Any], masked: bool, most: int) -> None:
        self._book, self._name, self._formats, self._masked, self._most = book, name, formats, masked, most
        self.header: list[str] = []
        self._part = 1
        self._y = 0
        self._sheet = book.add_worksheet(name)

    def put(self, row: Sequence[rows.Value]) -> None:
        """The next row."""
        if self._y >= self._most:
            self.finish()
            self._part += 1
            self._sheet = self._book.add_worksheet(f"{self._name}({self._part})")
            self._y = 0
        if self._y == 0:
            self._begin()
        self._y += 1
        for x, value in enumerate(row):
            _put(self._sheet, self._y, x, value, self._formats, self._masked, wrapped=self.header[x] in _WRAPPED)

    def _begin(self) -> None:
        for x, name in enumerate(self.header):
            self._sheet.write_string(0, x, str(cell(name, self._masked)), self._formats["head"])
            self._sheet.set_column(x, x, _WIDTHS.get(name, max(8, 2 * len(name) + 2)))
        self._sheet.freeze_panes(1, 1)

    def finish(self) -> None:
        """Filter and colours over what was written."""
        if self._y == 0:
            self._begin()
        if not self.header:
            return
        last = max(1, self._y)
        self._sheet.autofilter(0, 0, last, len(self.header) - 1)
        for x in (x for x, name in enumerate(self.header) if name in ("得分", "均分")):
            for criteria, value, colour in ((">=", 90, _GOOD), (">=", 80, _FAIR), (">=", 60, _POOR), ("<", 60, _BAD)):
                self._sheet.conditional_format(1, x, last, x, {
                    "type": "cell", "criteria": criteria, "value": value, "format": self._formats[colour], "stop_if_true": True})
        self._sheet.set_landscape()
        self._sheet.repeat_rows(0)
        self._sheet.fit_to_pages(1, 0)


def _formats(book: Any) -> dict[str, Any]:
    plain = {"valign": "top", "font_size": 10}
    return {
        "head": book.add_format({
            "bold": True, "bg_color": "#EEF1F4", "bottom": 1, "bottom_color": "#9AA5B1", "valign": "vcenter", "font_size": 10}),
        "title": book.add_format({"bold": True, "font_size": 13, "font_color": "#22384F"}),
        "plain": book.add_format(plain), "wrap": book.add_format({**plain, "text_wrap": True}),
        "time": book.add_format({**plain, "num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}),
        "number": book.add_format({**plain, "num_format": "0.##"}),
        **{colour: book.add_format({"bg_color": colour}) for colour in (_GOOD, _FAIR, _POOR, _BAD)}}


def _put(sheet: Any, y: int, x: int, value: rows.Value, formats: Mapping[str, Any], masked: bool, *, wrapped: bool) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        if value.year >= 1900:
            sheet.write_datetime(y, x, value, formats["time"])
        else:
            sheet.write_string(y, x, str(value), formats["plain"])
    elif isinstance(value, str):
        sheet.write_string(y, x, str(cell(value, masked)), formats["wrap" if wrapped else "plain"])
    else:
        sheet.write_number(y, x, value, formats["plain" if isinstance(value, int) else "number"])
