"""JD 咚咚 chat log: the pages that ``jingdong.im.pop.chatlog.get`` (v2.0) answers, or their rows alone. A row is a message.

``{"jingdong_im_pop_chatlog_get_responce": {"ChatLogPage": {"chatLogList": [{sid, customer, waiter, skuId, content, time (ms), waiterSend}]}}}``
("responce" is JD's spelling; older SDKs say ChatLog). Pages may stand one a line, in an array, or alone. A row without content is a card.

Source: the request and response classes of JD's SDK.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.documents import Item, items
from qa_service.importers.draft import Draft, name_of, some_of, words_of
from qa_service.importers.files import Source
from qa_service.importers.gather import Gather
from qa_service.importers.head import CERTAIN, Head
from qa_service.importers.kinds import kind_of_text
from qa_service.importers.settle import settle
from qa_service.importers.speakers import AUTOMATIC, ROBOT, is_robot, marked_automatic, says_revoked
from qa_service.model.conversation import EMPTY, Party
from qa_service.model.errors import InvalidRecord

_WRAPPERS: Final = ("jingdong_im_pop_chatlog_get_responce", "jingdong_im_pop_chatlog_get_response", "ChatLogPage", "chatLogPage", "ChatLog", "chatLogList")
_SENT: Final[dict[Any, bool]] = {True: True, False: False, "true": True, "false": False, "1": True, "0": False}


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


def _session(key: str, rows: Sequence[Item], options: ReadOptions) -> Draft:
    draft = Draft(options.zone, key, channel="jd", customer=Party(name_of(rows[0].value["customer"])))
    for row in rows:
        _say(draft, row.value)
    return draft


def _key(item: Item) -> tuple[str, tuple[Any, ...]]:
    """The session of a row, and what the row says. Raises InvalidRecord for what is no message."""
    data = item.value
    if item.reason:
        raise InvalidRecord(item.reason)
    if not isinstance(data, dict):
        raise InvalidRecord(f"应为对象,得到 {type(data).__name__}")
    if "waiterSend" not in data:
        raise InvalidRecord(_complaint(data), field="/waiterSend")
    if _sent(data) is None:
        raise InvalidRecord("waiterSend 应为 true 或 false", field="/waiterSend")
    customer, waiter = name_of(data.get("customer"), "/customer"), name_of(data.get("waiter"), "/waiter")
    key = name_of(data.get("sid"), "/sid")
    text = words_of(data.get("content"), "/content")
    if "\0" in text:
        raise InvalidRecord("含有空字符 U+0000,无法存储", field="/content")
    if not key and not customer:
        raise InvalidRecord("既没有 sid 也没有 customer,分不出是哪个会话", field="/sid")
    data["customer"], data["waiter"] = customer, waiter
    at = data.get("time")
    return key or f"{customer}/{waiter}", (at if isinstance(at, int | float | str) else None, _sent(data), waiter, text)


def _complaint(data: dict[str, Any]) -> str:
    error = data.get("error_response")
    if isinstance(error, dict):
        return f"京东接口返回的是错误: {str(error.get('zh_desc') or error.get('en_desc') or error.get('code'))[:80]}"
    return "没有 waiterSend,看不出是谁说的"


def _sent(data: dict[str, Any]) -> bool | None:
    value = data["waiterSend"]
    return _SENT.get(value.lower() if isinstance(value, str) else value) if isinstance(value, str | bool | int) else None


def _say(draft: Draft, data: dict[str, Any]) -> None:
    text: str = data.get("content") or ""
    waiter: str = data["waiter"]
    product = some_of(data, "skuId")
    kind = "revoked" if says_revoked(text) else kind_of_text(text) if text else "card" if product else "other"
    if not _sent(data):
        draft.say("customer", text, draft.at(data.get("time")), kind=kind, meta=product)
        return
    reason = ROBOT if is_robot(waiter) else AUTOMATIC if marked_automatic(text) else ""
    meta = product | {"auto_reason": reason} if reason else product or EMPTY
    draft.say("bot" if reason else "agent", text, draft.at(data.get("time")), kind=kind, agent_id=waiter if not reason else "", meta=meta)
