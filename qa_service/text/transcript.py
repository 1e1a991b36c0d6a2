"""A conversation as rules see it: turns, words, what was asked, what a reply holds. Each layer is read once, only if asked for.

It answers from what its batch was read as (see reader.py).
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from qa_service.model.conversation import LANGUAGE_KINDS, Conversation, Message, Turn
from qa_service.model.finding import Commitment, Mood, Topic
from qa_service.model.policy import Policy
from qa_service.text.commitments import read_commitments
from qa_service.text.exchange import Exchange, Reply, Wait, read_exchange
from qa_service.text.lexicon import Group
from qa_service.text.lines import SHORT, Lines
from qa_service.text.normalise import NOT_LANGUAGE, SEPARATOR, bare_of
from qa_service.text.phrases import Hit
from qa_service.text.reading import Reading
from qa_service.text.reply_quality import options_in
from qa_service.text.segment import Segmenter
from qa_service.text.sentiment import trend, turned
from qa_service.text.sides import SIDES
from qa_service.text.similarity import alike_pairs

SURE = 0.8  # confidence from which on a topic alone makes a message concrete
ALIKE = 0.7  # likeness below which two messages are never called a repetition
Measures = dict[str, float | int | None]
FAR = 60  # messages of a role looked back for one


class Transcript:
    """One conversation with its layers. Message positions are 0-based; spans are code points of the original text."""

    def __init__(self, conversation: Conversation, policy: Policy, lines: Lines, segmenter: Segmenter, read_measures: Callable[[Transcript], Measures],
                 reading: Reading, first: int, topics: Mapping[int, tuple[Topic, ...]], moods: tuple[Mood, ...]) -> None:
        self.conversation = conversation
        self.policy = policy
        self.messages: tuple[Message, ...] = conversation.messages
        self._lines = lines
        self._segmenter = segmenter
        self._read_measures = read_measures
        self.reading = reading
        self.first = first  # number of its first message in the reading
        self.home = reading.homes[first]  # its place in the reading
        self._norms = reading.norms
        self._bares = reading.bares
        self._topics = topics
        self.moods = moods
        self._spoken_by: dict[str, Sequence[int]] = {}
        self._alike: dict[str, list[tuple[int, int, float]]] = {}
        self.memo: dict[int, Any] = {}  # what shared conditions found, by their identity

    def norm(self, i: int) -> str:
        """Message i normalised, as long as its original."""
        return self._norms[self.first + i]

    def bare(self, i: int) -> str:
        """Message i without blanks, marks, emoji and codes."""
        return self._bares[self.first + i]

    def spoken(self, i: int) -> bool:
        """Whether message i is language (not a picture, card or link)."""
        return self.messages[i].kind in LANGUAGE_KINDS

    def words(self, i: int) -> list[str]:
        """Message i cut into words."""
        return self._segmenter.cut(self.norm(i))

    def word_spans(self, i: int) -> list[tuple[int, int]]:
        """Spans of the words of message i."""
        return self._segmenter.spans(self.norm(i))

    def residue(self, i: int) -> str:
        """What message i says beyond courtesy: its skeleton without greetings, thanks, forms of address and particles."""
        return self._lines.residue(self.bare(i))

    def is_holding(self, i: int) -> bool:
        """Whether message i only asks for patience ("稍等,帮您查一下")."""
        return self._lines.is_holding(self.bare(i))

    def is_acknowledgement(self, i: int) -> bool:
        """Whether message i only says "understood" ("嗯嗯", "好的亲")."""
        return self._lines.is_acknowledgement(self.bare(i))

    def question(self, indexes: Sequence[int]) -> bool:
        """Whether these messages hold a question in so many words."""
        return any(self.spoken(i) and ("?" in self.norm(i) or self.finds("asking.question", i)) for i in indexes)

    def open_question(self, indexes: Sequence[int]) -> bool:
        """Whether these messages ask which, how, why or how many: what "嗯" cannot answer."""
        return any(self.finds("asking.open_question", i) for i in indexes if self.spoken(i))

    def finds(self, group: str, i: int) -> bool:
        """Whether the named group of the lexicon occurs in the skeleton of message i."""
        return self._lines.lexicon.group(group).search(self.bare(i)) is not None

    def group(self, name: str) -> Group:
        """A named alternation of the lexicon, over skeletons."""
        return self._lines.lexicon.group(name)

    def rest(self, i: int, hits: Sequence[Hit]) -> str:
        """The content of message i outside the hits: what it says besides."""
        text = list(self.norm(i))
        for _, start, end in hits:
            text[start:end] = SEPARATOR * (end - start)
        return "".join(self._lines.residue(bare_of(part)) for part in "".join(text).split(SEPARATOR) if part)

    def topics_of(self, i: int) -> tuple[Topic, ...]:
        """Topics of customer message i, the surest first."""
        return self._topics.get(i, ())

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The surest topic of each customer message that has one."""
        return tuple(self._topics[i][0] for i in sorted(self._topics))

    def spoken_by(self, role: str) -> Sequence[int]:
        """The messages of a role ("any": of all) that are language."""
        found = self._spoken_by.get(role)
        if found is None:
            first, last = self.first, self.first + len(self.messages)
            sides, wanted = self.reading.sides[first:last], SIDES[role]
            found = self._spoken_by[role] = [
                i for i, (side, spoken) in enumerate(zip(sides, self.reading.spoken[first:last], strict=True)) if side in wanted and spoken]
        return found

    def alike(self, role: str) -> Sequence[tuple[int, int, float]]:
        """Messages of a role that say nearly the same beyond courtesy: (earlier, later, likeness), likeness at least ALIKE."""
        found = self._alike.get(role)
        if found is None:
            said = [(i, r) for i in self.spoken_by(role) if len(r := self.residue(i)) >= 3]
            found = self._alike[role] = alike_pairs(said, ALIKE, FAR) if len(said) > 1 else []
        return found

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """Adjacent messages of one role; system messages neither form nor break a turn."""
        turns: list[Turn] = []
        role = ""
        indexes: list[int] = []
        for i, message in enumerate(self.messages):
            if message.role == "system":
                continue
            if message.role != role and indexes:
                turns.append(Turn(role, tuple(indexes)))
                indexes = []
            role = message.role
            indexes.append(i)
        if indexes:
            turns.append(Turn(role, tuple(indexes)))
        return tuple(turns)

    @cached_property
    def exchange(self) -> Exchange:
        """Who said how much and who waited how long."""
        return read_exchange(self.messages, self.conversation.channel, self._says, self.concrete)

    @property
    def replies(self) -> tuple[Reply, ...]:
        """Each agent turn with what it answers. A bot's words between the two change nothing."""
        return self.exchange.replies

    @cached_property
    def reply_of(self) -> Mapping[int, Reply]:
        """The reply each agent message belongs to."""
        return {i: reply for reply in self.replies for i in reply.answer}

    def reply_label(self, reply: Reply, kind: str) -> float:
        """How likely a reply is, or holds, `kind` (see reply_quality.REPLY_KINDS), 0 … 1."""
        return self.reading.replies.probability(self.first + reply.answer[0], kind)

    def sure_of(self, kind: str) -> float:
        """The probability from which on the model is sure enough that a reply is `kind`."""
        return self.reading.replies.sure_of(kind)

    def options(self, reply: Reply) -> int:
        """How many ways out a reply offers; 0 where it offers no handling."""
        return options_in([self.bare(i) for i in reply.answer], self.reply_label(reply, "solution_offered") >= self.sure_of("solution_offered"))

    @cached_property
    def unhelped(self) -> tuple[Reply, ...]:
        """Replies that hold nothing beyond courtesy, to something concrete."""
        silent, first = self.reading.marked["silent"], self.first
        return tuple([r for r in self.replies if r.asked and all(first + i in silent for i in r.answer)
                      and not self.says_something(r.answer) and self.concrete(r.asked)])

    def replies_of(self, mark: str) -> list[Reply]:
        """Replies of at most SHORT characters of skeleton, every message of which has a mark (reading.MARKS), to something."""
        marked, first = self.reading.marked[mark], self.first
        return [r for r in self.replies
                if r.asked and all(first + i in marked for i in r.answer) and sum([len(self.bare(i)) for i in r.answer]) <= SHORT]

    @cached_property
    def commitments(self) -> tuple[Commitment, ...]:
        """The commitment ledger of the chat."""
        return read_commitments(self.conversation, self._norms[self.first:self.first + len(self.messages)])

    @property
    def rounds(self) -> Sequence[Wait]:
        """Answered rounds, any human reply counting: reply, first waiting message, seconds. Empty without times."""
        return self.exchange.waits

    @property
    def effective_rounds(self) -> Sequence[Wait]:
        """Answered rounds until a reply that says something."""
        return self.exchange.effective_waits

    @cached_property
    def measures(self) -> Measures:
        """Every measure, in the order of their definition."""
        return self._read_measures(self)

    @cached_property
    def trend(self) -> float:
        """Mean sentiment of the last third of the customer's messages minus that of the first third."""
        return trend(self.moods)

    @cached_property
    def turned(self) -> int | None:
        """The customer's message from which on the chat feels otherwise than before."""
        return turned(self.moods)

    def concrete(self, asked: Sequence[int]) -> bool:
        """Whether these customer messages put a concrete question, request or problem (not a mere 在吗, card or thanks)."""
        return any(self._lines.is_concrete(self.bare(i), self.norm(i)) or self._is_about(i) for i in asked if self.spoken(i))

    def _is_about(self, i: int) -> bool:
        """Whether a customer's message has a matter of its own, in whatever words ("购买的产品降价", "撤单"): not 嗯, nor the desk's "发票类咨询"."""
        topics = self._topics.get(i)
        if not topics or topics[0].confidence < SURE or topics[0].label == "other":
            return False
        bare = self.bare(i)
        return len(self.residue(i)) > 1 and not bare.endswith("咨询") and not self.is_acknowledgement(i)

    def says_something(self, answer: Sequence[int]) -> bool:
        """Whether an agent turn holds anything beyond courtesy: words, or a picture, card, link or masked name."""
        return any(self._says(i) for i in answer)

    def _says(self, i: int) -> bool:
        m = self.first + i
        return m not in self.reading.marked["silent"] or NOT_LANGUAGE in self._norms[m]
