"""Taobao TOP chat log: what ``taobao.wangwang.eservice.chatlog.get`` answers for one staff account and one buyer. A row is a message.

``{"wangwang_eservice_chatlog_get_response": {"count", "ret", "msgs": {"msg": [{"direction", "time", "content"}]}}}``; a single message is an
object, not a list. `direction` 0: from `from_id` (the staff) to `to_id` (the buyer), 1: back. The answer does not name them: keep the request's
`from_id` and `to_id` (``cntaobao`` + nickname) beside it in the same object, or one file a pair, named after the buyer.

Source: the request, response and model classes of TOP's SDK.
"""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.documents import Item, items
from qa_service.importers.draft import list_of, moment, name_of, words_of
from qa_service.importers.files import STDIN, Source
from qa_service.importers.head import CERTAIN, LIKELY, Head
from qa_service.importers.speakers import account_of, shop_of
from qa_service.importers.streams import Streams
from qa_service.importers.taobao import TELLING, Talk, stream_of
from qa_service.model.conversation import Message
from qa_service.model.errors import InvalidRecord
from qa_service.model.record import Record

_ANSWER: Final = "wangwang_eservice_chatlog_get_response"
_CODES: Final = {"50000": "时间不合法(跨度至多 7 天,起始至多 30 天前)", "40000": "不是你的账号", "30000": "系统错误"}
_DIRECTION: Final[dict[int | str, int]] = {0: 0, 1: 1, "0": 0, "1": 1}
_STAFF: Final = "客服"


def detects(head: Head) -> float:
    """The answer by its name, or by messages with a direction."""
    return CERTAIN if head.has(_ANSWER) else LIKELY if head.has("msgs", "ret") or head.has("msgs", "msg", "direction") else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """The sessions of each pair of accounts."""
    reader = _Reader(source, options, intake)
    for item in items(source, (), intake):
        try:
            yield from reader.answer(item)
        except InvalidRecord as error:
            yield reader.reject(item, error)
    yield from reader.streams.end()


class _Reader:
    """Reads answers; counts their messages as the rows of the input."""

    def __init__(self, source: Source, options: ReadOptions, intake: Intake) -> None:
        self.streams = Streams("taobao-top", options, intake)
        self._options, self._intake, self._name = options, intake, source.name
        self._stem = "stdin" if source.path == STDIN else Path(source.name).name.partition(".")[0] or source.name
        self._number = self._answers = 0
        self._robots: dict[str, bool] = {}

    def answer(self, item: Item) -> Records:
        """All messages of one answer. Raises InvalidRecord when it is none, or holds none."""
        if item.reason:
            raise InvalidRecord(item.reason)
        parts = _levels(item.value)
        messages = _messages(parts)
        self._answers += 1
        staff = account_of(next((v for p in parts if (v := name_of(p.get("from_id")))), "")) or _STAFF
        buyer = account_of(next((v for p in parts if (v := name_of(p.get("to_id")))), "")) or f"{self._stem}-{self._answers}"
        count = next((p["count"] for p in parts if isinstance(p.get("count"), int)), len(messages))
        if count != len(messages):
            self._intake.notes.append(f"{self._name}: 买家 {buyer} 的应答说有 {count} 条,实有 {len(messages)} 条")
        stream = stream_of(buyer, shop_of(staff), self._options)
        self._intake.rows += len(messages) - 1
        talk = Talk(buyer, self._robots)
        numbers: list[int] = []
        rows: list[tuple[str, str, Mapping[str, Any]]] = []
        said: list[Message] = []
        repairs: dict[int, str] = {}
        zone, sides = self._options.zone, (talk.person(staff), talk.person(buyer))
        for number, one in enumerate(messages, self._number + 1):
            written, text, at = one.get("direction"), one.get("content"), None
            try:
                direction = _DIRECTION.get(written) if isinstance(written, (int, str)) else None
                if direction is None:
                    raise InvalidRecord(f"direction 应为 0 或 1,得到 {str(written)[:20]!r}", field="/direction")
                try:
                    at = moment(one.get("time"), zone)
                except ValueError:
                    repairs[len(said)] = "的时间读不出,已留空"
                side = sides[direction]
                if side and type(text) is str and text[:1] not in TELLING and "撤回" not in text and "\0" not in text and text and not text.isspace():
                    said.append(Message(side[0], text, at, "text", side[1]))  # plain words of a person: by far the most
                else:
                    said.append(talk.message(buyer if direction else staff, words_of(text, "/content"), "", at))
            except InvalidRecord as error:
                repairs.pop(len(said), None)
                yield Item(item.file, number, (staff, buyer, one), b"").reject(error.why, error.field)
                continue
            numbers.append(number)
            rows.append((staff, buyer, one))
        self._number += len(messages)
        yield from self.streams.put_all(stream, item.file, numbers, rows, said, repairs)

    def reject(self, item: Item, error: InvalidRecord) -> Record:
        """An answer that is no conversation."""
        self._number += 1
        return item._replace(number=self._number).reject(error.why, error.field)

def _levels(value: object, depth: int = 4) -> list[Mapping[str, Any]]:
    """An object and those that it wraps: the request's fields may stand at any level, the answer below them."""
    if not isinstance(value, dict):
        return []
    found: list[Mapping[str, Any]] = [value]
    for key, inner in value.items():
        if depth > 1 and type(inner) is dict and key != "msg":
            found += _levels(inner, depth - 1)
    return found


def _messages(parts: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The messages of an answer. Raises InvalidRecord with the reason why there are none."""
    holder = next((p for p in parts if "msg" in p and not isinstance(p["msg"], str)), None)
    if holder is not None and (found := list_of([holder["msg"]] if isinstance(holder["msg"], dict) else holder["msg"], "/msgs/msg")):
        return found
    error = next((p["error_response"] for p in parts if isinstance(p.get("error_response"), dict)), None)
    if error is not None:
        raise InvalidRecord(f"接口返回的是错误: {str(error.get('sub_msg') or error.get('msg') or error.get('code'))[:80]}")
    code = next((str(p["ret"]) for p in parts if "ret" in p), "")
    if code in _CODES:
        raise InvalidRecord(f"接口返回码 {code}: {_CODES[code]}", field="/ret")
    raise InvalidRecord("没有消息" if code else "不是 TOP 聊天记录的应答", field="/msgs")
