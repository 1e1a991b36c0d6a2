"""A date above, a clock beside: every message gets its time, and what was guessed is said."""
from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.importers import calendar
from qa_service.importers.calendar import Calendar, Dated, parse_locale_time

ZONE = ZoneInfo("Asia/Shanghai")
WRITTEN = datetime(2025, 11, 6, 10, 30, tzinfo=ZONE)


def dated(rows: list[tuple[str, str]], written: datetime | None = None) -> list[Dated[int]]:
    calendar: Calendar[int] = Calendar(ZONE, written)
    out = [d for i, (header, clock) in enumerate(rows) for d in calendar.put(i, header, clock)]
    return [*out, *calendar.end()]


def times(rows: list[tuple[str, str]], written: datetime | None = None) -> list[str]:
    found = dated(rows, written)
    assert [d.what for d in sorted(found, key=lambda d: d.what)] == list(range(len(rows)))
    return [f"{d.at:%m-%d %H:%M:%S}" if d.at else "" for d in sorted(found, key=lambda d: d.what)]


@pytest.mark.parametrize(("rows", "expected"), [
    ([("2025-11-01", "10:02:03"), ("", "10:02:09"), ("2025年11月3日", "9:00:00")], ["11-01 10:02:03", "11-01 10:02:09", "11-03 09:00:00"]),
    ([("2025-8-1", "23:59:50"), ("", "0:00:20"), ("", "00:01:00")], ["08-01 23:59:50", "08-02 00:00:20", "08-02 00:01:00"]),
    ([("", "23:58:00"), ("", "00:01:00"), ("2025-11-02", "00:03:00")], ["11-01 23:58:00", "11-02 00:01:00", "11-02 00:03:00"]),
    ([("", "21:00:00"), ("", "08:00:00")], ["11-05 21:00:00", "11-06 08:00:00"]), ([("", "11:00:00")], ["11-05 11:00:00"]),
    ([("昨天", "09:00:00"), ("今天 星期四", "09:00:00")], ["11-05 09:00:00", "11-06 09:00:00"]),
    ([("11-04", "09:00:00"), ("12月30日", "09:00:00")], ["11-04 09:00:00", "12-30 09:00:00"]),
    ([("", "2025-11-01 10:00:00"), ("", "10:00:05")], ["11-01 10:00:00", "11-01 10:00:05"]),
    ([("2025-11-01", "上午 9:05"), ("", "下午3:04:05")], ["11-01 09:05:00", "11-01 15:04:05"]),
    ([("2025-02-30", "10:00:00"), ("2025-11-01", "25:99:00"), ("2025-11-01", "")], ["11-06 10:00:00", "", ""]), ([], [])])
def test_times(rows: list[tuple[str, str]], expected: list[str]) -> None:
    assert times(rows, WRITTEN) == expected


def test_a_month_that_is_not_yet_is_of_the_year_before() -> None:
    [one] = dated([("12月30日", "09:00:00")], WRITTEN)
    assert one.at is not None
    assert one.at.year == 2024


def test_without_any_date_the_day_is_a_fixed_one_and_that_is_said() -> None:
    [one] = dated([("", "09:00:00")])
    assert f"{one.at:%Y-%m-%d}" == "2025-11-01"
    assert "2025-11-01" in one.repair


@pytest.mark.parametrize(("rows", "repairs"), [
    ([("2025-11-01", "10:00:00"), ("", "10:00:01")], ["", ""]), ([("2025-11-01", "23:00:00"), ("", "01:00:00")], ["", "次日"]),
    ([("", "10:00:00"), ("2025-11-01", "10:00:01")], ["后一条", ""]), ([("2025-11-01", "待定")], ["读不出"]), ([("2025-11-01", " ")], ["没有时间"])])
def test_what_is_said(rows: list[tuple[str, str]], repairs: list[str]) -> None:
    found = dated(rows)
    assert all(part in d.repair if part else d.repair == "" for d, part in zip(found, repairs, strict=True))


def test_few_messages_wait_for_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar, "_MOST", 5)
    one: Calendar[int] = Calendar(ZONE)
    assert max(len(one._undated) for i in range(20) for _ in [list(one.put(i, "", "10:00:00"))]) <= 5


headers = st.sampled_from(["", "2025-11-01", "昨天", "11月2日", "13-45", "2025-02-30", "x" * 300])
clocks = st.sampled_from(["", "10:00:00", "23:59:59", "0:00:01", "24:00:00", "2025-11-01 10:00:00", "9999-12-31 23:59:59", "x"]) | st.text(max_size=12)


@given(st.lists(st.tuples(headers, clocks), max_size=12), st.booleans())
def test_every_message_comes_out_once(rows: list[tuple[str, str]], known: bool) -> None:
    times(rows, WRITTEN if known else None)


@pytest.mark.parametrize(("text", "expected"), [
    ("2025/11/1 15:04:05", "2025-11-01 15:04:05"), ("2025/11/1 下午3:04:05", "2025-11-01 15:04:05"), ("11/6/2025, 3:04:05 PM", "2025-11-06 15:04:05"),
    ("11/6/2025, 12:04:05 AM", "2025-11-06 00:04:05"), ("6/13/2025, 10:00:00", "2025-06-13 10:00:00")])
def test_a_browsers_time(text: str, expected: str) -> None:
    assert f"{parse_locale_time(text, ZONE):%Y-%m-%d %H:%M:%S}" == expected


@pytest.mark.parametrize("text", ["13/13/2025, 10:00:00", "1.11.2025, 15:04:05", "gestern", "11/6/2025, 99:00:00 PM", ""])
def test_what_is_no_time_of_a_browser(text: str) -> None:
    assert parse_locale_time(text, ZONE) is None
