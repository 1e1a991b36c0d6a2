"""Full-text search in Chinese: what occurs in a chat is found, whether a dictionary knows it or not, on both databases alike.

A text is indexed as the pairs of its adjacent 汉字 (微信支付: 微信 信支 支付 付) and its runs of letters and digits, in the normal form the rules
read (half-width, lower case, simplified). So a two-character word is one look-up, a longer one a phrase of pairs, and borders that a segmenter
would draw (加微/信号) hide nothing. SQLite's own trigram tokenizer cannot find two characters; unicode61 is given the pairs ready made.
"""
from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, literal_column, select, text

from qa_service.model.conversation import Conversation
from qa_service.model.errors import UsageError
from qa_service.store.tables import conversations
from qa_service.text.normalise import DIGIT, HAN, LETTER, tables

LONGEST: Final = 100_000  # characters of a chat that are indexed: PostgreSQL takes 1 MB a chat
QUERY_LONGEST: Final = 100
_HAN: Final = r"\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUNS: Final = re.compile(rf"[{_HAN}]+|[^ {_HAN}]{{1,64}}")
_IS_HAN: Final = re.compile(rf"[{_HAN}]")
_IS_BLANK: Final = np.array([kind not in (HAN, LETTER, DIGIT) for kind in range(256)])

SQLITE_UP: Final = ("CREATE VIRTUAL TABLE search_index USING fts5(shop, words, content='', detail=full, "
                    "tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* Co'\")")
POSTGRESQL_UP: Final = ("CREATE TABLE search_index (serial BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
                        "CREATE INDEX ix_search_index_words ON search_index USING gin (words)")
DOWN: Final = "DROP TABLE search_index"


class Indexed(NamedTuple):
    """The words of a chat: `serial` as in its head."""

    serial: int
    shop: str
    words: list[str]


def words_of(c: Conversation) -> list[str]:
    """The words of a chat, in order."""
    return _words(" \x1f ".join([m.text for m in c.messages])[:LONGEST])


def _words(joined: str) -> list[str]:
    out: list[str] = []
    for run in _RUNS.findall(_plain(joined)):
        if _IS_HAN.match(run):
            out += map("".join, pairwise(run))
            out.append(run[-1])
        else:
            out.append(run)
    return out


def _plain(joined: str) -> str:
    """The normal form; what is neither 汉字, letter nor digit becomes a blank."""
    table = tables()
    codes = table.norm[np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)]
    codes[_IS_BLANK[table.kind[codes]]] = ord(" ")
    return codes.tobytes().decode("utf-32-le", "replace")


def put(connection: Connection, chats: Sequence[Indexed]) -> None:
    """Index chats that are not in the index."""
    if not chats:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search_index (rowid, shop, words) VALUES (?, ?, ?)", list(_rows(chats)))
    else:
        rows = [{"serial": c.serial, "words": _vector(c)} for c in chats]
        connection.execute(text("INSERT INTO search_index (serial, words) VALUES (:serial, CAST(:words AS tsvector)) "
                                "ON CONFLICT (serial) DO UPDATE SET words = excluded.words"), rows)


def drop(connection: Connection, chats: Sequence[Indexed]) -> None:
    """Take chats out; SQLite must be given the very words that were put in."""
    if not chats:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO search_index (search_index, rowid, shop, words) VALUES ('delete', ?, ?, ?)", list(_rows(chats)))
    else:
        connection.execute(text("DELETE FROM search_index WHERE serial = :serial"), [{"serial": c.serial} for c in chats])


def _rows(chats: Iterable[Indexed]) -> Iterator[tuple[int, str, str]]:
    return ((c.serial, _shop(c.shop), " ".join(c.words)) for c in chats)


def _vector(chat: Indexed) -> str:
    places: dict[str, list[int]] = {}
    for place, word in enumerate(chat.words, 1):
        places.setdefault(word, []).append(min(place, 16_383))
    return f"'#{_shop(chat.shop)}' " + " ".join([f"'{w}':{','.join(map(str, at))}" for w, at in places.items()])


def _shop(shop: str) -> str:
    return hashlib.blake2b(shop.encode(), digest_size=10).hexdigest()


def condition(dialect: str, shop: str, wanted: str) -> ColumnElement[bool]:
    """Chats in which every word of `wanted` (apart by blanks) occurs. Raises UsageError where there is nothing to look for."""
    if len(wanted) > QUERY_LONGEST:
        raise UsageError(f"搜索词最多 {QUERY_LONGEST} 个字", where="words")
    phrases = [p for p in map(_phrase, wanted.split()) if p]
    if not phrases:
        raise UsageError("搜索词里没有汉字、字母或数字", where="words")
    found: Select[Any]
    if dialect == "sqlite":
        quoted = " AND ".join(f'"{" ".join(words)}"{" *" if open_ else ""}' for words, open_ in phrases)
        found = select(literal_column("rowid")).select_from(text("search_index")).where(
            text("search_index MATCH :sought").bindparams(sought=f"shop : {_shop(shop)} AND words : ({quoted})"))
    else:
        queries = (" <-> ".join([*(f"'{w}'" for w in words[:-1]), f"'{words[-1]}'{':*' if open_ else ''}"]) for words, open_ in phrases)
        found = select(literal_column("serial")).select_from(text("search_index")).where(
            text("words @@ CAST(:sought AS tsquery)").bindparams(sought=" & ".join([f"'#{_shop(shop)}'", *(f"({q})" for q in queries)])))
    return conversations.c.serial.in_(found)


def _phrase(wanted: str) -> tuple[list[str], bool] | None:
    """The words that stand one after the other where `wanted` stands; whether the last one may go on."""
    words = _words(wanted)
    if not words:
        return None
    if len(words) > 1 and _IS_HAN.match(words[-1]) and words[-2][-1] == words[-1] and len(words[-2]) == 2:
        return words[:-1], False  # the run may go on, so the 汉字 that ends it does not stand alone
    return words, True
