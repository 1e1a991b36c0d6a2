"""JD 咚咚 chat log: the pages that ``jingdong.im.pop.chatlog.get`` (v2.0) answers, or their rows alone. A row is a message.

``{"jingdong_im_pop_chatlog_get_responce": {"ChatLogPage": {"chatLogList": [{sid, customer, waiter, skuId, content, time (ms), waiterSend}]}}}``
("responce" is JD's spelling; older SDKs say ChatLog). Pages may stand one a line, in an array, or alone. A row without content is a card.

Source: the request and response classes of JD's SDK.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from qa_service.importers.base import NUL_REASON, Intake, ReadOptions, Records
from qa_service.importers.documents import Item, items
from qa_service.importers.draft import LABELS, Draft, name_of, words_of
from qa_service.importers.files import Source
from qa_service.importers.gather import Gather
from qa_service.importers.head import CERTAIN, Head
from qa_service.importers.kinds import kind_of_text
from qa_service.importers.settle import settle
from qa_service.importers.speakers import AUTOMATIC, ROBOT, is_robot, marked_automatic, says_revoked
from qa_service.model.conversation import EMPTY, Message, Party
from qa_service.model.errors import InvalidRecord

_WRAPPERS: Final = ("jingdong_im_pop_chatlog_get_responce", "jingdong_im_pop_chatlog_get_response", "ChatLogPage", "chatLogPage", "ChatLog", "chatLogList")
_PLAIN: Final = (int, str, float, bool)
_SENT: Final[dict[int | str, bool]] = {1: True, 0: False, "true": True, "false": False, "1": True, "0": False}


def detects(head: Head) -> float:
    """A page by its list, or rows that say whether the waiter sent them."""
    return CERTAIN if head.has("chatLogList") or head.has("waiterSend", "waiter", "customer") else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """Conversations, one a ``sid``."""
    gather = Gather(lambda key, rows: iter((settle(rows, lambda: _session(key, rows, options), options, intake),)))
    for item in items(source, _WRAPPERS, intake):
        try:
            key, same = _key(item)
        except InvalidRecord as error:
            yield item.reject(error.why, error.field)
        else:
            yield from gather.put(key, item, same)
    yield from gather.end()


def _key(item: Item) -> tuple[str, tuple[Any, ...]]:
    """The session of a row, and what the row says. Raises InvalidRecord for what is no message."""
    data = item.value
    if item.reason:
        raise InvalidRecord(item.reason)
    if not isinstance(data, dict):
        raise InvalidRecord(f"应为对象,得到 {type(data).__name__}")
    sent = data.get("waiterSend")
    sent = sent if type(sent) is bool else _sent(sent)
    if sent is None:
        raise InvalidRecord(_complaint(data), field="/waiterSend")
    key, customer, waiter, text = data.get("sid"), data.get("customer"), data.get("waiter"), data.get("content")
    if not (type(key) is type(customer) is type(waiter) is type(text) is str):
        key, customer, waiter = name_of(key, "/sid"), name_of(customer, "/customer"), name_of(waiter, "/waiter")
        text = words_of(text, "/content")
    if "\0" in text:
        raise InvalidRecord(NUL_REASON, field="/content")
    if not key and not customer:
        raise InvalidRecord("既没有 sid 也没有 customer,分不出是哪个会话", field="/sid")
    at = data.get("time")
    return key or f"{customer}/{waiter}", (at if type(at) in _PLAIN else None, sent, waiter, text)


def _complaint(data: dict[str, Any]) -> str:
    error = data.get("error_response")
    if isinstance(error, dict):
        return f"京东接口返回的是错误: {str(error.get('zh_desc') or error.get('en_desc') or error.get('code'))[:80]}"
    return "waiterSend 应为 true 或 false" if "waiterSend" in data else "没有 waiterSend,看不出是谁说的"


def _sent(value: object) -> bool | None:
    """Whether the waiter sent it; None when that is not said."""
    if value is True or value is False:
        return value
    return _SENT.get(value.lower() if isinstance(value, str) else value) if isinstance(value, str | int) else None


def _session(key: str, rows: Sequence[Item], options: ReadOptions) -> Draft:
    draft = Draft(options.zone, key, channel="jd", customer=Party(name_of(rows[0].value.get("customer"))))
    robots: dict[str, bool] = {}
    say = draft.messages.append
    for row in rows:
        data = row.value
        get = data.get
        text, sku = get("content") or "", get("skuId")
        product = {"skuId": sku} if sku and type(sku) in (str, int) else EMPTY
        kind = "revoked" if "撤回" in text and says_revoked(text) else kind_of_text(text) if text else "card" if product else "other"
        text, at, sent = text or LABELS[kind], draft.at(get("time")), data["waiterSend"]
        if sent is False or (sent is not True and not _sent(sent)):
            say(Message("customer", text, at, kind, "", "", product))
            continue
        waiter = get("waiter")
        waiter = waiter if type(waiter) is str else name_of(waiter)
        if waiter not in robots:
            robots[waiter] = is_robot(waiter)
        reason = ROBOT if robots[waiter] else AUTOMATIC if marked_automatic(text) else ""
        if reason:
            say(Message("bot", text, at, kind, "", "", {**product, "auto_reason": reason}))
        else:
            say(Message("agent", text, at, kind, waiter, "", product))
    return draft
