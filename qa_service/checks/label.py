"""`label`: what the models say: topic and sentiment of a customer message, or what an agent turn is as a reply."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.checks.base import ALWAYS, Gate, Match, Trait, Whole, both, trait, whole
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Label(Whole):
    """One match per customer message, or per agent turn, that carries the label.

    reply        labels of an agent turn, of which one must be likely enough: answers solution asks holding courtesy empty perfunctory
                 shirking impatient, and apology solution_offered; the evidence is the turn
    answers      "concrete": only turns that answer a concrete question, request or problem
    options      reply only: the turn offers at least so many ways out
    lacks        reply only: groups of the lexicon (slots.*) of which none may occur in the turn
    topic        labels of which one must be among the message's topics
    mood         positive, neutral or negative
    score_under  sentiment score below this (−1 … 1)
    confidence   smallest confidence of the topic, or probability of the reply's label (0: where the model itself is sure enough)
    times        so many messages must carry it; the match then lists them all
    """

    reply: tuple[str, ...] = ()
    answers: str = ""
    options: int = 0
    lacks: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    mood: str = ""
    score_under: float | None = None
    confidence: float = 0.0
    times: int = 1

    def gate(self) -> Gate:
        """Labels need no words; a negative mood, a topic and a label of a reply are traits."""
        if self.reply:
            return (frozenset(Trait(f"reply {label}") for label in self.reply),)
        topics: Gate = (frozenset(Trait(f"topic {label}") for label in self.topic),) if self.topic else ALWAYS
        return both(topics, trait("negative")) if self.mood == "negative" else topics

    def __call__(self, t: Transcript) -> Iterable[Match]:
        found = list(self._replies(t) if self.reply else self._single(t))
        if self.times <= 1:
            yield from found
        elif len(found) >= self.times:
            yield Match(tuple(m.spans[0] for m in found), min(m.confidence for m in found))

    def _replies(self, t: Transcript) -> Iterable[Match]:
        for reply in t.replies:
            sure = max((p for label in self.reply if (p := t.reply_label(reply, label)) >= (self.confidence or t.sure_of(label))), default=0.0)
            if not sure or (self.answers and not t.concrete(reply.asked)) or (self.options and t.options(reply) < self.options):
                continue
            if not any(t.finds(group, i) for group in self.lacks for i in reply.answer):
                yield Match(tuple(whole(t, i) for i in reply.answer), round(sure, 2))

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
