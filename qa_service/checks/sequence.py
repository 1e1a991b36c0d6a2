"""`sequence`: one condition before, after, around or in the same message as another's nth hit."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.checks.base import Check, Gate, Match, Whole, both
from qa_service.model.errors import RefusedStandard
from qa_service.text.clock import seconds_between
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Sequence(Whole):
    """One match per anchor hit for which `then` stands where it should; the evidence is the `then` hit, then the anchor.

    anchor, then   conditions
    hit            which anchor hits count: any, first, last, or a number from 1
    place          before, after, around, same (the same message), same_turn
    messages       at most so many messages between the two (0: no limit)
    seconds        at most so many seconds between the two (0: no limit)
    until          no message of this role (customer, agent) may lie between the two: "before the customer speaks again"
    """

    anchor: Check
    then: Check
    hit: str = "any"
    place: str = "after"
    messages: int = 0
    seconds: float = 0.0
    until: str = ""

    def __post_init__(self) -> None:
        if self.hit not in ("any", "first", "last") and not (self.hit.isdecimal() and int(self.hit)):
            raise RefusedStandard(f"hit 应为 any、first、last 或从 1 起的次序,得到 {self.hit!r}")

    def gate(self) -> Gate:
        """Both must be there."""
        return both(self.anchor.gate(), self.then.gate())

    def __call__(self, t: Transcript) -> Iterable[Match]:
        anchors = chosen(list(self.anchor(t)), self.hit)
        if not anchors:
            return
        seen: set[tuple[int, ...]] = set()
        thens = list(self.then(t))
        for anchor in anchors:
            for then in thens:
                key = then.spans[0]
                if key not in seen and self._fits(t, anchor.spans[0][0], then.spans[0][0]):
                    seen.add(key)
                    yield Match((*then.spans, *anchor.spans), min(anchor.confidence, then.confidence), then.detail)

    def _fits(self, t: Transcript, anchor: int, then: int) -> bool:
        gap = then - anchor
        if self.place == "same":
            return gap == 0
        if self.place == "same_turn":
            return any(anchor in turn.indexes and then in turn.indexes for turn in t.turns)
        if (self.place == "after" and gap <= 0) or (self.place == "before" and gap >= 0):
            return False
        if self.messages and abs(gap) > self.messages:
            return False
        if self.until and any(m.role == self.until for m in t.messages[min(anchor, then) + 1:max(anchor, then)]):
            return False
        if self.seconds:
            early, late = sorted((anchor, then))
            apart = seconds_between(t.messages[early].at, t.messages[late].at)
            return apart is not None and apart <= self.seconds
        return True


def chosen(matches: list[Match], hit: str) -> list[Match]:
    """The matches that `hit` names: any, first, last, or a number from 1."""
    if hit == "any" or not matches:
        return matches
    if hit == "first":
        return matches[:1]
    if hit == "last":
        return matches[-1:]
    n = int(hit)
    return matches[n - 1:n]
