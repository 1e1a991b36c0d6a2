"""What is derived of a conversation and its evaluation: the columns of its head, its rows, and what it adds to the tallies. Pure."""
from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Final

from qa_service.model.conversation import Conversation, agent_key
from qa_service.text.calculators import CALCULATORS, LONGEST

Amounts = tuple[int, int, int]
Additions = dict[tuple[date, str, str, str], Amounts]  # (day, agent, kind, name) -> n, total, squares

COUNTING: Final = 1  # raised when what a chat adds to the tallies changes: then all are counted anew
RESPONSE_EDGES: Final = (15, 30, 60, 180, 600)  # seconds
_COLUMN_LONGEST: Final = 200
_EVIDENCE_LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Facts:
    """Whose chat it is and when it was. `at`: begun, or when it was first received; `day` on the clock of the shop's zone."""

    agent: str
    agent_name: str
    begun: datetime | None
    ended: datetime | None
    at: datetime
    day: date


def facts_of(c: Conversation, received_at: datetime, zone: tzinfo) -> Facts:
    """The facts of a conversation that was first received at a time."""
    times = [m.at for m in c.messages if m.at is not None]
    begun, ended = (times[0], times[-1]) if times else (None, None)
    at = received_at if begun is None else begun
    return Facts(clean(agent_key(c)), clean(c.agent.name), begun, ended, at, at.astimezone(zone).date())


def clean(text: str, longest: int = _COLUMN_LONGEST) -> str:
    """A text as a column can hold it: without U+0000 and lone surrogates. The document keeps it as it was."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if not text.isascii():
        text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return text[:longest]


def head_values(c: Conversation, e: Mapping[str, Any], f: Facts) -> dict[str, Any]:
    """The columns of a head that follow from its document and evaluation."""
    score = e["score"]
    return {
        "channel": c.channel, "agent": f.agent, "agent_name": f.agent_name, "customer": clean(c.customer.id),
        "customer_name": clean(c.customer.name), "begun": f.begun, "ended": f.ended, "at": f.at, "day": f.day, "messages": len(c.messages),
        "agent_messages": sum(m.role == "agent" for m in c.messages), "total": tenths(score["total"]), "grade": score["grade"],
        "auto_fail": score["auto_fail"], "needs_human": any(x["needs_human"] for x in e["findings"]),
        "findings": sum(x["status"] == "stable" for x in e["findings"]), "measures": dict(e["measures"])}


def tenths(points: float) -> int:
    """Points as integer tenths."""
    return round(points * 10)


def author_of(c: Conversation, message: int | None, agent: str) -> str:
    """Who wrote a message; the chat's agent where nobody is named: after a handover words stay with the one who wrote them."""
    if message is not None and c.messages[message].role == "agent":
        return clean(c.messages[message].agent_id) or agent
    return agent


def finding_author(c: Conversation, finding: Mapping[str, Any], agent: str) -> str:
    """Who wrote the first of a finding's spans that a person wrote."""
    wrote = next((s["message"] for s in finding["spans"] if c.messages[s["message"]].role == "agent"), None)
    return author_of(c, wrote, agent)


def finding_rows(c: Conversation, e: Mapping[str, Any], f: Facts) -> Iterator[dict[str, Any]]:
    """Rows of `findings`."""
    for nth, x in enumerate(e["findings"]):
        spans = x["spans"]
        yield {"shop": c.shop, "conversation": c.id, "nth": nth, "rule": x["rule"], "category": x["category"], "severity": x["severity"],
               "status": x["status"], "fingerprint": x["fingerprint"], "message": spans[0]["message"] if spans else None,
               "text": clean(" … ".join(s["text"] for s in spans), _EVIDENCE_LONGEST), "confidence": x["confidence"],
               "needs_human": x["needs_human"], "agent": finding_author(c, x, f.agent), "at": f.at}


def commitment_rows(c: Conversation, e: Mapping[str, Any], f: Facts) -> Iterator[dict[str, Any]]:
    """Rows of `commitments`."""
    for nth, x in enumerate(e["commitments"]):
        yield {"shop": c.shop, "conversation": c.id, "nth": nth, "type": x["type"], "message": x["message"], "start": x["start"],
               "end": x["end"], "text": clean(x["text"], _EVIDENCE_LONGEST), "deadline_text": _clean(x["deadline_text"]),
               "due": datetime.fromisoformat(x["due"]) if x["due"] else None, "amount_text": _clean(x["amount_text"]),
               "amount": x["amount"], "status": x["status"], "agent": author_of(c, x["message"], f.agent), "at": f.at}


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text)


def topic_rows(c: Conversation, e: Mapping[str, Any], f: Facts) -> Iterator[dict[str, Any]]:
    """Rows of `topics`: one a label."""
    counts = Counter(t["label"] for t in e["topics"])
    for label, n in sorted(counts.items()):
        surest = max(t["confidence"] for t in e["topics"] if t["label"] == label)
        yield {"shop": c.shop, "conversation": c.id, "label": label, "messages": n, "confidence": surest, "at": f.at}


def additions(c: Conversation, e: Mapping[str, Any], f: Facts, standing: int, zone: tzinfo) -> Additions:
    """What a conversation adds to the tallies; see tallies.Sum for the kinds."""
    out: Additions = {}

    def add(kind: str, name: str = "", n: int = 1, total: int = 0, squares: int = 0, agent: str = f.agent) -> None:
        key = (f.day, agent, kind, name)
        before = out.get(key)
        out[key] = (n, total, squares) if before is None else (before[0] + n, before[1] + total, before[2] + squares)

    score, total = e["score"], tenths(e["score"]["total"])
    add("chats", total=total, squares=total * total)
    add("standing", total=standing, squares=standing * standing)
    add("grade", score["grade"])
    add("histogram", f"{min(20, max(0, total // 50)):02d}")
    if score["auto_fail"]:
        add("auto_fail")
    for role, n in Counter(m.role for m in c.messages).items():
        add("messages", role, n)
    authors: dict[str, str] = {}
    for x in e["findings"]:
        author = finding_author(c, x, f.agent)
        add("rule", x["rule"], agent=author)
        if x["rule"] not in authors:
            authors[x["rule"]] = author
            add("rule_chats", x["rule"])
        if x["status"] == "stable" and not x["category"].startswith("customer-risk"):
            add("category", x["category"], agent=author)
    for d in score["deductions"]:
        if d["rule"] in authors:
            add("rule", d["rule"], 0, tenths(d["points"]), agent=authors[d["rule"]])
    for label in {t["label"] for t in e["topics"]}:
        add("topic", label)
    moods = e["sentiment"]["customer"]
    for label, n in Counter(m["label"] for m in moods).items():
        add("mood", label, n)
    if moods and moods[-1]["label"] == "negative":
        add("ended_negative")
    for x in e["commitments"]:
        add("commitment", f"{x['type']}.{x['status']}.{'dated' if x['due'] else 'undated'}", agent=author_of(c, x["message"], f.agent))
    if f.begun is not None:
        add("hour", f"{f.begun.astimezone(zone).hour:02d}")
        _add_measures(c, e["measures"], add)
    return out


def _add_measures(c: Conversation, measures: Mapping[str, Any], add: Any) -> None:
    if any(m.role == "customer" and m.at is not None for m in c.messages):
        add("asked")
        for kind, name in (("first", "first_response_seconds"), ("effective_first", "effective_first_response_seconds")):
            seconds = measures.get(name)
            if seconds is not None:
                edge = bisect_left(RESPONSE_EDGES, seconds)
                add(kind, str(RESPONSE_EDGES[edge]) if edge < len(RESPONSE_EDGES) else "more", 1, round(seconds * 1000))
    for calculator in CALCULATORS:
        sums = None if calculator.kind == LONGEST else calculator.sums(measures)
        if sums is not None:
            of, total, effective_of, effective_total = sums
            add("measure", calculator.name, round(of), round(total * 1000))
            add("measure", f"{calculator.name}.effective", round(effective_of), round(effective_total * 1000))


def merge(sums: Additions, more: Additions, sign: int) -> None:
    """Add (or, with −1, take away) one to the other."""
    for key, (n, total, squares) in more.items():
        a, b, c = sums.get(key, (0, 0, 0))
        sums[key] = a + sign * n, b + sign * total, c + sign * squares
