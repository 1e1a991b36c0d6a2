"""The JSON door by itself: all good JSON passes unchanged, nothing else does."""
from __future__ import annotations

import gzip
import json
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa_service.entrypoints.strict_json import DEPTH, RefusedJson, read_json, read_lines, unpack

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 64) - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=20)


@given(VALUES, st.booleans())
@example(["a", ":", {"b": '"c":', "\\": "\\\""}], True)
@example({"a": [{"a": {"a": 1}}], "b:": "{\"a\":1,\"a\":2}"}, False)
def test_what_is_json_comes_through_unchanged(value: Any, ascii_only: bool) -> None:
    assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@pytest.mark.parametrize(("text", "pointer"), [
    ('{"a":1,"a":1}', "/a"), ('{"a":1,"\\u0061":2}', ""), ('{"x":[{"b":1,"b":2}]}', ""), ('[{"":1,"":2}]', "")])
def test_a_name_twice_is_refused(text: str, pointer: str) -> None:
    with pytest.raises(RefusedJson, match="重复") as refused:
        read_json(text.encode())
    assert refused.value.pointer == pointer


@pytest.mark.parametrize("text", [
    "NaN", "[Infinity]", "-Infinity", "1e999", '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '{"a\\u0000":1}', "", " ", "{", "[1,]", "{'a':1}", "01",
    '"a\tb"', "\ufeff{}", "nul", "1" * 5000, "18446744073709551616", "-9223372036854775809", '{"a":[123456789012345678901234567890]}', "{}{}"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(RefusedJson):
        read_json(text.encode())


@pytest.mark.parametrize("data", [b"\xff", b'"\xed\xa0\x80"', b'"\x00"', b"\xfe\xff\x00{", "{}".encode("utf-16")])
def test_bytes_that_are_no_utf8_are_refused(data: bytes) -> None:
    with pytest.raises(RefusedJson):
        read_json(data)


def test_depth_has_a_bound_and_the_place_is_told() -> None:
    assert read_json(b"[" * DEPTH + b"]" * DEPTH)
    with pytest.raises(RefusedJson, match="嵌套"):
        read_json(b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1))
    with pytest.raises(RefusedJson):
        read_json(b"[" * 200_000)
    with pytest.raises(RefusedJson) as refused:
        read_json(b'{"messages":[{"text":"a\\u0000b"}]}')
    assert refused.value.pointer == "/messages/0/text"


def test_long_digits_inside_text_or_fractions_are_nobodys_business() -> None:
    assert read_json(b'{"order":"123456789012345678901234567890","x":1234567890123456789012.5}')["order"].startswith("123")


def test_lines_are_counted_without_blank_ones() -> None:
    assert list(read_lines(b'1\n\n2\r\n \n3', 3)) == [(1, b"1"), (3, b"2\r"), (5, b"3")]
    with pytest.raises(RefusedJson, match="超过"):
        list(read_lines(b"1\n2\n3", 2))


@pytest.mark.parametrize(("encoding", "pack"), [("", bytes), ("identity", bytes), ("gzip", gzip.compress), ("x-gzip", gzip.compress)])
def test_a_body_is_unpacked(encoding: str, pack: Any) -> None:
    assert unpack(pack(b"{}" * 50), encoding, 100) == b"{}" * 50
    with pytest.raises(RefusedJson) as refused:
        unpack(pack(b"{}" * 51), encoding, 100)
    assert refused.value.kind == "too-large"


def test_a_bomb_stops_at_the_limit() -> None:
    bomb = gzip.compress(bytes(200 << 20))
    with pytest.raises(RefusedJson) as refused:
        unpack(bomb, "gzip", 1 << 20)
    assert refused.value.kind == "too-large"


@pytest.mark.parametrize("data", [b"", b"{}", gzip.compress(b"{}" * 100, mtime=0)[:-9], gzip.compress(b"{}", mtime=0) + b"more"])
def test_broken_gzip_is_refused(data: bytes) -> None:
    if not data:
        assert unpack(data, "gzip", 100) == b""
        return
    with pytest.raises(RefusedJson):
        unpack(data, "gzip", 1000)


def test_an_unknown_encoding() -> None:
    with pytest.raises(LookupError):
        unpack(b"", "br", 100)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        value = read_json(data)
    except RefusedJson:
        return
    assert orjson.loads(data) == value
