"""Consult type of a customer's line: one of thirteen, sometimes two."""
from __future__ import annotations

from dataclasses import replace
from typing import Final

from qa_service.model.finding import TOPICS
from qa_service.text.model_file import Head
from qa_service.text.topics import FRAGMENT
from training.recipe import Question, Recipe
from training.rows import DATA, Row, make_rows, read_lines

_MAIN: Final = 0.67  # weight of the first of two types
_TRUST: Final = 1.0


def _rows() -> list[Row]:
    rows = make_rows(read_lines(sorted((DATA / "customer").glob("*.jsonl"))), before="prev", labels=("types",))
    return [r if len(r.text) <= FRAGMENT else replace(r, before="") for r in rows]


def _types(row: Row) -> list[tuple[str, float]]:
    types = row.labels["types"]
    if len(types) == 1:
        return [(types[0], 1.0)]
    return [(types[0], _MAIN), *((t, (1.0 - _MAIN) / (len(types) - 1)) for t in types[1:])]


RECIPE: Final = Recipe(
    name="consult_type", title="咨询类型", rows=_rows, questions=(Question(Head("topic", "softmax", tuple(TOPICS)), _types),),
    orders=(1, 2, 3), at_least=2, strength=5.0, before=True, evidence="topics",
    trust=tuple((label, label, _TRUST) for label in TOPICS if label != "other"),
    weaknesses=("交叉验证按场景分组,没见过的商品场景准确率明显低于见过的", "退换货与退款、物流与发货时效、错发漏发与质量之间常两可",
                "一句多问时第二个类型多半漏掉", "只有不超过 8 个字的短句才连同前一条消息一起读"))
