"""JSON: one conversation a line; also one array of conversations, or objects written over several lines.

A row is a non-blank line of JSONL (its number is the line's), or an element of an array or sequence of objects (counted from 1).
"""
from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

import orjson

from qa_service.importers.base import NUL_REASON, Intake, Place, ReadOptions, Records, admit, clip, holds_nul, with_defaults
from qa_service.importers.encoding import Lines, head_text, undecodable
from qa_service.importers.files import Source
from qa_service.importers.head import OURS, POSSIBLE, Head
from qa_service.importers.ledger import mark
from qa_service.model.conversation import Conversation
from qa_service.model.errors import InvalidRecord, SourceError
from qa_service.model.record import Reject
from qa_service.model.wire import conversation_from_dict

MAX_DOCUMENT: Final = 512 << 20
"""Bytes of a file that is one array: it must be held whole, a file of lines need not."""
MAX_DEPTH: Final = 64
"""How deep values in `meta` may be nested: what lies deeper cannot be relied on to be written again."""
_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[][{},]', re.DOTALL)
_EXACT: Final = 1 << 53
_OURS: Final = re.compile(r'"messages"\s*:\s*\[\s*\{[^{}]*"role"\s*:\s*"(?:customer|agent|bot|system)"')


def detects(head: Head) -> float:
    """JSON of any kind, surely so when it has the keys of our own wire; or damaged text with lines that are objects."""
    if head.is_json:
        return OURS if head.has("id", "text") and _OURS.search(head.text, 0, 1 << 16) else POSSIBLE
    return 0.4 if any(line.startswith('{"') for line in head.lines) else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """Conversations of a JSON or JSONL file, one record a row."""
    lines = Lines(source.stream, source.head)
    name = source.name
    document = is_document(head_text(source.head))
    for number, data, reason in _document(lines, name) if document else lines.chunks():
        if not data or data.isspace():
            continue
        intake.rows += 1
        encoding = "utf-8" if document else lines.encoding
        try:
            if reason:
                raise InvalidRecord(reason)
            conversation = decode(data if encoding == "utf-8" else _text(data, encoding), options)
        except InvalidRecord as error:
            why = error.why + (f"。{error.fix}" if error.fix else "")
            yield Reject(name, number, error.field, why, clip(data.decode(encoding, "backslashreplace")))
        else:
            yield admit(conversation, mark(data.strip()), Place(name, number), partial(data.decode, encoding, "backslashreplace"), intake)


def _text(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InvalidRecord(undecodable(encoding, error)) from None


def decode(data: bytes | str, options: ReadOptions) -> Conversation:
    """One conversation from its JSON text (bytes are UTF-8). Raises InvalidRecord."""
    try:
        conversation = conversation_from_dict(orjson.loads(data), zone=options.zone)
    except orjson.JSONDecodeError as error:
        if isinstance(data, bytes):
            _text(data, "utf-8")
        raise InvalidRecord(f"不是合法的 JSON: {error.msg}(第 {error.pos + 1} 个字符)") from None
    if _lost_digits(conversation):
        conversation = _decode_exactly(data, options)
    if ("\\u0000" in data if isinstance(data, str) else b"\\u0000" in data) and _escapes_nul(data):
        raise holds_nul(conversation) or InvalidRecord(NUL_REASON, field="/meta")
    if _too_deep(conversation):
        raise InvalidRecord(f"meta 嵌套超过 {MAX_DEPTH} 层", field="/meta")
    return with_defaults(conversation, options)


def _decode_exactly(data: bytes | str, options: ReadOptions) -> Conversation:
    try:
        return conversation_from_dict(json.loads(data), zone=options.zone)
    except (ValueError, RecursionError) as error:
        raise InvalidRecord(f"数字太长: {error}") from None


def _lost_digits(c: Conversation) -> bool:
    """orjson reads integers beyond 64 bits as floats: an id or order number written as a number would lose digits."""
    if "e+" in c.id or "e+" in c.agent.id or "e+" in c.customer.id:
        return True
    for m in c.messages:
        if (m.id and "e+" in m.id) or (m.agent_id and "e+" in m.agent_id):
            return True
    return bool(c.meta) and any(type(v) is float and abs(v) >= _EXACT for v in c.meta.values())


def _escapes_nul(data: bytes | str) -> bool:
    """Is one of the ``\\u0000`` really an escape, and not a written backslash followed by u0000?"""
    text = data if isinstance(data, str) else data.decode("utf-8")
    return "\\u0000" in text.replace("\\\\", "")


def _too_deep(c: Conversation) -> bool:
    level: list[Any] = [c.meta] if c.meta else []
    for m in c.messages:
        if m.meta:
            level.append(m.meta)
    for _ in range(MAX_DEPTH):
        if not level:
            return False
        level = [x for v in level for x in (v.values() if isinstance(v, dict) else v) if isinstance(x, dict | list)]
    return bool(level)


def is_document(head: str) -> bool:
    """Is this JSON one array, or objects spread over several lines, rather than one object a line? Told from the head."""
    head = head.lstrip()
    first, _, rest = head.partition("\n")
    if head.startswith("["):
        return not (rest.strip() and _parses(first))
    if not head.startswith("{") or not rest.strip() or _parses(first):
        return False
    second = rest.lstrip().partition("\n")[0]
    if second.startswith(('"', "}")):
        return True
    return first.rstrip().endswith(("[", ":")) and second.startswith(("{", "[")) and '"messages"' not in second


def _parses(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def _document(lines: Lines, name: str) -> Iterator[tuple[int, bytes, str]]:
    data = lines.read(MAX_DOCUMENT + 1)
    if len(data) > MAX_DOCUMENT:
        raise SourceError(f"整个文件是一个 JSON 数组,超过 {MAX_DOCUMENT >> 20} MB", where=name, fix="请改存为 JSONL(每行一个会话),不限大小")
    values = (v for v in split_values(data) if v and not v.isspace())
    return ((number, value, "") for number, value in enumerate(values, 1))


def split_values(data: bytes) -> Iterator[bytes]:
    """The elements of a top-level array, or the top-level objects one after another. What belongs to none is a piece of its own."""
    array = data.lstrip().startswith(b"[")
    base = int(array)
    depth = start = 0
    for token in _TOKEN.finditer(data):
        first = data[token.start()]
        if first in b"[{":
            depth += 1
            if array and depth == 1:
                yield data[start:token.start()]
                start = token.end()
        elif first in b"]}":
            depth -= 1
            if depth < base or depth == 0:
                closes_array = array and depth == 0
                yield data[start:token.start() if closes_array else token.end()]
                start, depth = token.end(), 0
        elif first == 0x2C and depth == base:
            yield data[start:token.start()]
            start = token.end()
    yield data[start:]
