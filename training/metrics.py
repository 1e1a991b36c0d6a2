"""Figures of a model on rows it has not seen, each with the interval that resampling whole groups gives."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training.recipe import Floats, Question, Recipe
from training.rows import Row

DRAWS: Final = 400
_SEED: Final = 20261101
Codes = npt.NDArray[np.int64]


def figures(recipe: Recipe, rows: Sequence[Row], groups: Sequence[int], values: Floats) -> dict[str, Any]:
    """Head -> its figures. `values`: logits (rows, columns)."""
    out, at = {}, 0
    for question in recipe.questions:
        part = values[:, at:at + len(question.head.labels)]
        at += len(question.head.labels)
        out[question.head.name] = (_of_softmax if question.head.kind == "softmax" else _of_logistic)(question, rows, groups, part)
    return out


def _of_softmax(question: Question, rows: Sequence[Row], groups: Sequence[int], values: Floats) -> dict[str, Any]:
    labels = question.head.labels
    said = [question.answers(row) for row in rows]
    gold = np.array([labels.index(max(a, key=lambda x: x[1])[0]) for a in said])
    found = values.argmax(axis=1)
    lenient = np.array([any(labels.index(name) == f for name, _ in a) for a, f in zip(said, found, strict=True)])
    return judged(labels, gold, found, groups) | {"lenient": [round(float(lenient.mean()), 3)]}


def judged(labels: Sequence[str], gold: Codes, found: Codes, groups: Sequence[int]) -> dict[str, Any]:
    """Accuracy and macro-F1 with intervals, precision, recall and F1 of each label, and the confusion table (gold down, found across)."""
    table = confusion(gold, found, len(labels))
    draws = [confusion(gold[i], found[i], len(labels)) for i in _draws(groups)]
    return {"rows": len(gold), "accuracy": _interval(_accuracy(table), [_accuracy(t) for t in draws]),
            "macro_f1": _interval(_macro(table), [_macro(t) for t in draws]),
            "labels": {label: _of_label(table, n) for n, label in enumerate(labels)}, "confusion": table.tolist()}


def _of_logistic(question: Question, rows: Sequence[Row], groups: Sequence[int], values: Floats) -> dict[str, Any]:
    out: dict[str, Any] = {"rows": len(rows), "labels": {}}
    scores = []
    for n, label in enumerate(question.head.labels):
        gold = np.array([any(name == label for name, _ in question.answers(row)) for row in rows]).astype(np.int64)
        found = (values[:, n] > 0).astype(np.int64)
        draws = [_of_label(confusion(gold[i], found[i], 2), 1)["f1"] for i in _draws(groups)]
        entry = _of_label(confusion(gold, found, 2), 1)
        scores.append(entry["f1"])
        out["labels"][label] = entry | {"f1_interval": _interval(entry["f1"], draws)[1:]}
    return out | {"macro_f1": [round(float(np.mean(scores)), 3)]}


def confusion(gold: Codes, found: Codes, size: int) -> Codes:
    """(gold, found) -> how many."""
    table: Codes = np.bincount(gold * size + found, minlength=size * size).reshape(size, size)
    return table


def _draws(groups: Sequence[int]) -> list[Codes]:
    """Rows of as many groups drawn with replacement as there are, DRAWS times."""
    order = np.argsort(np.asarray(groups), kind="stable")
    edges = np.flatnonzero(np.diff(np.asarray(groups)[order])) + 1
    members = np.split(order, edges)
    chance = np.random.default_rng(_SEED)
    return [np.concatenate([members[k] for k in chance.integers(0, len(members), len(members))]) for _ in range(DRAWS)]


def _accuracy(table: Codes) -> float:
    return float(np.trace(table) / max(1, table.sum()))


def _macro(table: Codes) -> float:
    """Mean F1 of the labels that occur."""
    there = np.flatnonzero(table.sum(axis=1))
    return float(np.mean([_of_label(table, n)["f1"] for n in there.tolist()])) if len(there) else 0.0


def _of_label(table: Codes, n: int) -> dict[str, Any]:
    right, said, there = int(table[n, n]), int(table[:, n].sum()), int(table[n].sum())
    precision, recall = right / said if said else 0.0, right / there if there else 0.0
    f1 = 2 * right / (said + there) if said + there else 0.0
    return {"rows": there, "precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


def _interval(value: float, draws: Sequence[float]) -> list[float]:
    """The value and the middle 95 % of its draws."""
    low, high = np.quantile(draws, (0.025, 0.975))
    return [round(value, 3), round(float(low), 3), round(float(high), 3)]
