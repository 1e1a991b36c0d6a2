"""`empty_reply`: the customer put something concrete, and the agent's whole turn says nothing to it.

The unit is the agent turn: an answer in the next bubble, before the customer speaks again, clears it; an answer only after the
customer had to repeat clears nothing.
"""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from qa_service.checks.base import Gate, Match, Whole, both, has, trait, whole
from qa_service.text.clock import seconds_between
from qa_service.text.exchange import Reply
from qa_service.text.lines import SHORT
from qa_service.text.normalise import EMOTICON
from qa_service.text.transcript import Transcript

_OF_FEW_WORDS: Final = ("acknowledgement", "echo", "holding")


@dataclass(frozen=True, slots=True)
class EmptyReply(Whole):
    """One match per empty agent turn; its evidence is the whole turn.

    kind     greeting (courtesy short enough to be a greeting) · courtesy (longer courtesy) · marks (only marks or smileys) ·
             query (only marks, a question mark among them) · acknowledgement ("嗯" to an open question) · echo (the customer's
             question back) · holding ("稍等", and nothing comes) · padding (a greeting within `within` seconds, the answer later or never)
    length   border between greeting and courtesy, in characters without marks
    within   padding only: seconds
    """

    kind: str
    length: int = 24
    within: float = 30.0

    def gate(self) -> Gate:
        """No word is needed, but a reply of the kind."""
        if self.kind in _OF_FEW_WORDS:
            return trait({"echo": "echoing", "acknowledgement": "acknowledging", "holding": "holding"}[self.kind])
        return both(trait("silent"), has(_unhelped))

    def __call__(self, t: Transcript) -> Iterable[Match]:
        if self.kind in _OF_FEW_WORDS:
            replies = [r for r in self._of_few_words(t) if t.concrete(r.asked)]
        else:
            replies = [r for r in t.unhelped if self._says_nothing(t, r)]
        for reply in replies:
            yield Match(tuple([whole(t, i) for i in reply.answer]))

    def _of_few_words(self, t: Transcript) -> list[Reply]:
        if self.kind == "acknowledgement":
            return [r for r in t.replies_of("acknowledging") if t.open_question(r.asked[-1:]) and t.question(r.asked[-1:])]
        if self.kind == "echo":
            return [r for r in t.replies if r.asked and sum([len(t.bare(i)) for i in r.answer]) <= SHORT and _echoes(t, r)]
        return [r for r in t.replies_of("holding") if not _comes_back(t, r)]

    def _says_nothing(self, t: Transcript, reply: Reply) -> bool:
        bare = "".join(t.bare(i) for i in reply.answer)
        in_place = any(t.finds("courtesy.thanks", i) if bare else EMOTICON in t.norm(i) for i in reply.answer)
        if in_place and not t.question(reply.asked):
            return False  # a smile, thanks or a farewell to something that is no question
        if self.kind in ("marks", "query"):
            return not bare and (self.kind == "marks" or any("?" in t.norm(i) for i in reply.answer))
        if self.kind == "padding":
            return bool(bare) and self._pads(t, reply)
        return bool(bare) and (len(bare) <= self.length) == (self.kind == "greeting")

    def _pads(self, t: Transcript, reply: Reply) -> bool:
        asked, answered = t.messages[reply.asked[0]].at, t.messages[reply.answer[0]].at
        quick = seconds_between(asked, answered)
        if quick is None or quick > self.within:
            return False
        for later in t.replies[reply.number + 1:]:
            if t.says_something(later.answer):
                wait = seconds_between(asked, t.messages[later.answer[0]].at)
                return wait is None or wait > self.within
        return True


def _unhelped(t: Transcript) -> object:
    return t.unhelped


def _echoes(t: Transcript, reply: Reply) -> bool:
    asked = t.residue(reply.asked[-1])
    said = "".join(t.residue(i) for i in reply.answer)
    if len(said) < 4 or said not in asked or len(said) * 10 < len(asked) * 8:
        return False
    return t.open_question(reply.answer)


def _comes_back(t: Transcript, reply: Reply) -> bool:
    later = (i for r in t.replies[reply.number + 1:] for i in r.answer)
    return any(t.says_something((i,)) and not t.is_holding(i) for i in later)
