"""千牛 chats as the page exporters write them: one buyer's talk as one object. A row is an entry of `chats`.

``{"user": 买家, "exportTime": "2025/11/1 15:04:05", "count": n, "chats": [{"date", "time", "sender", "text", "imgUrl"}]}``; a ZIP holds one
file a buyer. `date` stands above a group and may be empty, `time` is a clock time, `sender` is the buyer or a sub-account.

Source: the user script 千牛客服聊天记录导出器 2.1.
"""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.calendar import Calendar, Dated, parse_locale_time
from qa_service.importers.documents import Item, items
from qa_service.importers.draft import list_of, name_of, words_of
from qa_service.importers.files import Source
from qa_service.importers.head import CERTAIN, Head
from qa_service.importers.speakers import account_of, shop_of
from qa_service.importers.streams import Stream, Streams
from qa_service.importers.taobao import Talk, shop_among, stream_of
from qa_service.model.conversation import Message
from qa_service.model.errors import InvalidRecord


def detects(head: Head) -> float:
    """A buyer's `chats` with a sender each."""
    return CERTAIN if head.has("chats", "user") and head.keys & {"exportTime", "sender"} else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """The sessions of each buyer."""
    streams = Streams("qianniu-json", options, intake)
    robots: dict[str, bool] = {}
    exported: tuple[str, datetime | None] = "", None
    number = 0
    for item in items(source, (), intake):
        try:
            chats, stream = _opened(item, options)
        except InvalidRecord as error:
            number += 1
            yield item._replace(number=number).reject(error.why, error.field)
            continue
        intake.rows += len(chats) - 1
        count = item.value.get("count")
        if isinstance(count, int) and count != len(chats):
            intake.notes.append(f"{source.name}: 买家 {stream.id} 的文件说有 {count} 条,实有 {len(chats)} 条")
        written = item.value.get("exportTime")
        if isinstance(written, str) and written != exported[0]:
            exported = written, parse_locale_time(written, options.zone)
        calendar: Calendar[_Numbered] = Calendar(options.zone, exported[1] if isinstance(written, str) else None)
        yield from _talk(item.file, chats, number, stream, Talk(stream.id, robots), calendar, streams)
        number += len(chats)
    yield from streams.end()


_Numbered = tuple[int, dict[str, Any]]


def _talk(file: str, chats: list[dict[str, Any]], before: int, stream: Stream, talk: Talk, calendar: Calendar[_Numbered], streams: Streams) -> Records:
    """All entries of one buyer, each with its number and its time."""
    numbers: list[int] = []
    rows: list[dict[str, Any]] = []
    said: list[Message] = []
    repairs: dict[int, str] = {}

    def take(number: int, one: dict[str, Any], at: datetime | None, repair: str) -> None:
        said.append(_message(talk, one, at))
        if repair:
            repairs[len(numbers)] = repair
        numbers.append(number)
        rows.append(one)

    def placed(waited: Iterable[Dated[_Numbered]]) -> Records:
        for dated in waited:
            number, one = dated.what
            if dated.at is not None and dated.inferred:
                # It says its whole date, so that equal words of two days are not the same row.
                one = one | {"date": dated.at.date().isoformat()}
            try:
                take(number, one, dated.at, dated.repair)
            except InvalidRecord as error:
                yield Item(file, number, one, b"").reject(error.why, error.field)

    for number, one in enumerate(chats, before + 1):
        header, clock = one.get("date"), one.get("time")
        header, clock = header if isinstance(header, str) else "", clock if isinstance(clock, str) else ""
        at = calendar.at(header, clock)
        if at is None:
            yield from placed(calendar.put((number, one), header, clock))
            continue
        try:
            take(number, one, at, "")
        except InvalidRecord as error:
            yield Item(file, number, one, b"").reject(error.why, error.field)
    yield from placed(calendar.end())
    yield from streams.put_all(stream, file, numbers, rows, said, repairs)


def _opened(item: Item, options: ReadOptions) -> tuple[list[dict[str, Any]], Stream]:
    """The entries of one buyer's object, and whose they are. Raises InvalidRecord."""
    if item.reason:
        raise InvalidRecord(item.reason)
    data = item.value
    if not isinstance(data, dict):
        raise InvalidRecord(f"应为对象,得到 {type(data).__name__}")
    chats = list_of(data.get("chats"), "/chats")
    if not chats:
        raise InvalidRecord("没有聊天记录", field="/chats")
    named = [s for one in chats if type(s := one.get("sender")) is str]
    senders = [s for s in dict.fromkeys(named) if s.strip()]
    buyer = account_of(name_of(data.get("user"), "/user")) or _only_stranger(senders)
    return chats, stream_of(buyer, shop_among(senders, buyer), options)


def _only_stranger(senders: Sequence[str]) -> str:
    """The buyer of a file that does not name him: the one sender who is no sub-account. Raises InvalidRecord."""
    strangers = [s for s in map(account_of, senders) if not shop_of(s)]
    if len(strangers) != 1 or len(senders) < 2:
        raise InvalidRecord("没有 user,从发送人也看不出谁是买家", field="/user")
    return strangers[0]


def _message(talk: Talk, one: Mapping[str, Any], at: datetime | None) -> Message:
    sender, text, image = one.get("sender"), one.get("text"), one.get("imgUrl")
    if not (isinstance(sender, str) and isinstance(text, str) and isinstance(image, str)):
        sender, text, image = name_of(sender, "/sender"), words_of(text, "/text"), words_of(image, "/imgUrl")
    return talk.message(sender, text, image, at)
