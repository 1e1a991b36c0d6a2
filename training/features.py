"""Rows -> the sparse matrix a linear model is fitted on: counts of known n-grams over the root of their number, a block a channel."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.feature_extraction.text import CountVectorizer

from qa_service.text.lexicon import load_lexicon
from qa_service.text.models import squashed
from qa_service.text.ngrams import cut
from qa_service.text.normalise import normalise
from qa_service.text.phrases import PhraseBook
from qa_service.text.sentiment import MOOD_EVIDENCE, MoodEvidence
from qa_service.text.topics import TOPIC_EVIDENCE, TopicEvidence
from training.rows import Row

WORDS: Final = Path(__file__).parents[1] / "lexicons" / "words"
EVIDENCE: Final = {"moods": MOOD_EVIDENCE, "topics": TOPIC_EVIDENCE}
Evidence = Callable[[Sequence[Row]], npt.NDArray[np.float64]]


class Features:
    """The columns of one model.

    orders, grams   lengths of the n-grams, and the known ones
    before          whether the turn before is a channel too
    evidence        gives the evidence of the phrase lists for rows, or is None
    """

    def __init__(self, orders: Sequence[int], grams: Sequence[str], *, before: bool = False, evidence: Evidence | None = None) -> None:
        self.orders = tuple(orders)
        self.grams = list(grams)
        self.before = before
        self._evidence = evidence
        self._counter = CountVectorizer(analyzer=partial(cut, orders=self.orders), vocabulary={g: i for i, g in enumerate(self.grams)}, dtype=np.float64)

    def matrix(self, rows: Sequence[Row]) -> csr_matrix:
        """(rows, n-grams · n-grams of the turn before · evidence)."""
        blocks = [self._block([r.text for r in rows])]
        if self.before:
            blocks.append(self._block([r.before for r in rows]))
        if self._evidence is not None:
            blocks.append(csr_matrix(squashed(self._evidence(rows))))
        return csr_matrix(hstack(blocks, format="csr"))

    def _block(self, texts: Sequence[str]) -> csr_matrix:
        counts = self._counter.transform(texts)
        known = np.asarray(counts.sum(axis=1)).ravel()
        return diags(1.0 / np.sqrt(np.maximum(known, 1.0))) @ counts


def frequent(texts: Sequence[str], orders: Sequence[int], at_least: int) -> list[str]:
    """The n-grams that stand in at least so many of the texts, sorted."""
    counter = CountVectorizer(analyzer=partial(cut, orders=tuple(orders)), binary=True, dtype=np.int32)
    x = counter.fit_transform(texts)
    often: npt.NDArray[np.bool_] = np.asarray(x.sum(axis=0)).ravel() >= at_least
    return [str(g) for g in counter.get_feature_names_out()[often]]


@cache
def evidence_of(which: str) -> Evidence:
    """How rows are scored by the phrase lists `which`: moods or topics."""
    lexicon = load_lexicon(WORDS)
    book = PhraseBook()
    reader = MoodEvidence(lexicon.moods, book) if which == "moods" else TopicEvidence(lexicon.topics, book)
    matcher = book.compile()

    def score(rows: Sequence[Row]) -> npt.NDArray[np.float64]:
        return reader.read(matcher.match(normalise([r.raw for r in rows], sound=False)), np.ones(len(rows), dtype=bool))

    return score
