"""The documentation of the models, generated from their cards: it cannot differ from what runs."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Card = Mapping[str, Any]


def models_document(cards: Sequence[Card]) -> str:
    """All cards as one Markdown document."""
    out = ["# 模型", "", "本页由模型卡生成,请勿手改: `./qa -- models --markdown --out docs/models.md`。", "",
           "三个模型都是字符 n-gram 上的线性模型,用 scikit-learn 训练(`./qa train NAME`),由 numpy 成批读取。指标是按场景分组的交叉验证: "
           "同一场景和近似重复的句子不会同时出现在训练和检验两边;方括号是按组重抽样的 95% 区间。", ""]
    for card in cards:
        out += [card_page(card), ""]
    return "\n".join(out)


def card_page(card: Card) -> str:
    """One card as Markdown: what it answers, what it learnt from, how good it is, where it is weak."""
    data, recipe = card["data"], card["recipe"]
    lines = [f"## {card['title']} `{card['name']}`", "",
             f"- 数据: {data['rows']} 行,{data['groups']} 组,`{data['digest'][:19]}`" + _more_data(data),
             f"- 配方: 字符 {min(recipe['orders'])}–{max(recipe['orders'])}-gram {recipe['grams']} 个"
             f"{'、前一轮对话' if recipe['before'] else ''}{'、短语证据 ' + '/'.join(card['evidence']) if card['evidence'] else ''},C={recipe['strength']}",
             "- 阈值: " + "、".join(f"{k} {v}" for k, v in card["thresholds"].items()),
             "- 软件: " + "、".join(f"{k} {v}" for k, v in card["software"].items()), f"- 摘要: `{card['digest']}`"]
    for head, figures in card["metrics"].items():
        lines += ["", *_figures(head, figures)]
    if card["weaknesses"]:
        lines += ["", "已知弱点:", "", *(f"- {w}" for w in card["weaknesses"])]
    return "\n".join(lines)


def _more_data(data: Mapping[str, Any]) -> str:
    more = []
    if "prior" in data:
        more.append(f"{data['prior']['source']} {data['prior']['rows']} 行")
    if "phrases" in data:
        more.append(f"短语表 `{data['phrases']['file']}`")
    if "feedback" in data:
        more.append(f"复核标注 {data['feedback']['rows']} 行")
    return "".join(f",{m}" for m in more)


def _figures(head: str, figures: Mapping[str, Any]) -> list[str]:
    """A table of the labels, and the confusion table where the labels exclude each other."""
    summary = "、".join(f"{name} {_interval(figures[key])}" for key, name in
                       (("accuracy", "准确率"), ("lenient", "宽松准确率"), ("macro_f1", "macro-F1")) if key in figures)
    lines = [f"`{head}` {figures['rows']} 行: {summary}", "", "| 标签 | 行 | 精确率 | 召回率 | F1 |", "|---|---:|---:|---:|---:|"]
    lines += [f"| {label} | {v['rows']} | {v['precision']} | {v['recall']} | {v['f1']} |" for label, v in figures["labels"].items()]
    if "confusion" in figures:
        labels = list(figures["labels"])
        lines += ["", "混淆表(行为标注,列为模型):", "", "| | " + " | ".join(labels) + " |", "|---|" + "---:|" * len(labels)]
        lines += [f"| {label} | " + " | ".join(map(str, row)) + " |" for label, row in zip(labels, figures["confusion"], strict=True)]
    return lines


def _interval(values: Sequence[float]) -> str:
    return f"{values[0]} [{values[1]}–{values[2]}]" if len(values) == 3 else str(values[0])
