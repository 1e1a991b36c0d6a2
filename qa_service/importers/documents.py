"""JSON of other people's making, cut into rows: one value a line, an array, or an object that wraps a list of them.

A row is one such value. What cannot be read is a row with a reason; a list that breaks off costs only its last element.
"""
from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from typing import Any, Final, NamedTuple

import orjson

from qa_service.importers.base import Intake, Place, clip
from qa_service.importers.elements import after, beginning, elements, end_of_value
from qa_service.importers.encoding import Lines, head_text, undecodable
from qa_service.importers.files import Source
from qa_service.importers.jsonl import MAX_DOCUMENT, is_document, split_values
from qa_service.model.errors import SourceError
from qa_service.model.record import Reject

HELD: Final = 4 << 20
"""Bytes of a document whose values may all be held at once; of a longer one each element of its list is parsed for itself."""
AT_ONCE: Final = 64 << 20
"""Bytes of a document that is parsed in one go; a larger one is cut into its elements first, slower but in less memory."""
_UNWRITABLE: Final = "(嵌套太深,原文写不出来)"


class Item(NamedTuple):
    """One row: its number (1-based), its value, the bytes it was read from (b"" when it stood inside a larger value), why it is wrong."""

    file: str
    number: int
    value: Any
    data: bytes
    reason: str = ""

    @property
    def content(self) -> bytes:
        """The row as bytes: what was read, or the value written again."""
        return self.data or _dumped(self.value)

    @property
    def raw(self) -> str:
        """The row as a reject carries it."""
        return clip(self.content.decode("utf-8", "backslashreplace"))

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.file, self.number)

    def reject(self, reason: str = "", field: str = "") -> Reject:
        """This row as a reject."""
        return Reject(self.file, self.number, field, reason or self.reason, self.raw)


item_of: Final = partial(tuple.__new__, Item)
"""An Item of its five fields, in half the time: rows are made by the million."""


def may_hold_nul(content: bytes) -> bool:
    """Is there a U+0000 in these bytes, raw or as the escape that JSON has for it? Next to free, beside looking at each text."""
    return b"\0" in content or (b"\\" in content and b"\\u0000" in content)


def _dumped(value: Any) -> bytes:
    try:
        return orjson.dumps(value)
    except (TypeError, RecursionError):
        return _UNWRITABLE.encode()


def content_of(sources: Sequence[Any]) -> bytes:
    """All that rows say, as bytes: each source is the bytes of a row or, where it has none of its own, its value.

    Values written again many at once cost little more than one, and come out as compact JSON would have been read.
    """
    kinds = set(map(type, sources))
    if bytes not in kinds:
        with suppress(TypeError, RecursionError):
            return orjson.dumps(sources)[1:-1]
    return b",".join(sources if len(kinds) == 1 and bytes in kinds else [s if type(s) is bytes else _dumped(s) for s in sources])


def items(source: Source, wrappers: Sequence[str], intake: Intake) -> Iterator[Item]:
    """The rows of a JSON input, counted in `intake`. `wrappers`: keys whose list, in an outermost object, is the rows."""
    lines = Lines(source.stream, source.head)
    head = head_text(source.head)
    whole = is_document(head) or "\n" not in head.strip()
    return _numbered(_document(lines, source.name, wrappers), source.name, intake) if whole else _lines(lines, source.name, wrappers, intake)


_Piece = tuple[Any, bytes, str]


def _numbered(pieces: Iterable[tuple[int, _Piece]], name: str, intake: Intake) -> Iterator[Item]:
    for number, piece in pieces:
        intake.rows += 1
        yield item_of((name, number, *piece))


def _lines(lines: Lines, name: str, wrappers: Sequence[str], intake: Intake) -> Iterator[Item]:
    wraps_nothing = frozenset(wrappers).isdisjoint
    for number, data, reason in lines.chunks():
        if not data or data.isspace():
            continue
        if not reason and lines.encoding == "utf-8" and len(data) <= AT_ONCE:
            try:
                value = orjson.loads(data)
            except orjson.JSONDecodeError:
                value = None
            if type(value) is dict:
                inner = None if wraps_nothing(value) else _inner(value, wrappers)
                if inner is None:
                    intake.rows += 1
                    yield item_of((name, number, value, data, ""))  # by far the most: a row that is an object and wraps nothing
                else:
                    intake.rows += len(inner)
                    for element in inner:
                        yield item_of((name, number, element, b"", ""))
                continue
        yield from _numbered(((number, piece) for piece in _line(data, reason, lines.encoding, wrappers)), name, intake)


def _line(data: bytes, reason: str, encoding: str, wrappers: Sequence[str]) -> Iterator[_Piece]:
    """The rows of a line that is not simply one."""
    if reason:
        yield None, data, reason
        return
    if encoding != "utf-8":
        try:
            data = data.decode(encoding).encode("utf-8")
        except UnicodeDecodeError as error:
            yield None, data, undecodable(encoding, error)
            return
    yield from _unwrapped(data, wrappers)


def _document(lines: Lines, name: str, wrappers: Sequence[str]) -> Iterator[tuple[int, _Piece]]:
    data = lines.read(MAX_DOCUMENT + 1)
    if len(data) > MAX_DOCUMENT:
        raise SourceError(f"整个文件是一个 JSON,超过 {MAX_DOCUMENT >> 20} MB", where=name, fix="请改存为 JSONL(每行一条),不限大小")
    return enumerate(_pieces(data, wrappers), 1)


def _pieces(data: bytes, wrappers: Sequence[str]) -> Iterator[_Piece]:
    if len(data) > HELD:
        head = data[:beginning(data, wrappers)]
        inside = wrappers if head.strip() == b"[" else ()  # what stands in a wrapped list wraps nothing itself
        place = 0
        for value, piece, end in elements(data, len(head)) if head else ():
            place = end
            yield from _rows_of(value, piece, inside)
        # What is left is the end of the list and what follows, or a damaged element and all behind it.
        data = head + after(data, place) if place else data
    if len(data) <= AT_ONCE:
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError:
            pass
        else:
            yield from chain.from_iterable(_rows_of(v, b"", wrappers) for v in value) if isinstance(value, list) else _rows_of(value, b"", wrappers)
            return
    for piece in split_values(data):
        if piece and not piece.isspace():
            yield from _unwrapped(piece, wrappers)


def _unwrapped(data: bytes, wrappers: Sequence[str]) -> Iterator[_Piece]:
    """The rows of one JSON text: itself, or the elements of the list it wraps."""
    if len(data) <= AT_ONCE:
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            reason = _why(data, error)
        else:
            yield from _rows_of(value, data, wrappers)
            return
    else:
        reason = f"一条记录超过 {AT_ONCE >> 20} MB"
    inner = _inner_text(data, wrappers)
    if inner is None:
        yield None, data, reason
        return
    for piece in inner:
        if piece and not piece.isspace():
            try:
                yield orjson.loads(piece), piece, ""
            except orjson.JSONDecodeError as error:
                yield None, piece, _why(piece, error)


def _rows_of(value: Any, data: bytes, wrappers: Sequence[str]) -> Iterator[_Piece]:
    inner = _inner(value, wrappers)
    if inner is None:
        yield value, data, ""
    else:
        for element in inner:
            yield element, b"", ""


def _inner(value: Any, wrappers: Sequence[str], depth: int = 3) -> list[Any] | None:
    """The list that an object wraps, directly or up to two levels down (``{"data": {"page": {"payload": […]}}}``)."""
    if not isinstance(value, dict) or not depth:
        return None
    for key in wrappers:
        inside = value.get(key)
        if isinstance(inside, list):
            return inside
        deeper = _inner(inside, wrappers, depth - 1)
        if deeper is not None:
            return deeper
    return None


def _inner_text(data: bytes, wrappers: Sequence[str]) -> Iterator[bytes] | None:
    """The elements of the wrapped list, as text, of an object that is damaged or too large to be parsed; what is damaged around it too."""
    if not wrappers or not data.lstrip().startswith(b"{"):
        return None
    keys = "|".join(map(re.escape, wrappers)).encode()
    match = re.search(rb'"(?:' + keys + rb')"\s{0,9}:\s{0,9}(?=\[)', data[:1 << 16])
    if match is None:
        return None
    start, end = match.end(), end_of_value(data, match.end())
    try:
        orjson.loads(data[:start] + b"[]" + data[end:])
        after = b""
    except orjson.JSONDecodeError:
        after = data[end:]
    return chain(split_values(data[start:end]), (after,))


def _why(data: bytes, error: json.JSONDecodeError) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        return undecodable("utf-8", wrong)
    return f"不是合法的 JSON: {error.msg}(第 {error.pos + 1} 个字符)"
