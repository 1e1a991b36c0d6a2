from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.importers.times import find_date, parse_clock, parse_written_time
from qa_service.model.wire import DEFAULT_ZONE

TEN = datetime(2025, 11, 1, 10, 2, 3, tzinfo=DEFAULT_ZONE)
TO_THE_MINUTE = TEN.replace(second=0)


@pytest.mark.parametrize(("text", "expected"), [
    ("2025-11-01T10:02:03+08:00", TEN), ("2025-11-01T02:02:03Z", TEN), ("2025-11-01 10:02:03", TEN), (" 2025-11-1 10:02:03 ", TEN),
    ("2025/11/1 10:02:03", TEN), ("2025.11.01 10:02:03", TEN), ("2025年11月1日 10:02:03", TEN), ("2025年11月1日10时02分03秒", TEN),
    ("2025-11-01 10:02", TO_THE_MINUTE), ("2025/11/01 10:02", TO_THE_MINUTE), ("2025年11月1日 上午10:02", TO_THE_MINUTE),
    ("2025-11-01 下午10:02", TO_THE_MINUTE + timedelta(hours=12)), ("2025年11月1日 星期六 10:02:03", TEN), ("2025/11/1 10:02:03+08:00", TEN),
    ("1761962523", TEN), ("1761962523000", TEN), ("1761962523000000", TEN), ("20251101100203", TEN), ("45962.41809027778", TEN),
    ("2025-11-01", TEN.replace(hour=0, minute=0, second=0)), ("20251101", TEN.replace(hour=0, minute=0, second=0)),
    ("2025/11/1 10:02:03.250", TEN + timedelta(milliseconds=250))])
def test_a_written_time_is_read(text: str, expected: datetime) -> None:
    at = parse_written_time(text, DEFAULT_ZONE)
    assert at == expected
    assert at is not None
    assert at.tzinfo is not None


@pytest.mark.parametrize("text", [
    "昨天", "2025-13-01 10:00", "2025-11-01 25:00", "10:02:03", "11/1/2025", "0", "999", "99999999999999999", "2025-11-01 10:02:03 谁",
    "1066-01-01", "9999-12-31",
    "2025年11月", "1e9", "-1", "NaN", "2025-02-30 10:00:00", "2" * 5_000])
def test_what_is_no_time_is_refused_not_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="时间"):
        parse_written_time(text, DEFAULT_ZONE)


@pytest.mark.parametrize("text", ["", "  ", "\t"])
def test_blank_is_no_time(text: str) -> None:
    assert parse_written_time(text, DEFAULT_ZONE) is None


@given(st.text(max_size=80))
def test_any_text_is_a_time_or_a_value_error(text: str) -> None:
    try:
        at = parse_written_time(text, DEFAULT_ZONE)
    except ValueError:
        return
    assert at is None or at.tzinfo is not None


@given(st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1)))
def test_what_python_writes_is_read_back(at: datetime) -> None:
    assert parse_written_time(at.replace(tzinfo=UTC).isoformat(), DEFAULT_ZONE) == at.replace(tzinfo=UTC)
    assert parse_written_time(str(at), DEFAULT_ZONE) == at.replace(tzinfo=DEFAULT_ZONE)


def test_clock_times_and_dates_in_names() -> None:
    assert parse_clock("9:02") == time(9, 2)
    assert parse_clock("下午3:04:05") == time(15, 4, 5)
    assert parse_clock("25:00") is None
    assert parse_clock("2025-11-01 10:00") is None
    assert find_date("千牛聊天记录_2025-11-3") == date(2025, 11, 3)
    assert find_date("log20251103") == date(2025, 11, 3)
    assert find_date("订单号 12345678901") is None
    assert find_date("20259999") is None
