"""Cells: no formula runs, nothing breaks the file, numbers stay numbers."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.services.outputs.cells import LONGEST, cell


@pytest.mark.parametrize("text", [
    "=1+1", "=cmd|' /C calc'!A0", "+SUM(A1)", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1+1", "－1+1", "＠x", " =1+1",
    "\ufeff=1", "\u3000=1",
    "\0=1"])
def test_what_could_run_is_quoted(text: str) -> None:
    assert str(cell(text, False)).startswith("'")


@pytest.mark.parametrize("text", ["-5", "+3.5", "12", "亲,在的", "1=1", "a@b", "'=1"])
def test_plain_numbers_and_words_are_not(text: str) -> None:
    assert cell(text, False) == text


@pytest.mark.parametrize("value", [None, 0, 1.5, -3, ""])
def test_what_is_no_text_passes(value: float | str | None) -> None:
    assert cell(value, True) == value


@given(st.text(st.characters(), max_size=80))
def test_any_text_becomes_one_that_can_be_written(text: str) -> None:
    out = str(cell(text, True))
    out.encode("utf-8")
    assert not set(out) & {chr(i) for i in range(32) if i not in (9, 10, 13)}


def test_too_long_is_cut_in_the_units_of_spreadsheets() -> None:
    out = str(cell("😀" * 40_000, False))
    assert len(out.encode("utf-16-le")) // 2 <= LONGEST
    assert out.endswith("…(后略)")
    assert cell("字" * LONGEST, False) == "字" * LONGEST


def test_masked_on_demand() -> None:
    assert cell("电话13812345678", True) == "电话138****5678"
    assert cell("电话13812345678", False) == "电话13812345678"
