"""Text made fit for a cell of a table that people open in a spreadsheet program."""
from __future__ import annotations

import re
from typing import Final

from qa_service.services.masking import mask

LONGEST: Final = 32_767
_MORE: Final = "…(后略)"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
_BEFORE: Final = " \u3000\u00a0\u200b\u200c\u200d\u2060\ufeff"
_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,10})?", re.ASCII)
_UNSEEN: Final = {i: 0x2400 + i for i in range(32) if i not in (9, 10, 13)} | {0x7F: 0x2421, 0xFFFE: 0xFFFD, 0xFFFF: 0xFFFD}

Cell = str | float | int | None


def printable(text: str) -> str:
    """Control characters as their pictures (␀), halves of surrogate pairs as �: no XML and no encoding refuses the rest."""
    text = text.translate(_UNSEEN)
    return text if text.isascii() else "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


def guarded(text: str) -> str:
    """`'` before what a spreadsheet would run as a formula; a plain number stays a number."""
    if text.lstrip(_BEFORE).startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def fitted(text: str, longest: int = LONGEST) -> str:
    """At most `longest` UTF-16 units, which is how spreadsheet programs count."""
    if len(text) * 2 <= longest or len(text.encode("utf-16-le")) // 2 <= longest:
        return text
    return text.encode("utf-16-le")[:2 * (longest - len(_MORE))].decode("utf-16-le", "ignore") + _MORE


def cell(value: Cell, masked: bool) -> Cell:
    """A value for a cell; numbers and None pass."""
    if not isinstance(value, str) or not value:
        return value
    text = value[:LONGEST + 1]
    return fitted(printable(guarded(mask(text) if masked else text)))
