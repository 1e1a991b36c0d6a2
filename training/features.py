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
from qa_service.text.sentiment import COLUMNS
from qa_service.text.topics import PhraseScorer
from training.rows import Row

ELSEWHERE: Final = 3.0  # value of the column that says a row is not chat: large enough that its weight is hardly held back
WORDS: Final = Path(__file__).parents[1] / "lexicons" / "words"
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

    def matrix(self, rows: Sequence[Row], elsewhere: float | None = None) -> csr_matrix:
        """(rows, n-grams · n-grams of the turn before · phrase labels · 1 where `elsewhere` is not None)."""
        blocks = [self._block([r.text for r in rows])]
        if self.before:
            blocks.append(self._block([r.before for r in rows]))
        if self._evidence is not None:
            blocks.append(csr_matrix(squashed(self._evidence(rows))))
        if elsewhere is not None:
            blocks.append(csr_matrix(np.full((len(rows), 1), elsewhere)))
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
def phrase_evidence(which: str) -> tuple[tuple[str, ...], Evidence]:
    """The labels of the phrase lists `which` (moods or topics), and how rows are scored by them."""
    lexicon = load_lexicon(WORDS)
    book = PhraseBook()
    weights = {c: lexicon.moods.get(c, {}) for c in COLUMNS} if which == "moods" else lexicon.topics
    scorer = PhraseScorer(weights, book)
    matcher = book.compile()

    def score(rows: Sequence[Row]) -> npt.NDArray[np.float64]:
        found = scorer.score(matcher.match(normalise([r.raw for r in rows], sound=False)), [True] * len(rows))
        out = np.zeros((len(rows), len(scorer.labels)))
        out[found.message] = found.of
        return out

    return scorer.labels, score
