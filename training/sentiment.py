"""Sentiment of a customer's line: positive, neutral, negative.

The convention of the project (lexicons/words/sentiment.yaml) is that a fault of the shop counts as a grievance, also when it is told
without feeling; the lines were labelled by their tone. So a line labelled neutral that states such a fault, and asks nothing, is read
as negative for the greater part.
"""
from __future__ import annotations

import re
from typing import Final

from qa_service.text.model_file import Head
from training.recipe import Question, Recipe
from training.rows import DATA, Row, make_rows, read_lines, reviews

LABELS: Final = ("negative", "neutral", "positive")
_FAULTS: Final = frozenset(("wrong_item", "quality"))
_FAULT: Final = re.compile(r"少|漏|错|缺|没(给|有|配|放|看[见到]|收到|反应|到|装|带)|只(有|到|收到|给|来|发|剩)|就(四|三|两|一|0)|不(对|是我|一样|亮|转|动|响|热|制冷|灵|能用|好用|符|见了|够|通电|出)|"
                           r"坏|碎|破|裂|断|烂|霉|臭|异味|漏|掉|褪|缩|脏|污|瘪|翘|歪|卷边|开胶|开线|起球|发黑|发黄|划痕|变形|松|卡住|死机|黑屏|还是")
_ASKS: Final = re.compile(r"吗|么|[?]|能不能|可不可以|怎么|咋|如何|多少|几|什么|啥|哪|吧$|是不是|如果|要是|万一|的话|怕|会不会|没事|没问题|看错")
_MOSTLY: Final = 0.75


def _rows() -> list[Row]:
    return make_rows(read_lines(sorted((DATA / "customer").glob("*.jsonl"))), before="prev", labels=("sentiment", "types"))


def _mood(row: Row) -> list[tuple[str, float]]:
    mood = row.labels["sentiment"]
    if mood == "neutral" and (row.labels.get("types") or [""])[0] in _FAULTS and _FAULT.search(row.text) and not _ASKS.search(row.text):
        return [("negative", _MOSTLY), ("neutral", 1.0 - _MOSTLY)]
    return [(mood, 1.0)]


RECIPE: Final = Recipe(
    name="sentiment", title="客户情绪", rows=_rows, questions=(Question(Head("mood", "softmax", LABELS), _mood),),
    orders=(1, 2, 3), at_least=2, strength=10.0, evidence="moods", trust=(("net", "positive", 2.8), ("net", "negative", -2.8)),
    prior=reviews, prior_at_least=15, prior_every=4, prior_weight=0.1,
    weaknesses=("反话和阴阳怪气(“呵呵,你们真行”)只有词形明显时才认得出", "不带情绪地陈述故障按商家过失计为负面,边界由短语表和训练数据共同决定,难免两可",
                "只看这一句话,不看图片、表情含义和前后文", "商品评论按正负两分尚可,社交媒体文本不在训练范围内"))
