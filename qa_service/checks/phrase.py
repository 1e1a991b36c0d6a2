"""`phrase`: words or expressions in the messages of one side: any, all, N of, none; with guards for how they are said."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qa_service.checks.base import ALWAYS, Guard, Match, Scope, Text, clause, either, lit
from qa_service.text.phrases import Hit
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Phrase:
    """One match per message that holds what is asked.

    any, all, none   texts: at least one / every / not one of them stands in the message
    at_least         how many different texts of `any` must stand in it
    times            how many hits a message must hold in all
    unless           texts that clear a message they stand in
    unless_clause    texts that clear a hit in whose clause they stand
    boundary         "word": a hit must begin and end at word borders
    """

    any: tuple[Text, ...] = ()
    all: tuple[Text, ...] = ()
    none: tuple[Text, ...] = ()
    at_least: int = 1
    times: int = 1
    unless: tuple[Text, ...] = ()
    unless_clause: tuple[Text, ...] = ()
    where: Scope = field(default_factory=Scope)
    guard: Guard = field(default_factory=Guard)
    boundary: str = ""

    gate: frozenset[int] | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gate", self._gate())

    def literals(self) -> frozenset[int] | None:
        """`all` needs its first text, `any` one of its own; a rule of `none` alone can fire anywhere."""
        return self.gate

    def _gate(self) -> frozenset[int] | None:
        if self.all:
            return self.all[0].literals(self.where.role)
        return either(*(x.literals(self.where.role) for x in self.any)) if self.any else ALWAYS

    def __call__(self, t: Transcript) -> Iterable[Match]:
        for i in self._candidates(t):
            hits: list[Hit] = []
            kinds = 0
            for text in self.any:
                found = self._good(t, text.at(t, i))
                kinds += bool(found)
                hits += found
            if self.any and kinds < self.at_least:
                continue
            wanted = [self._good(t, text.at(t, i)) for text in self.all]
            if not all(wanted) or any(text.occurs(t, i) for text in (*self.none, *self.unless)):
                continue
            hits += [h for found in wanted for h in found]
            if len(hits) >= self.times or (self.none and not self.any and not self.all):
                yield Match(tuple(sorted(hits)) or ((i, 0, len(t.messages[i].text)),))

    def _candidates(self, t: Transcript) -> list[int]:
        return self.where.messages(t, lit(t, self.gate))

    def _good(self, t: Transcript, hits: Sequence[Hit]) -> list[Hit]:
        return [h for h in hits if self.guard.admits(t, h) and self._at_borders(t, h) and not self._cleared(t, h)]

    def _cleared(self, t: Transcript, hit: Hit) -> bool:
        if not self.unless_clause:
            return False
        low, high = clause(t, hit)
        return any(low <= h[1] and h[2] <= high for text in self.unless_clause for h in text.at(t, hit[0]))

    def _at_borders(self, t: Transcript, hit: Hit) -> bool:
        if self.boundary != "word":
            return True
        spans = t.word_spans(hit[0])
        return any(s == hit[1] for s, _ in spans) and any(e == hit[2] for _, e in spans)
