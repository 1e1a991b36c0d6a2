"""What a day comes to: sums over many evaluations in bounded memory, fed one at a time and mergeable: each process can have its own.

The same evaluations in the same order give the same tally, however they were split. Everything it keeps of the chats' words is masked.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

from qa_service.model.conversation import Conversation, agent_key
from qa_service.model.finding import SEVERITIES
from qa_service.model.wire import DEFAULT_ZONE
from qa_service.services.counting import Least, Moments, Responses
from qa_service.services.day_parts import RULE_FIELDS, DuePromise, GroupTally, HourTally, LowChat, RuleTally, low_chat
from qa_service.services.excerpts import evidence, excerpt

WORST: Final = 50
DUE: Final = 200
_NUMBER: Final = re.compile(r"\d+")


@dataclass(slots=True)
class Tally:
    """The day. `zone` is the zone whose clock the hours are read from; counts by hour leave out chats without times.

    `first_at` and `last_begun`: when the first and the last chat began; `last_at`: the last message of the log.
    """

    zone: tzinfo = DEFAULT_ZONE
    n: int = 0
    messages: int = 0
    agent_messages: int = 0
    scores: Moments = field(default_factory=Moments)
    histogram: list[int] = field(default_factory=lambda: [0] * 21)
    grades: Counter[str] = field(default_factory=Counter)
    auto_fails: int = 0
    rules: dict[str, RuleTally] = field(default_factory=dict)
    shops: dict[str, GroupTally] = field(default_factory=dict)
    agents: dict[tuple[str, str], GroupTally] = field(default_factory=dict)
    hours: list[HourTally] = field(default_factory=lambda: [HourTally() for _ in range(24)])
    responses: Responses = field(default_factory=Responses)
    commitments: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    due: Least[DuePromise] = field(default_factory=lambda: Least(DUE))
    topics: Counter[str] = field(default_factory=Counter)
    topic_titles: dict[str, str] = field(default_factory=dict)
    moods: Counter[str] = field(default_factory=Counter)
    ended_negative: int = 0
    lowest: Least[LowChat] = field(default_factory=lambda: Least(WORST))
    notes: Counter[str] = field(default_factory=Counter)
    first_at: datetime | None = None
    last_begun: datetime | None = None
    last_at: datetime | None = None

    def add(self, conversation: Conversation, evaluation: Mapping[str, Any]) -> None:
        """One conversation and its evaluation as the wire has it."""
        c, score = conversation, evaluation["score"]
        tenths = round(score["total"] * 10)
        agent = agent_key(c)
        spoke = sum(m.role == "agent" for m in c.messages)
        self.messages += len(c.messages)
        self.agent_messages += spoke
        self.histogram[min(20, max(0, tenths // 50))] += 1
        self.grades[score["grade"]] += 1
        self.auto_fails += score["auto_fail"]
        shop = self.shops.setdefault(c.shop, GroupTally())
        person = self.agents.setdefault((c.shop, agent), GroupTally())
        person.name = person.name or c.agent.name
        for group in (shop, person):
            group.scores.add(tenths)
            group.auto_fails += score["auto_fail"]
            group.agent_messages += spoke
        self.scores.add(tenths)
        self._times(c, evaluation["measures"], (shop, person))
        name = c.agent.name or agent
        self._findings(c, evaluation, name, shop, person)
        self._commitments(c, evaluation["commitments"], name)
        self._customer(evaluation)
        if tenths < 1000 and self.lowest.has_room((tenths, self.n)):
            self.lowest.add((tenths, self.n), low_chat(c, evaluation, tenths, name, self.zone))
        self.n += 1

    def _times(self, c: Conversation, measures: Mapping[str, Any], groups: tuple[GroupTally, ...]) -> None:
        begun = next((m.at for m in c.messages if m.at is not None), None)
        if begun is None:
            return
        ended = next(m.at for m in reversed(c.messages) if m.at is not None)
        self.first_at = begun if self.first_at is None else min(self.first_at, begun)
        self.last_begun = begun if self.last_begun is None else max(self.last_begun, begun)
        self.last_at = ended if self.last_at is None else max(self.last_at, ended)
        hour = self.hours[begun.astimezone(self.zone).hour]
        hour.chats += 1
        if any(m.role == "customer" and m.at is not None for m in c.messages):
            nominal, effective = measures.get("first_response_seconds"), measures.get("effective_first_response_seconds")
            for responses in (self.responses, hour.responses, *(g.responses for g in groups)):
                responses.add(nominal, effective)

    def _findings(self, c: Conversation, evaluation: Mapping[str, Any], agent: str, shop: GroupTally, person: GroupTally) -> None:
        seen = set()
        for f in evaluation["findings"]:
            rule = self.rules.get(f["rule"])
            if rule is None:
                rule = self.rules[f["rule"]] = RuleTally(*(f[key] for key in RULE_FIELDS))
            rule.findings += 1
            rule.chats += f["rule"] not in seen
            seen.add(f["rule"])
            rule.needs_human += f["needs_human"]
            if f["severity"] != rule.severity:
                rule.severity = max(rule.severity, f["severity"], key=SEVERITIES.index)
            if rule.wants(f["fingerprint"]):
                rule.keep(f["fingerprint"], excerpt(c, f, agent, self.zone))
            if f["status"] == "stable" and not f["category"].startswith("customer-risk"):
                shop.categories[f["category"]] += 1
                self._author(c, f, person).categories[f["category"]] += 1
        for d in evaluation["score"]["deductions"]:
            if d["rule"] in self.rules:
                self.rules[d["rule"]].tenths += round(d["points"] * 10)

    def _author(self, c: Conversation, finding: Mapping[str, Any], person: GroupTally) -> GroupTally:
        """Who wrote the words: after a handover a finding is not counted against the colleague who took the chat over."""
        for s in finding["spans"]:
            m = c.messages[s["message"]]
            if m.role == "agent":
                if m.agent_id and m.agent_id != c.agent.id:
                    return self.agents.setdefault((c.shop, m.agent_id), GroupTally())
                break
        return person

    def _commitments(self, c: Conversation, commitments: list[Mapping[str, Any]], agent: str) -> None:
        for nth, p in enumerate(commitments):
            self.commitments[p["type"], p["status"], p["due"] is not None] += 1
            if p["due"] is None or p["status"] != "open":
                continue
            due = datetime.fromisoformat(p["due"])
            key = (due, self.n, nth)
            if self.due.has_room(key):
                text = evidence([p])
                self.due.add(key, DuePromise(c.id, c.shop, agent, p["type"], text, p["deadline_text"] or "", p["amount_text"] or "", due))

    def _customer(self, evaluation: Mapping[str, Any]) -> None:
        for label in sorted({t["label"] for t in evaluation["topics"]}):
            self.topics[label] += 1
        for t in evaluation["topics"]:
            self.topic_titles.setdefault(t["label"], t["title"])
        moods = evaluation["sentiment"]["customer"]
        for m in moods:
            self.moods[m["label"]] += 1
        self.ended_negative += bool(moods) and moods[-1]["label"] == "negative"
        for note in evaluation["notes"]:
            self.notes[_NUMBER.sub("N", note)] += 1

    def merge(self, other: Tally) -> None:
        """Add the tally of what came after this one's in the input."""
        for name in ("messages", "agent_messages", "auto_fails", "ended_negative"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("grades", "commitments", "topics", "moods", "notes"):
            getattr(self, name).update(getattr(other, name))
        self.scores.merge(other.scores)
        self.responses.merge(other.responses)
        self.histogram = [a + b for a, b in zip(self.histogram, other.histogram, strict=True)]
        for mine, theirs in zip(self.hours, other.hours, strict=True):
            mine.chats += theirs.chats
            mine.responses.merge(theirs.responses)
        _merge_into(self.rules, other.rules)
        _merge_into(self.shops, other.shops)
        _merge_into(self.agents, other.agents)
        self.topic_titles = {**other.topic_titles, **self.topic_titles}
        self.due.merge(other.due, lambda k: (k[0], k[1] + self.n, k[2]))
        self.lowest.merge(other.lowest, lambda k: (k[0], k[1] + self.n))
        self.first_at = min((t for t in (self.first_at, other.first_at) if t is not None), default=None)
        self.last_begun = max((t for t in (self.last_begun, other.last_begun) if t is not None), default=None)
        self.last_at = max((t for t in (self.last_at, other.last_at) if t is not None), default=None)
        self.n += other.n

    def findings(self, status: str) -> int:
        """Findings of the rules of one status, customer risk left out: the figure to set against the agents' messages."""
        return sum(r.findings for r in self.rules.values() if r.status == status and not r.category.startswith("customer-risk"))


def _merge_into(mine: dict[Any, Any], theirs: Mapping[Any, Any]) -> None:
    """Merge values of equal keys. The other's values are merged into new ones where possible, so that both tallies stay apart."""
    for key, value in theirs.items():
        if key not in mine:
            mine[key] = _blank(value)
        mine[key].merge(value)


def _blank(value: RuleTally | GroupTally) -> RuleTally | GroupTally:
    if isinstance(value, RuleTally):
        return RuleTally(*(getattr(value, key) for key in RULE_FIELDS))
    return GroupTally()
