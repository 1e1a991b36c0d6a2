"""Makes ``qa_service/text/codepoints.npz``: what each Unicode code point is to the reader of chats (see qa_service.text.normalise).

Both OpenCC (traditional to simplified) and pypinyin (sounds) are asked once, per code point, here and nowhere else.
"""
from __future__ import annotations

import sys
import unicodedata
from pathlib import Path
from typing import Final

import numpy as np
import opencc
from pypinyin.constants import PINYIN_DICT

from qa_service.text import normalise
from qa_service.text.normalise import (
    BLANK,
    BREAK,
    CODE,
    DIGIT,
    EMOJI,
    EMOTICON,
    HAN,
    INVISIBLE,
    LETTER,
    NOT_LANGUAGE,
    SENTENCE,
    SEPARATOR,
    SIGN,
    Bytes,
    Codes,
    Tables,
)

PLACE: Final = Path(normalise.__file__).with_name("codepoints.npz")
_SIZE: Final = 0x110000
_CJK: Final = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0))

_LOOK_ALIKES: Final = {
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "у": "y", "х": "x", "ѵ": "v", "і": "i", "ν": "v", "∨": "v", "ο": "o", "χ": "x",
    "ω": "w", "ⅴ": "v", "ⅹ": "x", "妳": "你", "囘": "回", "壹": "一", "贰": "二", "叁": "三", "柒": "七", "捌": "八", "玖": "九"}
_SIGNS: Final = {"+": "加", "➕": "加", "❤": "心", "♥": "心", "♡": "心", "💗": "心", "💓": "心", "💕": "心", "💖": "心", "💰": "钱", "🧧": "红"}
_SENTENCE_MARKS: Final = ",。!?;、\n\r…"


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


def build() -> Tables:
    """The tables, from the libraries."""
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
    return Tables(norm, kind, skeleton, _sounds())


def write(tables: Tables, place: Path) -> None:
    """Keep of each table what differs from the identity; of the classes the borders."""
    arrays: dict[str, Codes | Bytes] = {}
    for name in ("norm", "skeleton", "sound"):
        table: Codes = getattr(tables, name)
        at = np.flatnonzero(table != np.arange(_SIZE, dtype=np.uint32)).astype(np.uint32)
        arrays |= {f"{name}_at": at, f"{name}_to": table[at]}
    borders = np.flatnonzero(np.diff(tables.kind, prepend=255)).astype(np.uint32)
    np.savez_compressed(place, allow_pickle=False, **arrays, kind_from=borders, kind_of=tables.kind[borders])


def main() -> int:
    """Write the file."""
    write(build(), PLACE)
    print(f"{PLACE.name}: {PLACE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
