"""千牛 chats as the page exporters write them: one buyer's talk as one object. A row is an entry of `chats`.

``{"user": 买家, "exportTime": "2025/11/1 15:04:05", "count": n, "chats": [{"date", "time", "sender", "text", "imgUrl"}]}``; a ZIP holds one
file a buyer. `date` stands above a group and may be empty, `time` is a clock time, `sender` is the buyer or a sub-account.

Source: the user script 千牛客服聊天记录导出器 2.1.
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.calendar import Calendar, Dated, parse_locale_time
from qa_service.importers.documents import Item, items
from qa_service.importers.draft import list_of, name_of, words_of
from qa_service.importers.files import Source
from qa_service.importers.head import CERTAIN, Head
from qa_service.importers.speakers import account_of, shop_of
from qa_service.importers.streams import Said, Stream, Streams
from qa_service.importers.taobao import Talk, shop_among, stream_of
from qa_service.model.conversation import Message
from qa_service.model.errors import InvalidRecord


def detects(head: Head) -> float:
    """A buyer's `chats` with a sender each."""
    return CERTAIN if head.has("chats", "user") and head.keys & {"exportTime", "sender"} else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """The sessions of each buyer."""
    streams = Streams("qianniu-json", options, intake)
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
        talk = Talk(stream.id)
        for row, dated in _dated(item, chats, number, options):
            try:
                said = Said(row, _message(talk, dated), repair=dated.repair)
            except InvalidRecord as error:
                yield row.reject(error.why, error.field)
            else:
                yield from streams.put(stream, said)
        number += len(chats)
    yield from streams.end()


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
    senders = Counter(s for one in chats if isinstance(s := one.get("sender"), str) and s.strip())
    buyer = account_of(name_of(data.get("user"), "/user")) or _only_stranger(senders)
    return chats, stream_of(buyer, shop_among(senders, buyer), options)


def _only_stranger(senders: Mapping[str, int]) -> str:
    """The buyer of a file that does not name him: the one sender who is no sub-account. Raises InvalidRecord."""
    strangers = [s for s in map(account_of, senders) if not shop_of(s)]
    if len(strangers) != 1 or len(senders) < 2:
        raise InvalidRecord("没有 user,从发送人也看不出谁是买家", field="/user")
    return strangers[0]


def _dated(item: Item, chats: list[dict[str, Any]], before: int, options: ReadOptions) -> Iterator[tuple[Item, Dated[dict[str, Any]]]]:
    """Each entry as a row with its time. The row says the whole date, so that equal words of two days are not the same row."""
    written = item.value.get("exportTime")
    calendar: Calendar[tuple[int, dict[str, Any]]] = Calendar(options.zone, parse_locale_time(written, options.zone) if isinstance(written, str) else None)

    def row(dated: Dated[tuple[int, dict[str, Any]]]) -> tuple[Item, Dated[dict[str, Any]]]:
        number, one = dated.what
        content = one if dated.at is None or not dated.inferred else one | {"date": dated.at.date().isoformat()}
        return Item(item.file, number, one, orjson.dumps(content)), Dated(one, dated.at, dated.repair)

    for number, one in enumerate(chats, before + 1):
        header, clock = one.get("date"), one.get("time")
        yield from map(row, calendar.put((number, one), header if isinstance(header, str) else "", clock if isinstance(clock, str) else ""))
    yield from map(row, calendar.end())


def _message(talk: Talk, dated: Dated[dict[str, Any]]) -> Message:
    one = dated.what
    return talk.message(name_of(one.get("sender"), "/sender"), words_of(one.get("text"), "/text"), words_of(one.get("imgUrl"), "/imgUrl"), dated.at)
