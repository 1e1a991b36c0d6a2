"""`combine`: all, any, none of conditions in one conversation."""
from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from qa_service.checks.base import ALWAYS, Check, Gate, Match, Whole, both, either
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Combine(Whole):
    """One match when every condition of `all`, `at_least` of `any` and no condition of `none` is there.

    each   one match per hit instead: of all[0], or, where there is no `all`, of every condition of `any`

    The evidence is the first hit of each condition that matched.
    """

    all: tuple[Check, ...] = ()
    any: tuple[Check, ...] = ()
    none: tuple[Check, ...] = ()
    at_least: int = 1
    each: bool = False

    def gate(self) -> Gate:
        """`all` needs every one of its own; `any` one."""
        if self.all:
            return both(*(c.gate() for c in self.all))
        return either(*(c.gate() for c in self.any)) if self.any else ALWAYS

    def stands_in(self, t: Transcript, window: Collection[int]) -> bool:
        """Of several ways to say a thing each is looked for in the window alone."""
        if self.each and self.at_least <= 1 and not self.all and not self.none:
            return any(c.stands_in(t, window) for c in self.any)
        return Whole.stands_in(self, t, window)

    def __call__(self, t: Transcript) -> Iterable[Match]:
        every: list[list[Match]] = []
        for condition in reversed(self.all):  # what narrows stands last ("only with times"): without it nothing else is looked at
            every.insert(0, list(condition(t)))
            if not every[0]:
                return
        some = [found for c in self.any if (found := list(c(t)))]
        if (self.any and len(some) < self.at_least) or any(True for c in self.none for _ in c(t)):
            return
        if self.each:
            yield from every[0] if every else sorted((m for found in some for m in found), key=lambda m: m.spans)
            return
        parts = [found[0] for found in (*every, *some)]
        yield Match(tuple(s for m in parts for s in m.spans), min((m.confidence for m in parts), default=1.0),
                    "; ".join(m.detail for m in parts if m.detail))
