"""A JSONL file that survives an interruption: lines go to ``<name>.partial``, and a later run may take up where it ends.

The inputs are read again (that is cheap) and must be the same, in the same order: each reused line is held against the conversation
it belongs to, and the Standard's digest must not have changed.
"""
from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

import orjson

from qa_service.model.conversation import Conversation
from qa_service.model.errors import UsageError
from qa_service.model.wire import conversation_digest
from qa_service.services.outputs.target import named

_SYNC_EVERY = 64  # appended chunks


class Earlier:
    """The partial file: what it holds already, and where new lines go. Use as a context manager.

    When a run is cut short it stays, unless it holds nothing.
    """

    def __init__(self, path: Path, kept: int, digest: str) -> None:
        self._path = path
        self._partial = partial_of(path)
        self._digest = digest
        self._file: IO[bytes] = self._partial.open("r+b")
        self._file.truncate(kept)  # a line that was cut off is written again
        self._appended = 0

    def replay(self, conversations: Iterator[Conversation]) -> Iterator[tuple[Conversation, bytes]]:
        """The conversations already scored, each with its line. Raises UsageError where they do not belong together."""
        self._file.seek(0)
        for number, line in enumerate(self._file, 1):
            document = orjson.loads(line)
            if document["standard"]["digest"] != self._digest:
                raise UsageError("上次运行用的是另一份质检标准,不能接着写", where=f"{self._partial}:{number}", fix="去掉 --resume 重新开始")
            conversation = next(conversations, None)
            if conversation is None or conversation_digest(conversation) != document["conversation"]["digest"]:
                raise UsageError("输入与上次不同,不能接着写", where=f"{self._partial}:{number}", fix="去掉 --resume 重新开始")
            yield conversation, line.rstrip(b"\n")
        self._file.seek(0, os.SEEK_END)

    def append(self, lines: Sequence[bytes]) -> None:
        """Add the lines of one chunk."""
        self._file.write(b"".join(line + b"\n" for line in lines))
        self._appended += 1
        if self._appended % _SYNC_EVERY == 0:
            self._sync()

    def finish(self) -> None:
        """The run is complete: the file gets its name."""
        self._sync()
        self._file.close()
        self._partial.replace(self._path)

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def __enter__(self) -> Earlier:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._file.closed:
            with suppress(OSError):  # a full disk: the last lines are written again when the run is taken up
                self._sync()
            with suppress(OSError):
                self._file.close()
            if not self._partial.stat().st_size:
                self._partial.unlink()


def partial_of(out: str | Path) -> Path:
    """Where the lines of a JSONL output stand until it is complete."""
    path = named(out, "jsonl").resolve()
    return path.with_name(path.name + ".partial")


def resumable(out: str) -> bool:
    """Whether a run that writes JSONL to `out` can be taken up again: it is, or will be, a regular file."""
    path = named(out, "jsonl")
    return out != "-" and (path.is_file() or not path.exists())


def open_earlier(out: str, digest: str, *, fresh: bool) -> Earlier:
    """Open the partial file of output `out`; `fresh` begins a new one. Raises UsageError where it cannot be written."""
    path = named(out, "jsonl").resolve()
    partial = partial_of(path)
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        partial.touch()
        if fresh:
            return Earlier(path, 0, digest)
        with partial.open("rb") as file:
            return Earlier(path, sum(len(line) for line in _whole(file)), digest)
    except OSError as error:
        raise UsageError(f"无法写入: {error.strerror}", where=str(path), fix="换一个可写的位置") from None


def _whole(file: Iterable[bytes]) -> Iterator[bytes]:
    """The lines up to the first that is cut off or is no evaluation."""
    for line in file:
        if not line.endswith(b"\n"):
            return
        try:
            document = orjson.loads(line)
            document["standard"]["digest"], document["conversation"]["digest"], document["score"]["total"]
        except (ValueError, TypeError, KeyError):
            return
        yield line
