"""Pages of a list: rows in a fixed order, and a cursor that says after which row the next page begins."""
from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

import orjson
from sqlalchemy import ColumnElement, and_, false, or_

from qa_service.model.errors import UsageError

Row = TypeVar("Row")
LIMIT: Final = 50
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows. `next` is the cursor of the page after, None at the end. A cursor is opaque; a wrong one raises UsageError."""

    rows: Sequence[Row]
    next: str | None


@dataclass(frozen=True, slots=True)
class Sorted:
    """The order of a list: columns of which none is null and which together are unique within a shop; `falling` for the largest first."""

    name: str
    columns: Sequence[ColumnElement[Any]]
    falling: bool = False

    @property
    def clauses(self) -> list[ColumnElement[Any]]:
        """For ORDER BY."""
        return [c.desc() for c in self.columns] if self.falling else [c.asc() for c in self.columns]

    def after(self, cursor: str) -> ColumnElement[bool]:
        """The rows after a cursor. Raises UsageError."""
        values = self._decode(cursor)
        steps: list[ColumnElement[bool]] = [false()]
        for i, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            equal = [c == v for c, v in zip(self.columns[:i], values, strict=False)]
            steps.append(and_(*equal, column < value if self.falling else column > value))
        return or_(*steps)

    def _decode(self, cursor: str) -> list[Any]:
        wrong = UsageError("翻页位置不能用", where="cursor", fix="用上一页给出的 next,筛选与排序保持不变")
        try:
            name, *values = orjson.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
            if name != self.name or len(values) != len(self.columns):
                raise wrong
            return [_like(column, value) for column, value in zip(self.columns, values, strict=True)]
        except (ValueError, TypeError, UnicodeEncodeError, binascii.Error):
            raise wrong from None

    def cursor(self, values: Sequence[Any]) -> str:
        """The cursor of the row with these values in the columns."""
        return base64.urlsafe_b64encode(orjson.dumps([self.name, *values])).rstrip(b"=").decode("ascii")


def _like(column: ColumnElement[Any], value: Any) -> Any:
    """A value of a cursor as its column has it. Raises ValueError, TypeError."""
    kind = column.type.python_type
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if type(value) is not kind or (kind is str and "\0" in value) or (kind is int and abs(value) >= 1 << 31):
        raise ValueError(value)
    return value


def page_of(found: Sequence[Any], limit: int, order: Sorted, make: Callable[[Any], Row]) -> Page[Row]:
    """A page of what was asked for with one row more than `limit`; the columns of the order stand in the rows under their own names."""
    kept = found[:limit]
    last = kept[-1]._mapping if len(found) > limit else None
    return Page([make(row) for row in kept], None if last is None else order.cursor([last[c.name] for c in order.columns]))


def limited(limit: int) -> int:
    """A limit that a page can have. Raises UsageError."""
    if not 1 <= limit <= MOST:
        raise UsageError(f"每页应为 1–{MOST} 条,得到 {limit}", where="limit")
    return limit
