"""From rows to records, for sources that know where a conversation begins and ends: one row each, or rows gathered by its id."""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from qa_service.importers.base import Intake, Place, ReadOptions, Records, admit, clip, holds_nul, with_defaults
from qa_service.importers.documents import Item
from qa_service.importers.draft import Draft
from qa_service.importers.ledger import mark
from qa_service.model.errors import InvalidRecord
from qa_service.model.record import Duplicate, Record, Reject

WINDOW: Final = 50_000
LARGEST: Final = 64 << 20
"""Bytes of source that wait before the rows that wait longest are given out."""


def each(rows: Iterable[Item], make: Callable[[Item], Draft], options: ReadOptions, intake: Intake) -> Records:
    """One record a row: the conversation that `make` reads from it, or why there is none."""
    for item in rows:
        yield item.reject() if item.reason else settle([item], lambda item=item: make(item), options, intake)  # type: ignore[misc]


def settle(rows: Sequence[Item], make: Callable[[], Draft], options: ReadOptions, intake: Intake) -> Record:
    """The record that `rows` come to: admitted, or rejected with the reason."""
    place = Place(rows[0].file, rows[0].number, len(rows))

    def raw() -> str:
        return clip("\n".join(item.raw for item in rows))

    try:
        conversation = with_defaults(make().finish(), options)
        if error := holds_nul(conversation):
            raise error
    except InvalidRecord as error:
        return Reject(place.file, place.row, error.field, error.why, raw(), place.rows)
    return admit(conversation, mark(b"\0".join(item.content for item in rows)), place, raw, intake)


@dataclass(slots=True)
class _Group:
    """The rows of one conversation so far."""

    rows: list[tuple[Item, Any]] = field(default_factory=list)
    contents: set[bytes] = field(default_factory=set)
    last: int = 0
    size: int = 0


Group = list[tuple[Item, Any]]


def gathered(rows: Iterable[tuple[str, Item, Any] | Reject]) -> Iterator[Group | Duplicate | Reject]:
    """Rows with what was read of them, by key; rejects pass. A row that repeats one of its group byte for byte is a Duplicate.

    A group is given out when no row of it has come for WINDOW rows, when more than LARGEST bytes wait, or at the end.
    """
    groups: OrderedDict[str, _Group] = OrderedDict()
    total = 0
    for at, row in enumerate(rows):
        if isinstance(row, Reject):
            yield row
            continue
        key, item, read = row
        group = groups.setdefault(key, _Group())
        groups.move_to_end(key)
        content = item.content
        if content in group.contents:
            yield Duplicate(item.file, item.number, "与前面一行完全相同")
            continue
        group.contents.add(content)
        group.rows.append((item, read))
        group.size, group.last = group.size + len(content), at
        total += len(content)
        while groups and (total > LARGEST or at - next(iter(groups.values())).last >= WINDOW):
            _, done = groups.popitem(last=False)
            total -= done.size
            yield done.rows
    yield from sorted((g.rows for g in groups.values()), key=lambda rows: rows[0][0].number)
