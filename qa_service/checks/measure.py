"""`measure`: a number of the conversation is over or under a threshold."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.checks.base import ALWAYS, Gate, Match
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class MeasureIs:
    """A match for the conversation as a whole. A measure that is null (no times) never matches.

    name          of the measure
    over, under   thresholds, exclusive, in the measure's own unit
    """

    name: str
    over: float | None = None
    under: float | None = None

    def gate(self) -> Gate:
        """Numbers need no words."""
        return ALWAYS

    def __call__(self, t: Transcript) -> Iterable[Match]:
        value = t.measures[self.name]
        if value is None or (self.over is not None and value <= self.over) or (self.under is not None and value >= self.under):
            return
        yield Match((), detail=f"{self.name} = {value:g}")
