"""The Standard in force, for readers: its parts, and its rules one by one."""
from __future__ import annotations

from typing import Any

from qa_service.rules.rule import Rule
from qa_service.rules.standard import Standard


def rule_document(rule: Rule) -> dict[str, Any]:
    """One rule without its check's parameters: what it says, why, and where that comes from."""
    return {"id": rule.id, "name": rule.name, "title": rule.title, "category": rule.category, "severity": rule.severity,
            "status": rule.status, "check": rule.check_name, "pack": rule.pack, "why": rule.why, "suggest": rule.suggest,
            "source": dict(rule.source), "channels": list(rule.channels), "needs_human": rule.needs_human, "confidence": rule.confidence}


def rule_documents(standard: Standard, category: str = "", status: str = "") -> list[dict[str, Any]]:
    """The rules whose category begins with `category`, in their order."""
    return [rule_document(r) for r in standard.rules if r.category.startswith(category) and status in ("", r.status)]


def standard_document(standard: Standard) -> dict[str, Any]:
    """Name, version, digest, and how many rules of each status; the sections of the scorecard with their weights."""
    counts = {status: sum(r.status == status for r in standard.rules) for status in ("stable", "trial")}
    sections = [{"id": s.id, "title": s.title, "weight": s.weight / 10} for s in standard.scorecard.parts]
    return {"name": standard.ref.name, "version": standard.ref.version, "digest": standard.ref.digest, "rules": counts, "sections": sections}
