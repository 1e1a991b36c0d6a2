"""Inputs named on a command line: files, folders, globs and standard input; opened as one guarded byte stream each."""
from __future__ import annotations

import gzip
import io
import os
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from glob import escape, glob, has_magic
from pathlib import Path
from typing import IO, BinaryIO, Final

from qa_service.model.errors import SourceError

STDIN: Final = "-"
HEAD: Final = 1 << 18
EXTENSIONS: Final = (
    ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt", ".log", ".xlsx", ".xlsm", ".xls", ".parquet", ".pq", ".html", ".htm", ".zip")
_SPOOL: Final = 1 << 30
_GZIP: Final = b"\x1f\x8b"


def display_name(path: str) -> str:
    """The path as text that can be written: bytes of a name that are no UTF-8 stand as ``\\xNN``."""
    return "标准输入" if path == STDIN else os.fsencode(path).decode("utf-8", "backslashreplace")


def extension(path: str) -> str:
    """The file name's ending in lower case, a final ``.gz`` left out."""
    name = path.lower().removesuffix(".gz")
    return Path(name).suffix


def identity(path: str) -> str:
    """What two ways of writing the same place have in common."""
    return path if path == STDIN else str(Path(path).resolve())


def expand_inputs(inputs: Sequence[str]) -> list[str]:
    """The files that `inputs` mean, in the order given; folders and globs sorted. Raises SourceError for what does not exist."""
    out: list[str] = []
    for name in inputs:
        if name == STDIN:
            out.append(name)
        elif "\0" in name:
            raise SourceError("路径里含有空字符", where=display_name(name.replace("\0", "\\0")))
        elif os.path.isdir(name):  # noqa: PTH112 — Path() would drop a trailing ``./`` that the user wrote
            out += _folder(name)
        elif os.path.lexists(name):
            out.append(name)
        else:
            out += _glob(name)
    return out


def _folder(name: str) -> list[str]:
    found = []
    for folder, subfolders, files in os.walk(name, onerror=_unreadable):
        subfolders[:] = sorted(s for s in subfolders if not s.startswith("."))
        found += [os.path.join(folder, f) for f in files if not f.startswith((".", "~$")) and extension(f) in EXTENSIONS]  # noqa: PTH118
    if not found:
        raise SourceError("文件夹里没有认得的文件", where=display_name(name), fix=f"认得的扩展名: {' '.join(EXTENSIONS)},以及它们的 .gz")
    return sorted(found)


def _unreadable(error: OSError) -> None:
    raise SourceError(f"读不了文件夹: {error.strerror}", where=display_name(str(error.filename)))


def _glob(name: str) -> list[str]:
    if not has_magic(name):
        raise SourceError("文件不存在", where=display_name(name))
    found = sorted(p for p in glob(name, recursive=True) if not Path(p).is_dir())  # noqa: PTH207 — keeps the name as written
    if not found:
        raise SourceError("没有文件符合这个通配符", where=display_name(name), fix=f"若文件名里真有这些符号,请写成 {display_name(escape(name))}")
    return found


class _Guarded(io.RawIOBase):
    """A byte stream that first gives the head already read, and whose damage is an end with a reason, not an exception."""

    def __init__(self, inner: IO[bytes] | io.RawIOBase, head: bytes = b"") -> None:
        self._head = head
        # read1 gives what could be unpacked before the damage; read would give the error only.
        self._more: Callable[[int], bytes] = getattr(inner, "read1", inner.read)
        self.damage = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if not self._head:
            return self._read_inner(buffer)
        count = min(len(self._head), len(buffer))
        buffer[:count] = self._head[:count]
        self._head = self._head[count:]
        return count

    def _read_inner(self, buffer: bytearray | memoryview) -> int:
        try:
            data = self._more(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self.damage = f"压缩文件在此处损坏或不完整: {error}"
            return 0
        except OSError as error:
            self.damage = f"读取出错: {error.strerror or error}"
            return 0
        buffer[: len(data)] = data
        return len(data)


Beside = Callable[[str], "AbstractContextManager[Source] | None"]
"""Opens what stands in the same folder under another name; None when nothing does."""


def _nothing_beside(name: str) -> None:
    """A pipe has no neighbours."""


@dataclass(slots=True)
class Source:
    """One open input. `head` is its first bytes (decompressed), `stream` all of them; `damage` says why it ended too early.

    `beside` opens another file of the same folder, for formats that are a pair of files.
    """

    path: str
    name: str
    head: bytes
    stream: BinaryIO
    guards: tuple[_Guarded, ...]
    beside: Beside = _nothing_beside

    @property
    def damage(self) -> str:
        """Why the stream ended before its end, "" when it did not."""
        return next((g.damage for g in self.guards if g.damage), "")


@contextmanager
def open_source(path: str) -> Iterator[Source]:
    """Open a file or standard input, unpacking gzip on the way. Raises SourceError."""
    name = display_name(path)
    if path != STDIN and Path(path).is_dir():
        raise SourceError("这是文件夹,不是文件", where=name)
    try:
        raw: IO[bytes] = sys.stdin.buffer if path == STDIN else open(path, "rb", buffering=0)  # noqa: SIM115, PTH123
    except (OSError, ValueError) as error:
        raise SourceError(f"打不开: {getattr(error, 'strerror', None) or error}", where=name) from None
    try:
        yield source_of(raw, path, name, partial(_neighbour, path) if path != STDIN else _nothing_beside)
    finally:
        if path != STDIN:
            raw.close()


def source_of(raw: IO[bytes] | io.RawIOBase, path: str, name: str, beside: Beside = _nothing_beside) -> Source:
    """The source that an open byte stream is, unpacking gzip on the way."""
    head, outer = _with_head(raw)
    guards: tuple[_Guarded, ...] = (outer,)
    if head.startswith(_GZIP):
        head, inner = _with_head(gzip.GzipFile(fileobj=io.BufferedReader(outer, HEAD)))  # type: ignore[arg-type]
        guards = (inner, outer)
    return Source(path, name, head, io.BufferedReader(guards[0], HEAD), guards, beside)


def _neighbour(path: str, name: str) -> AbstractContextManager[Source] | None:
    other = Path(path).with_name(name)
    return open_source(str(other)) if other.is_file() else None


def _with_head(raw: IO[bytes] | io.RawIOBase) -> tuple[bytes, _Guarded]:
    """The first bytes of a stream, and the stream with them still in it. A pipe may give them in small pieces."""
    probe = _Guarded(raw)
    pieces, size = [], 0
    while size < HEAD and (piece := probe.read(HEAD - size)):
        pieces.append(piece)
        size += len(piece)
    head = b"".join(pieces)
    guarded = _Guarded(raw, head)
    guarded.damage = probe.damage
    return head, guarded


@contextmanager
def on_disk(source: Source) -> Iterator[str]:
    """A path where the whole input stands as a file: its own, or that of a copy when it comes from a pipe or is compressed."""
    if source.path != STDIN and Path(source.path).is_file() and len(source.guards) == 1:
        yield source.path
        return
    with tempfile.NamedTemporaryFile(prefix="qa-service-") as copy:
        size = 0
        while chunk := source.stream.read(1 << 20):
            size += len(chunk)
            if size > _SPOOL:
                raise SourceError(f"输入超过 {_SPOOL >> 30} GB", where=source.name, fix="请分成几个文件,或存为 CSV")
            copy.write(chunk)
        copy.flush()
        yield copy.name
