"""What the importers' tests share: read bytes as a file of a given name, and see that every row is accounted for."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from qa_service.importers.base import Intake, ReadOptions
from qa_service.importers.detect import open_records
from qa_service.model.conversation import Conversation
from qa_service.model.record import Duplicate, Imported, Record, Reject


@dataclass
class Outcome:
    """The records of one input, sorted out."""

    records: list[Record]
    intake: Intake

    @property
    def conversations(self) -> list[Conversation]:
        return [r.conversation for r in self.records if isinstance(r, Imported)]

    @property
    def ids(self) -> list[str]:
        return [c.id for c in self.conversations]

    @property
    def rejects(self) -> list[Reject]:
        return [r for r in self.records if isinstance(r, Reject)]

    @property
    def duplicates(self) -> list[Duplicate]:
        return [r for r in self.records if isinstance(r, Duplicate)]

    @property
    def only(self) -> Conversation:
        [conversation] = self.conversations
        return conversation


Read = Callable[..., Outcome]


def read_file(path: Path | str, options: ReadOptions | None = None, intake: Intake | None = None) -> Outcome:
    """Read a file and check what holds for every file: no row lost, none counted twice, every reject with a reason, all of it writable."""
    intake = intake if intake is not None else Intake()
    before = intake.rows
    records = list(open_records(str(path), options or ReadOptions(), intake))
    assert sum(r.rows for r in records) == intake.rows - before
    for record in records:
        assert record.row >= 0
        record.file.encode("utf-8")
        if isinstance(record, Reject):
            assert record.reason
            f"{record.raw}{record.reason}{record.field}".encode()
        elif isinstance(record, Imported):
            assert record.conversation.messages
            assert record.rows >= 1
    return Outcome(records, intake)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """``read(name, data, options)``: write `data` (text as UTF-8) to a file of that name and read it."""
    def go(name: str, data: bytes | str, options: ReadOptions | None = None, intake: Intake | None = None) -> Outcome:
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
        return read_file(path, options, intake)
    return go


@pytest.fixture(name="read_path")
def read_path() -> Read:
    """``read_path(path, options, intake)``: read a file that is there."""
    return read_file
