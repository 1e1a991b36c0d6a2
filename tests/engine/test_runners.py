"""The runners: same input, same bytes, same order, however many processes."""
from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pytest

from qa_service.engine import runners
from qa_service.engine.inspector import Inspector
from qa_service.engine.runners import chunks, run_here, run_pool
from qa_service.model.conversation import Conversation, Message
from qa_service.model.wire import evaluation_to_dict
from qa_service.rules.standard import load_standard
from qa_service.services.demo_day import demo_day


def tally(conversations: Sequence[Conversation], documents: Sequence[dict[str, Any]]) -> list[tuple[str, float]]:
    """A fold of our own: what crosses between the processes is what it gives."""
    return [(c.id, d["score"]["total"]) for c, d in zip(conversations, documents, strict=True)]


def make(root: Path) -> Inspector:
    return Inspector(load_standard(root, prove=False))


@pytest.fixture(scope="module")
def day(lexicons: Path) -> list[Conversation]:
    return list(demo_day(lexicons / "demo", chats=600))[:400]


def test_chunks_hold_everything_in_order(day: list[Conversation]) -> None:
    parts = list(chunks(day))
    assert [c.id for part in parts for c in part] == [c.id for c in day]
    assert len(parts) == 2
    assert max(len(part) for part in parts) == runners.CHUNK_CONVERSATIONS


def test_a_chunk_is_closed_by_messages_too() -> None:
    long = Conversation("x", tuple(Message("agent", "好") for _ in range(5_000)))
    assert [len(part) for part in chunks([long] * 5)] == [2, 2, 1]


def test_no_conversations_no_chunks(inspector: Inspector) -> None:
    assert list(run_here(inspector, [], tally)) == []


def test_what_runs_here_is_what_the_core_says(inspector: Inspector, day: list[Conversation]) -> None:
    done = list(run_here(inspector, day[:300], tally))
    lines = [line for part in done for line in part.lines]
    assert lines == [orjson.dumps(evaluation_to_dict(e)) for e in inspector.evaluate_many(day[:300])]
    assert [name for part in done for name, _ in part.folded] == [c.id for c in day[:300]]


@pytest.mark.parametrize("workers", [2, pytest.param(1, marks=pytest.mark.slow), pytest.param(4, marks=pytest.mark.slow)])
def test_a_pool_writes_the_same_bytes(inspector: Inspector, lexicons: Path, day: list[Conversation], workers: int) -> None:
    here = list(run_here(inspector, day, tally))
    there = list(run_pool(partial(make, lexicons), day, tally, workers))
    assert [p.lines for p in there] == [p.lines for p in here]
    assert [p.folded for p in there] == [p.folded for p in here]
    assert [[c.id for c in p.conversations] for p in there] == [[c.id for c in p.conversations] for p in here]


def broken(root: Path) -> Inspector:
    raise RuntimeError(f"no standard in {root}")


def test_a_pool_whose_workers_cannot_start_says_so(lexicons: Path, day: list[Conversation]) -> None:
    with pytest.raises(Exception, match="评分进程意外终止"):
        list(run_pool(partial(broken, lexicons), day[:5], tally, 1))
