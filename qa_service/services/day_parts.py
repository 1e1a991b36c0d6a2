"""The parts of a tally: a rule, a shop or an agent, an hour, and the few chats and promises that are listed by name."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

from qa_service.model.conversation import Conversation
from qa_service.model.finding import SEVERITIES
from qa_service.services.counting import Moments, Responses
from qa_service.services.excerpts import Excerpt, evidence
from qa_service.services.labels import LINES
from qa_service.services.masking import mask

EXAMPLES: Final = 5
RULE_FIELDS: Final = ("rule", "title", "category", "severity", "status", "why", "suggest")


@dataclass(slots=True)
class RuleTally:
    """One rule over the day. `tenths` is what it cost in all (negative) in tenths of a point; `severity` the gravest seen."""

    rule: str
    title: str
    category: str
    severity: str
    status: str
    why: str
    suggest: str
    findings: int = 0
    chats: int = 0
    needs_human: int = 0
    tenths: int = 0
    examples: dict[str, Excerpt] = field(default_factory=dict)

    def wants(self, fingerprint: str) -> bool:
        """Whether a finding would be kept as an example: the least fingerprints are, so the choice is even and repeats itself."""
        return fingerprint not in self.examples and (len(self.examples) < EXAMPLES or fingerprint < max(self.examples))

    def keep(self, fingerprint: str, example: Excerpt) -> None:
        """Keep an example; the one with the greatest fingerprint gives way."""
        if self.wants(fingerprint):
            self.examples[fingerprint] = example
            self.examples = dict(sorted(self.examples.items())[:EXAMPLES])

    def merge(self, other: RuleTally) -> None:
        """Add another tally of the same rule."""
        self.findings += other.findings
        self.chats += other.chats
        self.needs_human += other.needs_human
        self.tenths += other.tenths
        self.severity = max(self.severity, other.severity, key=SEVERITIES.index)
        for fingerprint, example in other.examples.items():
            self.keep(fingerprint, example)


@dataclass(slots=True)
class GroupTally:
    """A shop or an agent over the day: scores and responses of their chats, findings of stable rules by category.

    Customer risk is left out: it is nobody's fault.
    """

    name: str = ""
    scores: Moments = field(default_factory=Moments)
    auto_fails: int = 0
    agent_messages: int = 0
    responses: Responses = field(default_factory=Responses)
    categories: Counter[str] = field(default_factory=Counter)

    def merge(self, other: GroupTally) -> None:
        """Add another tally of the same shop or agent."""
        self.name = self.name or other.name
        self.scores.merge(other.scores)
        self.auto_fails += other.auto_fails
        self.agent_messages += other.agent_messages
        self.responses.merge(other.responses)
        self.categories.update(other.categories)


@dataclass(slots=True)
class HourTally:
    """One hour of the clock: chats begun, and how they were answered."""

    chats: int = 0
    responses: Responses = field(default_factory=Responses)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a waterfall, with the words it rests on."""

    rule: str
    title: str
    tenths: int
    why: str
    evidence: str


@dataclass(frozen=True, slots=True)
class LowChat:
    """One of the lowest-scored chats. `tenths` is its score."""

    id: str
    shop: str
    agent: str
    started: str
    tenths: int
    grade: str
    auto_fail: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class DuePromise:
    """An open commitment with a time. `text` is masked."""

    conversation: str
    shop: str
    agent: str
    type: str
    text: str
    deadline_text: str
    amount_text: str
    due: datetime


def low_chat(c: Conversation, evaluation: Mapping[str, Any], tenths: int, agent: str, zone: tzinfo) -> LowChat:
    """The waterfall of one chat with the reasons of its lines; `agent` as people know them."""
    by_print = {f["fingerprint"]: f for f in evaluation["findings"]}
    lines = []
    for d in evaluation["score"]["deductions"]:
        f = next((by_print[x] for x in d["fingerprints"] if x in by_print), None)
        title = LINES.get(d["rule"]) or (f["title"] if f else d["rule"])
        why = "" if f is None else f["why"] if d["rule"] not in LINES else f["title"]
        lines.append(Line(d["rule"], title, round(d["points"] * 10), mask(why), evidence(f["spans"], 80) if f else ""))
    at = next((m.at for m in c.messages if m.at is not None), None)
    started = f"{at.astimezone(zone):%m-%d %H:%M}" if at is not None else ""
    return LowChat(c.id, c.shop, agent, started, tenths, evaluation["score"]["grade"], evaluation["score"]["auto_fail"], tuple(lines))
