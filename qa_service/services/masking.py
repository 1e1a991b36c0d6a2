"""Masking of personal data in what people read: every masked character becomes one ``*``, so offsets into the text stay right.

Masked: mobiles and landlines, identity numbers (with check digit), bank cards (Luhn), e-mail, WeChat and QQ ids, addresses, names that are
announced or stand beside such; order and parcel numbers only where asked. Never masked: prices, sizes, dates, amounts. Digits may be full-width,
circled or Chinese, with blanks, dashes or invisible characters between. The time needed grows with the length of the text and no faster.

Buyers get pseudonyms: keyed, so that one buyer stays one in every table and nobody without the key can count through all numbers to find whose it is.
"""
from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from qa_service.services.masking_numbers import JOINTS, numbers
from qa_service.services.masking_people import contacts, mails, names
from qa_service.services.masking_places import places

_CHINESE: Final = str.maketrans("零〇幺一二三四五六七八九壹贰叁肆伍陆柒捌玖", "001123456789123456789")
_WIDE: Final = {0xFF01 + i: chr(0x21 + i) for i in range(94)} | {0x2795: "+", 0xFF1A: ":", 0x3000: " "}
_CIRCLED: Final = {ord(c): str(unicodedata.digit(c)) for c in "①②③④⑤⑥⑦⑧⑨⓪❶❷❸❹❺❻❼❽❾⓿"}
_ASCII: Final = _WIDE | _CIRCLED
_CHINESE_RUN: Final = re.compile(rf"[零〇幺一二三四五六七八九壹贰叁肆伍陆柒捌玖\d](?:[{JOINTS}]?[零〇幺一二三四五六七八九壹贰叁肆伍陆柒捌玖\d])*+")
_HINT: Final = re.compile(
    r"\d{5}|\d[^\d]{1,2}\d|[零〇幺一二三四五六七八九壹贰叁肆伍陆柒捌玖]{3}|[①-⑨⓪❶-❿]|@|＠|[aA][tT][)）\]】]|艾特|地址|[省市区县镇乡村路街巷弄栋幢]|单元|号楼|\d[ ]?[号楼室]|"
    r"[货件收系购单款卡][ ]?人|收[ ]?[:：]|姓|名字|实名|户|先生|女士|小姐|机主|我叫|本人|名叫|我是|[微薇威维徽嶶溦魏卫]|扣扣|抠抠|球球|企鹅|[秋蔻叩]|绿|群|抖音|快手|小红书|陌陌|闲鱼|[vwqVWQＶＷＱｖｗｑ]")
_SHORTEST_ID: Final = 6
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another


@dataclass(frozen=True, slots=True)
class Masker:
    """Masks texts and names buyers. `key`: what pseudonyms are made with; `orders`: mask order and parcel numbers, too."""

    key: bytes = b""
    orders: bool = False

    def text(self, text: str) -> str:
        """`text` with personal data starred; same length, other characters untouched."""
        return _mask(text, self.orders)

    def buyer(self, shop: str, identifier: str) -> str:
        """A pseudonym: the same for the same buyer of a shop under the same key; empty for nobody."""
        if not identifier:
            return ""
        digest = hmac.digest(self.key, f"{len(shop)}:{shop}{identifier}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        number = int.from_bytes(digest[:8], "big")
        letters = ""
        for _ in range(8):
            number, at = divmod(number, len(_ALPHABET))
            letters += _ALPHABET[at]
        return f"买家{letters}"


def mask(text: str) -> str:
    """`text` with personal data starred, order numbers left; same length, other characters untouched."""
    return _mask(text, False)


def _mask(text: str, orders: bool) -> str:
    if not _HINT.search(text):
        return text
    shadow = _shadow(text)
    hidden: set[int] = set()
    anchors: list[tuple[int, int]] = []
    for digits in (shadow, _chinese_shadow(shadow)):
        for n in numbers(text, digits, orders=orders) if digits else ():
            if any(i in hidden for i in range(n.start, n.end)):
                continue
            kept = [i for i in range(n.start, n.end) if digits[i].isalnum() or digits[i] == "×"]
            hidden.update(kept[n.first:len(kept) - n.last])
            if n.kind == "phone":
                anchors.append((n.start, n.end))
    for start, end in places(shadow):
        anchors.append((start, end))
        hidden.update(i for i in range(start, end) if not text[i].isspace())
    for found in (contacts(shadow), contacts(_chinese_shadow(shadow, _SHORTEST_ID)), mails(shadow), names(shadow, anchors)):
        for start, end in found:
            hidden.update(i for i in range(start, end) if not text[i].isspace())
    return "".join(["*" if i in hidden else c for i, c in enumerate(text)]) if hidden else text


def _shadow(text: str) -> str:
    """The text with full-width characters and digits of any script as ASCII ones, character by character."""
    shadow = text.translate(_ASCII)
    if shadow.isascii() or not any(c.isdecimal() and not c.isascii() for c in shadow):
        return shadow
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in shadow)


def _chinese_shadow(shadow: str, least: int = 11) -> str:
    """The shadow with Chinese digits as ASCII ones where they stand in a run of so many or more; empty where none does."""
    out, at = [], 0
    for run in _CHINESE_RUN.finditer(shadow):
        if run.end() - run.start() >= least and not run[0].isascii():
            out += [shadow[at:run.start()], run[0].translate(_CHINESE)]
            at = run.end()
    return "".join([*out, shadow[at:]]) if out else ""
