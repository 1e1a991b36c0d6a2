"""The documentation of rules, generated from their entries: it cannot differ from what runs."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from qa_service.rules.pack import CATEGORIES, ROOT_CATEGORIES
from qa_service.rules.rule import Example, Rule

_STATUS = {"stable": "正式(计分)", "trial": "试用(只显示,不扣分)", "retired": "停用"}
_SEVERITY = {"info": "提示", "minor": "轻微", "major": "严重", "critical": "致命"}


def rules_document(rules: Sequence[Rule]) -> str:
    """All rules as one Markdown document, by category."""
    ordered = sorted(rules, key=lambda r: (list(ROOT_CATEGORIES).index(r.category.split(".")[0]), r.category, r.id))
    out = ["# 规则一览", "", f"共 {len(rules)} 条。本页由 `qa-service rules docs` 从规则包生成,请勿手改。", ""]
    for root, group in groupby(ordered, key=lambda r: r.category.split(".")[0]):
        out += [f"## {ROOT_CATEGORIES[root]} `{root}`", ""]
        for rule in group:
            out += [rule_page(rule, level=3), ""]
    return "\n".join(out)


def rule_page(rule: Rule, level: int = 1) -> str:
    """One rule as Markdown: what, why, how to say it better, when it fires and when it must not."""
    source = "、".join(f"{v}" if k == "title" else f"{k}: {v}" for k, v in rule.source.items())
    lines = [
        f"{'#' * level} {rule.id} {rule.title}", "",
        f"`{rule.name}` · {CATEGORIES.get(rule.category, rule.category)} `{rule.category}` · {_SEVERITY[rule.severity]} · "
        f"{_STATUS[rule.status]} · 检查 `{rule.check_name}`" + (" · 需人工确认" if rule.needs_human else ""), "",
        f"- 为什么: {rule.why}", f"- 建议: {rule.suggest}", f"- 出处: {source}"]
    if rule.policy:
        lines.append("- 仅当店铺政策: " + "、".join(f"`{k}` = {v}" for k, v in rule.policy.items()))
    for title, examples in (("命中", rule.hits), ("不命中", rule.misses), ("已知漏报", rule.known_misses)):
        if examples:
            lines += ["", f"{title}:", "", "```text", "\n\n".join(_chat(e) for e in examples), "```"]
    return "\n".join(lines)


def _chat(example: Example) -> str:
    stage = "、".join(f"{k}={v}" for k, v in example.policy.items())
    return (f"({stage})\n" if stage else "") + example.chat.strip()
