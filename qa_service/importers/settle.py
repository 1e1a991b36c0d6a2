"""From the rows of a conversation to its record: admitted, or rejected whole with the reason."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from qa_service.importers.base import Intake, Place, ReadOptions, Records, admit, clip, holds_nul, with_defaults
from qa_service.importers.documents import Item, content_of, may_hold_nul
from qa_service.importers.draft import Draft
from qa_service.importers.ledger import mark
from qa_service.model.errors import InvalidRecord
from qa_service.model.record import Record, Reject


def each(rows: Iterable[Item], make: Callable[[Item], Draft], options: ReadOptions, intake: Intake) -> Records:
    """One record a row: the conversation that `make` reads from it, or why there is none."""
    for item in rows:
        yield item.reject() if item.reason else settle([item], lambda item=item: make(item), options, intake)  # type: ignore[misc]


def settle(rows: Sequence[Item], make: Callable[[], Draft], options: ReadOptions, intake: Intake) -> Record:
    """The record that `rows` come to: admitted, or rejected with the reason."""
    place = Place(rows[0].file, rows[0].number, len(rows))

    def raw() -> str:
        return clip("\n".join(item.raw for item in rows))

    content = content_of([item.data or item.value for item in rows])
    try:
        conversation = with_defaults(make().finish(), options)
        if may_hold_nul(content) and (error := holds_nul(conversation)):
            raise error
    except InvalidRecord as error:
        return Reject(place.file, place.row, error.field, error.why, raw(), place.rows)
    return admit(conversation, mark(content), place, raw, intake)
