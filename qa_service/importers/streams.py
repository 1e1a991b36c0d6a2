"""Rows that are single messages, of many buyers interleaved, into sessions: grouped by stream, put in order, cut, given out.

A stream is given out when no row of it has come for WINDOW rows and the clock has moved on by more than its gap, or when too much waits,
or at the end; so memory stays flat.
"""
from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import attrgetter
from typing import Any, Final, NamedTuple

from qa_service.importers.base import Intake, Place, ReadOptions, Records, admit, clip, holds_nul, with_defaults
from qa_service.importers.documents import Item, may_hold_nul
from qa_service.importers.draft import REORDERED
from qa_service.importers.ledger import mark
from qa_service.importers.sessions import sessions
from qa_service.importers.splitting import SPLITTINGS
from qa_service.model.conversation import EMPTY, Conversation, Message, Party
from qa_service.model.record import Duplicate, Record, Reject

WINDOW: Final = 50_000
LARGEST: Final = 64 << 20
"""Bytes of source that wait before the stream that has been silent longest is given out."""
_LOOK_EVERY: Final = 1_024
_NO_PARTY: Final = Party()
_NUMBER: Final = attrgetter("number")
_NOBODY: Final = "这一段里没有人说话,只有系统消息"


@dataclass(frozen=True, slots=True)
class Stream:
    """Who talks to whom without end. `id` names it for ever."""

    id: str
    shop: str = "default"
    channel: str = "other"
    customer: Party = _NO_PARTY
    meta: Mapping[str, Any] = field(default=EMPTY)


class Said(NamedTuple):
    """A row that is a message. `closes`: the platform ends the session after it; `revokes`: id of the message that it takes back.

    `repair` is what was set right in it, "" when nothing was.
    """

    item: Item
    message: Message
    closes: bool = False
    revokes: str = ""
    repair: str = ""


@dataclass(slots=True)
class _Waiting:
    """The rows of one stream so far."""

    stream: Stream
    said: list[Said] = field(default_factory=list)
    last: int = 0
    size: int = 0


class Streams:
    """The streams of one input, of the source named `source`."""

    def __init__(self, source: str, options: ReadOptions, intake: Intake) -> None:
        self._options, self._intake = options, intake
        self._splitting = options.sessions.get(source, SPLITTINGS[source])
        self._waiting: OrderedDict[tuple[str, str], _Waiting] = OrderedDict()
        self._size = self._at = 0
        self._noted = False

    def put(self, stream: Stream, said: Said) -> Records:
        """Take in a row; what is settled comes out."""
        if not self._noted:
            self._noted = True
            self._intake.notes.append(f"{said.item.file}: 按买家分段: {self._splitting.explain()}")
        key = (stream.shop, stream.id)
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = _Waiting(stream)
        else:
            self._waiting.move_to_end(key)
        size = len(said.item.data) or 2 * len(said.message.text) + 200
        item = said.item
        # What was read of the row is in its message: until the end only its bytes wait.
        waiting.said.append(said._replace(item=Item(item.file, item.number, None, item.data)) if item.data else said)
        waiting.size += size
        self._size += size
        self._at += 1
        waiting.last = self._at
        if self._at % _LOOK_EVERY == 0 or self._size >= LARGEST:
            yield from self._settled(said)

    def end(self) -> Records:
        """Everything that still waits, in the order in which it began."""
        for waiting in sorted(self._waiting.values(), key=lambda w: w.said[0].item.number):
            yield from self._given_out(waiting)
        self._waiting.clear()

    def _settled(self, now: Said) -> Records:
        while self._waiting:
            key, waiting = next(iter(self._waiting.items()))
            full = self._size >= LARGEST
            if not full and (self._at - waiting.last < WINDOW or self._is_near(waiting.said[-1], now)):
                return
            del self._waiting[key]
            self._size -= waiting.size
            yield from self._given_out(waiting)

    def _is_near(self, last: Said, now: Said) -> bool:
        a, b = last.message.at, now.message.at
        return a is None or b is None or abs(b - a) < max(self._splitting.gap, self._splitting.patience)

    def _given_out(self, waiting: _Waiting) -> Records:
        said, repeated = _without_repeats(waiting.said)
        yield from repeated
        rows = _taken_back(said)
        rows = _by_time(rows)
        stream = waiting.stream
        whole = Conversation(stream.id, tuple(r.message for r in rows), stream.shop, stream.channel, Party(), stream.customer, stream.meta)
        closes = frozenset(i for i, r in enumerate(rows) if r.closes)
        for cut, session in sessions(whole, self._splitting, self._options.zone, closes):
            yield self._record(session, rows[cut.start:cut.end])

    def _record(self, session: Conversation, rows: Sequence[_Row]) -> Record:
        items = sorted([i for r in rows for i in r.items], key=_NUMBER)
        place = Place(items[0].file, items[0].number, len(items))

        def raw() -> str:
            return clip("\n".join(i.raw for i in items))

        if not any(m.role != "system" for m in session.messages):
            return Reject(place.file, place.row, "", _NOBODY, raw(), place.rows)
        lost = sum(m.kind == "revoked" and not m.text for m in session.messages)
        repairs = [REORDERED] if any(a.items[0].number > b.items[0].number for a, b in pairwise(rows)) else []
        repairs += [f"有 {lost} 条撤回的消息没有留下原文"] if lost else []
        repairs += [f"有 {n} 条消息{what}" for what, n in Counter(r.repair for r in rows if r.repair).items()]
        agent = next((m.agent_id for m in session.messages if m.agent_id), "")
        meta = {**session.meta, "repairs": repairs} if repairs else session.meta
        s = session
        done = with_defaults(Conversation(s.id, s.messages, s.shop, s.channel, Party(agent), s.customer, meta), self._options)
        content = b"\n".join([i.content for r in rows for i in r.items])
        if may_hold_nul(content) and (error := holds_nul(done)):
            return Reject(place.file, place.row, error.field, error.why, raw(), place.rows)
        return admit(done, mark(content), place, raw, self._intake)


@dataclass(slots=True)
class _Row:
    """A message with the rows it is made of: its own, and notices that it was taken back."""

    message: Message
    items: list[Item]
    closes: bool
    repair: str = ""


def _by_time(rows: list[_Row]) -> list[_Row]:
    """The rows by time; one without a time stays behind the one it followed."""
    at = next((r.message.at for r in rows if r.message.at is not None), None)
    if at is None:
        return rows
    if not any(a.message.at is None or b.message.at is None or a.message.at > b.message.at for a, b in pairwise(rows)):
        return rows
    keyed = []
    for row in rows:
        at = row.message.at or at
        keyed.append((at, row))
    return [row for _, row in sorted(keyed, key=lambda pair: pair[0])]


def _without_repeats(said: Sequence[Said]) -> tuple[list[Said], list[Duplicate | Reject]]:
    """Rows that repeat one before them are set aside: what was fetched twice. Without an id the whole row must be the same."""
    seen: dict[str, Message] = {}
    rows: set[bytes] = set()
    kept: list[Said] = []
    aside: list[Duplicate | Reject] = []
    for s in said:
        item, m = s.item, s.message
        if m.id:
            first = seen.setdefault(m.id, m)
            if first is not m:
                aside.append(Duplicate(item.file, item.number, f"与前面的消息 {m.id[:80]} 完全相同") if first == m else
                             item.reject(f"消息 id 重复但内容不同: {m.id[:80]}", "msgid"))
                continue
        elif (content := item.content) in rows:
            aside.append(Duplicate(item.file, item.number, "与前面一行完全相同"))
            continue
        else:
            rows.add(content)
        kept.append(s)
    return kept, aside


def _taken_back(said: Sequence[Said]) -> list[_Row]:
    """The messages; one that was taken back keeps its words and becomes `revoked`, the notice counts as a row of it."""
    rows: list[_Row] = []
    by_id: dict[str, _Row] = {}
    for s in said:
        if not s.revokes:
            row = _Row(s.message, [s.item], s.closes, s.repair)
            rows.append(row)
            if s.message.id:
                by_id[s.message.id] = row
    for s in said:
        if s.revokes:
            target = by_id.get(s.revokes)
            if target is None:
                rows.append(_Row(replace(s.message, kind="revoked"), [s.item], s.closes, s.repair))
            else:
                target.message = replace(target.message, kind="revoked")
                target.items.append(s.item)
    return rows
