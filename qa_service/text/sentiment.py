"""Sentiment of the customer, from weighted phrases: the baseline behind the `sentiment` field. The agent is never judged by it.

The score is a squashed sum of phrase weights (positive > 0, negative < 0): −1 … 1. Most customer lines are neutral, and without a
phrase that says otherwise a line stays neutral at 0.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from qa_service.model.finding import Mood
from qa_service.text.phrases import Hits, PhraseBook
from qa_service.text.topics import PhraseScorer

_NEGATIVE, _POSITIVE = -0.36, 0.33
COLUMNS = ("positive", "negative", "neutral", "doubt")


class MoodReader:
    """Scores phrases of `weights`: positive, negative, neutral, doubt -> {phrase: weight}.

    neutral  hides the shorter phrases inside ("不是不满意"); its weight, if any, is that of business and is taken off the positive sum,
             never below 0: "麻烦帮我查一下谢谢" is a request and not praise
    doubt    is taken off the negative sum, never below 0: "万一坏了怎么办" is a question and not a grievance
    """

    def __init__(self, weights: Mapping[str, Mapping[str, float]], book: PhraseBook) -> None:
        self._scorer = PhraseScorer({label: weights.get(label, {}) for label in COLUMNS}, book)

    def read(self, hits: Hits, customer: Sequence[bool], spoken: Sequence[bool]) -> dict[int, tuple[str, float]]:
        """Message number -> (label, score) for every customer message that is language."""
        wanted = np.asarray(customer, dtype=bool) & np.asarray(spoken, dtype=bool)
        out: dict[int, tuple[str, float]] = dict.fromkeys(np.flatnonzero(wanted).tolist(), ("neutral", 0.0))
        scores = self._scorer.score(hits, wanted.tolist())
        positive, negative, business, doubt = scores.of.T
        total = np.maximum(positive - business, 0.0) - np.maximum(negative - doubt, 0.0)
        score = np.round(total / (1.0 + np.abs(total)), 2)
        for message, value in zip(scores.message.tolist(), score.tolist(), strict=True):
            if value:
                out[message] = ("negative" if value <= _NEGATIVE else "positive" if value >= _POSITIVE else "neutral", value)
        return out


def trend(moods: Sequence[Mood]) -> float:
    """Mean score of the last third of the customer's messages minus that of the first third; 0 for fewer than 3 messages."""
    third = len(moods) // 3
    if not third:
        return 0.0
    first = sum(m.score for m in moods[:third]) / third
    last = sum(m.score for m in moods[-third:]) / third
    return round(last - first, 2)
