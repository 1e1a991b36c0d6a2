"""A conversation in the making, for sources that hold it whole: messages are put in order, repeats dropped, each repair written down."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from itertools import islice
from operator import gt
from typing import Any, Final

from qa_service.importers.times import parse_written_time
from qa_service.model.conversation import EMPTY, Conversation, Message, Party
from qa_service.model.errors import InvalidRecord

LABELS: Final[Mapping[str, str]] = {
    "image": "[图片]", "video": "[视频]", "voice": "[语音]", "card": "[卡片]", "order": "[订单]", "link": "[链接]", "other": "[其他]"}
"""What stands for a message without words."""
_NO_PARTY: Final = Party()
_NEVER: Final = datetime.min
_OBJECTS: Final = frozenset((dict,))
REORDERED: Final = "消息未按时间排列,已按时间重排"
_EPOCH: Final = ((10**12, 10**13, 1_000), (10**9, 10**10, 1), (10**15, 10**16, 1_000_000))
"""From, to (in the unit), units a second. A float holds microseconds of these years exactly enough to be rounded right."""


def moment(value: object, zone: tzinfo) -> datetime | None:
    """A time as JSON has it: RFC 3339 or another written form, or an epoch in s, ms or µs; given in `zone`. None and "" are None. Raises ValueError."""
    if type(value) is str and len(value) == 19:
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            at = _NEVER
        if at.tzinfo is None and 1970 < at.year < 2200:  # 2025-11-01 10:00:00: what nearly every platform writes
            return datetime.combine(at, at.time(), zone)
    if type(value) is int:
        for least, most, unit in _EPOCH:
            if least <= value < most:
                return datetime.fromtimestamp(value / unit, zone)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        if value[10:11] == "T" and (full := _rfc3339(value)) is not None:
            return full.astimezone(zone)
        written = parse_written_time(value.removesuffix(" UTC") + "+00:00" if value.endswith(" UTC") else value, zone)
        # Helpdesks store UTC; "today" and "before six" in the talk mean the shop's clock.
        return written.astimezone(zone) if written is not None else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"不是认得的时间: {str(value)[:40]!r}")
    for least, most, unit in _EPOCH:
        if least <= value < most:
            return datetime.fromtimestamp(value / unit, zone)
    raise ValueError(f"不是认得的时间: {str(value)[:40]!r}")


def _rfc3339(text: str) -> datetime | None:
    """The time where it is written in full, with its zone: what nearly every source writes, read the quick way."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None and 1970 < at.year < 2200 else None


def name_of(value: object, field: str = "") -> str:
    """An id, a name: a string or a whole number as text, None as "". Raises InvalidRecord for anything else."""
    if type(value) is str:
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidRecord(f"应为字符串或整数,得到 {str(value)[:40]!r}", field=field)
    return str(value)


def words_of(value: object, field: str) -> str:
    """What was said: a string (None is ""). Raises InvalidRecord."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise InvalidRecord(f"应为字符串,得到 {type(value).__name__}", field=field)


def within(place: str, error: InvalidRecord) -> InvalidRecord:
    """The error of a value that stands inside `place`."""
    return InvalidRecord(error.why, field=f"{place}/{error.field.removeprefix('/')}".rstrip("/"))


def part_of(value: object, field: str) -> dict[str, Any]:
    """An object inside a record; None is an empty one. Raises InvalidRecord."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidRecord(f"应为对象,得到 {type(value).__name__}", field=field)
    return value


def list_of(value: object, field: str) -> list[dict[str, Any]]:
    """A list of objects; None is an empty one. Raises InvalidRecord."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidRecord(f"应为数组,得到 {type(value).__name__}", field=field)
    if not _OBJECTS.issuperset(map(type, value)):
        wrong = next(i for i, v in enumerate(value) if not isinstance(v, dict))
        raise InvalidRecord(f"应为对象,得到 {type(value[wrong]).__name__}", field=f"{field}/{wrong}")
    return value


def some_of(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Those of `keys` that hold a plain value, for `meta`."""
    return {k: v for k in keys if (v := data.get(k)) not in (None, "") and (isinstance(v, str | bool) or (isinstance(v, int | float) and abs(v) < 1 << 53))}


@dataclass(slots=True)
class Draft:
    """A conversation being read. `repairs` is what was set right; `left_out` counts what is no part of the talk."""

    zone: tzinfo
    id: str
    shop: str = "default"
    channel: str = "other"
    agent: Party = _NO_PARTY
    customer: Party = _NO_PARTY
    meta: dict[str, Any] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    _unreadable: int = 0

    def at(self, value: object) -> datetime | None:
        """The time that `value` is. One that cannot be read is None, and the repairs say so."""
        try:
            return moment(value, self.zone)
        except ValueError as error:
            self._unreadable += 1
            if self._unreadable == 1:
                self.repairs.append(f"有消息的时间读不出,已留空: {error}")
            return None

    def say(self, role: str, text: str, at: datetime | None, *, kind: str = "text", agent_id: str = "", id: str = "",
            name: str = "", meta: Mapping[str, Any] = EMPTY) -> None:
        """Add a message. `name` is how the agent is called. A message of another kind than text that has no words gets its label."""
        if name and agent_id:
            self.names.setdefault(agent_id, name)
        self.messages.append(Message(role, text or LABELS.get(kind, ""), at, kind, agent_id, id, meta))

    def finish(self) -> Conversation:
        """The conversation. Raises InvalidRecord when nobody said anything."""
        if not self.id:
            raise InvalidRecord("缺少会话 id", field="/id")
        if not any(m.role != "system" for m in self.messages):
            raise InvalidRecord("没有对话消息" + self._left_out("(只有: {})"), field="/messages")
        if self.left_out:
            self.repairs.append(self._left_out("不算对话、没有读入: {}"))
        messages = without_repeats(self.messages)
        if len(messages) < len(self.messages):
            self.repairs.append(f"去掉重复的消息 {len(self.messages) - len(messages)} 条")
        if not in_order(messages):
            messages = by_time(messages)
            self.repairs.append(REORDERED)
        agent_id = self.agent.id or next((m.agent_id for m in messages if m.agent_id), "")
        agent = self.agent if self.agent.id else Party(agent_id, self.agent.name or self.names.get(agent_id, ""))
        meta = self.meta | ({"repairs": self.repairs} if self.repairs else {})
        return Conversation(self.id, tuple(messages), self.shop or "default", self.channel, agent, self.customer, meta or EMPTY)

    def _left_out(self, form: str) -> str:
        return form.format("、".join(f"{what} {n} 条" for what, n in self.left_out.items())) if self.left_out else ""


def without_repeats(messages: Sequence[Message]) -> list[Message]:
    """Messages that repeat one before them, id and all, are left out."""
    ids = [m.id for m in messages if m.id]
    if len(set(ids)) == len(ids):
        return list(messages)
    seen: dict[str, list[Message]] = {}
    kept = []
    for m in messages:
        if m.id:
            same = seen.setdefault(m.id, [])
            if m in same:
                continue
            same.append(m)
        kept.append(m)
    return kept


def in_order(messages: Sequence[Message]) -> bool:
    """Does no time go back?"""
    times = [m.at for m in messages if m.at is not None]
    return not any(map(gt, times, islice(times, 1, None)))


def by_time(messages: Sequence[Message]) -> list[Message]:
    """The messages by time; one without a time stays behind the one it followed."""
    first = next((m.at for m in messages if m.at is not None), None)
    keyed = []
    for m in messages:
        first = m.at or first
        keyed.append((first, m))
    return [m for _, m in sorted(keyed, key=lambda pair: pair[0])] if first is not None else list(messages)  # type: ignore[arg-type, return-value]
