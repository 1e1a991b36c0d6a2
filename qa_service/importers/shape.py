"""What a JSON input is made of, told from its head even where that breaks off in the middle: which key stands under which."""
from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(r'"((?:[^"\\]++|\\.)*+)"(\s*+:)?|[][{}]', re.DOTALL)
_MOST: Final = 20_000


def shape_of(head: str) -> frozenset[str]:
    """``"parent.key"`` and ``".key"`` for every key of an object; lists do not count: an element's parent is the list's key.

    The keys of an outermost object, line or array element have the parent "" (``".id"``, which any deeper ``id`` also gives under its own).
    """
    found: set[str] = set()
    parents = [""]
    key = ""
    for number, token in enumerate(_TOKEN.finditer(head)):
        if number >= _MOST:
            break
        mark = token[0][0]
        if mark == '"':
            if token[2]:
                key = token[1][:80]
                found.add(f"{parents[-1]}.{key}")
        elif mark in "[{":
            parents.append(key)
        elif len(parents) > 1:
            key = parents.pop()
    return frozenset(found)


def keys_of(shape: frozenset[str]) -> frozenset[str]:
    """All keys, wherever they stand."""
    return frozenset(pair.rpartition(".")[2] for pair in shape)
