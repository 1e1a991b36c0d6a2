"""ZIP archives of logs: every file in one is read as if it stood in a folder. Protected ones are opened with a password (ZipCrypto, AES).

An archive is looked at before anything is unpacked: how many files, how large they say they are. Nothing is written but, where a format
needs a file on disk, a temporary copy; archives inside archives stay closed.
"""
from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import PurePosixPath
from typing import IO, Final

import pyzipper

from qa_service.importers.base import Intake, ReadOptions
from qa_service.importers.files import EXTENSIONS, Source, extension, on_disk, source_of
from qa_service.model.errors import SourceError

MAX_UNPACKED: Final = 8 << 30
MAX_ENTRIES: Final = 100_000
MAX_RATIO: Final = 1_000
"""How many times its packed size a file of RATIO_FROM bytes or more may be: chat logs come to 5 to 30, deflate can do 1,032."""
RATIO_FROM: Final = 64 << 20
_MAGIC: Final = b"PK\x03\x04"
_OFFICE: Final = (b"[Content_Types].xml", b"xl/")
_ASK: Final = "用 --password 或 QA_ZIP_PASSWORD 给出密码;网易七鱼的导出包,密码是 App Key 的前 12 个字符"
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1


def is_archive(head: bytes) -> bool:
    """Is it a ZIP, and not a workbook?"""
    return head.startswith(_MAGIC) and not any(name in head for name in _OFFICE)


def members(source: Source, options: ReadOptions, intake: Intake, stack: ExitStack) -> Iterator[Source]:
    """The files of an archive in the order of their names, each open while it is given. Raises SourceError, `fatal` for a wrong password."""
    archive = _Archive(source, options, stack.enter_context(on_disk(source)))
    stack.callback(archive.close)
    names, passed = archive.names()
    if passed:
        intake.notes.append(f"{source.name}: 略过压缩包里 {len(passed)} 个不认得的文件: {'、'.join(passed[:3])}{'…' if len(passed) > 3 else ''}")
    for name in names:
        with archive.open(name) as member:
            yield member


class _Archive:
    """An open archive. Names are those to be shown; older packers write Chinese ones in GBK without saying so."""

    def __init__(self, source: Source, options: ReadOptions, path: str) -> None:
        self._source, self._password = source, options.password.encode("utf-8")
        try:
            self._zip = pyzipper.AESZipFile(path)
        except (pyzipper.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
            raise SourceError(f"压缩包损坏: {error}", where=source.name, fix="请重新导出或重新压缩") from None
        self._entries = {_name(entry): entry for entry in self._zip.infolist() if not entry.filename.endswith("/")}
        self._check()

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def _check(self) -> None:
        unpacked = sum(entry.file_size for entry in self._entries.values())
        if len(self._entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED:
            self._refuse(f"压缩包有 {len(self._entries)} 个文件,展开后 {unpacked >> 20} MB,超过上限", "请分成几个压缩包,或先解压再导入")
        if any(e.file_size >= RATIO_FROM and e.file_size > MAX_RATIO * max(e.compress_size, 1) for e in self._entries.values()):
            self._refuse(f"压缩包里有文件展开后是压缩前的 {MAX_RATIO} 倍以上,不像聊天记录", "确认无误的话,请先解压再导入")
        if any(entry.flag_bits & _ENCRYPTED for entry in self._entries.values()) and not self._password:
            self._refuse("压缩包有密码", _ASK)

    def _refuse(self, why: str, fix: str) -> None:
        self._zip.close()
        raise SourceError(why, where=self._source.name, fix=fix, fatal=True)

    def names(self) -> tuple[list[str], list[str]]:
        """The files to be read, and those that are none of ours."""
        own = [n for n in sorted(self._entries) if not any(part.startswith((".", "__MACOSX", "~$")) for part in PurePosixPath(n).parts)]
        known = [n for n in own if extension(n) in EXTENSIONS and extension(n) != ".zip"]
        return known, [n for n in own if n not in set(known)]

    @contextmanager
    def open(self, name: str) -> Iterator[Source]:
        """One file of the archive as a source."""
        entry = self._entries[name]
        shown = f"{self._source.name}/{name}"
        try:
            raw = self._zip.open(entry, pwd=self._password if entry.flag_bits & _ENCRYPTED else None)
        except RuntimeError:
            raise SourceError("压缩包的密码不对", where=shown, fix=_ASK, fatal=True) from None
        except (pyzipper.BadZipFile, OSError, EOFError, ValueError, NotImplementedError) as error:
            raise SourceError(f"压缩包里的文件打不开: {error}", where=shown, fix="请重新导出或重新压缩") from None
        with raw:
            guarded = _Unpacking(raw, bool(entry.flag_bits & _ENCRYPTED))
            yield source_of(guarded, f"{self._source.path}/{name}", shown, partial(self._beside, name))

    def _beside(self, name: str, other: str) -> AbstractContextManager[Source] | None:
        neighbour = str(PurePosixPath(name).with_name(other))
        return self.open(neighbour) if neighbour in self._entries else None


class _Unpacking(io.RawIOBase):
    """A file of an archive as it is unpacked. What is damaged in it becomes an OSError, which the source tells the user."""

    def __init__(self, inner: IO[bytes], protected: bool) -> None:
        self._inner, self._protected = inner, protected

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read(len(buffer))
        except (pyzipper.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError) as error:
            raise OSError(f"压缩包里的文件损坏{',或密码不对' if self._protected else ''}: {error}") from None
        buffer[: len(data)] = data
        return len(data)


def _name(entry: pyzipper.ZipInfo) -> str:
    """A file's name in the archive, with ``/`` and no way out of it."""
    name: str = entry.filename
    if not entry.flag_bits & _UTF8_NAME:
        with suppress(UnicodeEncodeError, UnicodeDecodeError):
            name = name.encode("cp437").decode("gb18030")
    parts = (part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))
    return "/".join(parts).encode("utf-8", "backslashreplace").decode("utf-8")
