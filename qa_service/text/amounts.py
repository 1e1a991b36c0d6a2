"""Numbers and sums of money as people type them: 10元, 五块, 20元无门槛券, 6块钱, 几块钱, 5-10元, 30%."""
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

CN_NUMBER: Final = "[零一二两三四五六七八九十百半]{1,6}"
_DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_NUMBER: Final = rf"(?:\d{{1,8}}(?:\.\d{{1,2}})?|{CN_NUMBER})"
AMOUNT: Final = re.compile(
    rf"(?:¥|rmb\s?)?(?:(?P<low>{_NUMBER})\s?[-~到至]\s?)?(?P<sum>{_NUMBER}|几|十几|几十)\s?"
    rf"(?P<unit>元|块(?:钱)?(?P<tail>[一二三四五六七八九\d](?!\d))?|毛(?:钱)?|rmb)"
    r"|¥\s?(?P<bare>\d{1,8}(?:\.\d{1,2})?)"
    r"|(?P<share>\d{1,3}(?:\.\d{1,2})?%)")


def number(words: str) -> float | None:
    """The number written in digits or in 汉字 up to 999 (半 is one half, 两三 is 3); None where it says no definite number (几)."""
    if not words or "几" in words:
        return None
    if words[0].isdigit() and words.isascii():
        return float(words)
    if words == "半":
        return 0.5
    total, current = 0.0, None
    for char in words:
        if char == "百":
            total, current = total + 100 * (1 if current is None else current), None
        elif char == "十":
            total, current = total + 10 * (1 if current is None else current), None
        elif char == "半":
            return total + (current or 0) + 0.5
        else:
            current = _DIGITS[char]  # in 两三天 the later, larger one counts
    return total + (current or 0)


def find_amounts(norm: str, start: int, end: int) -> Iterator[tuple[int, int, float | None]]:
    """(start, end, yuan) of the sums in norm[start:end]. A range gives its upper end; a share and 几块钱 give None."""
    for match in AMOUNT.finditer(norm, start, end):
        yield match.start(), match.end(), _value(match)


def _value(match: re.Match[str]) -> float | None:
    if match.group("share"):
        return None
    if match.group("bare"):
        return float(match.group("bare"))
    value = number(match.group("sum"))
    if value is None:
        return None
    tail = match.group("tail")
    if tail:
        value += (number(tail) or 0) / 10
    return round(value / 10 if match.group("unit").startswith("毛") else value, 2)
