"""`similar`: a message says nearly what one of the examples says. The nearest example is shown."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from qa_service.checks.base import ALWAYS, Gate, Match, Scope, Whole, texts_of, whole
from qa_service.text.lookup import Text
from qa_service.text.normalise import skeleton_of
from qa_service.text.similarity import likeness, profile
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Similar(Whole):
    """One match per message whose likeness to an example reaches `similarity` (0 … 1, character pairs of the skeletons).

    examples   sentences
    holds      a text that must stand in the message too: makes the check fast and sharp
    """

    examples: tuple[str, ...]
    similarity: float = 0.75
    holds: Text | None = None
    where: Scope = field(default_factory=Scope)

    def gate(self) -> Gate:
        """Those of `holds`."""
        return ALWAYS if self.holds is None else texts_of((self.holds,), self.where.role)

    def __call__(self, t: Transcript) -> Iterable[Match]:
        known = [(text, profile(skeleton_of(text))) for text in self.examples]
        longest = max(len(text) for text in self.examples) * 3
        for i in self.where.messages(t):
            bare = t.bare(i)
            if not bare or len(bare) > longest or (self.holds is not None and not self.holds.occurs(t, i)):
                continue
            mine = profile(bare)
            best, example = max((likeness(mine, other), text) for text, other in known)
            if best >= self.similarity:
                yield Match((whole(t, i),), round(min(best, 1.0), 2), f"最接近的例句: {example}(相似度 {best:.2f})")
