"""A batch of conversations -> transcripts: one normalisation, one pass of the automaton, one pass per model."""
from __future__ import annotations

from collections.abc import Mapping, Sequence

from qa_service.model.conversation import LANGUAGE_KINDS, Conversation, Message
from qa_service.model.finding import Mood, Topic
from qa_service.model.policy import Policy
from qa_service.text.chat_models import ChatModels
from qa_service.text.lexicon import Lexicon
from qa_service.text.lines import Lines
from qa_service.text.measures import read_measures
from qa_service.text.normalise import normalise
from qa_service.text.phrases import Matcher
from qa_service.text.reading import TRAITS, Reading
from qa_service.text.reply_quality import REPLY_KINDS
from qa_service.text.segment import Segmenter
from qa_service.text.transcript import Transcript


class Reader:
    """Everything needed to read conversations under one Standard."""

    def __init__(self, lexicon: Lexicon, matcher: Matcher, segmenter: Segmenter, models: ChatModels) -> None:
        self.lexicon = lexicon
        self.lines = Lines(lexicon)
        self.matcher = matcher
        self.segmenter = segmenter
        self.models = models

    def read(self, conversations: Sequence[Conversation], policies: Sequence[Policy]) -> list[Transcript]:
        """Read a batch."""
        messages = [m for c in conversations for m in c.messages]
        batch = normalise([m.text for m in messages], [m.kind in LANGUAGE_KINDS for m in messages], sound=self.matcher.needs_sound)
        self.lines.learn(set(batch.bares))
        hits = self.matcher.match(batch)
        reading = Reading(conversations, messages, batch, hits, self.matcher)
        said = self.models.read(batch.norms, hits, [m.role for m in messages], [m.kind in LANGUAGE_KINDS for m in messages], reading.homes)
        topics, moods, reading.replies = said.topics, said.moods, said.replies
        reading.traits = self._read_traits(conversations, reading, messages, moods)
        out, first = [], 0
        for conversation, policy in zip(conversations, policies, strict=True):
            last = first + len(conversation.messages)
            out.append(Transcript(
                conversation, policy, self.lines, self.segmenter, read_measures, reading, first,
                {i - first: tuple(Topic(i - first, *t) for t in topics[i]) for i in range(first, last) if i in topics},
                tuple(Mood(i - first, *moods[i]) for i in range(first, last) if i in moods)))
            first = last
        return out

    def _read_traits(self, conversations: Sequence[Conversation], reading: Reading, messages: Sequence[Message],
                     moods: Mapping[int, tuple[str, float]]) -> dict[str, frozenset[int]]:
        """See TRAITS."""
        found: dict[str, set[int]] = {name: set() for name in TRAITS}
        for m, message in enumerate(messages):
            if message.role != "agent" or message.kind not in LANGUAGE_KINDS:
                continue
            bare = reading.bares[m]
            left = self.lines.residue(bare)
            if not left:
                found["silent"].add(reading.homes[m])
            elif self.lines.is_acknowledgement(bare):
                found["acknowledged"].add(reading.homes[m])
            if self.lines.is_holding(bare):
                found["held"].add(reading.homes[m])
        for kind in REPLY_KINDS:
            found[f"reply.{kind}"] = {reading.homes[m] for m in reading.replies.likely(kind).tolist()}
        found["negative"] = {reading.homes[m] for m, (label, _) in moods.items() if label == "negative"}
        for n, conversation in enumerate(conversations):
            last = next((m.role for m in reversed(conversation.messages) if m.role in ("customer", "agent")), "")
            if last == "customer":
                found["waiting"].add(n)
            if any(m.at is not None for m in conversation.messages):
                found["timed"].add(n)
        return {name: frozenset(homes) for name, homes in found.items()}
