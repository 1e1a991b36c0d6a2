"""`phrase`: words or expressions in the messages of one side: any, all, N of, none; with guards for how they are said."""
from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from qa_service.checks.base import ALWAYS, Gate, Guard, Match, Scope, Text, both, clause, texts_of, whole
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

    def gate(self) -> Gate:
        """`all` needs each of its texts, `any` one of its own; a rule of `none` alone can fire anywhere."""
        role = self.where.role
        some = texts_of(self.any, role) if self.any else ALWAYS
        return both(some, *(texts_of((text,), role) for text in self.all))

    def __call__(self, t: Transcript) -> Iterable[Match]:
        return self._matches(t, None)

    def stands_in(self, t: Transcript, window: Collection[int]) -> bool:
        """Only the window is read; where nothing but the words matters, at a glance."""
        if not self._is_plain:
            return any(True for _ in self._matches(t, window))
        traces, first = [text.trace(t.reading) for text in self.any], t.first
        return any(trace.spans(first + i) for i in t.spoken_by(self.where.role) if i in window for trace in traces)

    @property
    def _is_plain(self) -> bool:
        """Whether one of `any` in a message of a role is all that is asked."""
        return self.at_least == 1 == self.times and bool(self.any) and not (
            self.all or self.none or self.unless or self.unless_clause or self.boundary or self.guard.skip or self.guard.only) and self.where.is_plain

    def _matches(self, t: Transcript, among: Collection[int] | None) -> Iterator[Match]:
        for i in self._candidates(t, among):
            found = [self._good(t, text.at(t, i)) for text in self.any]
            if self.any and sum(map(bool, found)) < self.at_least:
                continue
            wanted = [self._good(t, text.at(t, i)) for text in self.all]
            if not all(wanted) or any(text.occurs(t, i) for text in (*self.none, *self.unless)):
                continue
            hits = sorted(h for part in (*found, *wanted) for h in part)
            if len(hits) >= self.times or not (self.any or self.all):
                yield Match(tuple(hits) or (whole(t, i),))

    def _candidates(self, t: Transcript, among: Collection[int] | None) -> Sequence[int]:
        if not self.any and not self.all:
            return self.where.messages(t, among)
        texts = self.all[:1] or self.any
        if among is None:
            lit = {i for text in texts for i in text.messages(t, self.where.role)}
        else:
            lit = {i for i in among if t.spoken(i) and any(text.occurs(t, i) for text in texts)}
        return self.where.messages(t, lit) if lit else ()

    def _good(self, t: Transcript, hits: Sequence[Hit]) -> Sequence[Hit]:
        if not hits or not (self.guard.skip or self.guard.only or self.boundary or self.unless_clause):
            return hits
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
