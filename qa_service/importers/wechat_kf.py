"""微信客服 records: `recordlist` of the official account desk (getmsglist, getrecord), and `msg_list` of 企业微信's 微信客服 (sync_msg).

    {"openid", "opercode", "text", "time" s, "worker"}      opercode 2002 the desk said, 2003 (2001) the customer said,
                                                             1000-1005 opened, taken, begun, handed over, closed, seized
    {"msgid", "open_kfid", "external_userid", "send_time" s, "origin" 3 customer | 4 system | 5 desk, "servicer_userid", "msgtype", …}

A row is one record. Media come as ``[图片]`` or ``[image]``. The stream is the customer at this account: several workers share it.
Source: developers.weixin.qq.com Obtain_chat_transcript; developer.work.weixin.qq.com/document/31078.
"""
from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.documents import Item, items
from qa_service.importers.draft import LABELS, moment, name_of, part_of, words_of
from qa_service.importers.files import Source
from qa_service.importers.head import CERTAIN, Head
from qa_service.importers.kinds import kind_of_text
from qa_service.importers.streams import Stream, Streams
from qa_service.model.conversation import Message, Party
from qa_service.model.errors import InvalidRecord

WRAPPERS: Final = ("recordlist", "msg_list", "data")
_SAID: Final = {"2001": "customer", "2002": "agent", "2003": "customer"}
_EVENTS: Final = {
    "1000": "客户进入,等待接入", "1001": "接入会话", "1002": "客服主动发起会话", "1003": "转接会话", "1004": "关闭会话", "1005": "抢接会话"}
_CLOSED: Final = "1004"
_REMEMBERED: Final = 100_000
_ORIGINS: Final = {3: "customer", 4: "system", 5: "agent"}
_KINDS: Final = {
    "text": "text", "image": "image", "voice": "voice", "video": "video", "link": "link", "business_card": "card", "miniprogram": "card",
    "msgmenu": "card", "channels_shop_product": "card", "channels_shop_order": "order"}
# What an event of sync_msg says, by its `change_type`: a desk took the chat, handed it over, ended it, took it up again.
_ENTERED: Final = {"enter_session": "客户进入会话", "msg_send_fail": "消息发送失败"}
_CHANGES: Final = {1: "接入会话", 2: "转接会话", 3: "结束会话", 4: "重新接入会话"}
_ENDED: Final = 3

_Known = dict[tuple[str, str], Stream]
_Row = tuple[Stream, Message, bool, str]
"""Whose stream, what was said, whether it closes the session, the id of the message that it takes back."""


def detects(head: Head) -> float:
    """Names that nobody else uses."""
    return CERTAIN if head.has("openid", "opercode") or head.has("open_kfid", "external_userid", "origin") else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """Sessions of the records of an input, cut by what the platform says and by silence."""
    streams = Streams("wechat-kf", options, intake)
    known: _Known = {}
    for item in items(source, WRAPPERS, intake):
        if item.reason:
            yield item.reject()
            continue
        try:
            stream, message, closes, revokes = _row(item, options, known)
        except InvalidRecord as error:
            yield item.reject(error.why, error.field)
            continue
        yield from streams.put(stream, item, message, closes, revokes)
    yield from streams.end()


def _row(item: Item, options: ReadOptions, known: _Known) -> _Row:
    data = item.value
    if not isinstance(data, dict):
        raise InvalidRecord("应为对象")
    return _desk(data, options, known) if "opercode" in data else _sync(data, options, known)


def _stream(account: str, customer: str, known: _Known) -> Stream:
    """The stream of a customer at an account ("" where an openid says it); it is not made again for each row."""
    key = account, customer
    stream = known.get(key)
    if stream is None:
        if len(known) >= _REMEMBERED:
            known.clear()
        name = f"wechat-kf/{account}/{customer}" if account else f"wechat-kf/{customer}"
        stream = known[key] = Stream(name, channel="wechat", customer=Party(customer))
    return stream


def _at(data: dict[str, Any], key: str, options: ReadOptions) -> datetime:
    try:
        at = moment(data.get(key), options.zone)
    except ValueError as error:
        raise InvalidRecord(str(error), field=key) from None
    if at is None:
        raise InvalidRecord("没有时间,分不出属于哪一段会话", field=key)
    return at


def _desk(data: dict[str, Any], options: ReadOptions, known: _Known) -> _Row:
    """A record of getmsglist or getrecord."""
    customer, worker = name_of(data.get("openid"), "openid"), name_of(data.get("worker"), "worker")
    if not customer:
        raise InvalidRecord("缺少客户的 openid", field="openid")
    code = name_of(data.get("opercode"), "opercode")
    at, text = _at(data, "time", options), words_of(data.get("text"), "text").strip()
    stream = _stream("", customer, known)
    if code in _EVENTS:
        message = Message("system", f"{_EVENTS[code]}{f'({worker})' if worker else ''}", at)
        return stream, message, code == _CLOSED, ""
    if code not in _SAID:
        raise InvalidRecord(f"不认识的操作码 {code[:20]}", field="opercode")
    role = _SAID[code]
    return stream, Message(role, text, at, kind_of_text(text), worker if role == "agent" else ""), False, ""


def _sync(data: dict[str, Any], options: ReadOptions, known: _Known) -> _Row:
    """A message or event of sync_msg."""
    kind = name_of(data.get("msgtype"), "msgtype")
    event = part_of(data.get("event"), "event") if kind == "event" else {}
    account = name_of(data.get("open_kfid") or event.get("open_kfid"), "open_kfid")
    customer = name_of(data.get("external_userid") or event.get("external_userid"), "external_userid")
    if not customer:
        raise InvalidRecord("缺少客户的 external_userid", field="external_userid")
    stream = _stream(account, customer, known)
    at, identifier = _at(data, "send_time", options), name_of(data.get("msgid"), "msgid")
    if kind == "event":
        return stream, *_event(event, at, identifier)
    origin = data.get("origin")
    role = _ORIGINS.get(origin) if isinstance(origin, int) else None
    if role is None:
        raise InvalidRecord(f"origin 应为 3、4 或 5,得到 {str(origin)[:20]}", field="origin")
    text = words_of(part_of(data.get(kind), kind).get("content"), f"{kind}/content")
    ours = _KINDS.get(kind, "other")
    worker = name_of(data.get("servicer_userid"), "servicer_userid") if role == "agent" else ""
    # The desk's own account answers without a person: a welcome, a menu.
    role = "bot" if role == "agent" and not worker else role
    return stream, Message(role, text or LABELS.get(ours, ""), at, ours, worker, identifier), False, ""


def _event(event: dict[str, Any], at: datetime, identifier: str) -> tuple[Message, bool, str]:
    what = name_of(event.get("event_type"), "event/event_type")
    if what == "user_recall_msg":
        return Message("customer", "", at, "revoked", "", identifier), False, name_of(event.get("recall_msgid"), "event/recall_msgid")
    if what == "servicer_recall_msg":
        worker = name_of(event.get("servicer_userid"), "event/servicer_userid")
        return Message("agent", "", at, "revoked", worker, identifier), False, name_of(event.get("recall_msgid"), "event/recall_msgid")
    change = event.get("change_type")
    worker = name_of(event.get("new_servicer_userid") or event.get("old_servicer_userid"), "event/new_servicer_userid")
    text = _CHANGES[change] if isinstance(change, int) and change in _CHANGES else _ENTERED.get(what, what or "事件")
    return Message("system", f"{text}{f'({worker})' if worker else ''}", at, "text", "", identifier), change == _ENDED, ""
