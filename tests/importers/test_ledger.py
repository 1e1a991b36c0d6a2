from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qa_service.importers.ledger import Ledger, Standing, mark


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 4)), max_size=300))
def test_the_ledger_agrees_with_a_dict(entries: list[tuple[int, int]]) -> None:
    ledger, known = Ledger(), {}
    for key, value in entries:
        expected = Standing.NEW if key not in known else Standing.SAME if known[key] == value else Standing.OTHER
        assert ledger.add(key, value) is expected
        known.setdefault(key, value)
    assert len(ledger) == len(known)
    assert all(key in ledger for key in known)
    assert 61 not in ledger


def test_the_ledger_keeps_everything_when_it_grows() -> None:
    ledger = Ledger()
    keys = [mark(str(i).encode()) for i in range(5_000)]
    assert {ledger.add(k) for k in keys} == {Standing.NEW}
    assert {ledger.add(k) for k in keys} == {Standing.SAME}
    assert {ledger.add(k, 2) for k in keys} == {Standing.OTHER}
    assert len(ledger) == 5_000


def test_a_mark_is_never_zero_and_tells_contents_apart() -> None:
    assert len({mark(str(i).encode()) for i in range(1_000)} | {0}) == 1_001
