"""CSV and its relatives (comma, semicolon, tab, bar), streamed. A row is a data record; its number is that of its first physical line."""
from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import Final, NamedTuple

from qa_service.importers.base import Intake, ReadOptions, Records, clip
from qa_service.importers.columns import is_header, recognised
from qa_service.importers.encoding import Line, Lines, head_text
from qa_service.importers.files import Source, extension
from qa_service.importers.head import POSSIBLE, Head
from qa_service.importers.table import HEADER_WITHIN, Row, find_header, read_table
from qa_service.model.record import Reject

DELIMITERS: Final = ",\t;|"
MAX_RECORD_LINES: Final = 1_000
MAX_FIELD: Final = 8 << 20
_LONGEST_HEADER: Final = 1 << 16
_UNCLOSED: Final = "引号没有闭合:从这一行起的引号一直没有结束,此行单独拒收,后面的行照常读取"


def detects(head: Head) -> float:
    """One of the first lines reads as a header: surely so, or better than not at all."""
    table = sniff(head.text, head.options)
    return POSSIBLE if table.sure else 0.2 if table.delimiter else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """Conversations of a delimited text file. Raises SourceError when its columns cannot be understood."""
    return read_table(rows_of(source, options), source.name, options, intake)


def rows_of(source: Source, options: ReadOptions) -> Iterator[Row | Reject]:
    """The records of a delimited text file as rows of cells, the header among them."""
    delimiter = sniff(head_text(source.head), options).delimiter or ("\t" if extension(source.path) == ".tsv" else ",")
    return _Splitter(Lines(source.stream, source.head, keep_ends=True), delimiter, source.name).rows()


class Sniffed(NamedTuple):
    """The delimiter under which one of the first lines reads best as a header ("" when none does), and whether that line surely is one."""

    delimiter: str
    sure: bool


def sniff(head: str, options: ReadOptions) -> Sniffed:
    """Guess the delimiter from the head of a file."""
    lines = [line for line in head.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:50] if line.strip()][:HEADER_WITHIN]
    best, most, sure = "", 1, False
    for delimiter in DELIMITERS if lines else "":
        rows = [_cells(line, delimiter) for line in lines]
        header = rows[find_header(rows, options)]
        count = recognised(header, options.columns)
        if count > most:
            best, most, sure = delimiter, count, is_header(header, options.columns)
    return Sniffed(best, sure)


def _cells(line: str, delimiter: str) -> list[str]:
    if len(line) > _LONGEST_HEADER:
        return []
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


class _Runaway(Exception):
    """A quoted field has taken in too many lines."""


class _Splitter:
    """Cuts lines into records. A quote that never closes costs its own line, not the rest of the file."""

    def __init__(self, lines: Lines, delimiter: str, name: str) -> None:
        self._lines, self._name, self._delimiter = iter(lines), name, delimiter
        self._back: deque[Line] = deque()
        self._taken: list[Line] = []
        self._size = 0
        self._open = False

    def rows(self) -> Iterator[Row | Reject]:
        """One item a record, blank ones among them."""
        csv.field_size_limit(max(csv.field_size_limit(), MAX_FIELD))  # 128 KB by default; the library knows one limit for the whole process
        while True:
            try:
                for cells in csv.reader(self._feed(), delimiter=self._delimiter):
                    if self._open:
                        raise _Runaway
                    taken, self._taken, self._size = self._taken, [], 0
                    yield self._row(taken, cells)
                return
            except _Runaway:
                yield self._give_back(_UNCLOSED)
            except csv.Error as error:
                too_long = "field larger" in str(error)
                alone = f"一个字段超过 {MAX_FIELD >> 20} MB" if too_long else "行内有单独的回车符,分不出行"
                yield self._give_back(_UNCLOSED if len(self._taken) > 1 else alone)

    def _feed(self) -> Iterator[str]:
        """Lines for the reader, which asks for one more as long as a quote is open."""
        self._open = False
        while (line := self._back.popleft() if self._back else next(self._lines, None)) is not None:
            first = not self._taken
            self._taken.append(line)
            self._size += len(line.data)
            if len(self._taken) > MAX_RECORD_LINES or (self._size > 2 * MAX_FIELD and not first):
                raise _Runaway
            # A line that is no text is a record of its own where one may begin: its quotes mean nothing.
            yield line.text if line.text is not None else "\n" if first else line.raw
        self._open = bool(self._taken)

    def _row(self, taken: list[Line], cells: list[str]) -> Row | Reject:
        for line in taken:
            if line.text is None:
                return Reject(self._name, taken[0].number, "", line.reason, clip("".join(x.raw for x in taken).rstrip("\r\n")))
        return Row(taken[0].number, cells)

    def _give_back(self, reason: str) -> Reject:
        """Reject the first line taken; the others are read again, each by itself."""
        first, *others = self._taken
        self._taken, self._size, self._open = [], 0, False
        self._back.extendleft(reversed(others))
        return Reject(self._name, first.number, "", first.reason or reason, clip(first.raw.rstrip("\r\n")))
