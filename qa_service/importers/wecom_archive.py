"""企业微信会话存档, decrypted: one message a row, as the SDK gives it or wrapped in `chatdata[].msg`.

    {"msgid", "action": "send" | "recall" | "switch", "from", "tolist": [], "roomid", "msgtime" ms, "msgtype": "text", "text": {"content"}}

Ids of people outside begin with wm or wo, of robots with wb. A stream is one member and one outsider, or a room. Vendors that pass the
archive on write `tolist` as text with commas, numbers as text, and every absent body as null. A recall keeps the words of what it took back.
Source: developer.work.weixin.qq.com/document/path/91774.
"""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.documents import Item, items
from qa_service.importers.draft import LABELS, list_of, moment, name_of, part_of, words_of
from qa_service.importers.files import Source
from qa_service.importers.head import CERTAIN, Head
from qa_service.importers.streams import Stream, Streams
from qa_service.model.conversation import EMPTY, Message, Party
from qa_service.model.errors import InvalidRecord

WRAPPERS: Final = ("chatdata", "data", "list")
_REMEMBERED: Final = 100_000
_KINDS: Final = {
    "text": "text", "markdown": "text", "image": "image", "emotion": "image", "voice": "voice", "meeting_voice_call": "voice", "voiptext": "voice",
    "video": "video", "sphfeed": "video", "card": "card", "weapp": "card", "link": "link", "news": "link", "revoke": "revoked",
    "agree": "system", "disagree": "system"}
_TITLES: Final = {
    "link": ("title", "link_url"), "news": ("title",), "weapp": ("title", "displayname"), "file": ("filename",), "location": ("title", "address"),
    "redpacket": ("wish",), "external_redpacket": ("wish",), "calendar": ("title",), "meeting": ("topic",), "docmsg": ("title",), "vote": ("votetitle",)}
_CONSENT: Final = {"agree": "客户同意存档聊天内容", "disagree": "客户不同意存档聊天内容"}

_Side = tuple[Stream, str, str]
"""A stream, the role of a sender in it, and his id where he is of the shop."""
_Known = dict[tuple[str, str, str], _Side]


def detects(head: Head) -> float:
    """Names that nobody else uses together."""
    return CERTAIN if head.has("msgid", "msgtime", "tolist") else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """Sessions of an archive."""
    streams = Streams("wecom-archive", options, intake)
    known: _Known = {}
    for item in items(source, WRAPPERS, intake):
        if item.reason:
            yield item.reject()
            continue
        try:
            stream, message, revokes = _row(item, options, known)
        except InvalidRecord as error:
            yield item.reject(error.why, error.field)
            continue
        yield from streams.put(stream, item, message, False, revokes)
    yield from streams.end()


def _row(item: Item, options: ReadOptions, known: _Known) -> tuple[Stream, Message, str]:
    """Whose stream, what was said, and the id of the message that it takes back."""
    data = item.value
    if isinstance(data, dict) and isinstance(data.get("msg"), dict):
        data = data["msg"]
    if not isinstance(data, dict):
        raise InvalidRecord("应为对象")
    if data.get("action") == "switch":
        raise InvalidRecord("切换企业的日志,不是聊天消息", field="action")
    if "encrypt_chat_msg" in data and "from" not in data:
        raise InvalidRecord("消息还没有解密", field="encrypt_chat_msg")
    sender, room = name_of(data.get("from"), "from"), name_of(data.get("roomid"), "roomid")
    if not sender:
        raise InvalidRecord("缺少发送人", field="from")
    stream, role, agent_id = _stream(sender, data.get("tolist"), room, known)
    # In a room the customers are several: who of them it was stays with the message.
    meta = {"from": sender} if room and role == "customer" else EMPTY
    return stream, *_said(data, role, agent_id, _at(data, options), meta)


def _at(data: dict[str, Any], options: ReadOptions) -> datetime:
    written = data.get("msgtime")
    try:
        at = moment(int(written) if isinstance(written, str) and written.isascii() and written.isdecimal() and len(written) < 18 else written, options.zone)
    except ValueError as error:
        raise InvalidRecord(str(error), field="msgtime") from None
    if at is None:
        raise InvalidRecord("没有时间,分不出属于哪一段会话", field="msgtime")
    return at


def _people(value: object) -> list[str]:
    if isinstance(value, str):
        return [name for name in value.split(",") if name.strip()]
    if isinstance(value, list):
        return [name_of(v, "tolist") for v in value]
    if value is not None:
        raise InvalidRecord(f"应为数组,得到 {type(value).__name__}", field="tolist")
    return []


def _is_outside(name: str) -> bool:
    return name.startswith(("wm", "wo")) and len(name) > 20


def _stream(sender: str, to: object, room: str, known: _Known) -> _Side:
    """The stream of a row and the part of its sender in it: what is known of a pair, or of who speaks in a room, is not found out for each row."""
    one = to[0] if type(to) is list and len(to) == 1 and type(to[0]) is str else None
    pair = sender, one if one is not None else ",".join(_people(to)), room
    side = known.get(pair)
    if side is None:
        role = "customer" if _is_outside(sender) else "bot" if sender.startswith("wb") else "agent"
        side = _room(room) if room else _pair(sender, _people(to)), role, sender if role == "agent" else ""
        if len(known) >= _REMEMBERED:
            known.clear()
        known[pair] = side
    return side


def _room(room: str) -> Stream:
    """Who of a room is the customer may differ from row to row; the room itself does not."""
    return Stream(f"wecom/{room}", channel="wechat", meta={"room": room})


def _pair(sender: str, to: list[str]) -> Stream:
    outside = next((p for p in (sender, *to) if _is_outside(p)), "")
    if not outside:
        raise InvalidRecord("企业内部的聊天,没有客户", field="tolist")
    inside = next((p for p in (sender, *to) if not _is_outside(p)), "")
    if not inside:
        raise InvalidRecord("看不出是哪位员工", field="tolist")
    return Stream(f"wecom/{inside}/{outside}", channel="wechat", customer=Party(outside))


def _said(data: dict[str, Any], role: str, agent_id: str, at: datetime, meta: Mapping[str, Any]) -> tuple[Message, str]:
    kind, identifier = name_of(data.get("msgtype"), "msgtype"), name_of(data.get("msgid"), "msgid")
    body = part_of(data.get(kind) if kind else None, kind)
    if kind == "revoke" or data.get("action") == "recall":
        return Message(role, "", at, "revoked", agent_id, identifier, meta), name_of(body.get("pre_msgid"), "revoke/pre_msgid")
    if kind in _CONSENT:
        return Message("system", _CONSENT[kind], at, "text", "", identifier, meta), ""
    ours = _KINDS.get(kind, "other")
    if ours == "text":
        text = words_of(body.get("content"), "content")
    elif kind == "mixed":
        text, ours = _mixed(body)
    else:
        text = _title(kind, body)
    return Message(role, text or LABELS.get(ours, ""), at, ours, agent_id, identifier, meta), ""


def _title(kind: str, body: dict[str, Any]) -> str:
    words = [v for k in _TITLES.get(kind, ()) if isinstance(v := body.get(k), str) and v]
    return " ".join(words)


def _mixed(body: dict[str, Any]) -> tuple[str, str]:
    """Text and pictures in one message: the words of all its text, read as text where there are any."""
    words = []
    for part in list_of(body.get("item"), "mixed/item"):
        if part.get("type") == "text":
            inner = part.get("content")
            if isinstance(inner, str):  # the archive writes the body of an item as JSON inside a string
                try:
                    inner = orjson.loads(inner)
                except orjson.JSONDecodeError:
                    inner = {"content": inner}
            words.append(words_of(inner.get("content"), "mixed/item") if isinstance(inner, dict) else str(inner))
    return "\n".join(words), "text" if words else "image"
