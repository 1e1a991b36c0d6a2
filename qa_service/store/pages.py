"""Pages of a list: rows in a fixed order, and a cursor that says after which row the next page begins."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Row = TypeVar("Row")
LIMIT: Final = 50
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows. `next` is the cursor of the page after, None at the end. A cursor is opaque; a wrong one raises UsageError."""

    rows: Sequence[Row]
    next: str | None
