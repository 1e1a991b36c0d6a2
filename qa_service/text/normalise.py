"""Chinese chat text -> two aligned forms, for a whole batch at once.

``norm``      the same length as the original, code point for code point, so every offset is free: half-width, lower case, simplified,
              plain digits and letters; masked placeholders become digits, what is not language becomes U+FFFC.
``skeleton``  norm without blanks, marks, emoji and invisible characters, with the index of each character in norm: where
              "爱.买.不.买" and "加 v 信" read as one word.
``sound``     the skeleton with each 汉字 replaced by one fixed 汉字 of the same toneless pinyin.

Both OpenCC and pypinyin are asked once, per code point, when the tables are built; the texts themselves only see table look-ups.
"""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import opencc
from pypinyin.constants import PINYIN_DICT

Codes = npt.NDArray[np.uint32]
Index = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

SEPARATOR: Final = "\x1f"
NOT_LANGUAGE: Final = "\ufffc"  # a link, an order, an item, a masked name: something is shown
EMOTICON: Final = "\ufffd"  # a platform's smiley
_SIZE: Final = 0x110000
_CJK: Final = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))

# Classes of a code point after normalisation.
MARK, HAN, LETTER, DIGIT, BREAK, SENTENCE, CODE, BLANK, EMOJI, INVISIBLE, SIGN = range(11)

_KEPT: Final = frozenset((HAN, LETTER, DIGIT, BREAK, SIGN))  # the classes that stay in the skeleton
_IS_KEPT: Final = np.array([k in _KEPT for k in range(INVISIBLE + 2)])

_LOOK_ALIKES: Final = {
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "ѵ": "v", "і": "i", "ν": "v", "∨": "v", "ο": "o", "χ": "x",
    "ω": "w", "ⅴ": "v", "ⅹ": "x", "妳": "你", "囘": "回", "壹": "一", "贰": "二", "叁": "三", "柒": "七", "捌": "八", "玖": "九"}
_SIGNS: Final = {"+": "加", "➕": "加", "❤": "心", "♥": "心", "♡": "心", "💗": "心", "💓": "心", "💕": "心", "💖": "心", "💰": "钱", "🧧": "红"}
_SENTENCE_MARKS: Final = ",。!?;、\n\r…"
_MASKED: Final = {"数字": "0", "时效": "0", "金额": "元", "日期": "日", "时间": "点"}

_CODES: Final = re.compile(
    r"\[(?P<masked>数字|时效|金额|日期|时间)x\]"
    r"|(?P<smiley>\#e-s(?:\[数字x\]|\d{1,4})|/:(?:[>^][a-z_$@][<^]|\([a-z*8&.]{1,5}\)|[0-9a-z^$-]{1,4})"
    r"|\[(?!图片|视频|语音|链接|订单|商品|文件|卡片|地址|电话|账号)[\u4e00-\u9fff]{1,4}\])"
    r"|\[[^\[\]\x1f\n]{1,14}x\]|\[(?:orderid|userid)_\d+\]|\[[\u4e00-\u9fff]{1,4}\]"
    r"|\((?:图片|视频|语音|链接|文件|卡片|动画表情)\)"
    r"|<[a-z/][^<>\x1f]{0,200}>|&(?:[a-z]{2,8}|\#\d{1,6});"
    r"|(?:https?://|www\.)[^\s\x1f\u3000-\u303f\u4e00-\u9fff]{1,2000}"
    r"|(?:[a-z0-9-]{1,30}\.){1,4}(?:com|cn|net|top|tb)\b(?:/[^\s\x1f\u4e00-\u9fff]{0,500})?")


@dataclass(frozen=True, slots=True)
class Tables:
    """Look-up tables over all code points: the normalised code point, its class, its form in the skeleton, and its sound."""

    norm: Codes
    kind: Bytes
    skeleton: Codes
    sound: Codes


def _fold(char: str) -> str:
    """One code point folded to one code point: compatibility forms, case. A form that would need several stays as it is."""
    if char in _LOOK_ALIKES:
        return _LOOK_ALIKES[char]
    wide = unicodedata.normalize("NFKC", char)
    if len(wide) != 1:
        inner = wide.strip("()[]., ")
        wide = inner if len(inner) == 1 else char
    low = wide.lower()
    wide = low if len(low) == 1 else wide
    return _LOOK_ALIKES.get(wide, wide)


def _simplified(norm: Codes) -> None:
    han = [chr(c) for lo, hi in _CJK[:3] for c in range(lo, hi)]
    simple = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    for char, other in zip(han, simple, strict=True):
        if len(other) == 1 and norm[ord(char)] == ord(char):
            norm[ord(char)] = ord(other)


def _classes(norm: Codes) -> Bytes:
    kind = np.zeros(_SIZE, dtype=np.uint8)
    for code in range(0x3400):
        char = chr(code)
        category = unicodedata.category(char)
        if category[0] == "L":
            kind[code] = LETTER
        elif category[0] == "N":
            kind[code] = DIGIT
        elif category in ("Zs", "Zl", "Zp") or char in "\t\x0b\x0c":
            kind[code] = BLANK
        elif category in ("Cf", "Mn", "Me"):
            kind[code] = INVISIBLE
        elif category in ("So", "Sk", "Cs"):
            kind[code] = EMOJI
    for lo, hi in _CJK:
        kind[lo:hi] = HAN
    kind[0xA000:0xF900] = LETTER
    kind[0xD800:0xF900] = EMOJI  # lone surrogates and private use: platform emoticons
    kind[0xFE00:0xFE10] = kind[0xFEFF] = kind[0xE0000:0xE0200] = INVISIBLE
    kind[0x1F000:0x20000] = EMOJI
    kind[ord(NOT_LANGUAGE)] = kind[ord(EMOTICON)] = CODE
    kind[0x3007] = HAN
    for char in _SENTENCE_MARKS:
        kind[ord(char)] = SENTENCE
    for char in _SIGNS:
        kind[ord(char)] = SIGN
    kind[ord(SEPARATOR)] = BREAK
    result: Bytes = kind[norm]  # the class is that of the normalised form
    result[ord(SEPARATOR)] = BREAK
    return result


def _sounds() -> Codes:
    """Each 汉字 -> the lowest code point with the same first reading, tones dropped."""
    sound = np.arange(_SIZE, dtype=np.uint32)
    plain: dict[str, int] = {}
    for code in range(0x4E00, 0xA000):
        reading = PINYIN_DICT.get(code)
        if reading is None:
            continue
        base = unicodedata.normalize("NFD", reading.split(",")[0])
        key = "".join(c for c in base if not unicodedata.combining(c) or c == "\u0308")
        sound[code] = plain.setdefault(key, code)
    return sound


@cache
def tables() -> Tables:
    """The tables, built once in a process (≈ 60 ms)."""
    norm = np.arange(_SIZE, dtype=np.uint32)
    ranges = ((0x80, 0x600), (0x1D00, 0x2E80), (0x3000, 0x3400), (0xF900, 0xFB00), (0xFE30, 0xFFF0), (0x1D400, 0x1D800), (0x1F100, 0x1F200))
    for lo, hi in ((0x41, 0x5B), *ranges):
        for code in range(lo, hi):
            norm[code] = ord(_fold(chr(code)))
    for a, b in _LOOK_ALIKES.items():
        norm[ord(a)] = ord(b)
    for code in (0x0A, 0x0D):
        norm[code] = 0x0A
    norm[ord(SEPARATOR)] = norm[0x0B] = 0x20
    norm[0xD800:0xE000] = 0x25A1  # half a surrogate pair cannot be handed to a library as UTF-8; a sign without a meaning can
    for a, b in (("【", "("), ("】", ")"), ("「", '"'), ("」", '"'), ("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("～", "~"), ("—", "-")):
        norm[ord(a)] = ord(b)
    _simplified(norm)
    for _ in range(2):  # 貳 is 贰 is 二: what a look-up gives must be its own look-up
        norm = norm[norm]
    kind = _classes(norm)
    skeleton = norm.copy()
    skeleton[ord(SEPARATOR)] = ord(SEPARATOR)
    for sign, word in _SIGNS.items():
        skeleton[ord(sign)] = ord(word)
    for array in (norm, kind, skeleton):
        array.flags.writeable = False
    return Tables(norm, kind, skeleton, _sounds())


@dataclass(frozen=True, slots=True)
class Batch:
    """The texts of a batch, one by one (`norms`, `bares`: the skeletons) and joined. All positions are code points.

    starts     first position of each message in the joined norm, and one more: the end (n + 1 entries)
    kinds      class of each position of the joined norm
    skeleton   joined skeleton, the separators kept
    places     position in the joined norm of each position of `skeleton`
    """

    norms: list[str]
    bares: list[str]
    starts: Index
    kinds: Bytes
    skeleton: str
    places: Index
    sound: str


def _decode(codes: Codes) -> str:
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def normalise(texts: Sequence[str], language: Sequence[bool] | None = None, *, sound: bool = True) -> Batch:
    """Normalise a batch. A text whose `language` flag is False (a picture, a card) is filled with NOT_LANGUAGE."""
    table = tables()
    if language is not None:
        texts = [t if spoken else NOT_LANGUAGE * len(t) for t, spoken in zip(texts, language, strict=True)]
    joined = "".join([t + SEPARATOR for t in texts])
    raw: Codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter((len(t) + 1 for t in texts), dtype=np.int64, count=len(texts)), out=starts[1:])
    codes = table.norm[raw]
    codes[starts[1:] - 1] = ord(SEPARATOR)
    text = _blank_codes(codes)
    kinds = table.kind[codes]
    places = np.flatnonzero(_IS_KEPT[kinds])
    codes = table.skeleton[codes[places]]
    skeleton = _decode(codes)
    return Batch(text.split(SEPARATOR)[:-1], skeleton.split(SEPARATOR)[:-1], starts, kinds, skeleton, places,
                 _decode(table.sound[codes]) if sound else "")


def _blank_codes(codes: Codes) -> str:
    """Overwrite placeholders and platform codes in place; returns the text after it."""
    text = _decode(codes)
    touched = False
    for match in _CODES.finditer(text):
        start, end = match.span()
        masked = match.group("masked")
        touched = True
        if masked is None:
            codes[start:end] = ord(EMOTICON if match.group("smiley") else NOT_LANGUAGE)
        else:
            codes[start:end] = ord("0")
            unit = _MASKED[masked]
            codes[end - 1] = ord(unit)
    return _decode(codes) if touched else text


class _Skeleton(dict[int, str | None]):
    """Code point -> its skeleton, for str.translate: filled as characters come up."""

    def __missing__(self, code: int) -> str | None:
        table = tables()
        norm = int(table.norm[code])
        kept = self[code] = chr(table.skeleton[norm]) if table.kind[norm] in _KEPT and code != ord(SEPARATOR) else None
        return kept


@cache
def _skeletons() -> _Skeleton:
    return _Skeleton()


def skeleton_of(text: str) -> str:
    """The skeleton of one text: what a phrase of a rule is compared as."""
    return normalise([text], sound=False).bares[0] if _CODES.search(text.lower()) else text.translate(_skeletons())


def bare_of(norm: str) -> str:
    """The skeleton of a piece of a norm, in which codes are blanked already."""
    return norm.translate(_skeletons())


def sound_of(text: str) -> str:
    """The sound of one text's skeleton."""
    table = tables()
    bare = skeleton_of(text)
    return _decode(table.sound[np.frombuffer(bare.encode("utf-32-le"), dtype=np.uint32)])
