"""`repetition`: one side says nearly the same again and again."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from qa_service.checks.base import ALWAYS, Gate, Match, Scope, Text, whole
from qa_service.text.similarity import likeness
from qa_service.text.transcript import Transcript


_FAR = 60  # messages looked back


@dataclass(frozen=True, slots=True)
class Repetition:
    """A match for each message that says what `times` − 1 messages of the scope said before; the evidence lists them, the last first.

    similarity   0 … 1 over character pairs; 1 = the same characters
    length       shortest content (characters beyond courtesy) that counts
    apart        at least so many messages of the other side must lie between two of them
    unless       texts that make a message not count
    """

    times: int = 2
    similarity: float = 0.9
    length: int = 6
    apart: int = 1
    unless: tuple[Text, ...] = ()
    where: Scope = field(default_factory=Scope)

    def gate(self) -> Gate:
        """Any words can be repeated."""
        return ALWAYS

    def __call__(self, t: Transcript) -> Iterable[Match]:
        said = [(i, len(r)) for i in self._pool(t) if len(r := t.residue(i)) >= self.length]
        if len(said) < self.times:
            return
        reported: set[int] = set()
        for k, (i, length) in enumerate(said):
            before = [j for j, other in said[max(0, k - _FAR):k] if self._alike(t, j, i, other, length)]
            if len(before) + 1 < self.times or reported.intersection(before):
                continue
            if self.where.messages(t, (i,)) and not any(text.occurs(t, i) for text in self.unless):
                reported.add(i)
                yield Match((whole(t, i), *(whole(t, j) for j in reversed(before[-3:]))))

    def _pool(self, t: Transcript) -> Sequence[int]:
        """All messages of the side: whether a message is in scope is asked only of one that repeats."""
        return self.where.messages(t) if self.where.first or self.where.last else t.spoken_by(self.where.role)

    def _alike(self, t: Transcript, early: int, late: int, a: int, b: int) -> bool:
        """Lengths first: texts of very different length cannot be alike (pairs that repeat inside a text are rare)."""
        if min(a, b) < self.similarity ** 2 * max(a, b) - 3:
            return False
        return likeness(t.pairs(early), t.pairs(late)) >= self.similarity and self._apart(t, early, late)

    def _apart(self, t: Transcript, early: int, late: int) -> bool:
        role = t.messages[late].role
        return sum(m.role not in (role, "system", "bot") for m in t.messages[early + 1:late]) >= self.apart
