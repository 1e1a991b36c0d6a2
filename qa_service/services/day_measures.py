"""The measures of a day: for each calculator the sums of its chats. Sums of parts add up to the sum of the whole; a month is the sum of its days."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa_service.text.calculators import CALCULATORS, LONGEST, RATIO, SHARE, Calculator


@dataclass(slots=True)
class DayMeasure:
    """One calculator over many chats. `of` and `total` are the nominal column, the other two the effective one."""

    kind: str
    of: float = 0
    total: float = 0.0
    effective_of: float = 0
    effective_total: float = 0.0

    def add(self, sums: tuple[float, float, float, float]) -> None:
        """One chat, or another day."""
        self.of += sums[0]
        self.effective_of += sums[2]
        if self.kind == LONGEST:
            self.total, self.effective_total = max(self.total, sums[1]), max(self.effective_total, sums[3])
        else:
            self.total = round(self.total + sums[1], 3)  # milliseconds: sums do not depend on the order
            self.effective_total = round(self.effective_total + sums[3], 3)

    @property
    def nominal(self) -> float | None:
        """Any words of a person count. Seconds, a share 0 … 1 or a ratio; None without a case."""
        return _value(self.kind, self.of, self.total)

    @property
    def effective(self) -> float | None:
        """Only words that say something count."""
        return _value(self.kind, self.effective_of, self.effective_total)


def _value(kind: str, of: float, total: float) -> float | None:
    if not of:
        return None
    return total if kind == LONGEST else total / of


@dataclass(slots=True)
class DayMeasures:
    """Every calculator that had a case, by name."""

    found: dict[str, DayMeasure] = field(default_factory=dict)

    def add(self, measures: Mapping[str, float | int | None]) -> None:
        """The measures of one evaluation."""
        for calculator in CALCULATORS:
            sums = calculator.sums(measures)
            if sums is not None:
                self._of(calculator.name, calculator.kind).add(sums)

    def merge(self, other: DayMeasures) -> None:
        """All chats of another."""
        for name, m in other.found.items():
            self._of(name, m.kind).add((m.of, m.total, m.effective_of, m.effective_total))

    def _of(self, name: str, kind: str) -> DayMeasure:
        if name not in self.found:
            self.found[name] = DayMeasure(kind)
        return self.found[name]

    def rows(self) -> list[tuple[Calculator, DayMeasure]]:
        """In the order of the calculators."""
        return [(c, self.found[c.name]) for c in CALCULATORS if c.name in self.found]


def shown(kind: str, value: float | None) -> str:
    """A value as people read it."""
    if value is None:
        return "–"
    if kind == SHARE:
        return f"{100 * value:.1f}%"
    if kind == RATIO:
        return f"{value:.2f}"
    return f"{value:.1f} 秒" if value < 600 else f"{value / 60:.0f} 分"
