"""Chinese chat text -> two aligned forms, for a whole batch at once.

``norm``      the same length as the original, code point for code point, so every offset is free: half-width, lower case, simplified,
              plain digits and letters; masked placeholders become digits, what is not language becomes U+FFFC.
``skeleton``  norm without blanks, marks, emoji and invisible characters, with the index of each character in norm: where
              "爱.买.不.买" and "加 v 信" read as one word.
``sound``     the skeleton with each 汉字 replaced by one fixed 汉字 of the same toneless pinyin.

The texts only see table look-ups, one code point for one code point (OpenCC and pypinyin made the tables).
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.uint32]
Index = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

SEPARATOR: Final = "\x1f"
NOT_LANGUAGE: Final = "\ufffc"  # a link, an order, an item, a masked name: something is shown
EMOTICON: Final = "\ufffd"  # a platform's smiley
_SIZE: Final = 0x110000

# Classes of a code point after normalisation.
MARK, HAN, LETTER, DIGIT, BREAK, SENTENCE, CODE, BLANK, EMOJI, INVISIBLE, SIGN = range(11)

_KEPT: Final = frozenset((HAN, LETTER, DIGIT, BREAK, SIGN))  # the classes that stay in the skeleton
_IS_KEPT: Final = np.array([k in _KEPT for k in range(INVISIBLE + 2)])

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


@cache
def tables() -> Tables:
    """The tables, read once in a process (≈ 10 ms). ``codepoints.npz`` holds what differs from the identity; `training.codepoints` makes it."""
    with np.load(Path(__file__).with_name("codepoints.npz")) as kept:
        norm, skeleton, sound = (_filled(kept[f"{name}_at"], kept[f"{name}_to"]) for name in ("norm", "skeleton", "sound"))
        kind = np.repeat(kept["kind_of"], np.diff(kept["kind_from"], append=_SIZE))
    for array in (norm, kind, skeleton, sound):
        array.flags.writeable = False
    return Tables(norm, kind, skeleton, sound)


def _filled(at: Codes, to: Codes) -> Codes:
    table = np.arange(_SIZE, dtype=np.uint32)
    table[at] = to
    return table


@dataclass(frozen=True, slots=True)
class Batch:
    """The texts of a batch, one by one (`norms`, `bares`: the skeletons) and joined. All positions are code points.

    starts     first position of each message in the joined norm, and one more: the end (n + 1 entries)
    kinds      class of each position of the joined norm
    skeleton   joined skeleton, the separators kept; `codes`: its code points
    places     position in the joined norm of each position of `skeleton`
    """

    norms: list[str]
    bares: list[str]
    starts: Index
    kinds: Bytes
    skeleton: str
    codes: Codes
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
    return Batch(text.split(SEPARATOR)[:-1], skeleton.split(SEPARATOR)[:-1], starts, kinds, skeleton, codes, places,
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
