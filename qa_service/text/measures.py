"""Numbers of one conversation. A measure is one decorated function; times are seconds, `None` where the chat has no times.

Response time is measured by rounds: from the first customer message that waits to the first answer of a person. A robot's words are
no answer. "Effective" counts only answers that say something ("亲,在的" to a question does not).
"""
from __future__ import annotations

from collections.abc import Callable

from qa_service.text.clock import seconds_between
from qa_service.text.transcript import Transcript

Value = float | int | None
Measure = Callable[[Transcript], Value]
MEASURES: dict[str, Measure] = {}


def measure(function: Measure) -> Measure:
    """Register a measure under its function's name."""
    MEASURES[function.__name__] = function
    return function


def read_measures(t: Transcript) -> dict[str, Value]:
    """Every measure of a conversation, in the order of their definition."""
    return {name: function(t) for name, function in MEASURES.items()}


@measure
def messages(t: Transcript) -> Value:
    """Messages of all roles."""
    return len(t.messages)


@measure
def customer_messages(t: Transcript) -> Value:
    """Messages of the customer."""
    return t.counts["customer"]


@measure
def agent_messages(t: Transcript) -> Value:
    """Messages of people on the shop's side."""
    return t.counts["agent"]


@measure
def bot_messages(t: Transcript) -> Value:
    """Messages of robots: automatic welcomes and replies."""
    return t.counts["bot"]


@measure
def duration_seconds(t: Transcript) -> Value:
    """From the first message with a time to the last."""
    times = [m.at for m in t.messages if m.at is not None]
    return seconds_between(min(times), max(times)) if times else None


@measure
def first_response_seconds(t: Transcript) -> Value:
    """From the customer's first message to the first answer of a person."""
    return next(iter(t.waits), None)


@measure
def effective_first_response_seconds(t: Transcript) -> Value:
    """From the customer's first message to the first answer of a person that says something."""
    return next(iter(t.effective_waits), None)


@measure
def mean_response_seconds(t: Transcript) -> Value:
    """Mean over the answered rounds."""
    found = t.waits
    return round(sum(found) / len(found), 1) if found else None


@measure
def longest_wait_seconds(t: Transcript) -> Value:
    """The longest answered round."""
    return max(t.waits, default=None)


@measure
def response_30s_rate(t: Transcript) -> Value:
    """Share of the answered rounds that took at most 30 seconds: any human reply counts."""
    found = t.waits
    return round(sum(w <= 30 for w in found) / len(found), 3) if found else None


@measure
def effective_response_30s_rate(t: Transcript) -> Value:
    """Share of the answered rounds in which a reply that says something came within 30 seconds."""
    nominal, effective = t.waits, t.effective_waits
    return round(sum(w <= 30 for w in effective) / len(nominal), 3) if nominal else None


@measure
def unanswered_turns(t: Transcript) -> Value:
    """Customer turns at the end that put something concrete and got no human reply: 0 or 1."""
    last = t.replies[-1].answer[-1] if t.replies else -1
    left = [i for i in range(last + 1, len(t.messages)) if t.messages[i].role == "customer"]
    return int(bool(left) and t.concrete(left))


@measure
def answer_ratio(t: Transcript) -> Value:
    """答问比: agent messages per customer message."""
    asked = t.counts["customer"]
    return round(t.counts["agent"] / asked, 2) if asked else None


@measure
def agents(t: Transcript) -> Value:
    """Different people who spoke for the shop."""
    names = {m.agent_id for m in t.messages if m.role == "agent"}
    return len(names)
