"""What a rule looks for in messages, and where it stands in a batch: asked for in sets of messages first, looked at one by one last."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from qa_service.text.patterns import Pattern
from qa_service.text.phrases import Hit, Words, longest
from qa_service.text.reading import Reading
from qa_service.text.sides import SIDES
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """What to look for in a message: phrases (as skeleton), expressions (over the norm), or both. Two texts are equal when they are one.

    gates   for each expression the phrase lists that must all stand in a message before it is tried there
    """

    words: Words | None = None
    patterns: tuple[Pattern, ...] = ()
    gates: tuple[tuple[Words, ...], ...] = ()
    _stands: dict[str, Stands] = field(default_factory=dict, init=False, repr=False)

    def stands(self, role: str) -> Stands:
        """That it stands in a message of a role, as a need."""
        return self._stands.setdefault(role, Stands(self, role))

    def trace(self, reading: Reading) -> Trace:
        """What is known of it in a batch."""
        trace: Trace | None = reading.memo.get(self)
        if trace is None:
            trace = reading.memo[self] = Trace(self, reading)
        return trace

    def at(self, t: Transcript, i: int) -> Sequence[Hit]:
        """Where it stands in message i: sorted, none inside a longer one."""
        return [(i, start, end) for start, end in self.trace(t.reading).spans(t.first + i)]

    def messages(self, t: Transcript, role: str) -> list[int]:
        """The messages of a role in which it stands."""
        trace, first = self.trace(t.reading), t.first
        return [i for i in t.spoken_by(role) if trace.spans(first + i)]

    def hits(self, t: Transcript, candidates: Iterable[int]) -> list[Hit]:
        """Where it stands in the candidate messages, in their order."""
        return [hit for i in candidates for hit in self.at(t, i)]

    def occurs(self, t: Transcript, i: int) -> bool:
        """Whether it stands in message i."""
        return bool(self.trace(t.reading).spans(t.first + i))


class Trace:
    """A text in one batch: where it may stand, and where it was found to stand.

    candidates   messages in which it may stand; None where nothing can be ruled out
    """

    __slots__ = ("candidates", "_known", "_phrases", "_reading", "_tried")

    def __init__(self, text: Text, reading: Reading) -> None:
        self._reading = reading
        self._known: dict[int, Sequence[tuple[int, int]]] = {}
        self._phrases = text.words
        self._tried: list[tuple[Pattern, AbstractSet[int] | None]] = []
        parts: list[AbstractSet[int] | None] = [reading.standing(text.words.id)] if text.words else []
        for pattern, lists in zip(text.patterns, text.gates, strict=True):
            every: AbstractSet[int] | None = None
            for words in lists:
                every = reading.standing(words.id) if every is None else every & reading.standing(words.id)
            if every is None or every:
                self._tried.append((pattern, every))
                parts.append(every)
        every_part = [part for part in parts if part is not None]
        self.candidates = None if len(every_part) < len(parts) else frozenset().union(*every_part)

    def spans(self, m: int) -> Sequence[tuple[int, int]]:
        """Spans in message m of the batch: sorted, none inside a longer one."""
        candidates = self.candidates
        if candidates is not None and m not in candidates:
            return ()
        like = self._reading.like[m]
        known = self._known.get(like)
        if known is None:
            known = self._known[like] = self._look(like)
        return known

    def _look(self, m: int) -> Sequence[tuple[int, int]]:
        found = list(self._reading.spans(self._phrases.id).get(m, ())) if self._phrases else []
        norm = self._reading.norms[m]
        for pattern, where in self._tried:
            if where is None or m in where:
                found += pattern.spans(norm)
        return longest(found) if len(found) > 1 else found


@dataclass(frozen=True, slots=True, eq=False)
class Stands:
    """A text in a message of a role: one for each text and role (`Text.stands`)."""

    text: Text
    role: str

    @property
    def sure(self) -> bool:
        """Phrases are, expressions and what an allowed word may clear are not."""
        return not self.text.patterns and self.text.words is not None and self.text.words.allow is None

    def homes(self, reading: Reading) -> AbstractSet[int]:
        """From the literals."""
        candidates = self.text.trace(reading).candidates
        if candidates is None:
            return reading.everywhere
        found: dict[int, list[int]] = {}
        homes, side, spoken, wanted = reading.homes, reading.sides, reading.spoken, SIDES[self.role]
        for m in candidates:
            if side[m] in wanted and spoken[m]:
                found.setdefault(homes[m], []).append(m)
        reading.memo[self] = found
        return found.keys()

    def holds(self, t: Transcript) -> bool:
        """Looked up."""
        trace, first = self.text.trace(t.reading), t.first
        found: Mapping[int, Sequence[int]] | None = t.reading.memo.get(self)
        messages = [first + i for i in t.spoken_by(self.role)] if found is None else found.get(t.home, ())
        return any(map(trace.spans, messages))
