"""The models at work on a batch: sentiment and consult type of each customer's line, quality of each agent's turn."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from qa_service.text.lexicon import Lexicon
from qa_service.text.model_file import Model
from qa_service.text.models import Channels, Index, logits, over_root
from qa_service.text.ngrams import fold
from qa_service.text.normalise import SEPARATOR
from qa_service.text.phrases import Hits, PhraseBook
from qa_service.text.reply_quality import ReplyLabels, added_up, units
from qa_service.text.sentiment import MoodEvidence, moods_of
from qa_service.text.sides import AGENT, CUSTOMER
from qa_service.text.topics import FRAGMENT, TopicEvidence, topics_of

MODELS: Final = ("sentiment", "consult_type", "reply_quality")
_SHOWN: Final = 0.15  # of the strongest character's share: weaker ones are not shown as a reason


@dataclass(frozen=True, slots=True)
class Said:
    """What the models say of a batch, by message number."""

    topics: dict[int, tuple[tuple[str, float], ...]]
    moods: dict[int, tuple[str, float]]
    replies: ReplyLabels


class ChatModels:
    """The three models, ready to read."""

    def __init__(self, models: Mapping[str, Model], lexicon: Lexicon, book: PhraseBook) -> None:
        self._mood, self._topic, self._reply = (models[name] for name in MODELS)
        self._mood_evidence, self._topic_evidence = MoodEvidence(lexicon.moods, book), TopicEvidence(lexicon.topics, book)
        self._customer = Channels([(self._mood, "own"), (self._topic, "own"), (self._topic, "before"), (self._reply, "before")])
        self._agent = Channels([(self._topic, "before"), (self._reply, "own")])

    def read(self, norms: Sequence[str], hits: Hits, sides: Sequence[int], spoken: Sequence[bool], homes: Sequence[int]) -> Said:
        """Read a batch: normalised texts, phrase hits, and of each message its side, whether it is language, and its conversation."""
        role = np.array(sides, dtype=np.int64)
        home = np.asarray(homes, dtype=np.int64)
        speaks = np.asarray(spoken, dtype=bool)
        customer, agent = np.flatnonzero(speaks & (role == CUSTOMER)), np.flatnonzero(speaks & (role == AGENT))
        asked = self._customer.weigh([norms[i] for i in customer.tolist()])
        answered = self._agent.weigh([norms[i] for i in agent.tolist()])
        wanted = speaks & (role == CUSTOMER)
        numbers = customer.tolist()

        mood = logits(self._mood, over_root(*asked.of(self._mood, "own")), evidence=self._mood_evidence.read(hits, wanted)[customer])
        before = np.zeros((len(norms), len(self._topic.bias)))
        before[customer] = over_root(*asked.of(self._topic, "before"))
        before[agent] = over_root(*answered.of(self._topic, "before"))
        ahead = _before(customer, np.flatnonzero(speaks & ((role == CUSTOMER) | (role == AGENT))), home)
        fragment = (ahead >= 0) & (asked.lengths <= FRAGMENT)
        topic = logits(self._topic, over_root(*asked.of(self._topic, "own")), np.where(fragment[:, None], before[ahead], 0.0),
                       self._topic_evidence.read(hits, wanted)[customer])

        turns = units(role, home)
        count = len(turns.first)
        own = added_up(*answered.of(self._reply, "own"), agent, turns.answer, count)
        question = added_up(*asked.of(self._reply, "before"), customer, turns.asked, count)
        return Said(topics_of(self._topic, topic, numbers), moods_of(self._mood, mood, numbers), ReplyLabels(self._reply, turns.first, own, question))

    def why_mood(self, norm: str, label: str, most: int = 5) -> list[tuple[str, float]]:
        """The words of a customer's line that speak most for a mood, with what they add, in logits."""
        return _why(self._customer, self._mood, norm, self._mood.heads[0].labels.index(label), most)

    def why_topic(self, norm: str, label: str, most: int = 5) -> list[tuple[str, float]]:
        """The words of a customer's line that speak most for a consult type."""
        return _why(self._customer, self._topic, norm, self._topic.heads[0].labels.index(label), most)

    def why_reply(self, norm: str, label: str, most: int = 5) -> list[tuple[str, float]]:
        """The words of an agent's message that speak most for a label of its turn."""
        return _why(self._agent, self._reply, norm, self._reply.heads[0].labels.index(label), most)


def _before(messages: Index, talk: Index, home: Index) -> Index:
    """For each of `messages` the message of `talk` just before it in its conversation, -1 for none. Both rise; `messages` are in `talk`."""
    ahead = np.full(len(messages), -1)
    at = np.searchsorted(talk, messages)
    there = np.flatnonzero(at > 0)
    there = there[home[talk[at[there] - 1]] == home[messages[there]]]
    ahead[there] = talk[at[there] - 1]
    return ahead


def _why(channels: Channels, model: Model, norm: str, column: int, most: int) -> list[tuple[str, float]]:
    """The runs of characters that speak for it, the strongest first, with what they add, in logits."""
    folded = fold([norm])
    share = channels.decided(folded, model, "own", column)
    strong = share >= _SHOWN * share.max(initial=0.0)
    strong &= (share > 0) & (folded.codes != ord(SEPARATOR))
    edges = np.flatnonzero(np.diff(strong.astype(np.int8), prepend=0, append=0))
    runs = [(folded.codes[low:high].tobytes().decode("utf-32-le"), round(float(share[low:high].sum()), 2))
            for low, high in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]
    return sorted(runs, key=lambda run: (-run[1], run[0]))[:most]
