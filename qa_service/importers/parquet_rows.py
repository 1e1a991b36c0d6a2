"""The rows of a Parquet file, batch by batch. Every column is read as text, times keep their zone."""
from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
from pyarrow import parquet

from qa_service.importers.base import clip
from qa_service.importers.table import Row, row_text
from qa_service.model.errors import SourceError
from qa_service.model.record import Reject

BATCH: Final = 1_024
MAX_ROW_GROUP: Final = 1 << 30
_EXACT: Final = 1e15
_BROKEN: Final = object()


def parquet_rows(path: str, name: str) -> Iterator[Row | Reject]:
    """The header as row 0, then every row. Raises SourceError for a damaged file."""
    number = 0
    try:
        with open(path, "rb") as raw, parquet.ParquetFile(raw) as file:  # noqa: PTH123 — the name may be no text
            headers = list(file.schema_arrow.names)
            _check(file, name)
            yield Row(0, headers)
            for batch in file.iter_batches(batch_size=BATCH):
                columns = [_values(column) for column in batch.columns]
                for values in zip(*columns, strict=True) if columns else ():
                    number += 1
                    yield _row(number, values, name)
    except (pa.ArrowException, OSError, ValueError, MemoryError, EOFError, OverflowError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"Parquet 文件在第 {number + 1} 行附近损坏: {str(error).splitlines()[0][:200] if str(error) else type(error).__name__}",
                          where=name) from None


def _check(file: parquet.ParquetFile, name: str) -> None:
    metadata = file.metadata
    for i in range(metadata.num_row_groups):
        if metadata.row_group(i).total_byte_size > MAX_ROW_GROUP:
            raise SourceError(f"一个行组展开后超过 {MAX_ROW_GROUP >> 30} GB", where=name, fix="请用较小的 row_group_size 重新导出")


def _values(column: pa.Array) -> Sequence[Any]:
    """The column as Python values; what cannot be one is _BROKEN."""
    kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    elif pa.types.is_time64(kind) and kind.unit == "ns":
        column = column.cast(pa.time64("us"), safe=False)
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):
        return [_value(scalar) for scalar in column]
    return values


def _value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError, pa.ArrowException):
        return _BROKEN


def _row(number: int, values: Sequence[Any], name: str) -> Row | Reject:
    cells = []
    lossy = []
    for place, value in enumerate(values):
        text = _text(value)
        if text is None:
            shown = row_text(_text(v) or repr(v) for v in values)
            return Reject(name, number, "", f"第 {place + 1} 列不是合法的 UTF-8 文本或时间", clip(shown))
        if type(value) is float and abs(value) >= _EXACT:
            lossy.append(place)
        cells.append(text)
    return Row(number, cells, frozenset(lossy) if lossy else frozenset())


def _text(value: Any) -> str | None:
    """A value as text; None when it cannot be told."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if value is _BROKEN:
        return None
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return None
    if isinstance(value, float) and value == value and abs(value) < 1e300 and value == int(value):
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(_without_nulls(value), ensure_ascii=False, default=_plain)
    return str(value)


def _without_nulls(value: Any) -> Any:
    """Structs have every field in every row: one that is null is one that is not there."""
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    return [_without_nulls(v) for v in value] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return float(value) if isinstance(value, Decimal) else str(value)
