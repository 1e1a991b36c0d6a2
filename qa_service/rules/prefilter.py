"""Which rules are worth running on which conversations: what a rule cannot do without is looked for in the whole batch at once."""
from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from qa_service.checks.base import Gate, Need
from qa_service.rules.rule import Rule
from qa_service.text.reading import Reading


class Prefilter:
    """Chooses rules by their gates. It only ever leaves out rules that could not fire.

    First a glance: sets of conversations, by the literals of the batch. What is left of a rule after it is looked up.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._gates: list[Gate] = [rule.check.gate() for rule in rules]
        self._doubtful = [[clause for clause in gate if not all(need.sure for need in clause)] for gate in self._gates]

    def choose(self, reading: Reading) -> list[list[int]]:
        """For each conversation of the batch the numbers of the rules to run, ascending."""
        seen: dict[Need | frozenset[Need], AbstractSet[int]] = {}
        looked_up: dict[frozenset[Need], dict[int, bool]] = {}
        chosen: list[list[int]] = [[] for _ in reading.transcripts]
        for number, (gate, doubtful) in enumerate(zip(self._gates, self._doubtful, strict=True)):
            where = reading.everywhere
            for clause in gate:
                where = where & _glance(clause, reading, seen)
            for clause in doubtful:
                known = looked_up.setdefault(clause, {})
                where = {home for home in where if (known[home] if home in known else _look(clause, home, reading, seen, known))}
            for home in where:
                chosen[home].append(number)
        return chosen


def _glance(clause: frozenset[Need], reading: Reading, seen: dict[Need | frozenset[Need], AbstractSet[int]]) -> AbstractSet[int]:
    found = seen.get(clause)
    if found is None:
        for need in clause:
            if need not in seen:
                seen[need] = need.homes(reading)
        parts = [seen[need] for need in clause]
        found = seen[clause] = parts[0] if len(parts) == 1 else frozenset().union(*parts)
    return found


def _look(clause: frozenset[Need], home: int, reading: Reading, seen: dict[Need | frozenset[Need], AbstractSet[int]], known: dict[int, bool]) -> bool:
    t = reading.transcripts[home]
    known[home] = any(home in seen[need] and need.holds(t) for need in clause)
    return known[home]
