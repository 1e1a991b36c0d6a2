from __future__ import annotations

import codecs
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.importers.encoding import Lines, detect_encoding, head_text

TEXT = "会话ID,时间,角色,内容\nc1,2025-11-01 10:00:00,客户,在吗\n"


@pytest.mark.parametrize(("encoding", "bom", "expected"), [
    ("utf-8", b"", "utf-8"), ("utf-8", codecs.BOM_UTF8, "utf-8"), ("gb18030", b"", "gb18030"), ("gbk", b"", "gb18030"),
    ("utf-16-le", b"", "utf-16-le"),
    ("utf-16-be", b"", "utf-16-be"), ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16-le"), ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16-be"),
    ("ascii", b"", "utf-8")])
def test_encodings_are_told_and_read(encoding: str, bom: bytes, expected: str) -> None:
    text = TEXT if encoding != "ascii" else "a,b\n1,2\n"
    data = bom + text.encode(encoding)
    assert detect_encoding(data, whole=True) == (expected, len(bom))
    assert head_text(data) == text
    assert [line.text for line in Lines(io.BytesIO(data), data)] == text.splitlines()


def test_a_sample_cut_within_a_character_is_still_told() -> None:
    data = ("客" * 1_000).encode("utf-8")
    assert detect_encoding(data[:-1], whole=False) == ("utf-8", 0)
    assert detect_encoding(("客" * 1_000).encode("gb18030")[:-1], whole=False) == ("gb18030", 0)


def test_one_bad_line_does_not_change_the_encoding_of_the_rest() -> None:
    data = TEXT.encode() * 5 + b"\xff\xfe\x80\n" + TEXT.encode()
    lines = list(Lines(io.BytesIO(data), data))
    assert [line.number for line in lines if line.text is None] == [11]
    assert lines[10].raw == "\\xff\\xfe\\x80"
    assert "UTF-8" in lines[10].reason
    assert lines[11].text == "会话ID,时间,角色,内容"


def test_ascii_so_far_the_first_other_line_decides() -> None:
    head = b"id,text\n"
    data = head + "1,在吗\n".encode("gb18030") + "2,在的\n".encode("gb18030")
    assert [line.text for line in Lines(io.BytesIO(data), head)] == ["id,text", "1,在吗", "2,在的"]
    data = head + "1,在吗\n".encode() + "2,好的\n".encode("gb18030")
    assert [line.text for line in Lines(io.BytesIO(data), head)] == ["id,text", "1,在吗", None]


def test_line_ends() -> None:
    assert [line.text for line in Lines(io.BytesIO(b"a\r\nb\nc"), b"a\r\nb\nc")] == ["a", "b", "c"]
    assert [line.text for line in Lines(io.BytesIO(b"a\rb\rc"), b"a\rb\rc")] == ["a", "b", "c"]
    data = "a\u2028b\u0085c\x0bd\n".encode()
    assert [line.text for line in Lines(io.BytesIO(data), data)] == ["a\u2028b\u0085c\x0bd"]


@pytest.mark.parametrize("broken", ["\ud800".encode("utf-16-le", "surrogatepass"), b"\x41"])
def test_broken_utf_16_costs_its_line(broken: bytes) -> None:
    data = codecs.BOM_UTF16_LE + "好\n".encode("utf-16-le") + broken
    lines = list(Lines(io.BytesIO(data), data))
    assert lines[0].text == "好"
    assert lines[1].text is None


@given(st.binary(max_size=300))
def test_any_bytes_are_lines(data: bytes) -> None:
    head_text(data)
    for keep in (False, True):
        lines = list(Lines(io.BytesIO(data), data, keep_ends=keep))
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
        for line in lines:
            line.raw.encode("utf-8")
            assert (line.text is None) == bool(line.reason)
