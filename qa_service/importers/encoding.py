"""Bytes into lines of text: the encoding is guessed once from the head and proven line by line, so that one bad line costs one line."""
from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from qa_service.importers.base import MAX_LINE

_BOMS: Final[tuple[tuple[bytes, str], ...]] = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CHUNK: Final = 1 << 18
_WIDE: Final = ("utf-16-le", "utf-16-be")


class Line(NamedTuple):
    """One physical line without its end. `text` is None when it cannot be read; `reason` then says why. `number` is 1-based."""

    number: int
    data: bytes
    text: str | None
    reason: str = ""

    @property
    def raw(self) -> str:
        """The line as a reject carries it: every byte that is no text is written as ``\\xNN``."""
        return self.text if self.text is not None else self.data.decode("utf-8", "backslashreplace")


def detect_encoding(head: bytes, *, whole: bool) -> tuple[str, int]:
    """(encoding, length of the byte-order mark) of a sample. `whole` says that the sample is everything there is."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name, len(bom)
    if wide := _wide(head):
        return wide, 0
    for name in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(name)("strict").decode(head, whole)
        except UnicodeDecodeError:
            continue
        return name, 0
    return _less_wrong(head), 0


def _less_wrong(head: bytes) -> str:
    """Neither UTF-8 nor GB 18030 reads it all: the text is damaged, and we want to lose only what is.

    A line that is not ASCII is hardly ever UTF-8 by chance, and text in the wrong encoding fails at nearly every character.
    """
    lines = [line for line in head.split(b"\n") if not line.isascii()]
    if sum(_reads(line, "utf-8") for line in lines) * 2 >= len(lines):
        return "utf-8"
    high = len(head) - len(head.translate(None, bytes(range(128, 256))))
    wrong = {name: head.decode(name, "replace").count("\ufffd") for name in ("utf-8", "gb18030")}
    return "gb18030" if wrong["utf-8"] * 5 > high and wrong["gb18030"] < wrong["utf-8"] else "utf-8"


def _reads(line: bytes, name: str) -> bool:
    try:
        line.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: many NUL bytes, all in the high places, and the whole decodes."""
    nuls = head.count(0)
    if nuls < 2 or nuls * 20 < len(head):
        return ""
    even = head[::2].count(0)
    name = "utf-16-be" if even == nuls else "utf-16-le" if even == 0 else ""
    return name if name and _reads(head[: len(head) & ~1], name) else ""


class _Narrowed(io.RawIOBase):
    """A UTF-16 stream as UTF-8. What is no text becomes bytes that are no UTF-8 either, so the line it stands in is refused."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(name)("surrogatepass")
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._ready and not self._ended:
            chunk = self._stream.read(_CHUNK)
            self._ended = not chunk
            try:
                self._ready = self._decoder.decode(chunk, self._ended).encode("utf-8", "surrogatepass")
            except UnicodeDecodeError:  # half a character at the very end
                self._ready = b"\xff"
        count = min(len(self._ready), len(buffer))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count


class _ReturnsOnly(io.RawIOBase):
    """A stream whose lines end in bare carriage returns, with line feeds instead."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        chunk = self._stream.read(min(len(buffer), _CHUNK)).replace(b"\r", b"\n")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def undecodable(encoding: str, error: UnicodeDecodeError) -> str:
    """The reason of a line that is no text."""
    return f"不是合法的 {encoding.upper()} 文本(第 {error.start + 1} 字节)"


def head_text(head: bytes) -> str:
    """The head of an input as text, to look at: what cannot be read is replaced."""
    name, bom = detect_encoding(head, whole=len(head) < _CHUNK)
    return head[bom:].decode(name, "replace").lstrip("\ufeff")


class Lines:
    """The physical lines of a byte stream, decoded strictly. Lines end at LF or CRLF (at CR where a file has no LF), never at U+2028.

    `keep_ends` leaves the line end on `text` (a table's quoted field may hold one). Over-long and undecodable lines have no text.
    """

    def __init__(self, stream: BinaryIO, head: bytes, *, keep_ends: bool = False) -> None:
        name, bom = detect_encoding(head, whole=len(head) < _CHUNK)
        stream.read(bom)
        body = head[bom:]
        if name in _WIDE:
            stream = io.BufferedReader(_Narrowed(stream, name), _CHUNK)
            body = body.decode(name, "ignore").encode("utf-8", "ignore")
            name = "utf-8"
        if b"\n" not in body and b"\r" in body:
            stream = io.BufferedReader(_ReturnsOnly(stream), _CHUNK)
        self._stream, self.encoding, self._keep = stream, name, keep_ends
        self._undecided = name == "utf-8" and body.isascii() and not bom

    def chunks(self) -> Iterator[tuple[int, bytes, str]]:
        """(number, bytes without the line end, reason why they cannot be a record) of each line, in `encoding`, not yet decoded."""
        number = 0
        readline, keep = self._stream.readline, self._keep
        while data := readline(MAX_LINE + 1):
            number += 1
            if len(data) > MAX_LINE and not data.endswith(b"\n"):
                yield (number, *self._over_long(data))
                continue
            if not keep:
                data = (data[:-2] if data[-2:-1] == b"\r" else data[:-1]) if data[-1] == 0x0A else data
            if self._undecided and not data.isascii():
                self._decide(data)
            yield number, data, ""

    def __iter__(self) -> Iterator[Line]:
        for number, data, reason in self.chunks():
            try:
                yield Line(number, data, None if reason else data.decode(self.encoding), reason)
            except UnicodeDecodeError as error:
                yield Line(number, data, None, undecodable(self.encoding, error))

    def read(self, size: int) -> bytes:
        """Up to `size` bytes of the rest, as UTF-8; what is no text stays no UTF-8."""
        data = self._stream.read(size)
        return data if self.encoding == "utf-8" else data.decode(self.encoding, "surrogateescape").encode("utf-8", "surrogatepass")

    def _over_long(self, data: bytes) -> tuple[bytes, str]:
        length = len(data)
        while more := self._stream.readline(_CHUNK):
            length += len(more)
            if more.endswith(b"\n"):
                break
        return data[: 64 << 10], f"一行超过 {MAX_LINE >> 20} MB(共 {length} 字节),只保留开头"

    def _decide(self, data: bytes) -> None:
        """So far all was ASCII: the first line that is not decides between UTF-8 and GB 18030."""
        self._undecided = False
        if not _reads(data, "utf-8") and _reads(data, "gb18030"):
            self.encoding = "gb18030"
