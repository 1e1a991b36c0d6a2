"""Transcripts as plain text: ``客户: …`` and ``客服: …``, one message a line.

    # 会话编号                           (or === 会话编号 ===, or --- for a new conversation without a name)
    [2025-11-01 10:02:03] 买家: 有M码吗
    客服小美(10:02:09): 有的
    现货                                 (a line without a speaker goes on with the message above)
    客@10:03:00: 好                      (short: 客 服 机 系)
    客(image): 破损.jpg

Every non-blank line is a row.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Final

from qa_service.importers.base import Intake, Place, ReadOptions, Records, admit, clip, holds_nul, with_defaults
from qa_service.importers.encoding import Line, Lines
from qa_service.importers.files import STDIN, Source
from qa_service.importers.head import Head
from qa_service.importers.kinds import kind_of_text
from qa_service.importers.ledger import mark
from qa_service.importers.times import find_date, parse_clock, parse_written_time
from qa_service.model.conversation import EMPTY, KINDS, Conversation, Message, Party
from qa_service.model.errors import InvalidRecord
from qa_service.model.record import Record, Reject
from qa_service.model.wire import DEFAULT_ZONE

NO_DATE: Final = date(2025, 11, 1)
"""The day of a transcript that has clock times only."""
MAX_MESSAGE: Final = 8 << 20
_WORDS: Final[dict[str, str]] = {
    "customer": "客户 买家 顾客 访客 用户 客 customer buyer", "agent": "客服 卖家 商家 坐席 店铺 人工 服 agent seller", "bot": "机器人 自动回复 机 bot robot",
    "system": "系统 系 system"}
_SPEAKERS: Final[dict[str, str]] = {word: role for role, words in _WORDS.items() for word in words.split()}
_LONG: Final = "|".join(sorted((s for s in _SPEAKERS if len(s) > 1), key=len, reverse=True))
_TIME_BEFORE: Final = r"(?:\[([^\]\n]{4,40})\]\s{0,8}|(\d{4}[-/年][-/年月日时分秒T:：. +\d上下午]{4,30}?)\s{1,8})?"
_SPEAKER: Final = rf"(?:({_LONG})([^\s:：@(（\[]{{0,20}})|([客服机系]))\s{{0,8}}"
_TIME_AFTER: Final = (
    r"(?:@\s{0,8}((?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[T ]?)?\d{1,2}[:：]\d{1,2}(?:[:：]\d{1,2}(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)\s{0,8})?")
_BRACKET: Final = r"(?:[(（]([^()（）\n]{1,40})[)）]\s{0,8})?"
# Every repetition is bounded: a line of a million blanks must cost no more than its reading.
_LINE: Final = re.compile(rf"\s{{0,8}}{_TIME_BEFORE}{_SPEAKER}{_TIME_AFTER}{_BRACKET}[:：][ \t]?(.*)", re.DOTALL | re.IGNORECASE)
# "客服电话: 400…" is something said, not somebody who speaks.
_NO_NAMES: Final = frozenset(("电话", "热线", "微信", "中心", "时间", "服务", "须知", "地址", "名称", "昵称", "姓名", "编号", "工号", "回复", "信息", "要求", "您好", "你好"))
_DATED: Final = re.compile(r"\d{4}\s?[-/.年]")
_LONGEST_HEADING: Final = 200
_HEADING: Final = re.compile(r"#+\s*(\S.*)|={2,}\s*(\S.*?)\s*={2,}|-{3,}\s*(?:([^\s-].*?)\s*-{3,})?")


@dataclass(slots=True)
class _Said:
    """One message being read."""

    role: str
    name: str
    at: datetime | None
    kind: str
    lines: list[str]


@dataclass(slots=True)
class _Clock:
    """Times of one conversation in the making: clock times take the last day seen, and go past midnight."""

    zone: tzinfo
    day: date = NO_DATE
    dated: bool = False
    guessed: bool = False
    last: datetime | None = None

    def read(self, text: str) -> datetime | None:
        """The time that `text` is; None when it is none. Raises ValueError for a date that does not exist."""
        clock = parse_clock(text)
        at = self._at(clock) if clock is not None else self._full(text)
        self.last = at or self.last
        return at

    def _at(self, clock: time) -> datetime:
        at = datetime.combine(self.day, clock, self.zone)
        if self.last is not None and self.last - at > timedelta(hours=12):
            at += timedelta(days=1)
            self.day = at.date()
        self.guessed = self.guessed or not self.dated
        return at

    def _full(self, text: str) -> datetime | None:
        if _DATED.match(text) is None:
            return None
        at = parse_written_time(text, self.zone)
        if at is not None:
            self.day, self.dated = at.astimezone(self.zone).date(), True
        return at


def speaks(line: str) -> bool:
    """Does this line begin a message, as far as its shape goes?"""
    return _match(line) is not None


def _match(line: str) -> re.Match[str] | None:
    match = _LINE.fullmatch(line)
    return None if match is None or (match[4] or "").strip("-_ ") in _NO_NAMES else match


def _begin(match: re.Match[str], clock: _Clock) -> _Said:
    """The message that a speaker's line begins. Raises ValueError for a mark in it that means nothing."""
    before, bare, long, name, short, after, bracket, text = match.groups()
    at, kind = None, ""
    for written in (before, bare, after):
        if written is not None:
            at = clock.read(written.strip())
            if at is None:
                raise ValueError(f"不是认得的时间: {written[:40]!r}")
    if bracket is not None:
        inner = bracket.strip().lower()
        kind = inner if inner in KINDS else ""
        if not kind:
            inside = clock.read(inner)
            at = inside or at
            name = name if inside else name or bracket.strip()
    return _Said(_SPEAKERS[(long or short).lower()], (name or "").strip("-_ "), at, kind, [text])


def _message(said: _Said) -> Message:
    text = "\n".join(said.lines)
    return Message(said.role, text, said.at, said.kind or kind_of_text(text), said.name if said.role == "agent" else "", "", EMPTY)


def _conversation(identifier: str, said: list[_Said], clock: _Clock) -> Conversation:
    agent = next((s.name for s in said if s.role == "agent" and s.name), "")
    customer = next((s.name for s in said if s.role == "customer" and s.name), "")
    meta = {"repairs": [f"只有钟点没有日期,日期按 {NO_DATE} 计"]} if clock.guessed else EMPTY
    return Conversation(identifier, tuple(map(_message, said)), agent=Party(agent, agent), customer=Party(customer, customer), meta=meta)


def parse_plain(text: str, conversation_id: str = "example", zone: tzinfo = DEFAULT_ZONE) -> Conversation:
    """One conversation from a transcript of speaker lines; lines without a speaker go on with the message above.

    Clock times fall on 2025-11-01. Raises InvalidRecord with the line's number.
    """
    said: list[_Said] = []
    clock = _Clock(zone, dated=True)
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        match = _match(line)
        if match is not None:
            try:
                said.append(_begin(match, clock))
            except ValueError as error:
                raise InvalidRecord(str(error), where=f"第 {number} 行") from None
        elif said:
            said[-1].lines.append(line)
        elif line.strip():
            raise InvalidRecord(f"看不出是谁说的: {line[:40]!r}", where=f"第 {number} 行", fix="写成“客: …”或“服: …”")
    if not said:
        raise InvalidRecord("没有消息", where="第 1 行", fix="写成“客: …”或“服: …”")
    for one in said:
        while len(one.lines) > 1 and not one.lines[-1].strip():
            one.lines.pop()
    return _conversation(conversation_id, said, clock)


@dataclass(slots=True)
class _Block:
    """The lines of one conversation of a file."""

    identifier: str
    row: int
    clock: _Clock
    said: list[_Said] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    blanks: int = 0
    size: int = 0


def detects(head: Head) -> float:
    """Any of the first lines begins a message."""
    return 0.3 if any(speaks(line) for line in head.lines) else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """Conversations of a transcript file. A conversation without a heading is named after the file."""
    stem = "stdin" if source.path == STDIN else Path(source.name).name.partition(".")[0] or source.name
    return _Reader(source.name, stem, options, intake).read(Lines(source.stream, source.head))


class _Reader:
    """Cuts a transcript file into blocks, one a conversation."""

    def __init__(self, name: str, stem: str, options: ReadOptions, intake: Intake) -> None:
        self._name, self._stem, self._options, self._intake = name, stem, options, intake
        self._count = 0
        self._block: _Block | None = None
        self._after_blank = True
        self._rules: list[str] = []

    def read(self, lines: Lines) -> Iterator[Record]:
        """One record a conversation, and one for each line that belongs to none."""
        for line in lines:
            if line.text is not None and not line.text.strip():
                self._after_blank = True
                if self._block is not None:
                    self._block.blanks += 1
                continue
            self._intake.rows += 1
            yield from self._row(line)
            self._after_blank = False
        yield from self._close()
        if self._rules:
            yield Reject(self._name, 1, "", "只有分隔线,没有消息", "\n".join(self._rules), len(self._rules))

    def _row(self, line: Line) -> Iterator[Record]:
        if line.text is None:
            yield self._reject(line, line.reason)
            return
        stripped = line.text.strip()
        heading = _HEADING.fullmatch(stripped) if len(stripped) <= _LONGEST_HEADING else None
        if heading is not None and (heading[1] is None or self._after_blank or self._block is None or not self._block.said):
            yield from self._heading(heading[1] or heading[2] or heading[3] or "", line)
            return
        match = _match(line.text)
        block = self._block
        if match is None:
            if block is None or not block.said or block.size > MAX_MESSAGE:
                yield self._reject(line, "看不出是谁说的:请写成“客户: …”或“客服: …”" if block is None or not block.said else "一条消息太长")
                return
            block.said[-1].lines += [""] * block.blanks + [line.text]
        else:
            block = block or self._open("", line.number)
            try:
                block.said.append(_begin(match, block.clock))
            except ValueError as error:
                yield self._reject(line, str(error))
                return
            block.size = 0
        block.blanks = 0
        block.size += len(line.text)
        block.lines.append(line.text)

    def _heading(self, title: str, line: Line) -> Iterator[Record]:
        """A title opens a conversation. A bare rule only ends one: its row counts with what it ends, or with what comes next."""
        if not title and self._block is not None:
            self._block.lines.append(line.raw)
            yield from self._close()
            return
        yield from self._close()
        self._rules.append(line.raw)
        if title:
            self._open(title, line.number)

    def _open(self, title: str, row: int) -> _Block:
        self._count += 1
        day = find_date(title) or find_date(self._stem)
        clock = _Clock(self._options.zone, day or NO_DATE, dated=day is not None)
        identifier = title or (self._stem if self._count == 1 else f"{self._stem}-{self._count}")
        self._block = _Block(identifier, row, clock, lines=self._rules)
        self._rules = []
        return self._block

    def _close(self) -> Iterator[Record]:
        block, self._block = self._block, None
        if block is None:
            return
        place = Place(self._name, block.row, len(block.lines))
        raw = "\n".join(block.lines)
        if not block.lines:
            return
        if not block.said:
            yield Reject(self._name, block.row, "", "标题下没有消息", clip(raw), place.rows)
            return
        conversation = with_defaults(_conversation(block.identifier, block.said, block.clock), self._options)
        if error := holds_nul(conversation):
            yield Reject(self._name, block.row, error.field, error.why, clip(raw), place.rows)
            return
        yield admit(conversation, mark(raw.encode("utf-8")), place, lambda: raw, self._intake)

    def _reject(self, line: Line, reason: str) -> Reject:
        return Reject(self._name, line.number, "", reason, clip(line.raw))
