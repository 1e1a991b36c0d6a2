"""A buyer writes to the same account for years: where does one conversation end and the next begin?

A session ends at a silence, after words of farewell and a shorter silence, at the turn of the business day, or where the platform says
so. A question that nobody has answered keeps it open for the shop's answer (`patience`): a late answer is late, not a new session.
Each cut depends on what stands next to it only, and a session is named after the stream and its first message: read again, also with
more at the end, the same sessions come out under the same names.
"""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, tzinfo
from typing import Final, NamedTuple

from qa_service.importers.splitting import Splitting, span
from qa_service.model.conversation import Conversation, Message
from qa_service.model.wire import DEFAULT_ZONE

_BEGINNING: Final = "记录从这里开始"
_NO_END: Final = datetime.max.replace(tzinfo=UTC)


class Cut(NamedTuple):
    """A session: ``messages[start:end]`` of its stream, and why it begins there."""

    start: int
    end: int
    why: str


def cuts(messages: Sequence[Message], splitting: Splitting, zone: tzinfo = DEFAULT_ZONE, closes: frozenset[int] = frozenset()) -> list[Cut]:
    """The sessions of one stream, whose messages are in order of time. `closes`: messages after which the platform says it ended.

    System messages open no session: those right before a cut go with what follows when they are nearer to it.
    """
    if not messages:
        return []
    starts = _starts_of_talk(messages, splitting, zone) if not closes and len(messages) <= splitting.longest else None
    if starts is None:
        starts = _starts(messages, splitting, zone, closes) or [(0, _BEGINNING)]
    ends = [start for start, _ in starts[1:]] + [len(messages)]
    return [Cut(start, end, why) for (start, why), end in zip(starts, ends, strict=True)]


def _starts_of_talk(messages: Sequence[Message], splitting: Splitting, zone: tzinfo) -> list[tuple[int, str]] | None:
    """Where sessions begin, and why, when all messages are talk and have a time in `zone`: nothing but a silence or a new day is looked at.

    None when they are not: then each message has to be looked at.
    """
    least, day_starts = min(splitting.gap, splitting.closing_gap), splitting.day_starts
    before = messages[0].at
    if before is None or before.tzinfo is not zone or messages[0].role == "system":
        return None
    day_ends = _end_of_day(before, day_starts, zone) if day_starts is not None else _NO_END
    starts = [(0, _BEGINNING)]
    end = messages[-1].at
    if end is not None and end.tzinfo is zone and end < day_ends and end - before < least and "system" not in [m.role for m in messages]:
        return starts  # all of it is over sooner than the shortest silence that counts
    for i, m in enumerate(messages):
        at = m.at
        if at is None or at.tzinfo is not zone or m.role == "system" or at < before:
            return None
        if at >= day_ends or at - before >= least:
            why = _why(messages[i - 1], m, _waits(messages, starts[-1][0], i), i - starts[-1][0], splitting, zone) if i else ""
            if why:
                starts.append((i, why))
            day_ends = _end_of_day(at, day_starts, zone) if day_starts is not None else _NO_END
        before = at
    return starts


def _waits(messages: Sequence[Message], start: int, i: int) -> bool:
    """Has the customer said something before message i of the session that began at `start` that nobody but a robot answered?"""
    while i > start and messages[i - 1].role == "bot":
        i -= 1
    return i > start and messages[i - 1].role == "customer"


def _end_of_day(at: datetime, day_starts: time, zone: tzinfo) -> datetime:
    """When the business day of `at`, a time in `zone`, is over."""
    try:
        return datetime.combine(date.fromordinal(_day(at, day_starts, zone) + 1), time(day_starts.hour, day_starts.minute), zone)
    except (ValueError, OverflowError):  # the last day there is
        return _NO_END


def _starts(messages: Sequence[Message], splitting: Splitting, zone: tzinfo, closes: frozenset[int]) -> list[tuple[int, str]]:
    """Where sessions begin, and why; empty when nobody but the system speaks."""
    starts: list[tuple[int, str]] = []
    last: Message | None = None
    waiting = closed = False
    count = held = 0
    for i, m in enumerate(messages):
        if m.role != "system":
            why = "" if last is None else "平台结束了上一段会话" if closed else _why(last, m, waiting, count, splitting, zone)
            if last is None:
                starts.append((0, _BEGINNING))
            elif why:
                start = _with_preface(messages, held, i)
                starts.append((start, why))
                count = i - start
            waiting = m.role == "customer" or (waiting and m.role == "bot" and not why)
            # A message without a time says nothing about silence: what counts is the time before it.
            last = m if m.at is not None or last is None else last
            held, closed = i + 1, False
        if i in closes:
            closed, held = last is not None, i + 1
        count += 1
    return starts


def _why(last: Message, m: Message, waiting: bool, count: int, splitting: Splitting, zone: tzinfo) -> str:
    """Why a session ends between two messages; "" when it does not."""
    if count >= splitting.longest:
        return f"上一段已有 {count} 条消息"
    if last.at is None or m.at is None:
        return ""
    silence = m.at - last.at
    if waiting and m.role != "customer" and silence < splitting.patience:
        return ""
    if silence >= splitting.gap:
        return f"此前静默 {span(silence)}"
    if silence >= splitting.closing_gap and any(words in last.text for words in splitting.closing):
        return f"上一段已道别,静默 {span(silence)}"
    if splitting.day_starts is not None and _day(last.at, splitting.day_starts, zone) != _day(m.at, splitting.day_starts, zone):
        return f"过了 {splitting.day_starts:%H:%M},换日"
    return ""


def _day(at: datetime, starts: time, zone: tzinfo) -> int:
    local = at if at.tzinfo is zone else at.astimezone(zone)
    return local.toordinal() - ((local.hour, local.minute) < (starts.hour, starts.minute))


def _with_preface(messages: Sequence[Message], first: int, opening: int) -> int:
    """Where a session that `opening` opens begins: system messages between `first` and it, the nearer ones, belong to it."""
    before, after = messages[first - 1].at, messages[opening].at
    start = opening
    while start > first:
        at = messages[start - 1].at
        if before is not None and after is not None and at is not None and after - at > at - before:
            break
        start -= 1
    return start


def session_id(stream: str, first: Message, zone: tzinfo) -> str:
    """The name of a session: its stream and when it began, to the second."""
    if first.at is None:
        return stream
    written = first.at.astimezone(zone).isoformat(timespec="seconds")[:19]
    return f"{stream}@{written.replace('-', '').replace(':', '')}"


def sessions(stream: Conversation, splitting: Splitting, zone: tzinfo = DEFAULT_ZONE,
             closes: frozenset[int] = frozenset()) -> Iterator[tuple[Cut, Conversation]]:
    """The sessions of `stream`, a conversation whose id is the stream's, each with `meta.session`: stream, why it begins, the rule."""
    for cut, name, meta in named(stream.id, stream.messages, cuts(stream.messages, splitting, zone, closes), zone, splitting.explain()):
        yield cut, Conversation(
            name, stream.messages[cut.start:cut.end], stream.shop, stream.channel, stream.agent, stream.customer, {**stream.meta, "session": meta})


def named(stream: str, messages: Sequence[Message], found: Iterable[Cut], zone: tzinfo, rule: str) -> Iterator[tuple[Cut, str, dict[str, str]]]:
    """The sessions of a stream, each with its name and what `meta.session` says of it. `rule`: what the splitting explains."""
    taken: dict[str, int] = {}
    for cut in found:
        first = messages[cut.start]
        if first.role == "system":
            first = next((m for m in messages[cut.start:cut.end] if m.role != "system"), first)
        name = session_id(stream, first, zone)
        taken[name] = again = taken.get(name, 0) + 1
        yield cut, name if again == 1 else f"{name}-{again}", {"stream": stream, "why": cut.why, "rule": rule}


def split_again(conversations: Iterable[Conversation], splitting: Splitting, zone: tzinfo = DEFAULT_ZONE) -> Iterator[Conversation]:
    """Sessions joined to their streams and cut anew by other parameters. A conversation that is no session stays as it is."""
    streams: dict[tuple[str, str], list[Conversation]] = {}
    for c in conversations:
        about = c.meta.get("session")
        if isinstance(about, Mapping) and isinstance(about.get("stream"), str):
            streams.setdefault((c.shop, about["stream"]), []).append(c)
        else:
            yield c
    for (_, name), parts in streams.items():
        said = [m for c in parts for m in c.messages]
        timed = sorted(said, key=lambda m: m.at) if all(m.at is not None for m in said) else said  # type: ignore[arg-type, return-value]
        whole = replace(parts[0], id=name, messages=tuple(timed), meta={k: v for k, v in parts[0].meta.items() if k != "session"})
        yield from (c for _, c in sessions(whole, splitting, zone))
