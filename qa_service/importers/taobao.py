"""What 千牛 and 旺旺 logs have in common: the buyer against everybody else, sub-accounts, pictures, a stream for each buyer."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from qa_service.importers.base import NUL_REASON, ReadOptions
from qa_service.importers.draft import LABELS
from qa_service.importers.kinds import kind_of_text
from qa_service.importers.speakers import AUTOMATIC, ROBOT, account_of, is_robot, marked_automatic, same_nick, says_revoked, shop_of, tmall_or_taobao
from qa_service.importers.streams import Stream
from qa_service.model.conversation import EMPTY, Message, Party
from qa_service.model.errors import InvalidRecord

_SYSTEM: Final = ("系统消息", "系统提示", "系统", "平台提示")
_TRANSFERS: Final = ("转交给", "转接给", "转接至", "为您转接", "会话转")


def stream_of(buyer: str, shop: str, options: ReadOptions) -> Stream:
    """The endless talk of a buyer with a shop ("" when no sub-account names it)."""
    shop = shop or options.shop or "default"
    return Stream(buyer, shop, options.channel or tmall_or_taobao(shop), Party(buyer))


def shop_among(senders: Mapping[str, Any] | list[str], buyer: str) -> str:
    """The shop by the first sub-account that is not the buyer's own; "" when there is none."""
    return next((shop for s in senders if not same_nick(s, buyer) and (shop := shop_of(account_of(s)))), "")


def message_of(buyer: str, sender: str, text: str, image: str, at: datetime | None) -> Message:
    """One message. Whoever is not the buyer is of the shop. Raises InvalidRecord when nobody or nothing is there."""
    sender = account_of(sender)
    if "\0" in text or "\0" in sender or "\0" in image:
        raise InvalidRecord(NUL_REASON)
    if not text.strip() and not image:
        raise InvalidRecord("既没有文字也没有图片")
    if sender in _SYSTEM or (not sender and any(words in text for words in _TRANSFERS)):
        return Message("system", text, at)
    if not sender:
        raise InvalidRecord("没有发送人,看不出是谁说的", field="sender")
    meta: dict[str, Any] = {"url": image} if image else {}
    kind = "image" if image and not text.strip() else "revoked" if says_revoked(text) else kind_of_text(text)
    text = text if text.strip() else LABELS["image"]
    if same_nick(sender, buyer):
        return Message("customer", text, at, kind, meta=meta or EMPTY)
    reason = ROBOT if is_robot(sender) else AUTOMATIC if marked_automatic(text) else ""
    if reason:
        return Message("bot", text, at, kind, meta=meta | {"auto_reason": reason})
    return Message("agent", text, at, kind, sender, meta=meta or EMPTY)
