"""`repetition`: one side says nearly the same again and again."""
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from qa_service.checks.base import ALWAYS, Gate, Match, Scope, Whole, trait, whole
from qa_service.model.errors import RefusedStandard
from qa_service.text.lookup import Text
from qa_service.text.transcript import ALIKE, Transcript


@dataclass(frozen=True, slots=True)
class Repetition(Whole):
    """A match for each message that says what `times` − 1 messages of the scope said before; the evidence lists them, the last first.

    similarity   0.7 … 1 over character pairs; 1 = the same characters
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

    def __post_init__(self) -> None:
        if not ALIKE <= self.similarity <= 1:
            raise RefusedStandard(f"similarity 应在 {ALIKE} 与 1 之间,得到 {self.similarity:g}")

    def gate(self) -> Gate:
        """Two messages that begin or end alike."""
        return trait(f"repeating {self.where.role}") if self.where.role in ("agent", "customer") else ALWAYS

    def __call__(self, t: Transcript) -> Iterable[Match]:
        before: dict[int, list[int]] = defaultdict(list)
        for early, late, likeness in t.alike(self.where.role):
            if likeness >= self.similarity and min(len(t.residue(early)), len(t.residue(late))) >= self.length and self._apart(t, early, late):
                before[late].append(early)
        reported: set[int] = set()
        for i, earlier in before.items():
            if len(earlier) + 1 < self.times or reported.intersection(earlier):
                continue
            if self.where.messages(t, (i,)) and not any(text.occurs(t, i) for text in self.unless):
                reported.add(i)
                yield Match((whole(t, i), *(whole(t, j) for j in reversed(earlier[-3:]))))

    def _apart(self, t: Transcript, early: int, late: int) -> bool:
        role = t.messages[late].role
        return sum(m.role not in (role, "system", "bot") for m in t.messages[early + 1:late]) >= self.apart
