"""Sentiment of the customer: what the model says, with the evidence of weighted phrases as part of it. The agent is never judged by it.

The score is the probability of positive minus that of negative: −1 … 1. Most customer lines are neutral. A line of which the model is
not sure enough to say positive or negative is neutral too; its score still says where it leans.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from qa_service.model.finding import Mood
from qa_service.text.model_file import Model
from qa_service.text.models import Floats, probabilities
from qa_service.text.phrases import Hits, PhraseBook
from qa_service.text.topics import PhraseScorer

_COLUMNS: Final = ("positive", "negative", "neutral", "doubt")
MOOD_EVIDENCE: Final = (*_COLUMNS, "net")


class MoodEvidence:
    """Scores phrases of `weights`: positive, negative, neutral, doubt -> {phrase: weight}; and what they come to, `net`.

    neutral  hides the shorter phrases inside ("不是不满意"); its weight, if any, is that of business and is taken off the positive sum,
             never below 0: "麻烦帮我查一下谢谢" is a request and not praise
    doubt    is taken off the negative sum, never below 0: "万一坏了怎么办" is a question and not a grievance
    """

    def __init__(self, weights: Mapping[str, Mapping[str, float]], book: PhraseBook) -> None:
        self._scorer = PhraseScorer({label: weights.get(label, {}) for label in _COLUMNS}, book)

    def read(self, hits: Hits, wanted: npt.NDArray[np.bool_]) -> Floats:
        """(messages, MOOD_EVIDENCE); zeros where a message is not wanted or holds nothing."""
        out = np.zeros((len(wanted), len(MOOD_EVIDENCE)))
        scores = self._scorer.score(hits, wanted.tolist())
        positive, negative, business, doubt = scores.of.T
        net = np.maximum(positive - business, 0.0) - np.maximum(negative - doubt, 0.0)
        out[scores.message] = np.column_stack((scores.of, net))
        return out


def moods_of(model: Model, logits: Floats, messages: Sequence[int]) -> dict[int, tuple[str, float]]:
    """Message number -> (label, score). `logits`: a row for each of `messages`."""
    labels = model.heads[0].labels
    of = probabilities(model.heads, logits)[model.heads[0].name]
    negative, positive = of[:, labels.index("negative")], of[:, labels.index("positive")]
    score = np.round(positive - negative, 2)
    feels_bad = (negative >= model.threshold("negative")) & (negative >= positive)
    feels_good = (positive >= model.threshold("positive")) & (positive > negative)
    names = np.where(feels_bad, "negative", np.where(feels_good, "positive", "neutral"))
    return dict(zip(messages, zip(names.tolist(), (score + 0.0).tolist(), strict=True), strict=True))


def trend(moods: Sequence[Mood]) -> float:
    """Mean score of the last third of the customer's messages minus that of the first third; 0 for fewer than 3 messages."""
    third = len(moods) // 3
    if not third:
        return 0.0
    first = sum(m.score for m in moods[:third]) / third
    last = sum(m.score for m in moods[-third:]) / third
    return round(last - first, 2)


def turned(moods: Sequence[Mood]) -> int | None:
    """The customer's message from which on the chat feels otherwise than before: where the means on both sides differ most.

    None where they differ by less than 0.5, or for fewer than 3 messages.
    """
    if len(moods) < 3:
        return None
    scores = np.array([m.score for m in moods])
    sums = np.cumsum(scores)[:-1]
    counts = np.arange(1, len(scores))
    apart = np.abs((scores.sum() - sums) / counts[::-1] - sums / counts)
    weighed = apart * np.sqrt(counts * counts[::-1])  # one odd line at an end is no turn
    at = int(np.argmax(weighed))
    return moods[at + 1].message if apart[at] >= 0.5 else None
