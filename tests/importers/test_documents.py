"""JSON of others cut into rows: lines, arrays, wrapped lists; what is damaged costs as little as can be."""
from __future__ import annotations

import io
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.importers import documents
from qa_service.importers.base import Intake
from qa_service.importers.documents import Item, items
from qa_service.importers.files import HEAD, Source


def cut(data: bytes, *wrappers: str) -> tuple[list[Item], Intake]:
    intake = Intake()
    return list(items(Source("x", "x", data[:HEAD], io.BufferedReader(io.BytesIO(data)), ()), wrappers, intake)), intake


def values(data: bytes, *wrappers: str) -> list[Any]:
    return [i.value for i in cut(data, *wrappers)[0]]


ROWS = [{"a": 1}, {"a": "二"}, {"a": None}]


@pytest.mark.parametrize("data", [
    b"\n".join(orjson.dumps(r) for r in ROWS), b"\r\n\r\n".join(orjson.dumps(r) for r in ROWS), orjson.dumps(ROWS), orjson.dumps(ROWS, option=orjson.OPT_INDENT_2),
    orjson.dumps({"n": 3, "rows": ROWS}), orjson.dumps({"rows": ROWS}, option=orjson.OPT_INDENT_2), orjson.dumps({"data": {"rows": ROWS}}),
    b"\n".join(orjson.dumps({"rows": [r]}) for r in ROWS), orjson.dumps([{"rows": ROWS[:2]}, {"rows": ROWS[2:]}]),
    "\n".join(orjson.dumps(r).decode() for r in ROWS).encode("gb18030"), orjson.dumps({"rows": ROWS}).decode().encode("utf-16")])
def test_the_rows_of_any_shape(data: bytes) -> None:
    found, intake = cut(data, "rows", "data")
    assert [i.value for i in found] == ROWS
    assert intake.rows == 3


def test_an_object_is_a_row_where_its_list_is_not_named() -> None:
    assert values(orjson.dumps({"rows": ROWS})) == [{"rows": ROWS}]


@pytest.mark.parametrize("cut_off", [1, 2, 8])
def test_a_list_that_breaks_off_costs_its_last_element(cut_off: int) -> None:
    whole = orjson.dumps({"n": 3, "rows": [{"a": 1}, {"a": 2}, {"a": 3}]})
    found, _ = cut(whole[:-cut_off], "rows")
    good = [i.value for i in found if not i.reason]
    assert good[:2] == [{"a": 1}, {"a": 2}]
    assert len(good) == (3 if cut_off < 3 else 2)


def test_a_bad_element_costs_itself() -> None:
    found, intake = cut(b'{"rows": [{"a": 1}, {"a": nope}, {"a": 3}]}', "rows")
    assert [i.value for i in found if not i.reason] == [{"a": 1}, {"a": 3}]
    assert next(i.content for i in found if i.reason).strip() == b'{"a": nope}'
    assert intake.rows == len(found)


def test_a_bad_line_is_told_whole_with_the_reason() -> None:
    found, _ = cut(b'{"a": 1}\n{"a": \xff}\n{"b"\n')
    assert [bool(i.reason) for i in found] == [False, True, True]
    assert "UTF-8" in found[1].reason
    assert "JSON" in found[2].reason
    assert found[1].raw == '{"a": \\xff}'
    assert [i.number for i in found] == [1, 2, 3]


def test_what_is_too_large_to_parse_at_once_is_cut_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "AT_ONCE", 24)
    assert values(orjson.dumps({"rows": ROWS}), "rows") == ROWS
    assert values(orjson.dumps(ROWS)) == ROWS


def test_a_row_that_is_itself_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "AT_ONCE", 24)
    found, _ = cut(b'{"a": 1}\n' + orjson.dumps({"a": "x" * 30}))
    assert found[0].value == {"a": 1}
    assert "超过" in found[1].reason


def test_what_is_nested_too_deep_to_be_written_again_has_a_word_for_it() -> None:
    (found, _), deep = cut(b'{"rows": [' + b"[" * 600 + b"]" * 600 + b"]}", "rows"), "嵌套太深"
    assert deep in found[0].raw


@given(st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text("a客\n\"", max_size=3), lambda inner: st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(["rows", "a"]), inner, max_size=2), max_leaves=8))
def test_any_json_is_rows_without_a_reason(value: Any) -> None:
    found, intake = cut(orjson.dumps(value), "rows")
    assert not any(i.reason for i in found)
    assert intake.rows == len(found)


TEXTS = st.text(alphabet='{}[],:"\\ a二', max_size=8)
NESTED = st.recursive(TEXTS | st.integers(0, 9) | st.none(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6)


@given(st.lists(st.dictionaries(TEXTS, NESTED, max_size=3) | NESTED, max_size=5), st.sampled_from(("array", "wrapped", "later")), st.booleans(), st.integers(0, 60))
def test_a_long_list_gives_the_rows_that_it_gives_when_held_whole(rows: list[Any], shape: str, indented: bool, cut_off: int) -> None:
    document: Any = rows if shape == "array" else {"rows": rows} if shape == "wrapped" else {"n": 1, "rows": rows, "more": {"rows": [1]}}
    data = orjson.dumps(document, option=orjson.OPT_INDENT_2 if indented else None)
    for text in (data, data[:-cut_off] if cut_off else data + b" x"):
        with pytest.MonkeyPatch.context() as patch:
            whole = cut(text, "rows", "data")[0]
            patch.setattr(documents, "HELD", 0)
            streamed, intake = cut(text, "rows", "data")
        assert [(i.number, i.value, bool(i.reason)) for i in streamed] == [(i.number, i.value, bool(i.reason)) for i in whole]
        assert intake.rows == len(whole)
