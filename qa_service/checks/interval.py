"""`interval`: how long a side took to answer, or was silent."""
from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from qa_service.checks.base import ALWAYS, Gate, Match, Whole, trait, whole
from qa_service.model.wire import DEFAULT_ZONE
from qa_service.text.clock import seconds_between
from qa_service.text.exchange import Reply
from qa_service.text.reading import Reading
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class _Waited:
    """A round (the first one, where only that counts) of more than `over` and, if given, at most `under` seconds."""

    over: float
    under: float
    effective: bool
    first: bool
    sure: ClassVar[bool] = True

    def homes(self, reading: Reading) -> AbstractSet[int]:
        """By the rounds."""
        over, under = self.over, self.under or float("inf")
        chats = [t.exchange.effective_seconds if self.effective else t.exchange.seconds for t in reading.transcripts]
        if self.first:
            return {n for n, waits in enumerate(chats) if waits and over < waits[0] <= under}
        return {n for n, waits in enumerate(chats) if any(over < wait <= under for wait in waits)}

    def holds(self, t: Transcript) -> bool:
        """The rounds told."""
        return True


@dataclass(frozen=True, slots=True)
class Interval(Whole):
    """One match per reply that took longer than `over` seconds (and at most `under`, when given). Silent without times.

    which        any, first (the agent's first reply), later (all but the first)
    effective    count until a reply that says something, when what was asked is concrete
    concrete     only waits for something concrete: nobody waits after "好的,等您消息"
    silence      instead: two messages of any side, one after the other, that lie so far apart
    opens        only waits that begin from this hour of the day on (0 … 24, Chinese time)
    closes       … and before this hour: platforms count the day, not the night
    unanswered   instead: the customer's last words put something concrete and `over` seconds of the chat passed, or it ended, unanswered
    """

    over: float = 0.0
    under: float = 0.0
    which: str = "any"
    effective: bool = False
    opens: float = 0.0
    closes: float = 24.0
    concrete: bool = False
    silence: bool = False
    unanswered: bool = False

    def gate(self) -> Gate:
        """A wait that long, or a customer who spoke last."""
        if self.silence:
            return ALWAYS
        return trait("waiting") if self.unanswered else (frozenset((_Waited(self.over, self.under, self.effective, self.which == "first"),)),)

    def __call__(self, t: Transcript) -> Iterable[Match]:
        if self.unanswered:
            yield from self._unanswered(t)
            return
        if self.silence:
            yield from self._silences(t)
            return
        for reply, begun, wait in t.effective_rounds if self.effective else t.rounds:
            if self._too_long(wait) and self._counts(t, reply, begun):
                yield Match((whole(t, reply.answer[0]), whole(t, begun)), detail=f"等待 {wait:.0f} 秒")

    def _counts(self, t: Transcript, reply: Reply, begun: int) -> bool:
        if self.which != "any" and (self.which == "first") != (reply.number == 0):
            return False
        if self.concrete and not t.concrete(reply.asked):
            return False
        at = t.messages[begun].at
        if at is None or (self.opens <= 0.0 and self.closes >= 24.0):
            return True
        local = at.astimezone(DEFAULT_ZONE)
        return self.opens <= local.hour + local.minute / 60 < self.closes

    def _too_long(self, wait: float) -> bool:
        return wait > self.over and not (self.under and wait > self.under)

    def _silences(self, t: Transcript) -> Iterable[Match]:
        spoken = [i for i, m in enumerate(t.messages) if m.role != "system"]
        for early, late in pairwise(spoken):
            wait = seconds_between(t.messages[early].at, t.messages[late].at)
            if wait is not None and self._too_long(wait):
                yield Match((whole(t, late), whole(t, early)), detail=f"沉默 {wait:.0f} 秒")

    def _unanswered(self, t: Transcript) -> Iterable[Match]:
        last = t.replies[-1].answer[-1] if t.replies else -1
        left = [i for i in range(last + 1, len(t.messages)) if t.messages[i].role == "customer"]
        if not left or not t.concrete(left):
            return
        passed = seconds_between(t.messages[left[0]].at, t.messages[-1].at)
        if self.over and (passed is None or passed <= self.over):
            return
        yield Match(tuple(whole(t, i) for i in left if t.spoken(i)))
