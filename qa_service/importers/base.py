"""What every importer is given and what it gives: options in, records out, and the count that proves nothing was lost."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from typing import Final, NamedTuple

from qa_service.importers.columns import ColumnMap, ColumnProfile
from qa_service.importers.ledger import Ledger, Standing, mark
from qa_service.importers.splitting import Splitting
from qa_service.model.conversation import CHANNELS, EMPTY, Conversation
from qa_service.model.errors import InvalidRecord, UsageError
from qa_service.model.record import Duplicate, Imported, Record, Reject
from qa_service.model.wire import DEFAULT_ZONE

MAX_LINE: Final = 64 << 20
"""Bytes of the longest line that is read as a record."""
NUL_REASON: Final = "含有空字符 U+0000,无法存储"
MAX_RAW: Final = 1 << 20
"""Characters of a rejected record's text beyond which it is cut: only what is over-long is ever cut, and it says so."""


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to read an input. `shop` and `channel` apply where a record has none; naive times are read in `zone`.

    `password` opens protected archives. `sessions`: source -> how its streams are cut, where that is not the source's own way.
    """

    source: str = "auto"
    columns: ColumnProfile | None = None
    zone: tzinfo = DEFAULT_ZONE
    shop: str | None = None
    channel: str | None = None
    password: str = ""
    sessions: Mapping[str, Splitting] = field(default=EMPTY)

    def __post_init__(self) -> None:
        if self.channel is not None and self.channel not in CHANNELS:
            raise UsageError(f"渠道应为 {'、'.join(sorted(CHANNELS))} 之一,得到 {self.channel[:40]!r}")


@dataclass(slots=True)
class Intake:
    """What one run takes in, over all its inputs: `rows` counted where inputs are cut into rows, before anything is decided about them.

    After a run, rows = Σ rows of all records. `notes` tell the user how columns were understood. The ledger knows every conversation.
    `reads`: file -> the importer that read it; `formats` counts conversations by importer. `taken`: files already read as a part of another
    input. `tables`: file -> how its columns were understood.
    """

    rows: int = 0
    notes: list[str] = field(default_factory=list)
    reads: dict[str, str] = field(default_factory=dict)
    formats: Counter[str] = field(default_factory=Counter)
    tables: dict[str, ColumnMap] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    ledger: Ledger = field(default_factory=Ledger)


class Place(NamedTuple):
    """Where a record stands: file, first row (1-based), how many source rows it holds."""

    file: str
    row: int
    rows: int = 1


def clip(raw: str) -> str:
    """`raw` as a reject carries it: whole, unless it is so long that it would fill the memory."""
    return raw if len(raw) <= MAX_RAW else f"{raw[:MAX_RAW]}…(已截断,原长 {len(raw)} 字符)"


def holds_nul(conversation: Conversation) -> InvalidRecord | None:
    """U+0000, which no database can hold, as an error that names the field; None when there is none."""
    names = (("/id", conversation.id), ("/shop", conversation.shop), ("/agent", conversation.agent.id + conversation.agent.name),
             ("/customer", conversation.customer.id + conversation.customer.name))
    texts = ((f"/messages/{i}/text", m.text) for i, m in enumerate(conversation.messages))
    others = ((f"/messages/{i}", m.id + m.agent_id) for i, m in enumerate(conversation.messages))
    return next((InvalidRecord(NUL_REASON, field=pointer) for pointer, text in (*names, *texts, *others) if "\0" in text), None)


def with_defaults(conversation: Conversation, options: ReadOptions) -> Conversation:
    """The conversation with the options' shop and channel where it has none of its own."""
    shop = options.shop if options.shop and conversation.shop == "default" else conversation.shop
    channel = options.channel if options.channel and conversation.channel == "other" else conversation.channel
    if shop == conversation.shop and channel == conversation.channel:
        return conversation
    return replace(conversation, shop=shop, channel=channel)


def admit(conversation: Conversation, content: int, place: Place, raw: Callable[[], str], intake: Intake) -> Record:
    """Enter a decoded conversation in the ledger. `content` is the mark of what was read at `place`; `raw` gives that as text."""
    identity = mark(f"{conversation.shop}\0{conversation.id}".encode())
    standing = intake.ledger.add(identity, content)
    if standing is Standing.NEW:
        return Imported(conversation, *place)
    file, row, rows = place
    if standing is Standing.SAME:
        return Duplicate(file, row, f"与前面读过的会话 {conversation.id[:80]} 完全相同", rows)
    return Reject(file, row, "/id", f"会话 id 重复但内容不同: {conversation.id[:80]}", clip(raw()), rows)


Records = Iterator[Record]
