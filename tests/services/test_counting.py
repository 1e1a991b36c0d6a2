"""Sums that merge exactly, and the statistics read from them."""
from __future__ import annotations

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.services.counting import Least, Moments, Responses, Waits


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=60))
def test_mean_and_spread_are_those_of_the_scores(tenths: list[int]) -> None:
    m = Moments()
    for x in tenths:
        m.add(x)
    assert m.mean == pytest.approx(statistics.fmean(tenths) / 10)
    assert m.sd == pytest.approx(statistics.stdev(tenths) / 10, abs=1e-9)
    low, high = m.interval or (1, 0)
    assert 0 <= low <= m.mean + 1e-9
    assert m.mean - 1e-9 <= high <= 100


def test_interval_of_a_known_sample() -> None:
    m = Moments()
    for x in (800, 900, 1000):
        m.add(x)
    assert m.interval == pytest.approx((90 - 4.30 * 10 / 3 ** 0.5, 100.0))
    assert Moments(1, 900, 810_000).interval is None


def test_a_wait_at_the_limit_counts_as_within() -> None:
    w = Waits()
    for seconds in (15.0, 15.1, 30.0, 180.0, 180.1, None):
        w.add(seconds)
    assert (w.within(15), w.within(30), w.within(180), w.answered) == (1, 3, 4, 5)
    assert w.bands == [1, 2, 1, 1]
    assert w.mean == pytest.approx(84.04)


def test_the_median_lies_in_its_bucket() -> None:
    w = Waits()
    for seconds in (4.0, 12.0, 13.0, 14.0, 500.0):
        w.add(seconds)
    assert 10 < (w.median or 0) <= 15
    assert Waits().median is None
    w.buckets[-1] = 100
    assert w.median is None


def test_shares_are_of_all_chats_asked() -> None:
    r = Responses()
    r.add(10.0, None)
    r.add(20.0, 40.0)
    assert (r.share(r.nominal, 30), r.share(r.effective, 30), r.share(r.effective)) == (1.0, 0.0, 0.5)
    assert Responses().share(Waits()) is None


@given(st.lists(st.integers(0, 50), max_size=40), st.integers(0, 40), st.integers(1, 8))
def test_the_least_are_kept_however_the_input_is_split(values: list[int], cut: int, limit: int) -> None:
    cut = min(cut, len(values))
    left, right = Least[int](limit), Least[int](limit)
    for i, v in enumerate(values[:cut]):
        left.add((v, i), v)
    for i, v in enumerate(values[cut:]):
        right.add((v, i), v)
    left.merge(right, lambda k: (k[0], k[1] + cut))
    assert [k for k, _ in left.entries] == sorted((v, i) for i, v in enumerate(values))[:limit]
