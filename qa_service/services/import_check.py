"""A dry run of an import: what each file was taken for, how its columns were understood and why, what was repaired, what is refused.

Nothing is scored and nothing is written. The samples are what a person looks at to see that it came out right; their text is masked.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest

from qa_service.importers.base import Intake, ReadOptions
from qa_service.importers.columns import ColumnMap
from qa_service.importers.detect import open_records
from qa_service.importers.files import display_name
from qa_service.model.conversation import Conversation, Message
from qa_service.model.errors import SourceError
from qa_service.model.record import Duplicate, Imported, Record, Reject
from qa_service.services.automatic import AutomaticReplies
from qa_service.services.masking import mask

SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a row: a repair, or why it is refused. `what` is the conversation, or the field."""

    row: int
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class SampleChat:
    """A conversation as it came out, its texts and names masked."""

    id: str
    file: str
    row: int
    about: str
    messages: tuple[Message, ...]


@dataclass(slots=True)
class FileCheck:
    """What one file came to. `error`: why it could not be read at all. Rows: scored ones are those of its conversations."""

    name: str
    source: str = ""
    error: str = ""
    columns: ColumnMap | None = None
    rows: int = 0
    conversations: int = 0
    messages: int = 0
    rejected: int = 0
    duplicate: int = 0
    repairs: list[Remark] = field(default_factory=list)
    rejects: list[Remark] = field(default_factory=list)
    first: list[SampleChat] = field(default_factory=list)


@dataclass(slots=True)
class Checked:
    """What a dry run came to. `automatic`: messages that many chats reveal as sent by software."""

    files: list[FileCheck] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: int = 0
    automatic: int = 0

    @property
    def samples(self) -> list[SampleChat]:
        """Five chats, one of each file as long as there are files."""
        rounds = chain.from_iterable(zip_longest(*(f.first for f in self.files)))
        return list(islice((s for s in rounds if s is not None), SAMPLES))


def check_import(inputs: Sequence[str], options: ReadOptions) -> Checked:
    """Read `inputs` as `score` would, without scoring. A file that cannot be read is told and does not stop the others."""
    checked, intake, automatic = Checked(), Intake(), AutomaticReplies()
    by_name: dict[str, FileCheck] = {}

    def file(name: str) -> FileCheck:
        if name not in by_name:
            by_name[name] = FileCheck(name)
            checked.files.append(by_name[name])
        return by_name[name]

    def records() -> Iterator[Record]:
        for path in inputs:
            try:
                yield from open_records(path, options, intake)
            except SourceError as error:
                place = file(error.where or display_name(path))
                place.error = f"{error.why}。{error.fix}" if error.fix else error.why

    for record in automatic.mark(records()):
        _enter(record, file(record.file))
    for name, source in intake.reads.items():
        file(name).source = source
    for name, columns in intake.tables.items():
        file(name).columns = columns
    checked.notes, checked.rows, checked.automatic = intake.notes, intake.rows, automatic.marked
    return checked


def _enter(record: Record, place: FileCheck) -> None:
    place.rows += record.rows
    if isinstance(record, Duplicate):
        place.duplicate += record.rows
    elif isinstance(record, Reject):
        place.rejected += record.rows
        place.rejects.append(Remark(record.row, record.field, mask(record.reason)))
    elif isinstance(record, Imported):
        c = record.conversation
        place.conversations += 1
        place.messages += len(c.messages)
        place.repairs += [Remark(record.row, mask(c.id), mask(str(r))) for r in _repairs(c)]
        if len(place.first) < SAMPLES:
            place.first.append(_sample(c, record))


def _repairs(c: Conversation) -> Iterable[object]:
    repairs = c.meta.get("repairs")
    return repairs if isinstance(repairs, list) else ()


def _sample(c: Conversation, record: Imported) -> SampleChat:
    session = c.meta.get("session")
    why = session.get("why") if isinstance(session, dict) else None
    parts = [c.shop, c.channel, f"客服 {mask(c.agent.name or c.agent.id)}" if c.agent.id or c.agent.name else "", f"分段: {why}" if why else ""]
    messages = tuple(Message(m.role, mask(m.text), m.at, m.kind, mask(m.agent_id), meta=m.meta) for m in c.messages)
    return SampleChat(mask(c.id), record.file, record.row, " · ".join(p for p in parts if p), messages)
