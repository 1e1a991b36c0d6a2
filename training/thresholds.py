"""Where a model says yes: chosen on rows it has not seen."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from qa_service.text.models import probabilities
from qa_service.text.reply_quality import LEAST
from training.recipe import Floats, Recipe
from training.rows import Row

_GRID: Final = [round(0.2 + 0.02 * n, 2) for n in range(26)]
_FALSE_ALARMS: Final = 0.1  # largest share of neutral lines that may be called negative
_NEARLY: Final = 0.003  # macro-F1 given up for grievances found
_PRECISE: Final = 0.85  # precision from which on a label of a reply may decide a rule


def choose(recipe: Recipe, rows: Sequence[Row], values: Floats) -> dict[str, float]:
    """The thresholds of the card. `values`: logits of unseen rows."""
    of = probabilities(recipe.heads, values)
    if recipe.name == "sentiment":
        return _moods(recipe, rows, of["mood"])
    if recipe.name == "consult_type":
        return {"first": _first(recipe, rows, of["topic"]), "second": _second(recipe, rows, of["topic"])}
    return _replies(recipe, rows, of)


def _moods(recipe: Recipe, rows: Sequence[Row], of: Floats) -> dict[str, float]:
    """Of the pairs with nearly the best macro-F1 and few neutral lines called negative, the one that misses the fewest grievances."""
    labels = recipe.heads[0].labels
    gold = np.array([labels.index(recipe.questions[0].answers(r)[0][0]) for r in rows])
    tried = []
    for low in _GRID:
        bad = of[:, labels.index("negative")] >= low
        if bad[gold == labels.index("neutral")].mean() > _FALSE_ALARMS:
            continue
        for high in _GRID:
            good = ~bad & (of[:, labels.index("positive")] >= high)
            found = np.where(bad, labels.index("negative"), np.where(good, labels.index("positive"), labels.index("neutral")))
            tried.append((float(np.mean([_f1(gold == k, found == k) for k in range(3)])), low, high))
    best = max(score for score, _, _ in tried)
    low, _, high = min((low, -score, high) for score, low, high in tried if score >= best - _NEARLY)
    return {"negative": low, "positive": high}


def _first(recipe: Recipe, rows: Sequence[Row], of: Floats) -> float:
    """Below which probability the surest label had better be "other"."""
    labels = recipe.heads[0].labels
    gold = np.array([labels.index(r.labels["types"][0]) for r in rows])
    best, other = of.argmax(axis=1), labels.index("other")
    shares = {border: float((np.where(of.max(axis=1) >= border, best, other) == gold).mean()) for border in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35)}
    return max(shares, key=lambda border: (shares[border], -border))


def _second(recipe: Recipe, rows: Sequence[Row], of: Floats) -> float:
    """From which probability on a second label is right more often than not to be added."""
    labels = recipe.heads[0].labels
    said = [[labels.index(name) for name, _ in recipe.questions[0].answers(row)] for row in rows]
    order = np.argsort(-of, axis=1)
    second = np.array([of[i, order[i, 1]] for i in range(len(rows))])
    right = np.array([order[i, 1] in s for i, s in enumerate(said)])
    for border in _GRID:
        if (second >= border).any() and right[second >= border].mean() >= 0.5:
            return border
    return 0.5


def _replies(recipe: Recipe, rows: Sequence[Row], of: dict[str, Floats]) -> dict[str, float]:
    """For each label the lowest probability at which it is right often enough; 0.98 where it never is."""
    out = {}
    labels = recipe.heads[0].labels
    gold = np.array([labels.index(r.labels["label"]) for r in rows])
    for n, label in enumerate(labels):
        out[label] = _precise(of["reply"][:, n], gold == n)
    for n, label in enumerate(recipe.heads[1].labels):
        out[f"holds_{label}"] = _precise(of["holds"][:, n], np.array([any(name == label for name, _ in recipe.questions[1].answers(r)) for r in rows]))
    return out


def _precise(of: Floats, truth: npt.NDArray[np.bool_]) -> float:
    for border in np.arange(LEAST, 0.98, 0.02):
        found = of >= border
        if found.any() and truth[found].mean() >= _PRECISE:
            return round(float(border), 2)
    return 0.98


def _f1(truth: npt.NDArray[np.bool_], found: npt.NDArray[np.bool_]) -> float:
    both = (truth & found).sum()
    return float(2 * both / max(1, truth.sum() + found.sum()))
