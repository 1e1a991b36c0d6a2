"""Masking of personal data in what people read: every masked character becomes one ``*``, so offsets into the text stay right.

Masked: mobile numbers, ID numbers (with check digit), bank cards (Luhn), e-mail, WeChat and QQ ids, addresses, consignee names.
Never masked: order and parcel numbers, prices, sizes. Digits may be full-width. No pattern backtracks over long runs.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_GAP: Final = r"[ \t\u3000\-－–—]"
_START: Final = r"(?:(?<!\d)|(?<=\+86)|(?<=0086))"
_MOBILE: Final = re.compile(
    rf"{_START}[1１][3-9３-９]\d(?:\d{{8}}"
    rf"|\.\d{{4}}\.\d{{4}}|{_GAP}\d{{4}}{_GAP}\d{{4}}|{_GAP}\d{{3}}{_GAP}\d{{5}}|\d{_GAP}\d{{3}}{_GAP}\d{{4}}"
    rf"|\d{_GAP}\d{{4}}{_GAP}\d{{3}})(?!\d)|{_START}[1１]{_GAP}[3-9３-９](?:{_GAP}\d){{9}}(?!\d)")
_IDENTITY: Final = re.compile(r"(?<![\dA-Za-z])[1-9１-９]\d{16}[\dXxＸｘ×](?![\dA-Za-z])")
_CARD: Final = re.compile(rf"(?<![\dA-Za-z])\d{{4}}(?:{_GAP}?\d{{4}}){{3}}(?:{_GAP}?\d{{1,3}})?(?![\dA-Za-z])")
_EMAIL: Final = re.compile(r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,6}[A-Za-z]{2,24}")
_CONTACT: Final = re.compile(
    r"(?:[微薇威维v][ ]?[信芯❤]|[加➕+][ ]?[微薇威维v]x?|vx|wx|wechat|weixin|扣扣|q号|qq)(?:号码?|账号|id)?[ \t\u3000]*(?:是|为|[:：])?[ \t\u3000]*"
    r"([A-Za-z][A-Za-z0-9_\-]{5,19}|\d{5,12})(?![A-Za-z0-9_])", re.IGNORECASE)
_PLACE: Final = r"省|市|区|县|镇|乡|村|街道|大道|路|街|巷|弄|小区|花园|广场|栋|幢|单元|号楼|楼|室|号"
_ADDRESS: Final = re.compile(r"(?:收货|收件|寄件|家庭|详细)?地址[^\n。;；!！?？]{1,80}")
_MARK: Final = re.compile(rf"(?:{_PLACE})+(?:\d{{1,5}}(?!\d))?")
_FULL_ADDRESS: Final = re.compile(
    r"[\u4e00-\u9fff]{2,3}(?:省|自治区|市)[ ,，]?[\u4e00-\u9fff]{1,9}(?:市|区|县|州|镇)[^\s。;；!！?？]{2,40}?\d{1,5}(?:号楼|号|栋|幢|单元|室|楼)"
    r"(?:\d{1,4}(?:栋|幢|单元|室|楼|号)?){0,4}")
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊"
    "白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔文章梅庄俞柳甘柯齐温洪季施安颜倪牛葛苗尤岳殷詹鲁翟翁欧聂")
_NAME: Final = re.compile(
    rf"(?:收货人|收件人|联系人|姓名)(?:姓名)?(?:[ \t\u3000]*(?:叫|是|为|[:：])[ \t\u3000]*|[ \t\u3000]+)"
    rf"([{_SURNAMES}])([\u4e00-\u9fff·]{{1,3}}?)(?=电话|手机|联系|地址|收|的|吗|呢|[^\u4e00-\u9fff·]|$)")
_ORDER_BEFORE: Final = re.compile(r"(?:订单|单号|运单|物流|快递|编号|货号|款号|条码|流水|ID)(?:编号|号码|号)?[ \t\u3000]*(?:是|为|[:：#])?[ \t\u3000]*$")
_BANK_BEFORE: Final = re.compile(r"(?:银行卡|卡号|储蓄卡|信用卡|借记卡|账号|帐号|账户)[^\d]{0,8}$")
_HINT: Final = re.compile(r"\d{5}|\d[^\d]\d{3}|\d.\d.\d|@|地址|省|市|收货人|收件人|联系人|姓名|[微薇威维]|扣扣|[vwqVWQ]")


def _digits(text: str) -> str:
    """ASCII digits of a text in any digit style."""
    return "".join(str(int(c)) for c in text if c.isdecimal())


def _stars(text: str, first: int, last: int) -> str:
    """`text` with its letters and digits starred, all but the `first` and the `last` ones; separators stay."""
    places = [i for i, c in enumerate(text) if c.isalnum() or c == "×"]
    hidden = set(places[first:len(places) - last])
    return "".join("*" if i in hidden else c for i, c in enumerate(text))


def _mobile(m: re.Match[str]) -> str:
    return m[0] if _ORDER_BEFORE.search(m.string, max(0, m.start() - 12), m.start()) else _stars(m[0], 3, 4)


def _identity(m: re.Match[str]) -> str:
    body, last = _digits(m[0][:17]), m[0][17]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    check = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    given = "X" if last in "XxＸｘ×" else str(int(last))
    return _stars(m[0], 2, 2) if check == given and 1 <= int(body[10:12]) <= 12 and 1 <= int(body[12:14]) <= 31 else m[0]


def _luhn(digits: str) -> bool:
    return sum(int(d) if i % 2 == 0 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(digits))) % 10 == 0


def _card(m: re.Match[str]) -> str:
    """A card number passes Luhn and begins like one; a 19-digit order number, which may pass too, does not begin like one."""
    digits, window = _digits(m[0]), max(0, m.start() - 16)
    if not _luhn(digits) or _ORDER_BEFORE.search(m.string, window, m.start()):
        return m[0]
    named = _BANK_BEFORE.search(m.string, window, m.start()) is not None
    usual = digits.startswith(("62", "9558", "9559")) or (len(digits) == 16 and digits[0] in "45")
    return _stars(m[0], 0, 4) if named or usual else m[0]


def _email(m: re.Match[str]) -> str:
    name, _, host = m[0].partition("@")
    return name[0] + "*" * (len(name) - 1) + "@" + host


def _contact(m: re.Match[str]) -> str:
    return m[0][:m.start(1) - m.start()] + m[1][0] + "*" * (len(m[1]) - 1)


def _address(m: re.Match[str]) -> str:
    """Stars from shortly before the first mark of a place (the name of a province has two or three characters) to the last one."""
    text = m[0]
    head = text.index("地址") + 2
    marks = list(_MARK.finditer(text, head))
    if len(marks) < 2 and not any(c.isdecimal() for x in marks for c in text[max(head, x.start() - 3):x.end()]):
        return text
    start = max(head, marks[0].start() - 3)
    while start < marks[0].start() and not ("\u4e00" <= text[start] <= "\u9fff" or text[start].isalnum()):
        start += 1
    if text[start] in "是为改到成在":
        start += 1
    return text[:start] + "*" * (marks[-1].end() - start) + text[marks[-1].end():]


def _whole(m: re.Match[str]) -> str:
    return "*" * len(m[0])


def _name(m: re.Match[str]) -> str:
    return m[0][:-len(m[2])] + "*" * len(m[2])


_STEPS: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (_EMAIL, _email), (_IDENTITY, _identity), (_CARD, _card), (_MOBILE, _mobile), (_CONTACT, _contact),
    (_FULL_ADDRESS, _whole), (_ADDRESS, _address), (_NAME, _name))


def mask(text: str) -> str:
    """`text` with personal data starred; same length, other characters untouched."""
    if not _HINT.search(text):
        return text
    for pattern, change in _STEPS:
        text = pattern.sub(change, text)
    return text
