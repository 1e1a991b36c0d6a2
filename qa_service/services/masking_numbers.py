"""Numbers that are somebody's: mobiles, landlines, identity numbers (check digit), bank cards (Luhn). Order and parcel numbers are not.

Works on a shadow of the text (see masking.py) in which full-width, circled and, where asked, Chinese digits are ASCII ones, character by
character. Each run of digits is taken whole once, so hostile input costs no more than its length.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

JOINTS: Final = r" ,，\t\n\u3000\u00a0\-–—_.·()/\u200b-\u200d\u2060\ufeff\ufe0f\u20e3"
_RUN: Final = re.compile(rf"\d(?:[{JOINTS}]{{0,2}}\d)*+")
_GROUP: Final = re.compile(r"\d+")
_MOBILE_SHAPES: Final = frozenset((
    (11,), (3, 4, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3), (3, 8), (7, 4), (1, 10), (3, 2, 2, 2, 2), (3, 4, 2, 2), (3, 3, 3, 2), (1,) * 11, (2, 3, 3, 3)))
# Sizes and prices look alike: these only beside a word for a telephone.
_LOOSE_SHAPES: Final = frozenset(((3, 3, 3, 2), (1, 10), (2, 3, 3, 3), (4, 4, 3), (4, 3, 4), (7, 4)))
_COMMA: Final = re.compile(r"\d[,，]")
_CARD_SHAPES: Final = frozenset(((4, 4, 4, 4), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3), (6, 13), (6, 10)))
_IDENTITY_SHAPES: Final = frozenset(((6, 8, 4), (6, 4, 4, 4), (6, 4, 2, 2, 4), (3, 3, 8, 4), (4, 4, 4, 4, 2)))
_DATE: Final = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_ORDER_BEFORE: Final = re.compile(
    r"(?:订单|单号|运单|物流|快递|编号|货号|款号|条码|流水|批号|型号|编码|sku|(?<!微信)(?<!qq)id)(?:编号|号码|号)?[\s]*(?:就?是|为|[:#=])?[\s]*[a-z]{0,3}$|第$")
_ID_BEFORE: Final = re.compile(r"id[号 :是]{0,2}$")  # of a person, where the check digit says so
_COURIER_BEFORE: Final = re.compile(r"(?:物流|快递)[\s]*$")  # his telephone, where it looks like one: parcels have other lengths
_CARRIER_BEFORE: Final = re.compile(r"(?:^|[^A-Za-z])(?:SF|YT|JD|JT|ZTO|STO|YD|EMS|JDV[A-Z]|DPK|YTO)[A-Za-z]*$")
_BANK_BEFORE: Final = re.compile(r"(?:银行卡|卡号|储蓄卡|信用卡|借记卡|支付宝|银行账号|收款账号|打款账号|对公账户|[建农工招中交]行)[^\d]{0,8}$")
_PAY_BEFORE: Final = re.compile(r"(?:打款|打到|转账|转到|转给|退款?到|退回|汇到|汇款|账[号户]|帐[号户]|卡)[^\d]{0,6}$")
_IDENTITY_BEFORE: Final = re.compile(r"身份证[^\d]{0,8}$")
_PHONE_BEFORE: Final = re.compile(r"(?:电话|座机|固话|手机|联系方式|tel|phone|号码|打我)[^\d]{0,6}$")
_PHONE_AFTER: Final = re.compile(r"[^\d]{0,4}(?:电话|手机|号码|打|联系|找我)")
_PHONE_RIGHT_BEFORE: Final = re.compile(r"(?:电话|座机|固话|手机|联系方式|tel|phone)(?:号码?|就?是|就|为|改[为成]|换[为成]|[\s:(（+])*$")
_HOTLINES: Final = ("400", "800")
_AREA: Final = re.compile(r"0(?:10|2\d|[3-9]\d\d)[2-8]\d{6,7}")
_AREA_SHAPES: Final = frozenset(((3, 4, 4), (4, 4, 4), (4, 3, 4)))
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_LONGEST: Final = 19
_WINDOW: Final = 18


class Found(NamedTuple):
    """A number: where it stands, and how many of its digits stay visible in front and behind."""

    start: int
    end: int
    first: int
    last: int
    kind: str  # phone, identity, card, order


def numbers(text: str, shadow: str, *, orders: bool = False) -> Iterator[Found]:
    """The personal numbers of a text. `shadow` is the text with its digits made ASCII; `orders`: order and parcel numbers, too."""
    for run in _RUN.finditer(shadow):
        if run.end() - run.start() < 7:
            continue
        groups = [(g.start(), g.end()) for g in _GROUP.finditer(shadow, run.start(), run.end())]
        i = 0
        while i < len(groups):
            found, used = _at(text, shadow, groups, i, orders)
            if found is not None:
                yield found
            i += used


def _at(text: str, s: str, groups: list[tuple[int, int]], i: int, orders: bool) -> tuple[Found | None, int]:
    """What begins with group i, the longest reading first, and how many groups it takes."""
    digits, shape = "", []
    readings: list[tuple[str, tuple[int, ...]]] = []
    for start, end in groups[i:i + 11]:
        if len(digits) + end - start > _LONGEST:
            break
        digits += s[start:end]
        shape.append(end - start)
        readings.append((digits, tuple(shape)))
    start = groups[i][0]
    before = s[max(0, start - _WINDOW):start]
    order = _ORDER_BEFORE.search(before.lower()) is not None or _CARRIER_BEFORE.search(text[max(0, start - 6):start]) is not None
    courier = _COURIER_BEFORE.search(before) is not None
    for read, form in reversed(readings):
        end = groups[i + len(form) - 1][1]
        person = (courier and form == (11,)) or (_ID_BEFORE.search(before.lower()) is not None and _is_identity(read))
        if order and not person:
            if orders and len(read) >= 8 and len(form) == 1:
                return Found(start, end, 0, 4, "order"), 1
            continue
        found = _identity(s, before, start, end, read, form) or _card(s, before, start, end, read, form) or _phone(s, before, start, end, read, form)
        if found is not None:
            return found, len(form)
    return None, 1


def _phone(s: str, before: str, start: int, end: int, digits: str, form: tuple[int, ...]) -> Found | None:
    lower = before.lower()
    asked = _PHONE_BEFORE.search(lower) is not None or _PHONE_AFTER.match(s, end, end + 8) is not None
    if len(form) == 1 and len(digits) in (13, 15) and digits.startswith("86" if len(digits) == 13 else "0086"):
        extra = len(digits) - 11
        if digits[extra] == "1" and digits[extra + 1] in "3456789":
            return Found(start + extra, end, 3, 4, "phone")
    if digits[0] == "1" and digits[1:2] >= "3" and form in _MOBILE_SHAPES and (len(form) > 1 or len(digits) == 11):
        if form == (3, 8) and _DATE.fullmatch(digits[3:]):
            return None
        loose = form in _LOOSE_SHAPES or _COMMA.search(s, start, end) is not None
        return None if loose and not asked else Found(start, end, 3, 4, "phone")
    abroad = before.endswith("+") and re.search(r"[A-Za-z0-9]\+$", before) is None
    if abroad and 9 <= len(digits) <= 14 and len(form) <= 6 and (len(form) > 1 or len(digits) > 10):
        return Found(start, end, max(3, len(digits) - 9), 2, "phone")  # any country
    return _landline(s, before, lower, start, end, digits, form)


def _landline(s: str, before: str, lower: str, start: int, end: int, digits: str, form: tuple[int, ...]) -> Found | None:
    """Area code and number; numbers without one, of other countries or mistyped only right behind a word for a telephone."""
    if digits.startswith(_HOTLINES):
        return None
    if digits[0] == "0" and digits[1:2] > "0" and len(form) == 2 and form[0] in (3, 4) and form[1] in (7, 8) and len(digits) <= 12:
        return Found(start, end, form[0], 2, "phone")
    marked = before.endswith("(") or s[start:end].count("-") == len(form) - 1
    if digits[0] == "0" and form in _AREA_SHAPES and (_PHONE_BEFORE.search(lower) or (marked and _AREA.fullmatch(digits))):
        return Found(start, end, form[0], 2, "phone")
    if not 7 <= len(digits) <= 13 or not _PHONE_BEFORE.search(lower):
        return None
    if len(form) == 1 and len(digits) in (10, 11, 12) and digits[0] == "0":
        return Found(start, end, 3, 2, "phone")
    if _PHONE_RIGHT_BEFORE.search(lower) and (len(form) <= 3 or before.endswith("+")) and not _DATE.match(digits):
        return Found(start, end, 3 if len(digits) >= 10 else 0, 2, "phone")
    return None


def _identity(s: str, before: str, start: int, end: int, digits: str, form: tuple[int, ...]) -> Found | None:
    """18 characters with a true check digit; after 身份证 also with a wrong one, and the old 15 digits."""
    tail = s[end:end + 1]
    body = digits + "X" if len(digits) == 17 and tail in ("X", "x", "×") else digits
    shaped = len(form) == 1 or form in _IDENTITY_SHAPES or (*form[:-1], form[-1] + 1) in _IDENTITY_SHAPES
    if len(body) == 18 and shaped and (_is_identity(body) or _IDENTITY_BEFORE.search(before)):
        return Found(start, end + (len(body) != len(digits)), 2, 2, "identity")
    if len(digits) == 15 and len(form) == 1 and _IDENTITY_BEFORE.search(before):
        return Found(start, end, 2, 2, "identity")
    return None


def _is_identity(body: str) -> bool:
    """Eighteen characters with a province, a day of birth and a true check digit (GB 11643)."""
    if len(body) != 18 or not body[:17].isdigit():
        return False
    check = "10X98765432"[sum(int(d) * w for d, w in zip(body[:17], _WEIGHTS, strict=True)) % 11]
    return check == body[17] and body[0] in "12345689" and _DATE.fullmatch(body[6:14]) is not None


def _card(s: str, before: str, start: int, end: int, digits: str, form: tuple[int, ...]) -> Found | None:
    """A card number passes Luhn and begins like one; an order number that happens to pass does not begin like one."""
    if len(form) > 1 and form not in _CARD_SHAPES:
        return None
    if (before[-1:].isascii() and before[-1:].isalpha()) or (s[end:end + 1].isascii() and s[end:end + 1].isalpha()):
        return None
    named = _BANK_BEFORE.search(before) is not None and len(digits) >= 12
    union = len(digits) >= 16 and digits.startswith(("62", "9558", "9559"))
    foreign = len(digits) == 16 and digits[0] in "345" and form == (4, 4, 4, 4)
    paid = 16 <= len(digits) <= 19 and digits[0] in "34569" and _PAY_BEFORE.search(before) is not None
    if named or ((union or foreign or paid) and _luhn(digits)):
        return Found(start, end, 0, 4, "card")
    return None


def _luhn(digits: str) -> bool:
    return sum(int(d) if i % 2 == 0 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(digits))) % 10 == 0
