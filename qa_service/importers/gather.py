"""Rows that are single messages of sessions which the platform itself has cut: brought together by session, flat in memory.

A session is given out when no row of it has come for WINDOW rows, or when too much waits, the one silent longest first; or at the end.
"""
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from qa_service.importers.base import Records
from qa_service.importers.documents import Item
from qa_service.importers.ledger import Ledger, mark
from qa_service.model.record import Duplicate, Record

WINDOW: Final = 50_000
LARGEST: Final = 64 << 20
"""Bytes of source that wait before something must be given out."""
_LOOK_EVERY: Final = 1_024


@dataclass(slots=True)
class _Waiting:
    """The rows of one session so far, and what tells each from the others."""

    rows: list[Item] = field(default_factory=list)
    seen: set[Hashable] = field(default_factory=set)
    last: int = 0
    size: int = 0


class Gather:
    """The sessions of one input. `finish` makes the records of one from its rows."""

    def __init__(self, finish: Callable[[str, Sequence[Item]], Records]) -> None:
        self._finish = finish
        self._waiting: OrderedDict[str, _Waiting] = OrderedDict()
        self._gone = Ledger()
        self._key: str | None = None
        self._latest: _Waiting | None = None
        self._at = self._size = 0

    def put(self, key: str, item: Item, same: Hashable) -> Iterable[Record]:
        """Take in a row of session `key`; what is settled comes out. Rows of a session with the same `same` are one row twice."""
        waiting = self._latest if key == self._key else self._waiting.get(key)
        if waiting is None:
            if mark(key.encode("utf-8", "surrogatepass")) in self._gone:
                return (item.reject(f"会话 {key[:80]} 的其余消息离得太远(超过 {WINDOW} 行),已先行处理;请先按会话排序"),)
            waiting = self._waiting[key] = _Waiting()
        elif key != self._key:
            self._waiting.move_to_end(key)
        self._key, self._latest = key, waiting
        self._at = waiting.last = self._at + 1
        if same in waiting.seen:
            return (Duplicate(item.file, item.number, "与前面一条消息完全相同"),)
        waiting.seen.add(same)
        waiting.rows.append(item)
        size = len(item.data) or 300
        waiting.size += size
        self._size += size
        if self._at % _LOOK_EVERY == 0 or self._size >= LARGEST:
            return self._settled()
        return ()

    def end(self) -> Records:
        """Everything that still waits, in the order in which it began."""
        for key, waiting in sorted(self._waiting.items(), key=lambda pair: pair[1].rows[0].number):
            yield from self._finish(key, waiting.rows)
        self._waiting.clear()

    def _settled(self) -> Records:
        while self._waiting:
            key, waiting = next(iter(self._waiting.items()))
            if self._at - waiting.last < WINDOW and self._size < LARGEST:
                return
            del self._waiting[key]
            if key == self._key:
                self._latest = None
            self._size -= waiting.size
            self._gone.add(mark(key.encode("utf-8", "surrogatepass")))
            yield from self._finish(key, waiting.rows)
