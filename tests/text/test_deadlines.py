"""Time limits: where they stand in a text, and the moment they mean when said on Wednesday 2025-11-05 at 15:00."""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.text.amounts import find_amounts, number
from qa_service.text.deadlines import due_of, find_deadlines

AT: Final = datetime.fromisoformat("2025-11-05T15:00:00+08:00")


def due(text: str, at: datetime | None = AT) -> datetime | None:
    """When the only time limit of `text` ends."""
    (found,) = find_deadlines(text, 0, len(text))
    return due_of(text, text, found, at)


@pytest.mark.parametrize(("text", "moment"), [
    ("24小时内", "11-06T15:00:00"), ("48h内", "11-07T15:00:00"), ("2个小时", "11-05T17:00:00"), ("半小时内", "11-05T15:30:00"),
    ("10分钟内", "11-05T15:10:00"),
    ("二十四小时内", "11-06T15:00:00"), ("最晚不超过72小时", "11-08T15:00:00"), ("1-2小时内", "11-05T17:00:00"), ("一到两个小时内", "11-05T17:00:00"),
    ("今天", "11-05T23:59:59"), ("今天内", "11-05T23:59:59"), ("今天下班前", "11-05T18:00:00"), ("下班前", "11-05T18:00:00"),
    ("今日", "11-05T23:59:59"), ("明天", "11-06T23:59:59"),
    ("明天上午", "11-06T12:00:00"), ("明天中午12点前", "11-06T12:00:00"), ("明天中午1点前", "11-06T13:00:00"), ("明天下午", "11-06T18:00:00"),
    ("明天下午3点", "11-06T15:00:00"), ("明天上午十二点之前", "11-06T12:00:00"), ("明早", "11-06T09:00:00"), ("明晚10点", "11-06T22:00:00"),
    ("今晚8点前", "11-05T20:00:00"), ("今晚八点半前", "11-05T20:30:00"), ("今晚", "11-05T23:59:59"), ("下午", "11-05T18:00:00"),
    ("下午5:30前", "11-05T17:30:00"),
    ("18:00前", "11-05T18:00:00"), ("8点前", "11-05T20:00:00"), ("今晚24点前", "11-05T23:59:59"), ("后天", "11-07T23:59:59"),
    ("大后天", "11-08T23:59:59"),
    ("今明两天", "11-06T23:59:59"), ("明后天", "11-07T23:59:59"), ("3天内", "11-08T23:59:59"), ("两三天", "11-08T23:59:59"), ("一周内", "11-12T23:59:59"),
    ("1个月内", "12-05T23:59:59"), ("一个工作日之内", "11-06T23:59:59"), ("3个工作日内", "11-10T23:59:59"), ("1-3个工作日", "11-10T23:59:59"),
    ("5个工作日内", "11-12T23:59:59"), ("周五前", "11-07T23:59:59"), ("周一", "11-10T23:59:59"), ("下周一", "11-10T23:59:59"),
    ("下周三上午", "11-12T12:00:00"),
    ("星期天", "11-09T23:59:59"), ("周末", "11-09T23:59:59"), ("本周", "11-09T23:59:59"), ("下周", "11-16T23:59:59"), ("月底前", "11-30T23:59:59"),
    ("下个月底", "12-31T23:59:59"), ("11月8日前", "11-08T23:59:59"), ("11月8号下午", "11-08T18:00:00"), ("8号前", "11-08T23:59:59"),
    ("3号", "12-03T23:59:59")])
def test_a_time_limit_becomes_a_moment(text: str, moment: str) -> None:
    assert due(text) == datetime.fromisoformat(f"2025-{moment}+08:00")


@pytest.mark.parametrize("text", ["尽快", "第一时间", "马上", "当天", "次日", "几天内", "几个小时内", "年前", "99999999天内", "999999999999小时内", "31号",
    "2月31日", "25点前", "18:75前"])
def test_what_names_no_moment_has_none(text: str) -> None:
    at = datetime.fromisoformat("2025-11-15T15:00:00+08:00")
    assert due(text, at) is None


def test_a_january_date_said_in_december_is_next_years() -> None:
    assert due("1月3日前", datetime.fromisoformat("2025-12-28T10:00:00+08:00")) == datetime.fromisoformat("2026-01-03T23:59:59+08:00")


def test_without_a_time_nothing_is_due() -> None:
    assert due("24小时内", None) is None


@pytest.mark.parametrize("said", ["[数字x]小时内", "[数字x]个工作日"])
def test_masked_digits_have_no_moment(said: str) -> None:
    norm = said.replace("[数字x]", "00000")
    (found,) = find_deadlines(norm, 0, len(norm))
    assert (found.start, found.end) == (0, len(said))
    assert due_of(said, norm, found, AT) is None


@pytest.mark.parametrize("text", ["付款后48小时内", "您拍下之后72小时内", "收到退件后3天内", "审核通过后24小时内"])
def test_a_limit_that_counts_from_another_event_has_no_moment(text: str) -> None:
    assert due(text) is None


def test_a_time_in_utc_is_read_in_china() -> None:
    assert due("今天", datetime(2025, 11, 5, 20, 0, tzinfo=UTC)) == datetime.fromisoformat("2025-11-06T23:59:59+08:00")


@pytest.mark.parametrize("text", ["7天无理由退货", "今天16点前付款", "48小时内拍下", "24小时在线", "提前一天", "前一天", "晚一点", "早拍早发", "周末休息", "3号楼"])
def test_a_time_that_is_not_the_shops_is_left_out(text: str) -> None:
    assert list(find_deadlines(text, 0, len(text))) == []


@pytest.mark.parametrize(("words", "value"), [
    ("3", 3.0), ("1.5", 1.5), ("十", 10.0), ("十二", 12.0), ("二十", 20.0), ("二十四", 24.0), ("一百二十", 120.0), ("半", 0.5), ("一半", 1.5),
    ("两三", 3.0), ("几", None), ("十几", None), ("", None)])
def test_numbers_in_digits_and_characters(words: str, value: float | None) -> None:
    assert number(words) == value


@pytest.mark.parametrize(("text", "said", "yuan"), [
    ("返您5毛", "5毛", 0.5), ("15块5", "15块5", 15.5), ("¥12.5", "¥12.5", 12.5), ("10到20元", "10到20元", 20.0), ("50%", "50%", None),
    ("十几块", "十几块", None),
    ("一百二十元", "一百二十元", 120.0), ("3块", "3块", 3.0)])
def test_sums_of_money(text: str, said: str, yuan: float | None) -> None:
    ((start, end, value),) = find_amounts(text, 0, len(text))
    assert (text[start:end], value) == (said, yuan)


@given(st.text(st.sampled_from("0123456789一二两三十半几百今明后天周月号日点前内晚早上下午小时个工作-~:.分尽快第间之以最不超过¥元块毛% "), max_size=30),
       st.datetimes(timezones=st.just(AT.tzinfo)))
def test_no_text_is_too_odd(text: str, at: datetime) -> None:
    for found in find_deadlines(text, 0, len(text)):
        assert 0 <= found.start <= found.time < found.end <= len(text)
        moment = due_of(text, text, found, at)
        assert moment is None or moment.tzinfo is not None
    for start, end, value in find_amounts(text, 0, len(text)):
        assert 0 <= start < end <= len(text)
        assert value is None or value >= 0
