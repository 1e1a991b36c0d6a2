"""Rows that are single messages, of many buyers interleaved, into sessions: grouped by stream, put in order, cut, given out.

A stream is given out when no row of it has come for WINDOW rows and the clock has moved on by more than its gap, or when too much waits,
or at the end; so memory stays flat.
"""
from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from operator import gt, itemgetter
from typing import Any, Final, TypeVar

from qa_service.importers.base import Intake, Place, ReadOptions, Records, admit, clip, holds_nul, with_defaults
from qa_service.importers.documents import Item, content_of, may_hold_nul
from qa_service.importers.draft import REORDERED
from qa_service.importers.ledger import mark
from qa_service.importers.sessions import cuts, named
from qa_service.importers.splitting import SPLITTINGS
from qa_service.model.conversation import EMPTY, Conversation, Message, Party
from qa_service.model.record import Duplicate, Record, Reject

WINDOW: Final = 50_000
LARGEST: Final = 64 << 20
"""Bytes of source that wait before the stream that has been silent longest is given out."""
_LOOK_EVERY: Final = 1_024
_NO_PARTY: Final = Party()
_T = TypeVar("_T")
_NEVER: Final[frozenset[int]] = frozenset()
_NOBODY: Final = "这一段里没有人说话,只有系统消息"


@dataclass(frozen=True, slots=True)
class Stream:
    """Who talks to whom without end. `id` names it for ever."""

    id: str
    shop: str = "default"
    channel: str = "other"
    customer: Party = _NO_PARTY
    meta: Mapping[str, Any] = field(default=EMPTY)


@dataclass(slots=True)
class _Waiting:
    """The rows of one stream so far, in columns: row i says ``messages[i]``. `source` of a row: the bytes read, or the value they were a part of.

    Few rows have more to say: `closes`, the platform ends the session after it; `revokes`, the id of the message that it takes back;
    `repairs`, what was set right in it.
    """

    stream: Stream
    messages: list[Message] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    sources: list[Any] = field(default_factory=list)
    closes: set[int] | None = None
    revokes: dict[int, str] | None = None
    repairs: dict[int, str] | None = None
    last: int = 0
    size: int = 0

    def mark(self, i: int, closes: bool, revokes: str, repair: str) -> None:
        """Remember what row i has to say besides its message."""
        if closes:
            self.closes = self.closes or set()
            self.closes.add(i)
        if revokes:
            self.revokes = self.revokes or {}
            self.revokes[i] = revokes
        if repair:
            self.repairs = self.repairs or {}
            self.repairs[i] = repair

    def item(self, file: str, i: int) -> Item:
        """Row i as it came in."""
        source = self.sources[i]
        return Item(file, self.numbers[i], None, source) if type(source) is bytes else Item(file, self.numbers[i], source, b"")


class Streams:
    """The streams of one input, of the source named `source`."""

    def __init__(self, source: str, options: ReadOptions, intake: Intake) -> None:
        self._options, self._intake = options, intake
        self._splitting = options.sessions.get(source, SPLITTINGS[source])
        self._rule = self._splitting.explain()
        self._waiting: OrderedDict[tuple[str, str], _Waiting] = OrderedDict()
        self._latest: _Waiting | None = None
        self._size = self._at = 0
        self._file = ""
        self._noted = False

    def put(self, stream: Stream, item: Item, message: Message, closes: bool = False, revokes: str = "", repair: str = "") -> Iterable[Record]:
        """Take in a row that is a message; what is settled comes out."""
        waiting = self._latest
        if waiting is None or waiting.stream is not stream:
            waiting = self._latest = self._of(stream, item.file)
        if closes or revokes or repair:
            waiting.mark(len(waiting.messages), closes, revokes, repair)
        _, number, value, data, _ = item
        waiting.messages.append(message)
        waiting.numbers.append(number)
        # What was read of the row is in its message: until the end only its bytes wait, where it has any of its own.
        waiting.sources.append(data or value)
        size = len(data) or 2 * len(message.text) + 200
        waiting.size += size
        self._size += size
        self._at = waiting.last = self._at + 1
        return self._settled(message) if self._at % _LOOK_EVERY == 0 or self._size >= LARGEST else ()

    def put_all(self, stream: Stream, file: str, numbers: Sequence[int], values: Sequence[Any], messages: Sequence[Message],
                repairs: Mapping[int, str]) -> Iterable[Record]:
        """Take in many rows of one stream, without bytes of their own: row i has ``numbers[i]``, ``values[i]``, ``messages[i]``, ``repairs.get(i)``."""
        if not messages:
            return ()
        waiting = self._latest = self._of(stream, file)
        for i, repair in repairs.items():
            waiting.mark(len(waiting.messages) + i, False, "", repair)
        waiting.messages += messages
        waiting.numbers += numbers
        waiting.sources += values
        size = 2 * sum([len(m.text) for m in messages]) + 200 * len(messages)
        waiting.size += size
        self._size += size
        before, self._at = self._at, self._at + len(messages)
        waiting.last = self._at
        return self._settled(messages[-1]) if before // _LOOK_EVERY != self._at // _LOOK_EVERY or self._size >= LARGEST else ()

    def _of(self, stream: Stream, file: str) -> _Waiting:
        """What waits of a stream; it goes to the end of the line."""
        if not self._noted:
            self._noted = True
            self._file = file
            self._intake.notes.append(f"{file}: 按买家分段: {self._rule}")
        key = (stream.shop, stream.id)
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = _Waiting(stream)
        else:
            self._waiting.move_to_end(key)
        return waiting

    def end(self) -> Records:
        """Everything that still waits, in the order in which it began."""
        self._latest = None
        for key in sorted(self._waiting, key=lambda key: self._waiting[key].numbers[0]):
            yield from self._given_out(self._waiting.pop(key))

    def _settled(self, now: Message) -> Records:
        while self._waiting:
            key, waiting = next(iter(self._waiting.items()))
            full = self._size >= LARGEST
            if not full and (self._at - waiting.last < WINDOW or self._is_near(waiting.messages[-1], now)):
                return
            del self._waiting[key]
            self._latest = None if self._latest is waiting else self._latest
            self._size -= waiting.size
            yield from self._given_out(waiting)

    def _is_near(self, last: Message, now: Message) -> bool:
        a, b = last.at, now.at
        return a is None or b is None or abs(b - a) < max(self._splitting.gap, self._splitting.patience)

    def _given_out(self, waiting: _Waiting) -> Records:
        repeated = _repeats(waiting, self._file)
        yield from repeated.values()
        messages: Sequence[Message] = waiting.messages
        rows: Sequence[int] = [i for i in range(len(messages)) if i not in repeated] if repeated else range(len(messages))
        notices: dict[int, list[int]] = {}
        if waiting.revokes:
            rows = _taken_back(waiting.messages, waiting.revokes, rows, notices)
        rows = _by_time(messages, rows)
        messages = [messages[i] for i in rows] if type(rows) is list else messages
        closes = frozenset(place for place, i in enumerate(rows) if i in waiting.closes) if waiting.closes else _NEVER
        found = cuts(messages, self._splitting, self._options.zone, closes)
        for cut, name, session in named(waiting.stream.id, messages, found, self._options.zone, self._rule):
            yield self._record(name, session, tuple(messages[cut.start:cut.end]), waiting, rows[cut.start:cut.end], notices)

    def _record(self, name: str, session: dict[str, str], messages: tuple[Message, ...], waiting: _Waiting, rows: Sequence[int],
                notices: Mapping[int, Sequence[int]]) -> Record:
        """The record of a session: the messages of `rows`, and the notices that took some of them back."""
        parts = [i for row in rows for i in (row, *notices.get(row, ()))] if notices else rows
        numbers = _taken(waiting.numbers, rows)
        place = Place(self._file, min([waiting.numbers[i] for i in parts]) if notices else min(numbers), len(parts))

        def raw() -> str:
            return clip("\n".join(waiting.item(self._file, i).raw for i in sorted(parts, key=waiting.numbers.__getitem__)))

        if messages[0].role == "system" and all(m.role == "system" for m in messages):
            return Reject(place.file, place.row, "", _NOBODY, raw(), place.rows)
        repairs = [REORDERED] if any(map(gt, numbers, islice(numbers, 1, None))) else []
        lost = sum([not m.text for m in messages if m.kind == "revoked"])
        repairs += [f"有 {lost} 条撤回的消息没有留下原文"] if lost else []
        if waiting.repairs:
            repairs += [f"有 {n} 条消息{what}" for what, n in Counter(waiting.repairs[row] for row in rows if row in waiting.repairs).items()]
        agent = next((m.agent_id for m in messages if m.agent_id), "")
        stream = waiting.stream
        meta = {**stream.meta, "session": session, "repairs": repairs} if repairs else {**stream.meta, "session": session}
        done = with_defaults(Conversation(name, messages, stream.shop, stream.channel, Party(agent), stream.customer, meta), self._options)
        content = content_of(_taken(waiting.sources, parts))
        if may_hold_nul(content) and (error := holds_nul(done)):
            return Reject(place.file, place.row, error.field, error.why, raw(), place.rows)
        return admit(done, mark(content), place, raw, self._intake)


def _taken(column: list[_T], rows: Sequence[int]) -> list[_T]:
    """The values of a column in these rows."""
    return column[rows.start:rows.stop] if isinstance(rows, range) else [column[i] for i in rows]


def _by_time(messages: Sequence[Message], rows: Sequence[int]) -> Sequence[int]:
    """The rows by time; one without a time stays behind the one it followed."""
    times = [m.at for m in messages] if isinstance(rows, range) else [messages[i].at for i in rows]
    if None not in times and not any(map(gt, times, islice(times, 1, None))):  # type: ignore[arg-type]
        return rows
    at = next((messages[i].at for i in rows if messages[i].at is not None), None)
    if at is None:
        return rows
    keyed = []
    for i in rows:
        at = messages[i].at or at
        keyed.append((at, i))
    return [i for _, i in sorted(keyed, key=itemgetter(0))]


def _repeats(waiting: _Waiting, file: str) -> dict[int, Duplicate | Reject]:
    """The rows that repeat one before them, each with its record: what was fetched twice. Without an id the whole row must be the same."""
    messages = waiting.messages
    if len({m.id or m.text for m in messages}) == len(messages):
        return {}
    known: dict[str, Message] = {}
    said: dict[str, int] = {}
    contents: set[bytes] = set()
    aside: dict[int, Duplicate | Reject] = {}
    for i, m in enumerate(messages):
        if m.id:
            first = known.setdefault(m.id, m)
            if first is not m:
                aside[i] = Duplicate(file, waiting.numbers[i], f"与前面的消息 {m.id[:80]} 完全相同") if first == m else (
                    waiting.item(file, i).reject(f"消息 id 重复但内容不同: {m.id[:80]}", "msgid"))
        elif (before := said.setdefault(m.text, i)) != i:
            # The same words again: only then is it worth looking at the rows themselves.
            contents.add(waiting.item(file, before).content)
            content = waiting.item(file, i).content
            if content in contents:
                aside[i] = Duplicate(file, waiting.numbers[i], "与前面一行完全相同")
            contents.add(content)
    return aside


def _taken_back(messages: list[Message], revokes: Mapping[int, str], rows: Sequence[int], notices: dict[int, list[int]]) -> list[int]:
    """The rows that are messages of their own. One that was taken back keeps its words and becomes `revoked`; `notices` get the rows that say so."""
    own = [i for i in rows if i not in revokes]
    by_id = {messages[i].id: i for i in own if messages[i].id}
    for i in rows:
        if i not in revokes:
            continue
        target = by_id.get(revokes[i])
        if target is None:
            messages[i] = replace(messages[i], kind="revoked")
            own.append(i)
        else:
            messages[target] = replace(messages[target], kind="revoked")
            notices.setdefault(target, []).append(i)
    return own
