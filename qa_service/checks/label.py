"""`label`: what the models say of a customer message: its topic, its sentiment; or how the sentiment of the chat moved."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.checks.base import ALWAYS, Gate, Match, Trait, Whole, both, trait, whole
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Label(Whole):
    """One match per customer message that carries the label.

    topic        labels of which one must be among the message's topics
    mood         positive, neutral or negative
    score_under  sentiment score below this (−1 … 1)
    confidence   smallest confidence of the topic
    times        so many messages must carry it; the match then lists them all
    """

    topic: tuple[str, ...] = ()
    mood: str = ""
    score_under: float | None = None
    confidence: float = 0.0
    times: int = 1

    def gate(self) -> Gate:
        """A negative label and a topic are traits."""
        topics: Gate = (frozenset(Trait(f"topic {label}") for label in self.topic),) if self.topic else ALWAYS
        return both(topics, trait("negative")) if self.mood == "negative" else topics

    def __call__(self, t: Transcript) -> Iterable[Match]:
        found = list(self._single(t))
        if self.times <= 1:
            yield from found
        elif len(found) >= self.times:
            yield Match(tuple(m.spans[0] for m in found), min(m.confidence for m in found))

    def _single(self, t: Transcript) -> Iterable[Match]:
        moods = {m.message: m for m in t.moods}
        for i, message in enumerate(t.messages):
            if message.role != "customer" or not t.spoken(i):
                continue
            sure = 1.0
            if self.topic:
                sure = max((x.confidence for x in t.topics_of(i)[:2] if x.label in self.topic), default=0.0)
                if sure <= 0.0 or sure < self.confidence:
                    continue
            if (self.mood or self.score_under is not None) and not self._mood(moods[i].label, moods[i].score):
                continue
            yield Match((whole(t, i),), sure)

    def _mood(self, label: str, score: float) -> bool:
        return (not self.mood or label == self.mood) and (self.score_under is None or score < self.score_under)
