"""A rule: a check with an id, wording, severity, source and examples. What it finds becomes a Finding."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qa_service.checks.base import Check, Match
from qa_service.model.conversation import EMPTY
from qa_service.model.finding import Finding, Span, fingerprint
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Example:
    """A small chat as text (``客: … / 服: …``). ⟦ ⟧ marks expected evidence; `policy` and `channel` set the stage."""

    chat: str
    policy: Mapping[str, Any] = field(default=EMPTY)
    channel: str = "tmall"


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of a pack. `where` is ``path:line``; `policy` facts must hold for the rule to apply (see `fact_fits`)."""

    id: str
    name: str
    title: str
    category: str
    severity: str
    status: str
    why: str
    suggest: str
    source: Mapping[str, str]
    check: Check
    check_name: str
    where: str
    pack: str
    hits: tuple[Example, ...] = ()
    misses: tuple[Example, ...] = ()
    known_misses: tuple[Example, ...] = ()
    policy: Mapping[str, Any] = field(default=EMPTY)
    channels: tuple[str, ...] = ()
    needs_human: bool = False
    confidence: float = 1.0

    def applies(self, t: Transcript) -> bool:
        """Whether the shop's policy and the channel call for this rule."""
        if self.channels and t.conversation.channel not in self.channels:
            return False
        return not self.policy or all(fact_fits(t.policy.get(key), wanted) for key, wanted in self.policy.items())

    def find(self, t: Transcript) -> list[Finding]:
        """All findings of this rule in a conversation."""
        if not self.applies(t):
            return []
        counts: dict[tuple[str, ...], int] = {}
        return [self._finding(t, match, counts) for match in self.check(t)]

    def _finding(self, t: Transcript, match: Match, counts: dict[tuple[str, ...], int]) -> Finding:
        spans = tuple(Span(i, start, end, t.messages[i].text[start:end]) for i, start, end in match.spans)
        words = tuple(s.text for s in spans)
        nth = counts[words] = counts.get(words, 0) + 1
        return Finding(self.id, self.name, self.category, self.severity, self.status, self.title, self.why, self.suggest, self.source,
                       spans, fingerprint(self.id, words, nth), round(self.confidence * match.confidence, 2), self.needs_human, match.detail)


def fact_fits(fact: Any, wanted: Any) -> bool:
    """Whether a fact of the shop's policy is what a rule wants: a value, a list (any of them), or {over: n, under: n} (exclusive)."""
    if isinstance(wanted, Mapping):
        if isinstance(fact, bool) or not isinstance(fact, int | float):
            return False
        return bool(fact > wanted.get("over", float("-inf")) and fact < wanted.get("under", float("inf")))
    return fact in wanted if isinstance(wanted, list) else bool(fact == wanted)
