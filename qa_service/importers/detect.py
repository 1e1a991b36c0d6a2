"""Which importer reads an input: told by its content; the file's extension only breaks a tie."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.delimited import read_delimited, sniff
from qa_service.importers.encoding import head_text
from qa_service.importers.files import Source, extension, open_source
from qa_service.importers.jsonl import read_jsonl
from qa_service.importers.plain import read_plain, speaks
from qa_service.importers.xlsx import read_xlsx
from qa_service.model.errors import SourceError, UsageError
from qa_service.model.record import Record, Reject

Importer = Callable[[Source, ReadOptions, Intake], Records]
_BY_EXTENSION: Final = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "jsonl", ".csv": "csv", ".tsv": "csv", ".txt": "plain", ".log": "plain"}
_LINES: Final = 50


def _read_parquet(source: Source, options: ReadOptions, intake: Intake) -> Records:
    from qa_service.importers.parquet import read_parquet  # its library takes 50 MB: only those who need it pay

    return read_parquet(source, options, intake)


IMPORTERS: Final[dict[str, Importer]] = {
    "jsonl": read_jsonl, "csv": read_delimited, "xlsx": read_xlsx, "parquet": _read_parquet, "plain": read_plain}


def open_records(path: str, options: ReadOptions, intake: Intake | None = None) -> Iterator[Record]:
    """Every record of one input ("-" = standard input), in its order. Give one `intake` to all inputs of a run.

    Raises SourceError when the input cannot be opened or understood as a whole, UsageError for an unknown `options.source`.
    """
    if options.source != "auto" and options.source not in IMPORTERS:
        raise UsageError(f"不认识的来源 {options.source[:40]!r}", fix=f"可用: auto、{'、'.join(IMPORTERS)}")
    return _records(path, options, intake if intake is not None else Intake())


def _records(path: str, options: ReadOptions, intake: Intake) -> Iterator[Record]:
    with open_source(path) as source:
        if source.damage and not source.head:
            raise SourceError(source.damage, where=source.name)
        kind = options.source if options.source != "auto" else detect(source, options)
        if not kind:
            return
        before = intake.rows
        yield from IMPORTERS[kind](source, options, intake)
        if source.damage:
            if intake.rows == before:
                raise SourceError(source.damage, where=source.name)
            # No row of its own, so the count stays true; but nobody must take this input for whole.
            yield Reject(source.name, intake.rows - before + 1, "", f"{source.damage};此前的记录已读,此后的读不出", "", 0)


def detect(source: Source, options: ReadOptions) -> str:
    """The name of the importer for an open input; "" for an empty one. Raises SourceError when nothing fits."""
    head = source.head
    if not head:
        return ""
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return "xlsx"
    text = head_text(head).lstrip()
    if not text:
        return ""
    by_name = _BY_EXTENSION.get(extension(source.path), "")
    lines = [line for line in text.split("\n")[:_LINES] if line.strip()]
    return _by_text(text, lines, options) or _by_name(by_name, text, source.name)


def _by_text(text: str, lines: list[str], options: ReadOptions) -> str:
    opening = text[1:].lstrip()[:1]
    if (text[0] == "{" and opening in ('"', "}", "")) or (text[0] == "[" and opening in ("{", "]", "")):
        return "jsonl"
    table = sniff(text, options)
    if table.sure:
        return "csv"
    if any(line.startswith('{"') for line in lines):
        return "jsonl"
    if any(speaks(line) for line in lines):
        return "plain"
    return "csv" if table.delimiter else ""


def _by_name(by_name: str, text: str, name: str) -> str:
    if text[:200].lower().startswith(("<!doctype", "<html", "<?xml", "<table")):
        raise SourceError("这是网页(HTML/XML),不是表格或聊天记录", where=name, fix="请用表格软件打开后另存为 xlsx 或 CSV")
    if not by_name:
        raise SourceError("认不出是什么格式", where=name, fix=f"请用 --from 指定: {'、'.join(IMPORTERS)}")
    return by_name
