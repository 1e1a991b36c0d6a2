"""Likeness: symmetric, between 0 and 1, 1 for the same."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.text.similarity import likeness, profile

_TEXTS = st.text("亲这款可以机洗吗退货", max_size=12)


def alike(a: str, b: str) -> float:
    return likeness(profile(a), profile(b))


@given(_TEXTS, _TEXTS)
def test_likeness_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert alike(a, b) == pytest.approx(alike(b, a))
    assert 0 <= alike(a, b) <= 1 + 1e-9


@given(_TEXTS.filter(bool))
def test_the_same_text_is_wholly_alike(a: str) -> None:
    assert alike(a, a) == pytest.approx(1)


@pytest.mark.parametrize(("a", "b", "least", "most"), [
    ("这款可以机洗吗", "这款可以机洗吗", 1, 1), ("这款可以机洗吗", "这款能不能机洗", .3, .8), ("这款可以机洗吗", "什么时候发货", 0, 0), ("", "好", 0, 0), ("好", "好", 1, 1),
    ("退货运费谁出", "退货的运费谁来出", .4, .9)])
def test_worked_examples(a: str, b: str, least: float, most: float) -> None:
    assert least - 1e-9 <= alike(a, b) <= most + 1e-9
