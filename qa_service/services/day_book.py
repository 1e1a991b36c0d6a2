"""One day as the report shows it: its tally and insights, and a line for each day before it."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, tzinfo

from qa_service.model.conversation import Conversation
from qa_service.model.errors import UsageError
from qa_service.model.wire import DEFAULT_ZONE
from qa_service.services.counting import Moments, Responses
from qa_service.services.day_insights import Insights, phrases_of
from qa_service.services.day_source import DayReader
from qa_service.services.outcomes import Table
from qa_service.services.tally import Tally


@dataclass(slots=True)
class DayLine:
    """A day in one line of the trend."""

    chats: int = 0
    scores: Moments = field(default_factory=Moments)
    auto_fails: int = 0
    failed: int = 0
    responses: Responses = field(default_factory=Responses)


@dataclass(slots=True)
class DayBook:
    """`day` None: everything that was read, whatever its day. `standard` is that of the last evaluation; `mixed` if there were several."""

    day: date | None = None
    tally: Tally = field(default_factory=Tally)
    insights: Insights = field(default_factory=Insights)
    trend: dict[date, DayLine] = field(default_factory=dict)
    phrases_before: Counter[str] = field(default_factory=Counter)
    chats_before: int = 0
    standard: Mapping[str, str] = field(default_factory=lambda: {"name": "", "version": "", "digest": ""})
    mixed: bool = False
    has_chats: bool = True


def read_day(reader: DayReader, day: date | None = None, zone: tzinfo = DEFAULT_ZONE, joined: Table | None = None) -> DayBook:
    """Read a day; chats of earlier days become the trend, those of later days are left out. Raises SourceError, UsageError for an empty day."""
    book = DayBook(day, Tally(zone=zone), has_chats=reader.has_chats)
    table = joined or {}
    seen: set[date] = set()
    for conversation, evaluation in reader.pairs():
        begun = _begun(conversation, zone)
        if begun is not None:
            seen.add(begun)
        if day is not None and begun is not None and begun != day:
            if begun < day:
                _before(book, begun, conversation)
                _line(book, begun, conversation, evaluation)
            continue
        if day is not None and begun is None:
            continue
        book.mixed = book.mixed or (bool(book.standard["digest"]) and book.standard["digest"] != evaluation["standard"]["digest"])
        book.standard = evaluation["standard"]
        book.tally.add(conversation, evaluation)
        book.insights.add(conversation, evaluation, zone, table.get(conversation.id, {}))
        if begun is not None:
            _line(book, begun, conversation, evaluation)
    if day is not None and not book.tally.n:
        days = "、".join(str(d) for d in sorted(seen)[-5:]) or "没有带时间的会话"
        raise UsageError(f"{day} 没有会话", fix=f"数据里有: {days}")
    return book


def _begun(c: Conversation, zone: tzinfo) -> date | None:
    at = next((m.at for m in c.messages if m.at is not None), None)
    return at.astimezone(zone).date() if at is not None else None


def _before(book: DayBook, day: date, c: Conversation) -> None:
    book.chats_before += 1
    book.phrases_before.update(set(phrases_of(c)))


def _line(book: DayBook, day: date, c: Conversation, evaluation: Mapping[str, object]) -> None:
    score, measures = evaluation["score"], evaluation["measures"]
    assert isinstance(score, Mapping)
    assert isinstance(measures, Mapping)
    line = book.trend.setdefault(day, DayLine())
    line.chats += 1
    line.scores.add(round(score["total"] * 10))
    line.auto_fails += score["auto_fail"]
    line.failed += score["grade"] == "fail"
    if measures.get("customer_messages"):
        line.responses.add(measures.get("first_response_seconds"), measures.get("effective_first_response_seconds"))
