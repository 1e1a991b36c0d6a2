"""Many callers, one piece of work: what arrives while the work is at it is done together with the next. No caller ever waits for company.

Judging a hundred chats at once costs a fraction of judging them one by one, and so does keeping them in one transaction; requests come one
by one. Under load they meet here; alone, a request is worked on at once.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Condition
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True, eq=False)
class _Ticket(Generic[Item, Result]):
    """What one caller wants, and what came of it."""

    items: Sequence[Item]
    results: list[Result] = field(default_factory=list)
    error: BaseException | None = None
    done: bool = False


class Together(Generic[Item, Result]):
    """`work` gives one result an item, in order, and gives the same whatever else is in the batch. `most`: items it is given at once."""

    def __init__(self, work: Callable[[Sequence[Item]], list[Result]], most: int = 200) -> None:
        self._work = work
        self._most = most
        self._changed = Condition()
        self._waiting: list[_Ticket[Item, Result]] = []
        self._busy = False

    def __call__(self, items: Sequence[Item]) -> list[Result]:
        """The results of `items`. An error of the work is raised only where the items alone cause it too."""
        mine: _Ticket[Item, Result] = _Ticket(items)
        with self._changed:
            self._waiting.append(mine)
        while not self._finished(mine):
            with self._changed:
                batch = self._next()
            try:
                self._do(batch)
            finally:
                with self._changed:
                    for ticket in batch:
                        ticket.done = True
                    self._busy = False
                    self._changed.notify_all()
        if mine.error is not None:
            raise mine.error
        return mine.results

    def _finished(self, mine: _Ticket[Item, Result]) -> bool:
        """Wait until somebody has done it (True), or it is this caller's turn to do what waits (False)."""
        with self._changed:
            while self._busy and not mine.done:
                self._changed.wait()
            self._busy = self._busy or not mine.done
            return mine.done

    def _next(self) -> list[_Ticket[Item, Result]]:
        """The oldest tickets, as many as fit, at least one."""
        batch = [self._waiting.pop(0)]
        size = len(batch[0].items)
        while self._waiting and size + len(self._waiting[0].items) <= self._most:
            batch.append(self._waiting.pop(0))
            size += len(batch[-1].items)
        return batch

    def _do(self, batch: list[_Ticket[Item, Result]]) -> None:
        try:
            results = self._work([item for ticket in batch for item in ticket.items])
        except BaseException as error:
            if len(batch) == 1:
                batch[0].error = error
                return
            for ticket in batch:  # one of them is at fault: each by itself
                self._do([ticket])
            return
        at = 0
        for ticket in batch:
            ticket.results = results[at:at + len(ticket.items)]
            at += len(ticket.items)
