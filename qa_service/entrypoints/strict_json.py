"""The one JSON door: bytes from outside become values here, or are refused with the place. Source: RFC 8259, RFC 7493 (I-JSON).

Refused beyond what is no JSON: NaN and infinities, lone surrogates, U+0000 (no database can hold it), a name twice in one object (readers
disagree on which counts), integers beyond 64 bits (they would silently lose digits), and more than DEPTH levels.
"""
from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any, Final

import orjson

DEPTH: Final = 40
_TOKEN: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"(\s*:)?|-?(\d{19,})(?![\d.eE])')
_GZIP: Final = 16 + zlib.MAX_WBITS


class RefusedJson(ValueError):
    """Why bytes are refused. `kind`: invalid-json or too-large; `pointer`: the place (RFC 6901), where it is known."""

    def __init__(self, why: str, pointer: str = "", kind: str = "invalid-json") -> None:
        super().__init__(why)
        self.why = why
        self.pointer = pointer
        self.kind = kind


def read_json(data: bytes) -> Any:
    """The value of one JSON text. Raises RefusedJson."""
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise RefusedJson(f"不是合格的 JSON: {error.msg}(第 {error.lineno} 行第 {error.colno} 列)") from None
    names = _walk(value, b"\\u0000" in data)
    if names != sum(1 for token in _TOKEN.finditer(data) if _counts(token)):
        raise RefusedJson("同一个对象里有重复的键", _repeated(value, data))
    return value


def _counts(token: re.Match[bytes]) -> bool:
    """Whether a token is a name. Raises RefusedJson for an integer too long to be kept."""
    if token.group(2) is not None and not -(1 << 63) <= int(token.group()) < 1 << 64:
        raise RefusedJson(f"整数超出 64 位: {token.group()[:24].decode()}…,请写成字符串")
    return token.group(1) is not None


def _walk(top: Any, may_hold_nul: bool) -> int:
    """The number of names in a value; its depth and, where they may be, its U+0000 are looked at on the way."""
    names = 0
    todo: list[tuple[Any, int, str]] = [(top, 1, "")]
    while todo:
        value, depth, pointer = todo.pop()
        if depth > DEPTH and isinstance(value, dict | list):
            raise RefusedJson(f"嵌套超过 {DEPTH} 层", pointer)
        if isinstance(value, dict):
            names += len(value)
            for key, inner in value.items():
                if may_hold_nul and "\0" in key:
                    raise RefusedJson("键含有空字符 U+0000,无法存储", pointer)
                if may_hold_nul or isinstance(inner, dict | list):
                    todo.append((inner, depth + 1, f"{pointer}/{step(key)}"))
        elif isinstance(value, list):
            todo += [(inner, depth + 1, f"{pointer}/{i}") for i, inner in enumerate(value) if may_hold_nul or isinstance(inner, dict | list)]
        elif may_hold_nul and isinstance(value, str) and "\0" in value:
            raise RefusedJson("含有空字符 U+0000,无法存储", pointer)
    return names


def step(key: object) -> str:
    """A key or index as a step of a JSON pointer (RFC 6901)."""
    return str(key).replace("~", "~0").replace("/", "~1")


def _repeated(value: Any, data: bytes) -> str:
    """The repeated name, as well as it can be told: a pointer of one step, "" where the repetition lies deeper."""
    if not isinstance(value, dict):
        return ""
    for key in value:
        if len(re.findall(re.escape(orjson.dumps(key)) + rb"\s*:", data)) > 1:
            return f"/{step(key)}"
    return ""


def read_lines(data: bytes, limit: int) -> Iterator[tuple[int, bytes]]:
    """(line number from 1, line) of NDJSON without its blank lines. Raises RefusedJson beyond `limit` lines."""
    found = 0
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            found += 1
            if found > limit:
                raise RefusedJson(f"超过 {limit} 行", kind="too-large")
            yield number, line


def unpack(data: bytes, encoding: str, limit: int) -> bytes:
    """The body as it was before Content-Encoding. Raises RefusedJson beyond `limit` bytes, LookupError for an unknown encoding."""
    if encoding in ("", "identity"):
        plain = data
    elif encoding in ("gzip", "x-gzip"):
        plain = _gunzip(data, limit)
    else:
        raise LookupError(encoding)
    if len(plain) > limit:
        raise RefusedJson(f"请求体超过 {limit} 字节", kind="too-large")
    return plain


def _gunzip(data: bytes, limit: int) -> bytes:
    out = b""
    while data:
        member = zlib.decompressobj(_GZIP)
        try:
            out += member.decompress(data, limit + 1 - len(out))
        except zlib.error:
            raise RefusedJson("Content-Encoding 是 gzip,但内容解不开") from None
        if len(out) > limit:
            break
        if not member.eof:
            raise RefusedJson("gzip 内容不完整")
        data = member.unused_data
    return out
