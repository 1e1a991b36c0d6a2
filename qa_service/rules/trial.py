"""The trial of the rules: every example of every rule is run, in one batch, before a Standard comes up."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from qa_service.importers.plain import parse_plain
from qa_service.model.conversation import Conversation
from qa_service.model.errors import InvalidRecord
from qa_service.model.finding import Finding
from qa_service.model.policy import Policy
from qa_service.rules.rule import Example, Rule
from qa_service.text.reader import Reader

_OPEN, _CLOSE = "⟦", "⟧"
Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that its own example contradicts. `where` is ``path:line`` of the rule."""

    rule: str
    where: str
    example: str
    why: str
    fatal: bool = True

    def __str__(self) -> str:
        chat = " / ".join(self.example.strip().splitlines())
        return f"{self.where}: 规则 {self.rule}: {self.why}。例子: {chat}"


def try_rules(rules: Sequence[Rule], reader: Reader, policies: Mapping[str, Policy]) -> list[Failure]:
    """Run all examples. `policies` maps channels to the policy an example is judged by, before its own facts are laid over it."""
    cases: list[tuple[Rule, str, Example, Conversation, list[Mark]]] = []
    failures: list[Failure] = []
    for rule in rules:
        for key in ("hits", "misses", "known_misses"):
            for example in getattr(rule, key):
                try:
                    conversation, marks = _staged(example)
                except InvalidRecord as error:
                    failures.append(Failure(rule.id, rule.where, example.chat, f"{key} 的例子读不懂: {error}"))
                    continue
                cases.append((rule, key, example, conversation, marks))
    stage = [_policy(example, policies) for _, _, example, _, _ in cases]
    for (rule, key, example, _, marks), t in zip(cases, reader.read([c[3] for c in cases], stage).transcripts, strict=True):
        why = _verdict(key, rule.find(t), marks)
        if why:
            failures.append(Failure(rule.id, rule.where, example.chat, why, fatal=key != "known_misses"))
    return failures


def _verdict(key: str, found: Sequence[Finding], marks: Sequence[Mark]) -> str:
    if key == "misses":
        return f"不该命中却命中了 {found[0].spans[0].text if found[0].spans else '整段会话'!r}" if found else ""
    if key == "known_misses":
        return "写在 known_misses 里的例子现在能命中了,请移到 hits" if found else ""
    if not found:
        return "该命中却没有命中"
    spans = [(s.message, s.start, s.end) for f in found for s in f.spans]
    for mark in marks:
        if not any(s[0] == mark[0] and s[1] < mark[2] and mark[1] < s[2] for s in spans):
            return "命中了,但证据不在 ⟦⟧ 标出的地方"
    return ""


def _staged(example: Example) -> tuple[Conversation, list[Mark]]:
    conversation = parse_plain(example.chat, "example")
    marks: list[Mark] = []
    messages = []
    for i, message in enumerate(conversation.messages):
        text = message.text
        while _OPEN in text and _CLOSE in text:
            start = text.index(_OPEN)
            end = text.index(_CLOSE) - 1
            text = text.replace(_OPEN, "", 1).replace(_CLOSE, "", 1)
            marks.append((i, start, end))
        messages.append(replace(message, text=text))
    return replace(conversation, messages=tuple(messages), channel=example.channel), marks


def _policy(example: Example, policies: Mapping[str, Policy]) -> Policy:
    base = policies.get(example.channel) or policies["other"]
    if not example.policy:
        return base
    facts: dict[str, Any] = {**base.facts, **example.policy}
    return Policy(base.name, facts, base.source)
