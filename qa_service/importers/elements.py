"""The objects of one long JSON list, each parsed for itself: what was read is let go before the next is read."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

_CLOSES: Final = re.compile(rb"\}[ \t\r\n]{0,99}(?=[,\]])")
_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[][{}]', re.DOTALL)
_BLANKS: Final = re.compile(rb"[ \t\r\n]*+")
_OPENS: Final = re.compile(rb'[ \t\r\n]*+(?:\[|\{[^{}\[\]]{0,4096}?"([A-Za-z_]{1,64})"[ \t\r\n]*+:[ \t\r\n]*+\[)')


def beginning(data: bytes, wrappers: Sequence[str]) -> int:
    """The place behind the bracket that opens the list: of an array, or of the first of `wrappers` right inside an object; 0 when there is none such."""
    match = _OPENS.match(data)
    if match is None or (match[1] is not None and match[1].decode() not in wrappers[:1]):
        return 0
    return match.end()


def elements(data: bytes, start: int) -> Iterator[tuple[Any, bytes, int]]:
    """(value, bytes, place behind it) of each object of the list whose inside begins at `start`, up to the first that is damaged or no object.

    Where an element ends is told by counting braces, which those in texts may mislead: what does not parse is looked at sign by sign.
    """
    found = _CLOSES.search(data, start)
    counted, depth = start, 0
    while found is not None:
        end = found.start() + 1
        depth += data.count(b"{", counted, end) - data.count(b"}", counted, end)
        counted = end
        if depth <= 0:
            value = _object(data[start:end])
            if value is None:
                end = end_of_value(data, start)
                value = _object(data[start:end])
            if value is None:
                return
            yield value, data[start:end].lstrip(), end
            start = _behind(data, end)
            if data[start:start + 1] != b",":
                return
            start += 1
            counted, depth = start, 0
        found = _CLOSES.search(data, counted)


def _object(piece: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(piece)
    except orjson.JSONDecodeError:
        return None
    return value if type(value) is dict else None


def end_of_value(data: bytes, start: int) -> int:
    """The place behind the list or object that opens first from `start` on; the end of `data` when it never closes."""
    depth = 0
    for token in _TOKEN.finditer(data, start):
        first = data[token.start()]
        depth += (first in b"[{") - (first in b"]}")
        if depth == 0 and first in b"]}":
            return token.end()
    return len(data)


def _behind(data: bytes, place: int) -> int:
    """The first place from here on that is no blank."""
    blanks = _BLANKS.match(data, place)
    return blanks.end() if blanks is not None else place


def after(data: bytes, place: int) -> bytes:
    """What follows the last element read, without the comma before it."""
    place = _behind(data, place)
    return data[place + 1:] if data[place:place + 1] == b"," else data[place:]
