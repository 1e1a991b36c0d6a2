"""Who spoke, as desks write it: ``店铺:子账号``, platform prefixes, cut nicknames, robots, automatic replies, recalled messages."""
from __future__ import annotations

import re
from typing import Final

_PREFIXES: Final = ("cntaobao", "cnalichn", "cnhhupan", "enaliint")
_PREFIX_LENGTH: Final = 8
_ROBOT: Final = re.compile(r"机器人|店小蜜|阿里小蜜|小蜜|京小智|智能客服|智能助理|智能助手|自动回复|(?<![a-z])(?:robot|chatbot|jimi|bot)(?![a-z])", re.IGNORECASE)
_AUTOMATIC: Final = re.compile(r"[\[【(（](?:系统)?(?:自动回复|机器人(?:回复)?|智能(?:客服)?回复|自动(?:欢迎|应答|发送)|店小蜜|离线自动回复)[\])】）]\s*[:：]?\s*")
_REVOKED: Final = re.compile(r"\[?.{0,40}撤回了?(?:一|1)?条?消息.{0,10}\]?|\[(?:消息)?已?撤回\]|该?消息已(?:被)?撤回")
_TMALL: Final = re.compile(r"(?:旗舰店|专卖店|专营店|天猫超市)$")
_LEAST: Final = 4
_CUT: Final = 2
AUTOMATIC: Final = "来源标明是自动回复"
"""The `auto_reason` of a message that the source itself marks."""
ROBOT: Final = "由机器人账号发出"
"""The `auto_reason` of a message from an account that is a robot's."""


def account_of(written: str) -> str:
    """A nickname without the platform's prefix (``cntaobao小美`` -> ``小美``) and blanks."""
    account = written.strip()
    return account[_PREFIX_LENGTH:] if account.startswith(_PREFIXES) and len(account) > _PREFIX_LENGTH else account


def shop_of(account: str) -> str:
    """The shop of a sub-account, ``店铺:子账号``; "" when the account is no such one."""
    shop, colon, name = account.replace("：", ":").partition(":")
    return shop.strip() if colon and name.strip() else ""


def tmall_or_taobao(shop: str) -> str:
    """The channel of a shop on 千牛 by its name: only shops on Tmall may be called 旗舰店, 专卖店, 专营店."""
    return "tmall" if _TMALL.search(shop) else "taobao"


def is_robot(account: str) -> bool:
    """Is this account of the shop a machine's, by its name? Of ``店铺:子账号`` the sub-account decides."""
    return _ROBOT.search(account.replace("：", ":").rpartition(":")[2]) is not None


def marked_automatic(text: str) -> bool:
    """Does the source mark this text as sent by a machine, such as ``[自动回复]``?"""
    return text[:1] in "[【(（" and _AUTOMATIC.match(text) is not None


def says_revoked(text: str) -> bool:
    """Is this text what stands in place of a recalled message?"""
    return "撤回" in text and len(text) <= 80 and _REVOKED.fullmatch(text.strip()) is not None


def same_nick(one: str, other: str) -> bool:
    """Do two writings mean the same buyer? Exports cut one or two characters off the front, mask the middle, add the buyer's sub-account."""
    if one == other:
        return True
    one, other = one.strip().casefold(), other.strip().casefold()
    if one == other:
        return True
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    if len(short) >= _LEAST and long.endswith(short) and len(long) - len(short) <= _CUT:
        return True
    if len(short) >= _LEAST and long.startswith(short + ":"):
        return True
    return "*" in short + long and (_masked(one, other) or _masked(other, one))


def _masked(mask: str, nick: str) -> bool:
    """``t***4`` for tb1234."""
    before, stars, after = mask.partition("*")
    after = after.lstrip("*")
    return bool(stars and before) and len(nick) > len(before) + len(after) and nick.startswith(before) and nick.endswith(after) and "*" not in nick
