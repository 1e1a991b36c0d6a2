"""What an agent's turn is, given the customer's turn it answers: an answer, a handling, a question back, patience, courtesy, or nothing."""
from __future__ import annotations

from functools import cache
from typing import Final

from qa_service.text.lexicon import Group, load_lexicon
from qa_service.text.model_file import Head
from qa_service.text.reply_quality import HELD_LABELS, REPLY_LABELS
from training.features import WORDS
from training.recipe import Question, Recipe
from training.rows import DATA, Row, make_rows, read_lines


def _rows() -> list[Row]:
    return make_rows(read_lines(sorted((DATA / "agent").glob("*.jsonl"))), before="customer", labels=("label", "apology", "solution", "options"))


def _held(row: Row) -> list[tuple[str, float]]:
    """A way out is offered where the label says so, and where an answer tells the customer which steps to take."""
    found = [(name, 1.0) for name in HELD_LABELS if row.labels[name]]
    if not row.labels["solution"] and row.labels["label"] == "answers" and any(way.search(row.text) for way in _ways_out()):
        found.append(("solution", 1.0))
    return found


@cache
def _ways_out() -> tuple[Group, ...]:
    """What the lexicon takes for a step or for help."""
    lexicon = load_lexicon(WORDS)
    return lexicon.group("slots.step"), lexicon.group("slots.help")


RECIPE: Final = Recipe(
    name="reply_quality", title="答复质量", rows=_rows,
    questions=(Question(Head("reply", "softmax", REPLY_LABELS), lambda r: [(r.labels["label"], 1.0)]),
               Question(Head("holds", "logistic", HELD_LABELS), _held)),
    orders=(1, 2, 3), at_least=2, strength=10.0, before=True,
    weaknesses=("训练数据里敷衍、推诿、不耐烦的比例远高于真实客服,概率不可当作发生率", "答非所问(答了别的问题)只凭词形,常当作 answers",
                "不耐烦的委婉说法召回偏低", "解决方案只认商家的动作;教客户自己操作的步骤多记为 answers"))
