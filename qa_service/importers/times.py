"""Times as tables and transcripts write them: RFC 3339, Chinese and slashed dates, epochs, Excel serials."""
from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

_DATE: Final = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_CLOCK: Final = r"(上午|下午|凌晨|晚上|中午)?\s*(\d{1,2})\s*[:：时点]\s*(\d{1,2})(?:\s*[:：分]\s*(\d{1,2})(?:[.,](\d{1,9}))?)?\s*[秒分]?"
_WRITTEN: Final = re.compile(rf"{_DATE}(?:\s*T?\s*(?:(?:星期|周)[一二三四五六日天])?\s*{_CLOCK})?\s*(Z|[+-]\d{{2}}:?\d{{2}})?")
_CLOCK_ONLY: Final = re.compile(_CLOCK)
_DAY_ONLY: Final = re.compile(_DATE)
_NUMBER: Final = re.compile(r"\d{1,17}(?:\.\d+)?")
_EXCEL_EPOCH: Final = datetime(1899, 12, 30)
_LONGEST: Final = 64
_YEARS: Final = range(1970, 2201)
# How long an epoch is in each unit, for the years 2001 to 2286.
_EPOCH_UNITS: Final[dict[int, int]] = {10: 1, 13: 1_000, 16: 1_000_000}


def parse_written_time(text: str, zone: tzinfo) -> datetime | None:
    """The time that `text` writes, zone-aware; a naive one is read in `zone`; blank is None. Raises ValueError."""
    text = text.strip()
    if not text:
        return None
    try:
        if len(text) > _LONGEST:
            raise ValueError(text)
        at = _parse(text, zone)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"不是认得的时间: {text[:40]!r}") from None
    if at.year not in _YEARS:
        raise ValueError(f"时间不在 {_YEARS[0]}–{_YEARS[-1]} 年之间: {text[:40]!r}")
    # Not replace(): it costs four times as much.
    return at if at.tzinfo is not None else datetime.combine(at, at.time(), zone)


def _parse(text: str, zone: tzinfo) -> datetime:
    if text[4:5] == "-":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return _written(text)
    return _number(text, zone) if text.isascii() and _NUMBER.fullmatch(text) else _written(text)


def _number(text: str, zone: tzinfo) -> datetime:
    whole = text.partition(".")[0]
    if text == whole and len(whole) == 14:
        return datetime.strptime(text, "%Y%m%d%H%M%S")
    if text == whole and len(whole) == 8:
        return datetime.strptime(text, "%Y%m%d")
    if len(whole) == 5:  # days since 1899-12-30, as a spreadsheet stores them; seconds are what it can hold exactly
        return _EXCEL_EPOCH + timedelta(seconds=round(float(text) * 86_400))
    unit = _EPOCH_UNITS.get(len(whole))
    if unit is None:
        raise ValueError(text)
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(float(text) * (1_000_000 // unit)))).astimezone(zone)


def _written(text: str) -> datetime:
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day, half, hour, minute, second, fraction, offset = match.groups()
    clock = _clock(half, hour, minute, second, fraction) if hour is not None else time()
    at = datetime.combine(date(int(year), int(month), int(day)), clock)
    return datetime.fromisoformat(at.isoformat() + offset) if offset else at


def _clock(half: str | None, hour: str, minute: str, second: str | None, fraction: str | None) -> time:
    hours = int(hour)
    if half in ("下午", "晚上") and hours < 12:
        hours += 12
    if half in ("上午", "凌晨") and hours == 12:
        hours = 0
    return time(hours, int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")[:6]))


def parse_clock(text: str) -> time | None:
    """A time of day without a date, such as ``10:02:03``; None when the text is something else."""
    match = _CLOCK_ONLY.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None:
        return None
    try:
        return _clock(*match.groups())
    except ValueError:
        return None


def find_date(text: str) -> date | None:
    """The first date written somewhere in `text`, such as a file name or a heading."""
    match = _DAY_ONLY.search(text) or re.search(r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)", text)
    if match is None:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
