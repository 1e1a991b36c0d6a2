"""The output formats by name."""
from __future__ import annotations

from pathlib import Path
from typing import Final

from qa_service.model.errors import UsageError
from qa_service.services.masking import Masker
from qa_service.services.outputs.csv import CsvWriter
from qa_service.services.outputs.jsonl import JsonlWriter
from qa_service.services.outputs.target import Target
from qa_service.services.outputs.writer import Writer

FORMATS: Final = ("jsonl", "csv", "xlsx", "parquet")


def open_writer(target: str | Path, format: str, *, masked: bool = True, masker: Masker | None = None) -> Writer:
    """A writer to a file, an existing folder (``evaluations.<format>`` in it) or ``-``, standard output, which takes jsonl only.

    `masked` matters to csv and xlsx, which are for people (`masker` names their buyers); jsonl and parquet are evidence and never masked. Raises UsageError.
    """
    if format not in FORMATS:
        raise UsageError(f"未知的输出格式 {format!r}", fix=f"可用: {'、'.join(FORMATS)}")
    if str(target) == "-" and format != "jsonl":
        raise UsageError(f"标准输出只写 jsonl,不写 {format}", fix="用 --out 给出文件名")
    place = Target(target, format)
    if format == "csv":
        return CsvWriter(place, masked=masked, masker=masker)
    if format == "xlsx":
        from qa_service.services.outputs.xlsx import XlsxWriter  # its library and the next one's: only those who write so pay

        return XlsxWriter(place, masked=masked, masker=masker)
    if format == "parquet":
        from qa_service.services.outputs.parquet import ParquetWriter

        return ParquetWriter(place)
    return JsonlWriter(place)


def format_of(target: str | Path) -> str:
    """The format that a file's name asks for; jsonl where it asks for none."""
    extension = Path(target).suffix.lower().lstrip(".")
    return extension if extension in FORMATS else "jsonl"
