"""Numbers of one conversation. A measure is one decorated function of its exchange; times are seconds, `None` where the chat has no times.

Behind the measures come the sums of the platform's own calculators (calculators.py): with them a day can be added up from scored output.
"Effective" counts only answers that say something ("亲,在的" to a question does not).
"""
from __future__ import annotations

from collections.abc import Callable

from qa_service.text.calculators import read_sums, within
from qa_service.text.clock import seconds_between
from qa_service.text.exchange import Exchange
from qa_service.text.transcript import Transcript

Value = float | int | None
Measure = Callable[[Exchange], Value]
MEASURES: dict[str, Measure] = {}
TIMING: set[str] = set()


def measure(function: Measure) -> Measure:
    """Register a measure under its function's name."""
    MEASURES[function.__name__] = function
    return function


def timing(function: Measure) -> Measure:
    """Register a measure that is None, without being asked, where a chat has no times."""
    TIMING.add(function.__name__)
    return measure(function)


def read_measures(t: Transcript) -> dict[str, Value]:
    """Every measure of a conversation, in the order of their definition, and the sums its platform's calculators ask for."""
    x = t.exchange
    if x.begun is None:
        return {name: None if name in TIMING else function(x) for name, function in MEASURES.items()}
    found: dict[str, Value] = {name: function(x) for name, function in MEASURES.items()}
    if x.rounds:
        read_sums(x, found)
    return found


@measure
def messages(x: Exchange) -> Value:
    """Messages of all roles."""
    return len(x.messages)


@measure
def customer_messages(x: Exchange) -> Value:
    """Messages of the customer."""
    return x.customer


@measure
def agent_messages(x: Exchange) -> Value:
    """Messages of people on the shop's side."""
    return x.agent


@measure
def speaking_messages(x: Exchange) -> Value:
    """Messages of people on the shop's side that say something."""
    return x.speaking


@measure
def bot_messages(x: Exchange) -> Value:
    """Messages of robots: automatic welcomes and replies."""
    return x.bot


@timing
def duration_seconds(x: Exchange) -> Value:
    """From the earliest time of the chat to the latest."""
    return seconds_between(x.begun, x.ended)


@timing
def first_response_seconds(x: Exchange) -> Value:
    """From the customer's first message to the first answer of a person."""
    return x.seconds[0] if x.seconds else None


@timing
def effective_first_response_seconds(x: Exchange) -> Value:
    """From the customer's first message to the first answer of a person that says something."""
    return x.effective_seconds[0] if x.effective_seconds else None


@timing
def mean_response_seconds(x: Exchange) -> Value:
    """Mean over the answered rounds."""
    return round(sum(x.seconds) / len(x.seconds), 1) if x.seconds else None


@timing
def longest_wait_seconds(x: Exchange) -> Value:
    """The longest answered round."""
    return max(x.seconds) if x.seconds else None


@timing
def effective_longest_wait_seconds(x: Exchange) -> Value:
    """The longest the customer waited for words that said something."""
    return max(x.effective_seconds) if x.effective_seconds else None


@timing
def response_30s_rate(x: Exchange) -> Value:
    """Share of the answered rounds that took at most 30 seconds: any human reply counts."""
    return round(within(x.seconds, 30) / len(x.seconds), 3) if x.seconds else None


@timing
def effective_response_30s_rate(x: Exchange) -> Value:
    """Share of the answered rounds in which a reply that says something came within 30 seconds."""
    return round(within(x.effective_seconds, 30) / len(x.seconds), 3) if x.seconds else None


@measure
def answered_turns(x: Exchange) -> Value:
    """Customer turns that a person answered."""
    return x.answered


@measure
def effectively_answered_turns(x: Exchange) -> Value:
    """How often a person's answer said something (or nothing in particular had been asked)."""
    return x.effectively


@measure
def unanswered_turns(x: Exchange) -> Value:
    """Customer turns at the end that put something concrete and got no human reply: 0 or 1."""
    return int(x.open)


@measure
def effectively_unanswered_turns(x: Exchange) -> Value:
    """The same, a reply that says nothing counting as none: 0 or 1."""
    return int(x.left_open)


@measure
def answer_ratio(x: Exchange) -> Value:
    """答问比: agent messages per customer message."""
    return round(x.agent / x.customer, 2) if x.customer else None


@measure
def agents(x: Exchange) -> Value:
    """Different people who spoke for the shop."""
    return x.people


@measure
def handovers(x: Exchange) -> Value:
    """How often another person took the chat over."""
    return len(x.handovers)


@timing
def handover_seconds(x: Exchange) -> Value:
    """Time the customer waited at handovers, all together: until the next person's first words."""
    return _total([a for a, _ in x.handovers]) if x.handovers else None


@timing
def effective_handover_seconds(x: Exchange) -> Value:
    """The same, until the next person's first words that say something."""
    return _total([b for _, b in x.handovers]) if x.handovers else None


def _total(waits: list[float | None]) -> float | None:
    known = [w for w in waits if w is not None]
    return sum(known) if known else None
