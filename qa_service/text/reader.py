"""A batch of conversations -> transcripts: one normalisation, one pass of the automaton, one pass per model."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from qa_service.model.conversation import LANGUAGE_KINDS, Conversation
from qa_service.model.finding import TOPICS, Mood, Topic
from qa_service.model.policy import Policy
from qa_service.text.chat_models import ChatModels
from qa_service.text.lexicon import Lexicon
from qa_service.text.lines import Lines
from qa_service.text.measures import read_measures
from qa_service.text.normalise import normalise
from qa_service.text.phrases import Matcher
from qa_service.text.reading import Reading
from qa_service.text.reply_quality import REPLY_KINDS
from qa_service.text.segment import Segmenter
from qa_service.text.sides import AGENT, CUSTOMER, SYSTEM
from qa_service.text.transcript import Transcript


class Reader:
    """Everything needed to read conversations under one Standard."""

    def __init__(self, lexicon: Lexicon, matcher: Matcher, segmenter: Segmenter, models: ChatModels) -> None:
        self.lexicon = lexicon
        self.lines = Lines(lexicon)
        self.matcher = matcher
        self.segmenter = segmenter
        self.models = models

    def read(self, conversations: Sequence[Conversation], policies: Sequence[Policy]) -> Reading:
        """Read a batch: a reading with its transcripts."""
        messages = [m for c in conversations for m in c.messages]
        spoken = [m.kind in LANGUAGE_KINDS for m in messages]
        batch = normalise([m.text for m in messages], spoken, sound=self.matcher.needs_sound)
        self.lines.learn(set(batch.bares))
        hits = self.matcher.match(batch)
        reading = Reading(conversations, messages, batch, hits, self.matcher)
        said = self.models.read(batch.norms, hits, reading.sides, spoken, reading.homes)
        topics, moods, reading.replies = said.topics, said.moods, said.replies
        reading.marked, reading.traits = _glance(reading, self.lines, topics, moods)
        transcripts = []
        for conversation, policy, first, last in zip(conversations, policies, reading.first, reading.first[1:], strict=False):
            numbers = range(first, last)
            transcripts.append(Transcript(
                conversation, policy, self.lines, self.segmenter, read_measures, reading, first,
                {i - first: tuple([Topic(i - first, *t) for t in topics[i]]) for i in numbers if i in topics},
                tuple([Mood(i - first, *moods[i]) for i in numbers if i in moods])))
        reading.transcripts = transcripts
        return reading


def _glance(reading: Reading, lines: Lines, topics: Mapping[int, Sequence[tuple[str, float]]],
            moods: Mapping[int, tuple[str, float]]) -> tuple[dict[str, set[int]], dict[str, AbstractSet[int]]]:
    """What MARKS and TRAITS name, in one pass over the messages."""
    silent, acknowledging, holding, echoing = set(), set(), set(), set()
    repeating: dict[int, set[int]] = {CUSTOMER: set(), AGENT: set()}
    edges: set[tuple[int, int, str]] = set()
    last_side = [SYSTEM] * len(reading.conversations)
    asked, asked_in = "", -1
    for m, (home, side, spoken, bare) in enumerate(zip(reading.homes, reading.sides, reading.spoken, reading.bares, strict=True)):
        if side > AGENT:
            continue
        last_side[home] = side
        if not spoken:
            continue
        content = lines.residue(bare)
        if side == CUSTOMER:
            asked, asked_in = content, home
        elif not content:
            silent.add(m)
        else:
            if lines.is_acknowledgement(bare):
                acknowledging.add(m)
            if asked_in == home and content in asked:
                echoing.add(home)
        if side == AGENT and lines.is_holding(bare):
            holding.add(m)
        if len(content) > 2:
            head, tail = (home, side, content[:2]), (home, ~side, content[-2:])
            if head in edges or tail in edges:
                repeating[side].add(home)
            edges.add(head)
            edges.add(tail)
    marked = {"silent": silent, "acknowledging": acknowledging, "holding": holding}
    homes = reading.homes
    traits: dict[str, AbstractSet[int]] = {name: {homes[m] for m in found} for name, found in marked.items()}
    traits |= {
        "negative": {homes[m] for m, (label, _) in moods.items() if label == "negative"},
        "waiting": {home for home, side in enumerate(last_side) if side == CUSTOMER},
        "echoing": echoing, "numbered": reading.numbered(), "repeating customer": repeating[CUSTOMER], "repeating agent": repeating[AGENT]}
    by_label: dict[str, set[int]] = {f"topic {label}": set() for label in TOPICS}
    for m, found in topics.items():
        for label, _ in found:
            by_label[f"topic {label}"].add(homes[m])
    by_kind = {f"reply {kind}": {homes[m] for m in reading.replies.likely(kind).tolist()} for kind in REPLY_KINDS}
    return marked, {**traits, **by_label, **by_kind}
