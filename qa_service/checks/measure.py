"""`measure`: a number of the conversation is over or under a threshold."""
from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import ClassVar

from qa_service.checks.base import Gate, Match, Whole
from qa_service.text.reading import Reading
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class MeasureIs(Whole):
    """A match for the conversation as a whole. A measure that is null (no times) never matches.

    name          of the measure
    over, under   thresholds, exclusive, in the measure's own unit
    """

    name: str
    over: float | None = None
    under: float | None = None
    sure: ClassVar[bool] = True

    def gate(self) -> Gate:
        """The number itself."""
        return (frozenset((self,)),)

    def homes(self, reading: Reading) -> AbstractSet[int]:
        """The conversations whose measure is so."""
        return {n for n, t in enumerate(reading.transcripts) if self.holds(t)}

    def holds(self, t: Transcript) -> bool:
        """Whether the measure of a conversation is so."""
        value = t.measures[self.name]
        return value is not None and (self.over is None or value > self.over) and (self.under is None or value < self.under)

    def __call__(self, t: Transcript) -> Iterable[Match]:
        if self.holds(t):
            yield Match((), detail=f"{self.name} = {t.measures[self.name]:g}")
