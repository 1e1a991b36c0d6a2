"""Full times from a date that stands above a group and a clock time at each message, as 千牛 and 旺旺 write them.

A message without a date takes that of the one before it and goes past midnight with the clock; before the first date, that of the one
after it; where there is none at all, the day of the export counts, or a fixed one. Going past midnight and guessing are said to be repairs.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Generic, NamedTuple, TypeVar

from qa_service.importers.plain import NO_DATE
from qa_service.importers.times import find_date, parse_clock, parse_written_time

T = TypeVar("T")
_HALF_DAY: Final = 12 * 3_600
_MOST: Final = 10_000
"""Messages without a date that wait for the first one with a date."""
_RELATIVE: Final = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2}
_MONTH_DAY: Final = re.compile(r"(?<!\d)(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)\s*日?")
_AMERICAN: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}),?\s+(\d{1,2}:\d{2}(?::\d{2})?)\s*([AaPp])?")


class Dated(NamedTuple, Generic[T]):
    """What was put in, with its time (None when it has none), what was set right, and whether its day stands elsewhere than with itself."""

    what: T
    at: datetime | None
    repair: str = ""
    inferred: bool = False


@dataclass(slots=True)
class _Undated(Generic[T]):
    """A message that waits for a date."""

    what: T
    clock: time


class Calendar(Generic[T]):
    """Takes messages in the order of their source and gives each its time. `written`: when the source was written, if that is known."""

    def __init__(self, zone: tzinfo, written: datetime | None = None) -> None:
        self._zone, self._written = zone, written
        self._day: date | None = None
        self._clock: time | None = None
        self._header = ""
        self._header_day: date | None = None
        self._undated: list[_Undated[T]] = []

    def at(self, header: str, clock: str) -> datetime | None:
        """The time of a message that names its day and its clock time itself while none waits, as most do; of any other None: put it in."""
        if self._undated or len(clock) != 8 or not clock[2] == ":" == clock[5]:
            return None
        day = self._header_day if header == self._header else self._day_of(header)
        if day is None:
            return None
        try:
            its_clock = time.fromisoformat(clock)
        except ValueError:
            return None
        self._day, self._clock = day, its_clock
        return datetime.combine(day, its_clock, self._zone)

    def put(self, what: T, header: str, clock: str) -> Iterable[Dated[T]]:
        """Take in a message below the date `header` ("" when there is none) and at `clock`, which may hold a date of its own."""
        at = self.at(header, clock)
        return (Dated(what, at),) if at is not None else self._put(what, header, clock)

    def _put(self, what: T, header: str, clock: str) -> Iterator[Dated[T]]:
        at = parse_clock(clock)
        try:
            full = None
            if at is None and clock.strip():
                full = parse_written_time(clock, self._zone)
        except ValueError:
            yield Dated(what, None, "的时间读不出,已留空")
            return
        if full is not None:
            yield from self._known(full.astimezone(self._zone).date())
            self._clock = full.astimezone(self._zone).time()
            yield Dated(what, full)
        elif at is None:
            yield Dated(what, None, "没有时间")
        elif (day := self._day_of(header)) is not None:
            yield from self._known(day, at)
            yield self._dated(what, at)
        elif self._day is None:
            self._undated.append(_Undated(what, at))
            if len(self._undated) > _MOST:
                yield from self.end()
        else:
            passed = self._clock is not None and _seconds(self._clock) - _seconds(at) > _HALF_DAY
            if passed:
                self._day += timedelta(days=1)
            yield self._dated(what, at, "没有日期,已随钟点过到次日" if passed else "", inferred=True)

    def end(self) -> Iterator[Dated[T]]:
        """What still waits when no date is to come."""
        if not self._undated:
            return
        last = self._undated[-1].clock
        if self._written is not None:
            written = self._written.astimezone(self._zone)
            day = written.date() - timedelta(days=int(last > written.time()))
            repair = "没有日期,按导出时间推定"
        else:
            day, repair = NO_DATE, f"只有钟点没有日期,日期按 {NO_DATE} 计"
        yield from self._backward(day, last, repair)
        self._day, self._clock = day, last

    def _known(self, day: date, clock: time | None = None) -> Iterator[Dated[T]]:
        """A date is there: what waited for one takes it."""
        if self._undated:
            yield from self._backward(day, clock or self._undated[-1].clock, "没有日期,按后一条的日期推定")
        self._day = day

    def _backward(self, day: date, clock: time, repair: str) -> Iterator[Dated[T]]:
        waited, self._undated = self._undated, []
        days: list[date] = []
        for one in reversed(waited):
            if _seconds(one.clock) - _seconds(clock) > _HALF_DAY:
                day -= timedelta(days=1)
            days.append(day)
            clock = one.clock
        for one, its_day in zip(waited, reversed(days), strict=True):
            yield Dated(one.what, datetime.combine(its_day, one.clock, self._zone), repair, True)

    def _dated(self, what: T, clock: time, repair: str = "", *, inferred: bool = False) -> Dated[T]:
        assert self._day is not None
        self._clock = clock
        return Dated(what, datetime.combine(self._day, clock, self._zone), repair, inferred)

    def _day_of(self, header: str) -> date | None:
        """The day that a header names. The same header mostly comes many times."""
        if header != self._header:
            self._header, self._header_day = header, self._named(header)
        return self._header_day

    def _named(self, header: str) -> date | None:
        """The day that a header names, also 昨天 and 11-02 where it is known when the source was written."""
        if not header or len(header) > 200:
            return None
        day = find_date(header)
        if day is not None or self._written is None:
            return day
        written = self._written.astimezone(self._zone).date()
        for word, back in _RELATIVE.items():
            if word in header:
                return written - timedelta(days=back)
        match = _MONTH_DAY.search(header)
        if match is None:
            return None
        try:
            day = date(written.year, int(match[1]), int(match[2]))
            return day if day <= written else day.replace(year=day.year - 1)
        except ValueError:
            return None


def _seconds(clock: time) -> int:
    return clock.hour * 3_600 + clock.minute * 60 + clock.second


def parse_locale_time(text: str, zone: tzinfo) -> datetime | None:
    """The time that a browser's ``toLocaleString`` wrote, in Chinese or American; None when it is neither."""
    match = _AMERICAN.search(text[:80])
    try:
        if match is None:
            return parse_written_time(text, zone)
        clock = parse_clock(match[4])
        if clock is None:
            return None
        if match[5]:
            clock = clock.replace(hour=clock.hour % 12 + (12 if match[5] in "Pp" else 0))
        return datetime.combine(date(int(match[3]), int(match[1]), int(match[2])), clock, zone)
    except ValueError:
        return None
