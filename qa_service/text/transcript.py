"""A conversation as rules see it: turns, words, what was asked, what a reply holds. Each layer is read once, only if asked for.

`Reader.read` works on a batch: one normalisation, one pass of the automaton, one pass per model. A Transcript then answers from that.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from qa_service.model.conversation import LANGUAGE_KINDS, Conversation, Message, Turn
from qa_service.model.finding import Commitment, Mood, Topic
from qa_service.model.policy import Policy
from qa_service.text.commitments import read_commitments
from qa_service.text.lexicon import Group, Lexicon
from qa_service.text.measures import MEASURES, read_rounds
from qa_service.text.normalise import NOT_LANGUAGE, SEPARATOR, bare_of, normalise
from qa_service.text.phrases import Hit, Matcher
from qa_service.text.reading import TRAITS, Reading
from qa_service.text.segment import Segmenter
from qa_service.text.sentiment import MoodReader, trend
from qa_service.text.similarity import alike_pairs
from qa_service.text.topics import TopicReader

SHORT = 60  # characters of a short reply
ALIKE = 0.7  # likeness below which two messages are never called a repetition
REMEMBERED = 50_000  # lines
FAR = 60  # messages of a role looked back for one


@dataclass(frozen=True, slots=True)
class Reply:
    """One agent turn and the customer messages it answers (those since the agent's last turn; empty for an opening)."""

    asked: tuple[int, ...]
    answer: tuple[int, ...]
    number: int  # 0 for the agent's first turn


class Transcript:
    """One conversation with its layers. Message positions are 0-based; spans are code points of the original text."""

    def __init__(self, conversation: Conversation, policy: Policy, reader: Reader, reading: Reading, first: int,
                 topics: Mapping[int, tuple[Topic, ...]], moods: tuple[Mood, ...]) -> None:
        self.conversation = conversation
        self.policy = policy
        self.messages: tuple[Message, ...] = conversation.messages
        self._reader = reader
        self.reading = reading
        self.first = first  # number of its first message in the reading
        self._norms = reading.norms
        self._bares = reading.bares
        self._topics = topics
        self.moods = moods
        self._spoken_by: dict[str, list[int]] = {}
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
        return self._reader.segmenter.cut(self.norm(i))

    def word_spans(self, i: int) -> list[tuple[int, int]]:
        """Spans of the words of message i."""
        return self._reader.segmenter.spans(self.norm(i))

    def residue(self, i: int) -> str:
        """What message i says beyond courtesy: its skeleton without greetings, thanks, forms of address and particles."""
        return self._reader.residue(self.bare(i))

    def is_holding(self, i: int) -> bool:
        """Whether message i only asks for patience ("稍等,帮您查一下")."""
        return self._reader.is_holding(self.bare(i))

    def is_acknowledgement(self, i: int) -> bool:
        """Whether message i only says "understood" ("嗯嗯", "好的亲")."""
        return self._reader.is_acknowledgement(self.bare(i))

    def question(self, indexes: Sequence[int]) -> bool:
        """Whether these messages hold a question in so many words."""
        return any(self.spoken(i) and ("?" in self.norm(i) or self.finds("asking.question", i)) for i in indexes)

    def open_question(self, indexes: Sequence[int]) -> bool:
        """Whether these messages ask which, how, why or how many: what "嗯" cannot answer."""
        return any(self.finds("asking.open_question", i) for i in indexes if self.spoken(i))

    def finds(self, group: str, i: int) -> bool:
        """Whether the named group of the lexicon occurs in the skeleton of message i."""
        return self._reader.lexicon.group(group).search(self.bare(i)) is not None

    def group(self, name: str) -> Group:
        """A named alternation of the lexicon, over skeletons."""
        return self._reader.lexicon.group(name)

    def rest(self, i: int, hits: Sequence[Hit]) -> str:
        """The content of message i outside the hits: what it says besides."""
        text = list(self.norm(i))
        for _, start, end in hits:
            text[start:end] = SEPARATOR * (end - start)
        return "".join(self._reader.residue(bare_of(part)) for part in "".join(text).split(SEPARATOR) if part)

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
            found = self._spoken_by[role] = [i for i, m in enumerate(self.messages)
                                             if (m.role == role or role == "any") and m.kind in LANGUAGE_KINDS]
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
    def replies(self) -> tuple[Reply, ...]:
        """Each agent turn with what it answers. A bot's words between the two change nothing."""
        replies: list[Reply] = []
        asked: tuple[int, ...] = ()
        for turn in self.turns:
            if turn.role == "customer":
                asked += turn.indexes
            elif turn.role == "agent":
                replies.append(Reply(asked, turn.indexes, len(replies)))
                asked = ()
        return tuple(replies)

    @cached_property
    def reply_of(self) -> Mapping[int, Reply]:
        """The reply each agent message belongs to."""
        return {i: reply for reply in self.replies for i in reply.answer}

    @cached_property
    def silent_replies(self) -> tuple[Reply, ...]:
        """Replies that hold nothing beyond courtesy."""
        return tuple(r for r in self.replies if not self.says_something(r.answer))

    @cached_property
    def short_replies(self) -> tuple[Reply, ...]:
        """Replies whose skeleton has at most SHORT characters."""
        return tuple(r for r in self.replies if sum(len(self.bare(i)) for i in r.answer) <= SHORT)

    @cached_property
    def commitments(self) -> tuple[Commitment, ...]:
        """The commitment ledger of the chat."""
        return read_commitments(self.conversation, self._norms[self.first:self.first + len(self.messages)])

    @cached_property
    def timed(self) -> bool:
        """Whether any message has a time."""
        return any(m.at is not None for m in self.messages)

    @cached_property
    def rounds(self) -> list[tuple[Reply, int, float]]:
        """Answered rounds, any human reply counting: reply, first waiting message, seconds. Empty without times."""
        return read_rounds(self, effective=False) if self.timed else []

    @cached_property
    def effective_rounds(self) -> list[tuple[Reply, int, float]]:
        """Answered rounds until a reply that says something."""
        return read_rounds(self, effective=True) if self.rounds else []

    @property
    def waits(self) -> list[float]:
        """Seconds of the rounds."""
        return [wait for _, _, wait in self.rounds]

    @property
    def effective_waits(self) -> list[float]:
        """Seconds of the effective rounds."""
        return [wait for _, _, wait in self.effective_rounds]

    @cached_property
    def measures(self) -> dict[str, float | int | None]:
        """Every measure, in the order of their definition."""
        return {name: measure(self) for name, measure in MEASURES.items()}

    @cached_property
    def trend(self) -> float:
        """Mean sentiment of the last third of the customer's messages minus that of the first third."""
        return trend(self.moods)

    def concrete(self, asked: Sequence[int]) -> bool:
        """Whether these customer messages put a concrete question, request or problem (not a mere 在吗, card or thanks)."""
        return any(self._reader.is_concrete(self.bare(i), self.norm(i)) for i in asked if self.spoken(i))

    def says_something(self, answer: Sequence[int]) -> bool:
        """Whether an agent turn holds anything beyond courtesy: words, or a picture, card, link or masked name."""
        return any(self.residue(i) or NOT_LANGUAGE in self.norm(i) for i in answer)


class Reader:
    """Everything needed to read conversations under one Standard."""

    def __init__(self, lexicon: Lexicon, matcher: Matcher, segmenter: Segmenter, topics: TopicReader, moods: MoodReader) -> None:
        self.lexicon = lexicon
        self.matcher = matcher
        self.segmenter = segmenter
        self._topics = topics
        self._moods = moods
        self._courtesy = lexicon.removers["courtesy.courtesy"]
        self._particles = lexicon.group("courtesy.particles")
        self._acknowledgement = lexicon.group("courtesy.acknowledgement")
        self._holding_hint = lexicon.group("courtesy.holding_hint")
        self._holding = lexicon.removers["courtesy.holding"]
        self._greeting = lexicon.group("asking.greeting")
        self._asks = tuple(lexicon.group(f"asking.{kind}") for kind in ("question", "request", "problem"))
        self._residues: dict[str, str] = {}
        self._concrete: dict[str, bool] = {}
        self._held: dict[str, bool] = {}

    def residue(self, bare: str) -> str:
        """A skeleton without courtesy and particles. Remembered within a batch: the same few lines come again and again."""
        known = self._residues.get(bare)
        if known is None:
            known = self._residues[bare] = self._particles.sub("", self._courtesy.strip(bare))
        return known

    def is_holding(self, bare: str) -> bool:
        """Whether a skeleton asks for patience and says nothing else."""
        known = self._held.get(bare)
        if known is None:
            left = self._holding.strip(bare)
            known = self._held[bare] = left != bare and not self.residue(left)
        return known

    def _read_traits(self, conversations: Sequence[Conversation], reading: Reading, messages: Sequence[Message],
                     moods: Mapping[int, tuple[str, float]]) -> dict[str, frozenset[int]]:
        """See TRAITS."""
        found: dict[str, set[int]] = {name: set() for name in TRAITS}
        for m, message in enumerate(messages):
            if message.role != "agent" or message.kind not in LANGUAGE_KINDS:
                continue
            bare = reading.bares[m]
            left = self._residues[bare]
            if not left:
                found["silent"].add(reading.homes[m])
            elif len(left) <= 8 and not self._acknowledgement.sub("", left):
                found["acknowledged"].add(reading.homes[m])
            if self._held.get(bare):
                found["held"].add(reading.homes[m])
        found["negative"] = {reading.homes[m] for m, (label, _) in moods.items() if label == "negative"}
        for n, conversation in enumerate(conversations):
            last = next((m.role for m in reversed(conversation.messages) if m.role in ("customer", "agent")), "")
            if last == "customer":
                found["waiting"].add(n)
            if any(m.at is not None for m in conversation.messages):
                found["timed"].add(n)
        return {name: frozenset(homes) for name, homes in found.items()}

    def _forget(self) -> None:
        """Let go of what was remembered of single lines before it grows large: the same lines come again and again, but not for ever."""
        if len(self._residues) > REMEMBERED:
            self._residues.clear()
            self._held.clear()
        if len(self._concrete) > REMEMBERED:
            self._concrete.clear()

    def _learn(self, bares: Iterable[str]) -> None:
        """Residue of each of these skeletons, and whether it only asks for patience: each looked at once, all in one call."""
        ordered = sorted(bares)
        left = self._particles.sub("", "\n".join(self._courtesy.strip_all(ordered))).split("\n") if ordered else []
        self._residues.update(zip(ordered, left, strict=True))
        holding = [b for b in ordered if len(b) <= SHORT and self._holding_hint.search(b)]
        parts = self._holding.strip_all(holding)
        rests = self._courtesy.strip_all(parts)
        self._held.update((bare, part != bare and not self._particles.sub("", rest))
                          for bare, part, rest in zip(holding, parts, rests, strict=True))
        self._held.update((bare, False) for bare in ordered if bare not in self._held)

    def is_acknowledgement(self, bare: str) -> bool:
        """Whether a skeleton says "understood" and nothing else."""
        said = self.residue(bare)
        return bool(said) and not self._acknowledgement.sub("", said)

    def is_concrete(self, bare: str, norm: str) -> bool:
        """Whether a customer's line asks, requests or reports something in particular."""
        known = self._concrete.get(norm)
        if known is None:
            said = self._greeting.sub("", bare)
            known = self._concrete[norm] = len(self._particles.sub("", said)) >= 2 and (
                "?" in norm or any(kind.search(said) for kind in self._asks))
        return known

    def read(self, conversations: Sequence[Conversation], policies: Sequence[Policy]) -> list[Transcript]:
        """Read a batch."""
        self._forget()
        messages = [m for c in conversations for m in c.messages]
        batch = normalise([m.text for m in messages], [m.kind in LANGUAGE_KINDS for m in messages], sound=self.matcher.needs_sound)
        self._learn({bare for bare in batch.bares if bare not in self._residues})
        hits = self.matcher.match(batch)
        customer = [m.role == "customer" for m in messages]
        topics = self._topics.read(hits, customer)
        moods = self._moods.read(hits, customer, [m.kind in LANGUAGE_KINDS for m in messages])
        reading = Reading(conversations, messages, batch, hits, self.matcher)
        reading.traits = self._read_traits(conversations, reading, messages, moods)
        out, first = [], 0
        for conversation, policy in zip(conversations, policies, strict=True):
            last = first + len(conversation.messages)
            out.append(Transcript(
                conversation, policy, self, reading, first,
                {i - first: tuple(Topic(i - first, *t) for t in topics[i]) for i in range(first, last) if i in topics},
                tuple(Mood(i - first, *moods[i]) for i in range(first, last) if i in moods)))
            first = last
        return out

