"""Score inputs: read, tell automatic messages apart, judge, write, count. The one path behind `qa-service score` and the demo.

A bad record never stops a run and is never lost: it goes whole to the rejects file. At the end rows read = scored + rejected +
duplicate is checked, not hoped.
"""
from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import orjson

from qa_service.engine.inspector import Inspector
from qa_service.engine.runners import CHUNK_CONVERSATIONS, Scored, run_here, run_pool
from qa_service.importers.base import Intake, ReadOptions
from qa_service.importers.detect import open_records
from qa_service.importers.files import STDIN
from qa_service.model.conversation import Conversation
from qa_service.model.errors import InvalidRecord, QaError, UsageError
from qa_service.model.record import Duplicate, Imported, Record, Reject
from qa_service.model.wire import DEFAULT_ZONE, conversation_to_dict
from qa_service.services.automatic import AutomaticReplies
from qa_service.services.masking import Masker
from qa_service.services.outputs.registry import open_writer
from qa_service.services.outputs.resume import Earlier, open_earlier, resumable
from qa_service.services.outputs.target import named
from qa_service.services.outputs.writer import Writer
from qa_service.services.tally import Tally

if TYPE_CHECKING:
    from qa_service.services.keeping import Keeper

Progress = Callable[[int], None]
Folded = tuple[Tally | None, float]


@dataclass(slots=True)
class Counts:
    """Source rows: read, and what became of each. `conversations` counts what was scored, `automatic` messages told apart."""

    read: int = 0
    scored: int = 0
    rejected: int = 0
    duplicate: int = 0
    conversations: int = 0
    automatic: int = 0
    reused: int = 0

    @property
    def balanced(self) -> bool:
        """Whether every row is accounted for."""
        return self.read == self.scored + self.rejected + self.duplicate


@dataclass(frozen=True, slots=True)
class Job:
    """What to score and where to put it. `out` None: only count. `rejects`: written only when there is something to write."""

    inputs: Sequence[str]
    options: ReadOptions
    out: str | None = None
    format: str = "jsonl"
    rejects: Path = Path("rejects.jsonl")
    workers: int = 1
    resume: bool = False
    zone: tzinfo = DEFAULT_ZONE
    masker: Masker = field(default_factory=Masker)


@dataclass(slots=True)
class Outcome:
    """What a run came to. `lowest` is the lowest score, None when nothing was scored."""

    counts: Counts = field(default_factory=Counts)
    tally: Tally = field(default_factory=Tally)
    lowest: float | None = None
    notes: list[str] = field(default_factory=list)
    rejects: Path | None = None


def score(job: Job, inspector: Inspector, make: Callable[[], Inspector], progress: Progress = lambda n: None,
          keeper: Keeper | None = None) -> Outcome:
    """Run a job. `make` builds the Inspector in worker processes; with a `keeper` all that is scored is kept in its store too.

    Raises SourceError, UsageError, StoreError; QaError when rows are missing.

    A JSONL file that was cut short leaves ``<name>.partial``, which `Job.resume` takes up; every other output is whole or not there.
    """
    _keep_apart(job)
    outcome = Outcome(tally=Tally(zone=job.zone))
    intake = Intake()
    automatic = AutomaticReplies()
    fold = partial(_fold, job.zone, outcome.tally if job.workers == 1 else None)
    with ExitStack() as stack:
        rejects = stack.enter_context(_Rejects(job.rejects))
        earlier = stack.enter_context(_earlier(job, inspector)) if _lasts(job) else None
        writer = stack.enter_context(open_writer(job.out, job.format, masker=job.masker)) if job.out is not None and earlier is None else None
        records = chain.from_iterable(open_records(path, job.options, intake) for path in job.inputs)
        conversations = _admitted(automatic.mark(records), outcome.counts, rejects, keeper)
        if earlier is not None:
            for again in _in_chunks(earlier.replay(conversations)):
                for conversation, line in again:
                    _reuse(conversation, line, outcome)
                if keeper is not None:  # the run before may have ended between writing them and keeping them
                    keeper.keep([c for c, _ in again], [line for _, line in again])
                progress(len(again))
        for done in _run(job, inspector, make, conversations, fold):
            _write(done, writer, earlier, job.format)
            if keeper is not None:
                keeper.keep(done.conversations, done.lines)
            if done.folded[0] is not None:
                outcome.tally.merge(done.folded[0])
            outcome.lowest = _lower(outcome.lowest, done.folded[1])
            progress(len(done.conversations))
        outcome.counts.read = intake.rows
        outcome.counts.automatic = automatic.marked
        outcome.notes = [*intake.notes, *_formats(intake)]
        outcome.rejects = rejects.path if rejects.count else None
        if not outcome.counts.balanced:
            raise QaError(f"行数对不上: {outcome.counts}", fix="这是程序缺陷,请带上输入文件的前几行报告")
        if writer is not None:
            writer.close(outcome.tally)
        if earlier is not None:
            earlier.finish()
    return outcome


def _formats(intake: Intake) -> list[str]:
    """How many files and conversations came from which format, where that is more than one."""
    files = Counter(intake.reads.values())
    if len(files) < 2:
        return []
    return [f"各格式: {'、'.join(f'{name} {n} 个文件 {intake.formats[name]} 个会话' for name, n in files.most_common())}"]


def _in_chunks(pairs: Iterator[tuple[Conversation, bytes]]) -> Iterator[list[tuple[Conversation, bytes]]]:
    while chunk := list(islice(pairs, CHUNK_CONVERSATIONS)):
        yield chunk


def _reuse(conversation: Conversation, line: bytes, outcome: Outcome) -> None:
    """Count an evaluation of the run before."""
    document = orjson.loads(line)
    outcome.counts.reused += 1
    outcome.tally.add(conversation, document)
    outcome.lowest = _lower(outcome.lowest, document["score"]["total"])


def _lower(a: float | None, b: float) -> float:
    return b if a is None else min(a, b)


def _run(job: Job, inspector: Inspector, make: Callable[[], Inspector], conversations: Iterable[Conversation],
         fold: Callable[..., Folded]) -> Iterator[Scored[Folded]]:
    if job.workers == 1:
        return run_here(inspector, conversations, fold)
    return run_pool(make, conversations, fold, job.workers)


def _fold(zone: tzinfo, into: Tally | None, conversations: Sequence[Conversation], documents: Sequence[dict[str, Any]]) -> Folded:
    """Count a chunk: into the tally of the run where that is at hand, else (another process) into one of its own."""
    tally = Tally(zone=zone) if into is None else into
    for conversation, document in zip(conversations, documents, strict=True):
        tally.add(conversation, document)
    return tally if into is None else None, min(d["score"]["total"] for d in documents)


def _write(done: Scored[Any], writer: Writer | None, earlier: Earlier | None, format: str) -> None:
    if earlier is not None:
        earlier.append(done.lines)
    if writer is None:
        return
    for conversation, line in zip(done.conversations, done.lines, strict=True):
        writer.write(conversation, {} if format == "jsonl" else orjson.loads(line), line)


def _lasts(job: Job) -> bool:
    """Whether the output is one that a later run can take up. Raises UsageError where that was asked for and cannot be."""
    if job.out is not None and job.format == "jsonl" and resumable(job.out):
        return True
    if job.resume:
        raise UsageError("--resume 需要 --out 指向一个 jsonl 文件", fix="先写 jsonl,再用它转换")
    return False


def _earlier(job: Job, inspector: Inspector) -> Earlier:
    assert job.out is not None
    return open_earlier(job.out, inspector.standard.ref.digest, fresh=not job.resume)


def _keep_apart(job: Job) -> None:
    """No output may take the place of an input or of another output. Raises UsageError."""
    taken = {Path(path).resolve(): "输入" for path in job.inputs if path != STDIN}
    places = [("--rejects", job.rejects)]
    if job.out is not None and job.out != "-":
        places.insert(0, ("--out", named(job.out, job.format)))
    for option, place in places:
        path = place.resolve()
        if path in taken and (path.is_file() or not path.exists()):
            raise UsageError(f"{option} 与{taken[path]}是同一个文件", where=str(place), fix=f"用 {option} 换一个位置")
        taken[path] = f" {option} "


def _admitted(records: Iterable[Record], counts: Counts, rejects: _Rejects, keeper: Keeper | None) -> Iterator[Conversation]:
    """The conversations; rejects (also what a keeper could not keep) and duplicates are counted and written on the way."""
    for record in records:
        if keeper is not None and isinstance(record, Imported):
            record = _keepable(record, keeper)
        if isinstance(record, Imported):
            counts.scored += record.rows
            counts.conversations += 1
            yield record.conversation
        elif isinstance(record, Duplicate):
            counts.duplicate += record.rows
        else:
            counts.rejected += record.rows
            rejects.write(record)


def _keepable(record: Imported, keeper: Keeper) -> Record:
    try:
        keeper.check(record.conversation)
    except InvalidRecord as error:
        raw = orjson.dumps(conversation_to_dict(record.conversation), default=str).decode()
        return Reject(record.file, record.row, error.field, error.why, raw, record.rows)
    return record


class _Rejects:
    """The rejects file: one JSON object a reject. It appears with the first one; one of an earlier run goes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[bytes] | None = None

    def write(self, reject: Reject) -> None:
        """Append one reject, whole."""
        if self._file is None:
            self._file = self._open()
        self.count += 1
        row = {"file": reject.file, "row": reject.row, "rows": reject.rows, "field": reject.field, "reason": reject.reason, "raw": reject.raw}
        self._file.write(orjson.dumps({k: _clean(v) for k, v in row.items()}) + b"\n")

    def _open(self) -> IO[bytes]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            return self.path.open("wb")
        except OSError as error:
            raise UsageError(f"拒绝记录写不进去: {error.strerror}", where=str(self.path), fix="用 --rejects 换一个位置") from None

    def __enter__(self) -> _Rejects:
        if self.path.is_file():
            try:
                self.path.unlink()
            except OSError as error:
                raise UsageError(f"拒绝记录写不进去: {error.strerror}", where=str(self.path), fix="用 --rejects 换一个位置") from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with self._file:
                self._file.flush()
                if self.path.is_file():  # a device cannot be synchronised
                    os.fsync(self._file.fileno())


def _clean(value: object) -> object:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
