"""Parquet, read batch by batch. A row's number counts from 1.

One row is one message (columns as in other tables), or one conversation when a column `messages` holds a list of structs.
"""
from __future__ import annotations

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.files import Source, on_disk
from qa_service.importers.head import CERTAIN, Head
from qa_service.importers.table import read_table


def detects(head: Head) -> float:
    """Told by the magic number."""
    return CERTAIN if head.data.startswith(b"PAR1") else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """Conversations of a Parquet file. Raises SourceError for a damaged file and for missing columns."""
    from qa_service.importers.parquet_rows import parquet_rows  # its library takes 50 MB: only those who need it pay

    with on_disk(source) as path:
        yield from read_table(parquet_rows(path, source.name), source.name, options, intake)
