"""`count`: a condition that must be hit a number of times in one conversation, or within a stretch of it."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.checks.base import Check, Gate, Match, Whole
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Count(Whole):
    """One match per conversation in which `find` has at least `times` hits; the evidence lists them.

    find       condition; several hits in one message count one by one
    times      so many hits at least
    messages   they must lie within so many messages of each other (0: anywhere in the chat)
    """

    find: Check
    times: int = 2
    messages: int = 0

    def gate(self) -> Gate:
        """Those of what is counted."""
        return self.find.gate()

    def __call__(self, t: Transcript) -> Iterable[Match]:
        found = [(span, m.confidence) for m in self.find(t) for span in m.spans]
        for first in range(len(found) - self.times + 1):
            group = found[first:] if not self.messages else [f for f in found[first:] if f[0][0] - found[first][0][0] <= self.messages]
            if len(group) >= max(1, self.times):
                yield Match(tuple(span for span, _ in group), min(sure for _, sure in group), f"共 {len(group)} 次")
                return
