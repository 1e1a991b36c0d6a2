"""Evaluated chats of any shape, for the tests of what comes out."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from qa_service.model.conversation import Conversation, Message, Party

ZONE = timezone(timedelta(hours=8))
Chat = tuple[Conversation, dict[str, Any]]
Words = Sequence[tuple[str, str]]


def finding(rule: str, message: int, text: str, start: int = 0, **more: Any) -> dict[str, Any]:
    """A finding as the wire has it, on `text` in message number `message`."""
    return {
        "rule": rule, "name": f"name-{rule.lower()}", "category": "empty-reply", "severity": "major", "status": "stable",
        "title": f"标题{rule}", "why": f"理由{rule}", "suggest": f"建议{rule}", "source": {"title": "运营手册", "checked": "2026-11"},
        "spans": [{"message": message, "start": start, "end": start + len(text), "text": text}], "fingerprint": f"{rule}-{text}",
        "confidence": 0.9, "needs_human": False, **more}


def promise(message: int, text: str, due: str | None, **more: Any) -> dict[str, Any]:
    """A commitment as the wire has it."""
    return {"type": "reissue", "message": message, "start": 0, "end": len(text), "text": text, "deadline_text": "24小时内", "due": due,
            "amount_text": "10元", "amount": 10.0, "status": "open", **more}


def evaluated(number: int, words: Words = (("customer", "有M码吗"), ("agent", "亲,在的")), *, findings: Sequence[dict[str, Any]] = (),
              deductions: Sequence[tuple[str, float]] = (), shop: str = "demo", agent: tuple[str, str] = ("a1", "小美"),
              total: float | None = None, first: float | None = 6.0, effective: float | None = None,
              commitments: Sequence[dict[str, Any]] = (), hour: int = 10, timed: bool = True, notes: Sequence[str] = (),
              auto_fail: bool = False) -> Chat:
    """A chat of `words` (role, text), six seconds apart, and its evaluation. `deductions` are (rule, points)."""
    begin = datetime(2025, 11, 11, hour, 0, tzinfo=ZONE) + timedelta(seconds=number % 3600)
    messages = tuple(
        Message(role, text, begin + timedelta(seconds=6 * i) if timed else None, agent_id=agent[0] if role == "agent" else "")
        for i, (role, text) in enumerate(words))
    c = Conversation(f"c-{number:05d}", messages, shop, "tmall", Party(*agent), Party(f"u{number}"))
    score = 100.0 + sum(p for _, p in deductions) if total is None else total
    grade = "fail" if auto_fail or score < 60 else "pass" if score < 80 else "good" if score < 90 else "excellent"
    by_rule = {f["rule"]: f["fingerprint"] for f in findings}
    return c, {
        "schema": "qa-service/evaluation/1", "conversation": {"id": c.id, "shop": shop, "digest": "sha256:" + "1" * 64},
        "standard": {"name": "default", "version": "2026.11", "digest": "sha256:" + "2" * 64},
        "score": {"total": score, "grade": grade, "auto_fail": auto_fail, "sections": [
            {"id": "response", "title": "响应时效", "weight": 60.0, "points": 60.0, "applicable": True},
            {"id": "resolution", "title": "问题解决", "weight": 0.0, "points": 0.0, "applicable": False}],
            "deductions": [
                {"rule": r, "section": "response", "points": p, "fingerprints": [by_rule[r]] if r in by_rule else [], "capped": False}
                for r, p in deductions]},
        "findings": list(findings), "commitments": list(commitments),
        "topics": [{"message": 0, "label": "product_spec", "title": "商品规格", "confidence": 0.9}],
        "sentiment": {"customer": [{"message": 0, "label": "negative" if number % 3 == 0 else "neutral", "score": 0.0}], "trend": 0.0},
        "measures": {"messages": len(words), "first_response_seconds": first, "effective_first_response_seconds": effective,
                     "longest_wait_seconds": first},
        "notes": list(notes)}


class Build:
    """What the tests make chats of."""

    chat = staticmethod(evaluated)
    finding = staticmethod(finding)
    promise = staticmethod(promise)


@pytest.fixture
def build() -> Build:
    return Build()


@pytest.fixture
def day() -> Callable[[int], list[Chat]]:
    """A varied day of `n` chats: several shops, agents, rules, hours; some without times, some with promises."""
    def make(n: int) -> list[Chat]:
        out = []
        for i in range(n):
            words = [("customer", f"问题{i % 7}怎么处理"), ("agent", f"亲,在的{i % 5}"), ("customer", "我的电话是13812345678")]
            findings, deductions = [], []
            if i % 4 == 0:
                findings.append(finding("ER01", 1, words[1][1]))
                deductions.append(("ER01", -10.0 - i % 9))
            if i % 6 == 0:
                findings.append(finding("TR01", 1, "在的", 2, status="trial", severity="minor", category="process.closing"))
            if i % 50 == 3:
                findings.append(finding("CR01", 0, "怎么处理", 3, category="customer-risk.anger"))
            due = f"2025-11-1{1 + i % 3}T{i % 24:02d}:00:00+08:00" if i % 3 == 0 else None
            out.append(evaluated(
                i, words, findings=findings, deductions=deductions, shop=f"s{i % 3}", agent=(f"a{i % 4}", f"客服{i % 4}"), hour=i % 24,
                first=float(i % 200) / 3 if i % 11 else None, effective=float(i % 250) if i % 5 else None, timed=i % 13 != 0,
                commitments=[promise(1, words[1][1], due)] if i % 3 == 0 else [], notes=[f"{i} 条消息没有时间"] if i % 13 == 0 else []))
        return out
    return make
