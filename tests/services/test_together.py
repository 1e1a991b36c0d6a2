"""Work done together: each gets its own results, whoever did the work, and pays only for its own mistakes."""
from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa_service.services.together import Together


def test_alone_it_is_done_at_once() -> None:
    calls: list[list[int]] = []

    def double(items: Sequence[int]) -> list[int]:
        calls.append(list(items))
        return [2 * i for i in items]
    together = Together(double)
    assert together([1, 2]) == [2, 4]
    assert together([]) == []
    assert calls == [[1, 2], []]


def test_what_arrives_meanwhile_is_done_in_one_go() -> None:
    calls: list[list[int]] = []
    first = threading.Event()

    def double(items: Sequence[int]) -> list[int]:
        calls.append(list(items))
        first.wait(5)
        return [2 * i for i in items]
    together = Together(double, most=6)
    with ThreadPoolExecutor(12) as pool:
        head = pool.submit(together, [0])
        while not calls:
            time.sleep(0.001)
        rest = [pool.submit(together, [n]) for n in range(1, 11)]
        time.sleep(0.1)
        first.set()
        assert head.result() == [0]
        assert [f.result() for f in rest] == [[2 * n] for n in range(1, 11)]
    assert [len(c) for c in calls] == [1, 6, 4]


def test_many_threads_get_each_their_own() -> None:
    together: Together[int, int] = Together(lambda items: [i * i for i in items], most=5)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(lambda n: together([n, n + 1]), range(2000))) == [[n * n, (n + 1) ** 2] for n in range(2000)]


def test_one_mistake_is_one_callers() -> None:
    gate = threading.Event()

    def invert(items: Sequence[int]) -> list[float]:
        gate.wait(5)
        return [1 / i for i in items]
    together = Together(invert)
    with ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(together, [n]) for n in (1, 2, 0, 4, 5)]
        time.sleep(0.1)
        gate.set()
        assert [f.result() for n, f in enumerate(futures) if n != 2] == [[1.0], [0.5], [0.25], [0.2]]
        with pytest.raises(ZeroDivisionError):
            futures[2].result()
    assert together([8]) == [0.125]
