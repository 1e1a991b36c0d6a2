"""How a model is made: a recipe says what it reads and what it is asked; scikit-learn fits it; folds judge it on what it has not seen."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from qa_service.text.model_file import SCALE, Head
from training.features import EVIDENCE, Features, evidence_of, frequent
from training.rows import Row, without_doubles

FOLDS: Final = 5
_STEPS: Final = 400
_TOLERANCE: Final = 1e-3
_PRIOR_STRENGTH: Final = 1.0
_ELSEWHERE: Final = 3.0  # value of the column that says a row is not chat: large enough that its weight is hardly held back
_PRIOR_SCALE: Final = 2.0  # how readily the prior is believed: a larger column needs a smaller weight
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Question:
    """One head and what a row answers to it: labels with weights, nothing where the row does not say. For a logistic head: the labels that hold."""

    head: Head
    answers: Callable[[Row], list[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a model is made of.

    rows       the project's own lines
    orders     lengths of the n-grams
    at_least   lines an n-gram must stand in
    strength   C of the logistic regression
    before     whether the turn before is read too
    evidence   which phrase lists count: moods, topics, or "" for none
    trust      logits that evidence adds to labels beyond what is learnt: (evidence, label, logits); what a list knows of the convention that
               the labels of the lines do not say
    prior      lines that are not chat (reviews, positive or negative): what they teach of each n-gram is one more column
    prior_at_least  of these lines an n-gram must stand in
    prior_every, prior_weight  every so manieth of them is also fitted on as it is, with this weight, a column apart saying that it is not chat
    """

    name: str
    title: str
    rows: Callable[[], list[Row]]
    questions: tuple[Question, ...]
    orders: tuple[int, ...]
    at_least: int
    strength: float
    before: bool = False
    evidence: str = ""
    trust: tuple[tuple[str, str, float], ...] = ()
    prior: Callable[[], list[Row]] = field(default=list)
    prior_at_least: int = 1
    prior_every: int = 1
    prior_weight: float = 0.0
    weaknesses: tuple[str, ...] = ()

    @property
    def heads(self) -> tuple[Head, ...]:
        """The heads in the order of their columns."""
        return tuple(q.head for q in self.questions)

    @property
    def evidence_labels(self) -> tuple[str, ...]:
        """The labels of the evidence it reads."""
        return EVIDENCE[self.evidence] if self.evidence else ()


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights in logits: `coef` (columns of Features, columns of the heads) and `bias`. What the prior taught is in the n-grams' weights."""

    features: Features
    coef: Floats
    bias: Floats

    def logits(self, rows: Sequence[Row]) -> Floats:
        """(rows, columns)."""
        out: Floats = np.asarray(self.features.matrix(rows) @ self.coef) + self.bias
        return out


def prepared(recipe: Recipe) -> tuple[list[Row], list[int]]:
    """The recipe's rows without doubles, and their groups."""
    return without_doubles(recipe.rows(), lambda r: tuple(tuple(q.answers(r)) for q in recipe.questions))


def features_of(recipe: Recipe, rows: Sequence[Row], prior: Sequence[Row]) -> Features:
    """The columns that these rows give."""
    texts = [r.text for r in rows] + [r.before for r in rows if recipe.before and r.before]
    grams = set(frequent(texts, recipe.orders, recipe.at_least))
    if prior:
        grams |= set(frequent([r.text for r in prior], recipe.orders, recipe.prior_at_least))
    return Features(recipe.orders, sorted(grams), before=recipe.before, evidence=evidence_of(recipe.evidence) if recipe.evidence else None)


class Fitter:
    """A recipe with its columns laid out once: any part of the rows can be fitted, on one thread, the same rows to the same weights."""

    def __init__(self, recipe: Recipe, rows: Sequence[Row]) -> None:
        prior = recipe.prior()
        self.recipe = recipe
        self.rows = list(rows)
        self.features = features_of(recipe, rows, prior)
        self._x = self.features.matrix(rows)
        self._taught = np.zeros(self._x.shape[1])
        self._prior: list[Row] = []
        if prior:
            with threadpool_limits(1):
                taught = LogisticRegression(C=_PRIOR_STRENGTH, max_iter=_STEPS, tol=_TOLERANCE).fit(
                    self.features.matrix(prior), [r.labels["sentiment"] == "positive" for r in prior])
            grams = len(self.features.grams)
            self._taught[:grams] = _PRIOR_SCALE * taught.coef_[0, :grams]
            self._prior = [replace(r, weight=recipe.prior_weight) for r in prior[::recipe.prior_every]]
            self._x = csr_matrix(vstack([self._with_prior(self._x, 0.0), self._with_prior(self.features.matrix(self._prior), _ELSEWHERE)], format="csr"))

    def _with_prior(self, x: csr_matrix, elsewhere: float) -> csr_matrix:
        """Columns of what the prior teaches, and of whether a row is not chat."""
        return csr_matrix(hstack([x, csr_matrix((x @ self._taught)[:, None]), csr_matrix(np.full((x.shape[0], 1), elsewhere))], format="csr"))

    def fit(self, chosen: Sequence[int]) -> Fitted:
        """Fit every head on the chosen rows."""
        rows = [self.rows[i] for i in chosen] + self._prior
        x = self._x[[*chosen, *range(len(self.rows), len(self.rows) + len(self._prior))]]
        with threadpool_limits(1):
            parts = [(_fit_softmax if q.head.kind == "softmax" else _fit_logistic)(self.recipe, q, rows, x) for q in self.recipe.questions]
        coef = np.concatenate([c for c, _ in parts])
        width = len(self._taught)
        whole = coef[:, :width] + (coef[:, width:width + 1] * self._taught if coef.shape[1] > width else 0.0)
        for evidence, label, weight in self.recipe.trust:
            whole[self.recipe.heads[0].labels.index(label), width - len(self.recipe.evidence_labels) + self.recipe.evidence_labels.index(evidence)] += weight
        return Fitted(self.features, whole.T, np.concatenate([b for _, b in parts]))

    def unseen(self, groups: Sequence[int], always: int = 0) -> Floats:
        """Logits of every row but the last `always`, by a fit that has seen nothing of its group; those last ones are in every fit."""
        n = len(self.rows) - always
        extra = list(range(n, len(self.rows)))
        out = np.zeros((n, sum(len(h.labels) for h in self.recipe.heads)))
        for seen, left in GroupKFold(FOLDS).split(np.zeros(n), groups=groups[:n]):
            fitted = self.fit([*seen.tolist(), *extra])
            out[left] = fitted.logits([self.rows[i] for i in left])
        return out


def _fit_softmax(recipe: Recipe, question: Question, rows: Sequence[Row], x: csr_matrix) -> tuple[Floats, Floats]:
    labels = question.head.labels
    answers = [(i, labels.index(label), weight * row.weight) for i, row in enumerate(rows) for label, weight in question.answers(row)]
    model = LogisticRegression(C=recipe.strength, max_iter=_STEPS, tol=_TOLERANCE)
    model.fit(x[[i for i, _, _ in answers]], [n for _, n, _ in answers], sample_weight=[w for _, _, w in answers])
    coef, bias = np.zeros((len(labels), x.shape[1])), np.full(len(labels), -8.0)  # a label never seen in these rows
    if len(model.classes_) == 2:
        coef[model.classes_], bias[model.classes_] = np.vstack([-model.coef_, model.coef_]) / 2, np.array([-1, 1]) * model.intercept_ / 2
    else:
        coef[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    return coef, bias


def _fit_logistic(recipe: Recipe, question: Question, rows: Sequence[Row], x: csr_matrix) -> tuple[Floats, Floats]:
    coefs, biases = [], []
    for label in question.head.labels:
        y = np.array([any(name == label for name, _ in question.answers(row)) for row in rows])
        if y.all() or not y.any():
            coefs.append(np.zeros(x.shape[1]))
            biases.append(8.0 if y.all() else -8.0)
            continue
        model = LogisticRegression(C=recipe.strength, max_iter=_STEPS, tol=_TOLERANCE).fit(x, y, sample_weight=[r.weight for r in rows])
        coefs.append(model.coef_[0])
        biases.append(float(model.intercept_[0]))
    return np.array(coefs), np.array(biases)


def temperatures(recipe: Recipe, rows: Sequence[Row], values: Floats) -> Floats:
    """For each column what its logits are to be multiplied by so that unseen rows get probabilities that come true."""
    out, at = [], 0
    for question in recipe.questions:
        n = len(question.head.labels)
        part = values[:, at:at + n]
        at += n
        best = minimize_scalar(lambda t, q=question, p=part: _loss(q, rows, p * t), bounds=(0.2, 3.0), method="bounded")
        out += [round(float(best.x), 2)] * n
    return np.array(out)


def _loss(question: Question, rows: Sequence[Row], values: Floats) -> float:
    labels = question.head.labels
    if question.head.kind == "softmax":
        top = values.max(axis=1, keepdims=True)
        log = values - top - np.log(np.exp(values - top).sum(axis=1, keepdims=True))
        return -sum(weight * float(log[i, labels.index(label)]) for i, row in enumerate(rows) for label, weight in question.answers(row))
    truth = np.array([[any(name == label for name, _ in question.answers(row)) for label in labels] for row in rows])
    return float(np.logaddexp(0.0, np.where(truth, -values, values)).sum())


def rounded(values: Floats) -> npt.NDArray[np.int64]:
    """Logits as whole numbers of 1/SCALE."""
    out: npt.NDArray[np.int64] = np.rint(values * SCALE).astype(np.int64)
    return out
