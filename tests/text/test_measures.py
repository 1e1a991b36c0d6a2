"""Measures by worked examples."""
from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from qa_service.text.calculators import SUFFIXES
from qa_service.text.clock import seconds_between
from qa_service.text.measures import MEASURES, TIMING
from qa_service.text.transcript import Transcript

Read = Callable[[str], Transcript]
CHAT = """客@10:00:00: 在吗
客@10:00:05: 这件有M码吗
机@10:00:06: 欢迎光临,客服马上来
服@10:00:20: 亲,在的
客@10:01:00: 有没有啊
服@10:02:00: 有的
服@10:02:05: 今天能发
客@10:03:00: 多久到
服@10:03:10: 三天左右"""


def measures(t: Transcript) -> dict[str, float | int | None]:
    return t.measures


def test_a_chat_with_a_greeting_first(read: Read) -> None:
    assert measures(read(CHAT)) == {
        "messages": 9, "customer_messages": 4, "agent_messages": 4, "speaking_messages": 3, "bot_messages": 1, "duration_seconds": 190.0,
        "first_response_seconds": 20.0,  # from 在吗 to 亲,在的
        "effective_first_response_seconds": 120.0,  # to 有的
        "mean_response_seconds": 30.0,  # (20 + 60 + 10) / 3
        "longest_wait_seconds": 60.0, "effective_longest_wait_seconds": 120.0, "response_30s_rate": 0.667,
        "effective_response_30s_rate": 0.333,  # of the three nominal rounds one had a real answer in time
        "answered_turns": 3, "effectively_answered_turns": 2, "unanswered_turns": 0, "effectively_unanswered_turns": 0, "answer_ratio": 1.0, "agents": 1,
        "handovers": 0, "handover_seconds": None, "effective_handover_seconds": None,
        "article_30s_of": 3, "article_30s_sum": 2, "article_30s_effective_of": 3, "article_30s_effective_sum": 1}  # 120, 60 and 10 seconds


def test_without_times_the_timing_measures_are_null(read: Read) -> None:
    found = measures(read("客: 有M码吗\n服: 有的"))
    timing = {name for name, value in found.items() if value is None}
    assert timing == TIMING
    assert found["messages"] == 2
    assert not any(name.endswith(SUFFIXES) for name in found)


@pytest.mark.parametrize(("chat", "nominal", "effective"), [
    ("客@10:00:00: 有M码吗\n服@10:00:09: 有的", 9.0, 9.0),
    ("客@10:00:00: 有M码吗\n机@10:00:01: 有的\n服@10:00:09: 有的", 9.0, 9.0),
    ("客@10:00:00: 有M码吗\n服@10:00:03: 亲\n服@10:00:09: 有的", 3.0, 9.0),
    ("客@10:00:00: 有M码吗\n服@10:00:03: 亲,在的", 3.0, None),
    ("客@10:00:00: 在吗\n服@10:00:03: 亲,在的", 3.0, 3.0),
    ("客@10:00:00: 在吗\n服@10:00:03: 亲,在的\n客@10:00:30: 有M码吗\n服@10:00:50: 有的", 3.0, 3.0),
    ("服@10:00:00: 您好\n客@10:00:10: 有M码吗\n服@10:00:14: 有的", 4.0, 4.0),
    ("客@10:00:00: 有M码吗\n服@10:00:03: [图片]", 3.0, 3.0),
    ("客@23:59:50: 有M码吗\n服@00:00:10: 有的", 20.0, 20.0),
    ("客@10:00:00: 有M码吗\n机@10:00:01: 有的", None, None),
    ("服@10:00:00: 您好", None, None)])
def test_first_response(read: Read, chat: str, nominal: float | None, effective: float | None) -> None:
    found = measures(read(chat))
    assert (found["first_response_seconds"], found["effective_first_response_seconds"]) == (nominal, effective)


@pytest.mark.parametrize(("chat", "value"), [
    ("客: 有M码吗", 1), ("客: 有M码吗\n服: 有的\n客: 怎么退货", 1), ("客: 有M码吗\n服: 有的\n客: 好的谢谢", 0), ("客: 在吗", 0), ("服: 您好", 0), ("客: 怎么退\n机: 请稍等", 1)])
def test_unanswered(read: Read, chat: str, value: int) -> None:
    assert measures(read(chat))["unanswered_turns"] == value


@pytest.mark.parametrize(("chat", "value"), [
    ("客: 有M码吗\n服: 亲,在的", 1), ("客: 有M码吗\n服: 亲,在的\n服: 有的", 0), ("客: 有M码吗\n服: 在的\n客: 在吗\n服: 您好", 1),
    ("客: 在吗\n服: 亲,在的", 0), ("客: 有M码吗\n服: 亲,在的\n客: 嗯\n服: 有的", 0)])
def test_unanswered_by_words_that_say_something(read: Read, chat: str, value: int) -> None:
    assert measures(read(chat))["effectively_unanswered_turns"] == value


def test_every_measure_says_what_it_is() -> None:
    assert len(MEASURES) >= 14
    assert [name for name, m in MEASURES.items() if not m.__doc__] == []


def test_seconds_are_never_negative_and_null_without_a_time() -> None:
    at = datetime(2025, 11, 1, tzinfo=UTC)
    assert seconds_between(at, at + timedelta(seconds=3)) == 3
    assert seconds_between(at, at - timedelta(seconds=3)) == 0
    assert seconds_between(None, at) is None
    assert seconds_between(at, None) is None
