"""Which rules are worth running on which conversations: every text that a rule cannot do without is looked for in the whole batch at once."""
from __future__ import annotations

from collections.abc import Sequence

from qa_service.checks.base import Need
from qa_service.rules.rule import Rule
from qa_service.text.reading import SIDES, Reading


class Prefilter:
    """Chooses rules by their gates. It only ever leaves out rules that could not fire."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._gates = [rule.check.gate() for rule in rules]
        self._needs: frozenset[Need] = frozenset(need for gate in self._gates for clause in gate for need in clause)

    def choose(self, reading: Reading, conversations: int) -> list[list[int]]:
        """For each conversation of the batch the numbers of the rules to run, ascending."""
        homes = {need: _homes(reading, need) for need in self._needs}
        chosen: list[list[int]] = [[] for _ in range(conversations)]
        everywhere = frozenset(range(conversations))
        for number, gate in enumerate(self._gates):
            where = everywhere
            for clause in gate:
                where = where.intersection(frozenset().union(*(homes[need] for need in clause)))
            for conversation in where:
                chosen[conversation].append(number)
        return chosen


def _homes(reading: Reading, need: Need) -> frozenset[int]:
    if isinstance(need, str):
        return reading.traits[need]
    text, role = need
    return frozenset(reading.homes[m] for side in SIDES[role] for m in text.found(reading, side))
