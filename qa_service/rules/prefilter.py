"""Which rules are worth running on which conversations: every text that a rule cannot do without is looked for in the whole batch at once."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from qa_service.checks.base import Text
from qa_service.rules.rule import Rule
from qa_service.text.reading import SIDES, Reading


class Prefilter:
    """Chooses rules by their gates. It only ever leaves out rules that could not fire."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._gates = [rule.check.gate() for rule in rules]
        sides: dict[Text, frozenset[int]] = defaultdict(frozenset)
        for gate in self._gates:
            for clause in gate:
                for text, role in clause:
                    sides[text] |= SIDES[role]
        self._sides = dict(sides)

    def choose(self, reading: Reading, conversations: int) -> list[list[int]]:
        """For each conversation of the batch the numbers of the rules to run, ascending."""
        homes = {(text, role): self._homes(reading, text, role) for gate in self._gates for clause in gate for text, role in clause}
        chosen: list[list[int]] = [[] for _ in range(conversations)]
        everywhere = frozenset(range(conversations))
        for number, gate in enumerate(self._gates):
            where = everywhere
            for clause in gate:
                where = where.intersection(frozenset().union(*(homes[key] for key in clause)))
            for conversation in where:
                chosen[conversation].append(number)
        return chosen

    def _homes(self, reading: Reading, text: Text, role: str) -> frozenset[int]:
        found = text.scan(reading, self._sides[text])
        wanted = SIDES[role]
        return frozenset(reading.homes[m] for m in found if reading.sides[m] in wanted)
