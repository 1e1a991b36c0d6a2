"""Sentiment of a customer's line: positive, neutral, negative."""
from __future__ import annotations

from typing import Final

from qa_service.text.model_file import Head
from training.recipe import Question, Recipe
from training.rows import DATA, Row, make_rows, read_lines, reviews

LABELS: Final = ("negative", "neutral", "positive")


def _rows() -> list[Row]:
    return make_rows(read_lines(sorted((DATA / "customer").glob("*.jsonl"))), before="prev", labels=("sentiment",))


RECIPE: Final = Recipe(
    name="sentiment", title="客户情绪", rows=_rows,
    questions=(Question(Head("mood", "softmax", LABELS), lambda r: [(r.labels["sentiment"], 1.0)]),),
    orders=(1, 2, 3), at_least=2, strength=30.0, evidence="moods", prior=reviews, prior_at_least=15)
