"""What a customer message is about: what the model says, with the evidence of weighted phrases as part of it.

A phrase list says ``phrase: weight``. ``a|b`` stands for either phrase, ``a+b`` for both in this order, at most 12 characters apart
(``什么时候|几点+发货|寄出``). A phrase counts once in a message, and not at all where it stands only inside a longer listed phrase.
Everything is done on the arrays of a whole batch: 1–2 µs a message.
"""
from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from qa_service.model.finding import TOPICS, Topic
from qa_service.text.model_file import Model
from qa_service.text.models import probabilities
from qa_service.text.normalise import Index
from qa_service.text.phrases import Hits, PhraseBook

_GAP = 12  # characters between the two parts of a pair
_AHEAD = 8  # how many part hits further the second part is looked for
FRAGMENT: Final = 8  # characters of a line, folded, up to which it is read with the turn before it
_LIMIT = 3  # topics a message may have
TOPIC_EVIDENCE: Final = tuple(label for label in TOPICS if label != "other")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """`message`: numbers of the messages with a hit, rising. `of`: one row for each, one column for each label."""

    message: Index
    of: Floats


def expand(written: str) -> list[tuple[str, ...]]:
    """The phrases, one or two parts each, that a key of a weight list stands for."""
    return list(itertools.product(*(part.split("|") for part in written.split("+"))))


class PhraseScorer:
    """Sums the weights of `weights` (label -> phrase -> weight) over the messages of a batch."""

    def __init__(self, weights: Mapping[str, Mapping[str, float]], book: PhraseBook) -> None:
        self.labels = tuple(weights)
        single: dict[int, Floats] = {}
        double: dict[tuple[int, int], Floats] = {}
        number_of = cache(book.number_of)
        for column, label in enumerate(self.labels):
            for written, weight in weights[label].items():
                for parts in expand(written):
                    numbers = [number_of(part) for part in parts]
                    row = single.setdefault(numbers[0], self._nothing()) if len(numbers) == 1 else double.setdefault(
                        (numbers[0], numbers[1]), self._nothing())
                    row[column] += weight
        ids = {number: i + 1 for i, number in enumerate(sorted({n for pair in double for n in pair}))}
        size = max([*single, *ids], default=0) + 2  # the last entry stands for the numbers of other readers
        self._row = np.zeros(size, dtype=np.int64)
        self._row[list(single)] = np.arange(1, len(single) + 1)
        self._part = np.zeros(size, dtype=np.int64)
        self._part[list(ids)] = list(ids.values())
        self._pair = np.zeros((len(ids) + 1, len(ids) + 1), dtype=np.int64)
        for row_number, (first, second) in enumerate(double, len(single) + 1):
            self._pair[ids[first], ids[second]] = row_number
        self._weights = np.array([self._nothing(), *single.values(), *double.values()])
        self._mine = (self._row > 0) | (self._part > 0)

    def _nothing(self) -> Floats:
        return np.zeros(len(self.labels))

    def score(self, hits: Hits, wanted: Sequence[bool]) -> Scores:
        """The sums for each wanted message that holds a listed phrase or pair."""
        phrase = np.minimum(hits.phrase, len(self._mine) - 1)
        chosen = np.flatnonzero(self._mine[phrase] & np.asarray(wanted, dtype=bool)[hits.message]) if len(phrase) else hits.phrase[:0]
        message, start, end, phrase = hits.message[chosen], hits.start[chosen], hits.end[chosen], phrase[chosen]
        row = self._row[phrase]
        plain = np.flatnonzero(row)
        plain = plain[~_inside(message[plain], start[plain], end[plain])]
        joined, pair = self._pairs(message, start, end, self._part[phrase])
        rows = len(self._weights)
        once = np.unique(np.concatenate((message[plain] * rows + row[plain], joined * rows + pair)))
        if not len(once):
            return Scores(once, np.empty((0, len(self.labels))))
        where, first = np.unique(once // rows, return_index=True)
        return Scores(where, np.add.reduceat(self._weights[once % rows], first, axis=0))

    def _pairs(self, message: Index, start: Index, end: Index, part: Index) -> tuple[Index, Index]:
        """Message and row of each pair whose parts stand in order and close enough."""
        at = np.flatnonzero(part)
        message, start, end, part = message[at], start[at], end[at], part[at]
        found_in, found = [message[:0]], [message[:0]]
        for ahead in range(1, min(_AHEAD, len(at) - 1) + 1):
            gap = start[ahead:] - end[:-ahead]
            pair = self._pair[part[:-ahead], part[ahead:]]
            good = np.flatnonzero((message[ahead:] == message[:-ahead]) & (gap >= 0) & (gap <= _GAP) & (pair > 0))
            found_in.append(message[good])
            found.append(pair[good])
        return np.concatenate(found_in), np.concatenate(found)


def _inside(message: Index, start: Index, end: Index) -> npt.NDArray[np.bool_]:
    """Which hits (sorted by message, start, end) lie inside a longer one."""
    inside = np.zeros(len(message), dtype=bool)
    if len(message):
        step = int(end.max()) + 1
        reach = np.maximum.accumulate(message * step + end)
        inside[1:] = reach[:-1] >= message[1:] * step + end[1:]
        inside[:-1] |= (message[1:] == message[:-1]) & (start[1:] == start[:-1])
    return inside


class TopicEvidence:
    """Scores phrases of `weights` (label -> phrase -> weight), for the labels of TOPIC_EVIDENCE."""

    def __init__(self, weights: Mapping[str, Mapping[str, float]], book: PhraseBook) -> None:
        self._scorer = PhraseScorer({label: weights.get(label, {}) for label in TOPIC_EVIDENCE}, book)

    def read(self, hits: Hits, wanted: npt.NDArray[np.bool_]) -> Floats:
        """(messages, TOPIC_EVIDENCE); zeros where a message is not wanted or holds nothing."""
        out = np.zeros((len(wanted), len(TOPIC_EVIDENCE)))
        scores = self._scorer.score(hits, wanted.tolist())
        out[scores.message] = scores.of
        return out


def topics_of(model: Model, logits: Floats, messages: Sequence[int]) -> dict[int, tuple[tuple[str, float], ...]]:
    """Message number -> (label, confidence 0 … 1), the surest first, for those that have a topic. `logits`: a row for each of `messages`.

    The surest label counts from the threshold `first` on, the next ones from `second` on; "other" is no topic.
    """
    labels = model.heads[0].labels
    of = probabilities(model.heads, logits)[model.heads[0].name]
    best = np.argsort(-of, axis=1, kind="stable")[:, :_LIMIT]
    sure = np.take_along_axis(of, best, axis=1)
    said = sure >= model.threshold("second")
    said[:, :1] = sure[:, :1] >= model.threshold("first")
    said &= np.minimum.accumulate(best != labels.index("other"), axis=1)  # what comes after "other" is a guess
    count = said.sum(axis=1)
    rounded = np.round(sure, 2)
    chosen = np.flatnonzero(count)
    return {messages[i]: tuple([(labels[label], value) for label, value in zip(names[:n], values, strict=False)])
            for i, names, values, n in zip(chosen.tolist(), best[chosen].tolist(), rounded[chosen].tolist(), count[chosen].tolist(), strict=True)}


def main_topic(topics: Sequence[Topic]) -> str:
    """What a whole chat is about: the label its messages are surest of together; "other" where none has a topic."""
    total: dict[str, float] = {}
    for topic in topics:
        total[topic.label] = total.get(topic.label, 0.0) + topic.confidence
    return max(total, key=lambda label: (total[label], label), default="other")
