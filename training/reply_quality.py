"""What an agent's turn is, given the customer's turn it answers: an answer, a handling, a question back, patience, courtesy, or nothing."""
from __future__ import annotations

from typing import Final

from qa_service.text.model_file import Head
from qa_service.text.reply_quality import HELD_LABELS, REPLY_LABELS
from training.recipe import Question, Recipe
from training.rows import DATA, Row, make_rows, read_lines



def _rows() -> list[Row]:
    return make_rows(read_lines(sorted((DATA / "agent").glob("*.jsonl"))), before="customer", labels=("label", "apology", "solution", "options"))


RECIPE: Final = Recipe(
    name="reply_quality", title="答复质量", rows=_rows,
    questions=(Question(Head("reply", "softmax", REPLY_LABELS), lambda r: [(r.labels["label"], 1.0)]),
               Question(Head("holds", "logistic", HELD_LABELS), lambda r: [(k, 1.0) for k in HELD_LABELS if r.labels[k]])),
    orders=(1, 2, 3), at_least=2, strength=10.0, before=True)
