"""`context`: a condition that counts only in the right surroundings: what was said near it, and what was not."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.checks.base import Check, Gate, Match, both
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Context:
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
        found = list(self.find(t))
        if not found:
            return
        needed = []
        for condition in self.needs:
            needed.append(_places(condition, t))
            if not needed[-1]:
                return
        barred = [_places(condition, t) for condition in self.bars]
        for match in found:
            at = match.spans[0][0]
            window = range(at - self.before, at + self.after + 1)
            if all(places.intersection(window) for places in needed) and not any(places.intersection(window) for places in barred):
                yield match


def _places(check: Check, t: Transcript) -> frozenset[int]:
    """Messages in which a condition has its main evidence."""
    return frozenset(m.spans[0][0] for m in check(t) if m.spans)
