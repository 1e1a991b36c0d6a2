"""`reply`: the whole agent turn, stripped of courtesy, is one of a few ways to say nothing helpful. Context decides, not the word."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from qa_service.checks.base import Gate, Match, Scope, Whole, both, texts_of
from qa_service.text.exchange import Reply
from qa_service.text.lookup import Text
from qa_service.text.normalise import NOT_LANGUAGE
from qa_service.text.phrases import Hit
from qa_service.text.transcript import Transcript

_LONGEST_ECHO: Final = 80  # a longer text is no mere echo, and is not compared


@dataclass(frozen=True, slots=True)
class WholeReply(Whole):
    """One match per agent turn whose content is what `says` describes. A turn that shows a picture, a card or a link says more.

    says       texts of which one must stand in the turn
    leaves     how many characters of content the turn may hold besides the hits (courtesy and particles do not count)
    aside      groups of the lexicon that count as nothing too: who speaks, since when, how sure ("我们这边暂时")
    echo       what repeats the customer's own words (two characters or more together) counts as nothing
    unless     texts anywhere in the turn that clear it: a reason, a next step, an apology with a way out
    holds_no   groups of the lexicon (slots.*) that must not occur in the rest of the turn: a number, a time, a step is an answer
    where      scope of the replies: topics asked, concrete questions only, first or last replies
    asked      texts of which one must stand in the customer messages answered
    asked_not  texts that must not stand there
    """

    says: tuple[Text, ...]
    leaves: int = 4
    aside: tuple[str, ...] = ()
    echo: bool = False
    unless: tuple[Text, ...] = ()
    holds_no: tuple[str, ...] = ()
    where: Scope = field(default_factory=Scope)
    asked: tuple[Text, ...] = ()
    asked_not: tuple[Text, ...] = ()

    def gate(self) -> Gate:
        """One of `says` must occur, and one of `asked`."""
        said = texts_of(self.says, "agent")
        return both(said, texts_of(self.asked, "customer")) if self.asked else said

    def __call__(self, t: Transcript) -> Iterable[Match]:
        lit = {i for text in self.says for i in text.messages(t, "agent")}
        for reply in t.replies:
            if lit.isdisjoint(reply.answer):
                continue
            hits = self._hits(t, reply)
            if hits and self._answers(t, reply) and self._says_only(t, reply, hits):
                yield Match(tuple(hits))

    def _hits(self, t: Transcript, reply: Reply) -> list[Hit]:
        admitted = self.where.messages(t, reply.answer)
        return sorted(h for text in self.says for h in text.hits(t, admitted))

    def _answers(self, t: Transcript, reply: Reply) -> bool:
        if any(text.occurs(t, i) for text in self.unless for i in reply.answer):
            return False
        if self.asked and not any(text.occurs(t, i) for text in self.asked for i in reply.asked):
            return False
        return not any(text.occurs(t, i) for text in self.asked_not for i in reply.asked)

    def _says_only(self, t: Transcript, reply: Reply, hits: list[Hit]) -> bool:
        asked = "\n".join(t.bare(i) for i in reply.asked) if self.echo else ""
        if any(NOT_LANGUAGE in t.norm(i) for i in reply.answer):
            return False
        rest = [t.rest(i, [h for h in hits if h[0] == i]) for i in reply.answer]
        if asked:
            rest = [_without_echo(text, asked) if len(text) <= _LONGEST_ECHO else text for text in rest]
        if any(t.group(group).search(text) for group in self.holds_no for text in rest):
            return False
        return sum(len(self._content(t, text)) for text in rest) <= self.leaves

    def _content(self, t: Transcript, text: str) -> str:
        for group in self.aside:
            text = t.group(group).sub("", text)
        return text


def _without_echo(text: str, asked: str) -> str:
    """`text` without the runs of two characters or more that stand in `asked`."""
    kept, at = "", 0
    while at < len(text):
        end = at
        while end < len(text) and text[at:end + 1] in asked:
            end += 1
        if end - at < 2:
            kept += text[at]
            end = at + 1
        at = end
    return kept
