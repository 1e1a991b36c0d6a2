"""The models that read chat, side by side: one look at the n-grams of a side's texts serves all of them.

A model is linear: what it says of a text is a sum over its n-grams, over those of the turn before, and over the evidence of the phrase
lists. So each distinct text of a batch is weighed once for all models (ngrams.py), and the rest is arithmetic on the sums.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa_service.text.model_file import SCALE, Head, Model
from qa_service.text.ngrams import Folded, Table, fold, keys_of

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Part = tuple[Model, str]
"""A model and the channel of it a text is read for: own or before."""


class Channels:
    """The n-gram weights of several models for the texts of one side, in one table."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._place: dict[tuple[str, str], tuple[slice, int]] = {}
        keys = {model.name: keys_of(model.grams) for model, _ in parts}
        known = np.unique(np.concatenate(list(keys.values())))
        width = 0
        for model, channel in parts:
            columns = getattr(model, channel).shape[1]
            self._place[model.name, channel] = slice(width, width + columns), width + columns
            width += columns + 1
        weights = np.zeros((len(known), width), dtype=np.int16)
        for model, channel in parts:
            columns_at, count_at = self._place[model.name, channel]
            rows = np.searchsorted(known, keys[model.name])
            weights[rows, columns_at] = getattr(model, channel)
            weights[rows, count_at] = 1
        self._table = Table(known, weights, sorted({n for model, _ in parts for n in model.orders}))

    def weigh(self, norms: Sequence[str]) -> Weighed:
        """Weigh each distinct text once."""
        number = {text: n for n, text in enumerate(dict.fromkeys(norms))}
        where = np.fromiter(map(number.__getitem__, norms), dtype=np.int64, count=len(norms))
        folded = fold(list(number))
        sums, _ = self._table.score(folded)
        return Weighed(sums, where, (np.bincount(folded.home) - 1)[where], self._place)

    def decided(self, folded: Folded, model: Model, channel: str, column: int) -> Floats:
        """What each position of one folded text adds to a column, in logits: an n-gram's weight is shared by its characters."""
        columns_at, count_at = self._place[model.name, channel]
        share, known = np.zeros(len(folded.codes)), 0.0
        for n, rows in zip(self._table.orders, self._table.rows(folded), strict=True):
            weights = self._table.weights_of(rows)
            known += float(weights[:, count_at].sum())
            each = weights[:, columns_at][:, column].astype(np.float64) / (SCALE * n)
            for ahead in range(n):
                share[ahead:] += each[:len(each) - ahead]
        out: Floats = share / max(known, 1.0) ** 0.5
        return out


@dataclass(frozen=True, slots=True)
class Weighed:
    """Sums of the distinct texts of a batch; `where`: the row of each text; `lengths`: how many characters each has, folded."""

    sums: npt.NDArray[np.float32]
    where: Index
    lengths: Index
    place: dict[tuple[str, str], tuple[slice, int]]

    def of(self, model: Model, channel: str) -> tuple[Floats, Floats]:
        """The sums of each text for a model's channel, in 1/256, and the number of n-grams the model knows in it."""
        columns_at, count_at = self.place[model.name, channel]
        return self.sums[:, columns_at].astype(np.float64)[self.where], self.sums[:, count_at].astype(np.float64)[self.where]


def over_root(sums: Floats, known: Floats) -> Floats:
    """Sums over the root of the number of known n-grams."""
    out: Floats = sums / np.sqrt(np.maximum(known, 1.0))[:, None]
    return out


def squashed(evidence: Floats) -> Floats:
    """The evidence of phrases as a model takes it: −1 … 1."""
    out: Floats = evidence / (1.0 + np.abs(evidence))
    return out


def logits(model: Model, own: Floats, before: Floats | None = None, evidence: Floats | None = None) -> Floats:
    """(texts, columns): what the parts of a model add up to. `own`, `before`: over the root already, in 1/256."""
    total = own + model.bias
    if before is not None:
        total = total + before
    if evidence is not None:
        total = total + squashed(evidence) @ model.phrases
    out: Floats = total / SCALE
    return out


def probabilities(heads: Sequence[Head], values: Floats) -> dict[str, Floats]:
    """The answer of each head: (texts, labels), rows that sum to 1 for a softmax."""
    out, at = {}, 0
    for head in heads:
        part = values[:, at:at + len(head.labels)]
        at += len(head.labels)
        if head.kind == "softmax":
            e = np.exp(part - part.max(axis=1, keepdims=True, initial=-np.inf))
            out[head.name] = e / e.sum(axis=1, keepdims=True)
        else:
            out[head.name] = 1.0 / (1.0 + np.exp(-part))
    return out
