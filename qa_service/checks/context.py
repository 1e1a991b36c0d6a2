"""`context`: a condition that counts only in the right surroundings: what was said near it, and what was not."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.checks.base import Check, Gate, Match, Whole, both
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Context(Whole):
    """One match per hit of `find` that has every condition of `needs`, and none of `bars`, nearby.

    find           condition; its hits are the evidence
    needs          conditions that must each match in the window
    bars           conditions of which none may match in the window
    before, after  the window: so many messages back and ahead of the hit, of any role; its own message belongs to it
    """

    find: Check
    needs: tuple[Check, ...] = ()
    bars: tuple[Check, ...] = ()
    before: int = 6
    after: int = 0

    def gate(self) -> Gate:
        """What is found and what it needs must all be there."""
        return both(self.find.gate(), *(c.gate() for c in self.needs))

    def __call__(self, t: Transcript) -> Iterable[Match]:
        for match in self.find(t):
            at = match.spans[0][0]
            window = range(max(0, at - self.before), min(len(t.messages), at + self.after + 1))
            if all(c.stands_in(t, window) for c in self.needs) and not any(c.stands_in(t, window) for c in self.bars):
                yield match
