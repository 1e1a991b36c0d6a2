"""How the core is driven over a long stream: in this process, or in a pool of processes. Same input, same bytes, same order.

A chunk of conversations goes in; out come the evaluations as finished JSON lines, and whatever the caller's `fold` makes of the
chunk (a tally), so that nothing heavy crosses between processes.
"""
from __future__ import annotations

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, Generic, TypeVar

import orjson

from qa_service.engine.inspector import Inspector
from qa_service.model.conversation import Conversation
from qa_service.model.errors import QaError
from qa_service.model.wire import evaluation_to_dict

CHUNK_CONVERSATIONS = 256
CHUNK_MESSAGES = 8_192
_COLLECT_EVERY = 64
Folded = TypeVar("Folded")
Fold = Callable[[Sequence[Conversation], Sequence[dict[str, Any]]], Folded]


@dataclass(frozen=True, slots=True)
class Scored(Generic[Folded]):
    """One chunk done: its conversations, their evaluations as JSON lines (no line end), and the fold of both."""

    conversations: Sequence[Conversation]
    lines: list[bytes]
    folded: Folded


def chunks(conversations: Iterable[Conversation]) -> Iterator[list[Conversation]]:
    """Chunks of bounded size, in order; their borders depend on the input alone, never on the number of workers."""
    stream = iter(conversations)
    chunk: list[Conversation] = []
    size = 0
    for conversation in stream:
        chunk.append(conversation)
        size += len(conversation.messages)
        if len(chunk) >= CHUNK_CONVERSATIONS or size >= CHUNK_MESSAGES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def score_chunk(inspector: Inspector, chunk: Sequence[Conversation], fold: Fold[Folded]) -> tuple[list[bytes], Folded]:
    """Evaluate one chunk: the lines and the fold."""
    documents = [evaluation_to_dict(e) for e in inspector.evaluate_many(chunk)]
    return [orjson.dumps(d) for d in documents], fold(chunk, documents)


def run_here(inspector: Inspector, conversations: Iterable[Conversation], fold: Fold[Folded]) -> Iterator[Scored[Folded]]:
    """Score in this process."""
    with _no_cycles():
        for number, chunk in enumerate(chunks(conversations), 1):
            lines, folded = score_chunk(inspector, chunk, fold)
            yield Scored(chunk, lines, folded)
            if number % _COLLECT_EVERY == 0:
                gc.collect()  # what errors on the way may have left


@contextmanager
def _no_cycles() -> Iterator[None]:
    """Scoring makes many objects and no reference cycles: the cycle collector would only look at them again and again."""
    was_on = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_on:
            gc.enable()


_worker: tuple[Inspector, Fold[Any]] | None = None  # one per worker process, set by its initialiser


def _start(make: Callable[[], Inspector], fold: Fold[Any]) -> None:
    global _worker
    gc.disable()  # see _no_cycles
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group: the parent alone answers it
    Thread(target=_follow_parent, daemon=True).start()
    _worker = make(), fold


def _follow_parent() -> None:
    """End with the parent, also when it was killed: a pool's workers would wait for it for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _score(chunk: Sequence[Conversation]) -> tuple[list[bytes], Any]:
    assert _worker is not None
    inspector, fold = _worker
    return score_chunk(inspector, chunk, fold)


def run_pool(make: Callable[[], Inspector], conversations: Iterable[Conversation], fold: Fold[Folded], workers: int) -> Iterator[Scored[Folded]]:
    """Score in `workers` spawned processes; `make` (picklable) builds each one's Inspector. At most 2 chunks a worker are under way.

    Raises QaError when a worker dies.
    """
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(make, fold))
    try:
        stream = chunks(conversations)
        waiting: deque[tuple[list[Conversation], Future[tuple[list[bytes], Folded]]]] = deque()
        for chunk in islice(stream, 2 * workers):
            waiting.append((chunk, pool.submit(_score, chunk)))
        while waiting:
            chunk, future = waiting.popleft()
            lines, folded = future.result()
            for following in islice(stream, 1):
                waiting.append((following, pool.submit(_score, following)))
            yield Scored(chunk, lines, folded)
    except BrokenProcessPool:
        raise QaError("评分进程意外终止", fix="可能是内存不足,请减少 --workers 再试") from None
    finally:
        pool.shutdown(cancel_futures=True)
