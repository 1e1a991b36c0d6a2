"""旺旺 and 1688 chats as text. A line says who speaks and when; the lines below it, up to the next such line, are what was said.

    买家昵称 --> 店铺:子账号 2025-8-1 10:02:03     (or a clock time only; month and day may have one digit)
    店铺:子账号 10:02:09
    2025-8-1 10:02:03店铺:子账号

Who the shop's people talk to is the buyer who spoke last before. A row is a message; its number is that of its first line.

Source: the patterns by which one shop's parser reads such files; the files themselves are not described anywhere.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.calendar import Calendar, Dated
from qa_service.importers.documents import Item
from qa_service.importers.draft import LABELS
from qa_service.importers.encoding import Line, Lines, head_text
from qa_service.importers.files import Source
from qa_service.importers.head import CERTAIN, LIKELY, Head
from qa_service.importers.streams import Streams
from qa_service.importers.taobao import Talk, stream_of
from qa_service.model.errors import InvalidRecord
from qa_service.model.record import Reject

MAX_MESSAGE: Final = 8 << 20
_LONGEST: Final = 300
"""Characters of the longest line that may name a speaker."""
_DAY: Final = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
_CLOCK: Final = r"\d{1,2}:\d{2}:\d{2}"
_WHEN: Final = rf"(?:({_DAY})\s+)?({_CLOCK})"
_ACCOUNT: Final = r"([^\s:：<>,;|\"]{1,40})[:：](\S{1,40}?)"
_ARROW: Final = re.compile(rf"\s{{0,4}}(?:({_DAY})\s+({_CLOCK})\s*)?([^\s<>].{{0,59}}?)\s*-{{1,3}}>\s*{_ACCOUNT}\s*{_WHEN}\s*[:：]?(.*)")
_SHOP_FIRST: Final = re.compile(rf"\s{{0,4}}{_ACCOUNT}\s*{_WHEN}\s*[:：]?(.*)")
_DATE_FIRST: Final = re.compile(rf"\s{{0,4}}({_DAY})\s+({_CLOCK})\s*([^\s:：<>,;|\"]{{1,40}})[:：](\S{{1,40}})(.*)")
_ALIASES: Final = 10_000


@dataclass(slots=True)
class _Block:
    """A line that names a speaker and the lines below it. `buyer` is "" when a shop's account speaks, `shop` then says whose."""

    number: int
    buyer: str
    shop: str
    account: str
    day: str
    clock: str
    lines: list[str]
    raw: list[str] = field(default_factory=list)
    size: int = 0

    @property
    def text(self) -> str:
        """What was said."""
        return "\n".join(self.lines).strip("\n").strip()


def detects(head: Head) -> float:
    """A buyer's line with an arrow, or several of a shop's account with a time."""
    if head.is_json:
        return 0.0
    if any(len(line) <= _LONGEST and _ARROW.fullmatch(line.rstrip("\r")) for line in head.lines):
        return CERTAIN
    return LIKELY if sum(_by_shop(line.rstrip("\r"), None) is not None for line in head.lines) >= 2 else 0.0


def _by_shop(line: str, shops: set[str] | None) -> tuple[str, str, str, str, str] | None:
    """(shop, sub-account, day, clock, rest) of a line in which an account of the shop speaks. `shops`: those there are, where known."""
    if len(line) > _LONGEST or ":" not in line:
        return None
    if (match := _SHOP_FIRST.fullmatch(line)) is not None:
        shop, account, day, clock, rest = match.groups()
    elif (match := _DATE_FIRST.fullmatch(line)) is not None:
        day, clock, shop, account, rest = match.groups()
    else:
        return None
    if (shops is not None and shop not in shops) or (shops is None and rest.strip()):
        return None
    return shop, account, day or "", clock, rest


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """The sessions of each buyer."""
    lines = Lines(source.stream, source.head)
    return _Reader(source, options, intake).read(lines)


class _Reader:
    """Cuts a file into messages, gives each its time and the buyer it belongs to."""

    def __init__(self, source: Source, options: ReadOptions, intake: Intake) -> None:
        self._name, self._options, self._intake = source.name, options, intake
        self._shops = _shops_of(head_text(source.head))
        self._streams = Streams("wangwang-txt", options, intake)
        self._calendar: Calendar[_Block] = Calendar(options.zone)
        self._block: _Block | None = None
        self._buyer = ""
        self._talk = Talk("")
        self._unaddressed: list[Dated[_Block]] = []
        self._aliases: dict[str, str] = {}

    def read(self, lines: Lines) -> Records:
        """Every record of the file."""
        for line in lines:
            if line.text is None:
                self._intake.rows += 1
                yield Reject(self._name, line.number, "", line.reason, line.raw)
                continue
            opened = self._opens(line.text.rstrip("\r"), line.number)
            if opened is not None:
                yield from self._close()
                self._intake.rows += 1
                self._block = opened
            elif line.text.strip() or self._block is not None:
                yield from self._goes_on(line)
        yield from self._close()
        yield from self._placed(self._calendar.end())
        for dated in self._unaddressed:
            yield self._item(dated).reject("前后都没有买家说话,不知道是对谁说的")
        yield from self._streams.end()

    def _opens(self, text: str, number: int) -> _Block | None:
        """The block that a line opens; None when it names no speaker."""
        if len(text) > _LONGEST or ":" not in text:
            return None
        match = _ARROW.fullmatch(text)
        if match is not None:
            early, its_clock, buyer, shop, account, day, clock, rest = match.groups()
            self._shops.add(shop)
            if buyer.partition(":")[0] not in self._shops:
                return _Block(number, buyer.strip(), shop, account, day or early or "", clock or its_clock, [rest], [text])
            # An arrow the other way round: the shop speaks to the buyer.
            return _Block(number, "", buyer.partition(":")[0], buyer.partition(":")[2], day or early or "", clock, [rest], [text])
        by_shop = _by_shop(text, self._shops)
        if by_shop is None:
            return None
        shop, account, day, clock, rest = by_shop
        return _Block(number, "", shop, account, day, clock, [rest], [text])

    def _goes_on(self, line: Line) -> Records:
        assert line.text is not None
        block = self._block
        if block is None or block.size > MAX_MESSAGE:
            self._intake.rows += 1
            yield Reject(self._name, line.number, "", "看不出是谁说的:此前没有“买家 --> 店铺:子账号 时间”这样的行" if block is None else "一条消息太长", line.raw)
            return
        block.size += len(line.text)
        block.lines.append(line.text.rstrip("\r"))
        block.raw.append(line.text)

    def _close(self) -> Records:
        block, self._block = self._block, None
        if block is not None:
            yield from self._placed(self._calendar.put(block, block.day, block.clock))

    def _placed(self, dated: Iterable[Dated[_Block]]) -> Records:
        """Messages with their times, to the buyer they belong to."""
        for one in dated:
            if one.what.buyer:
                self._buyer = self._canonical(one.what.buyer)
                if self._talk.buyer != self._buyer:
                    self._talk = Talk(self._buyer)
            if not self._buyer:
                self._unaddressed.append(one)
                continue
            waited, self._unaddressed = self._unaddressed, []
            for said in (*waited, one):
                yield from self._said(said)

    def _said(self, dated: Dated[_Block]) -> Records:
        block, item = dated.what, self._item(dated)
        sender = self._buyer if block.buyer else f"{block.shop}:{block.account}"
        try:
            message = self._talk.message(sender, block.text or LABELS["other"], "", dated.at)
        except InvalidRecord as error:
            yield item.reject(error.why, error.field)
            return
        if not block.text:
            # The text form leaves out pictures and cards: somebody did say something.
            message = message.__class__(message.role, message.text, message.at, "other", message.agent_id, "", message.meta)
        yield from self._streams.put(stream_of(self._buyer, block.shop, self._options), item, message, repair=dated.repair)

    def _item(self, dated: Dated[_Block]) -> Item:
        """The message as a row. Equal words of two days are not the same row, so the day stands in it."""
        day = f"({dated.at.date()}) " if dated.at is not None and dated.inferred else ""
        return Item(self._name, dated.what.number, None, (day + "\n".join(dated.what.raw)).encode("utf-8"))

    def _canonical(self, nick: str) -> str:
        """A buyer's nickname as it was first written: exports cut a character or two off its front and add the buyer's sub-account."""
        nick = nick.strip()
        known = self._aliases.get(nick)
        if known is not None:
            return known
        plain = nick.partition(":")[0]
        known = next((self._aliases[end] for end in _endings(plain) if end in self._aliases), plain)
        if len(self._aliases) < _ALIASES:
            for end in (nick, *_endings(plain)):
                self._aliases.setdefault(end, known)
        if known != plain:
            self._intake.notes.append(f"{self._name}: 买家昵称 {nick[:40]} 与 {known[:40]} 视为同一位")
        return known


def _endings(nick: str) -> Iterator[str]:
    """A nickname, and what is left of it when it was cut at the front."""
    return (nick[cut:] for cut in range(3) if not cut or len(nick) - cut >= 4)


def _shops_of(head: str) -> set[str]:
    """The shops of a file, by the lines with an arrow; where there are none, by the accounts that speak."""
    lines = [line.rstrip("\r") for line in head.split("\n") if len(line) <= _LONGEST]
    arrows = {match[4] for line in lines if (match := _ARROW.fullmatch(line))}
    return arrows or {found[0] for line in lines if (found := _by_shop(line, None))}
