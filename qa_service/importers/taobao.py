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
_PEOPLE: Final = ("customer", "agent")
TELLING: Final = frozenset("[<hH 【\n(（")
"""With these begins every text that is more than words: a mark, a link, a picture."""
_REMEMBERED: Final = 10_000
_TRANSFERS: Final = ("转交给", "转接给", "转接至", "为您转接", "会话转")


def stream_of(buyer: str, shop: str, options: ReadOptions) -> Stream:
    """The endless talk of a buyer with a shop ("" when no sub-account names it)."""
    shop = shop or options.shop or "default"
    return Stream(buyer, shop, options.channel or tmall_or_taobao(shop), Party(buyer))


def shop_among(senders: Mapping[str, Any] | list[str], buyer: str) -> str:
    """The shop by the first sub-account that is not the buyer's own; "" when there is none."""
    return next((shop for s in senders if not same_nick(s, buyer) and (shop := shop_of(account_of(s)))), "")


class Talk:
    """The talk of one buyer: whoever is not the buyer is of the shop. Who is who is settled once a sender."""

    def __init__(self, buyer: str, robots: dict[str, bool] | None = None) -> None:
        """`robots`: which accounts are known to be a machine's, kept over the talks of many buyers."""
        self.buyer = buyer
        self._senders: dict[str, tuple[str, str]] = {}
        self._robots: dict[str, bool] = robots if robots is not None else {}

    def message(self, sender: str, text: str, image: str, at: datetime | None) -> Message:
        """One message. Raises InvalidRecord when nobody or nothing is there."""
        known = self._senders.get(sender)
        if (known is not None and known[0] in _PEOPLE and text and not image and text[0] not in TELLING and not text.isspace()
                and "撤回" not in text and "\0" not in text):
            return Message(known[0], text, at, "text", known[1])  # plain words of a person: by far the most
        if "\0" in text or "\0" in sender or "\0" in image:
            raise InvalidRecord(NUL_REASON)
        blank = not text or text.isspace()
        if blank and not image:
            raise InvalidRecord("既没有文字也没有图片")
        role, account = known or self._settled(sender)
        if not role:
            if not any(words in text for words in _TRANSFERS):
                raise InvalidRecord("没有发送人,看不出是谁说的", field="sender")
            role = "system"
        kind = "image" if blank else "revoked" if says_revoked(text) else kind_of_text(text)
        text = LABELS["image"] if blank else text
        meta: Mapping[str, Any] = {"url": image} if image else EMPTY
        if role == "bot" or (role == "agent" and marked_automatic(text)):
            return Message("bot", text, at, kind, meta={**meta, "auto_reason": ROBOT if role == "bot" else AUTOMATIC})
        return Message(role, text, at, kind, account, "", meta)

    def person(self, sender: str) -> tuple[str, str] | None:
        """(role, account) of a sender who is a person, and not a machine nor the platform."""
        found = self._senders.get(sender) or self._settled(sender)
        return found if found[0] in _PEOPLE else None

    def _settled(self, sender: str) -> tuple[str, str]:
        """(role, account where it is a person's of the shop) of a sender; role "" when nobody is named."""
        account = account_of(sender)
        if not account:
            found = "", ""
        elif account in _SYSTEM:
            found = "system", ""
        elif same_nick(account, self.buyer):
            found = "customer", ""
        else:
            found = ("bot", "") if self._is_robot(account) else ("agent", account)
        if len(self._senders) < _REMEMBERED:
            self._senders[sender] = found
        return found

    def _is_robot(self, account: str) -> bool:
        known = self._robots.get(account)
        if known is None:
            known = is_robot(account)
            if len(self._robots) < _REMEMBERED:
                self._robots[account] = known
        return known
