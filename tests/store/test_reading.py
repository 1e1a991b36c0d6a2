"""Lists, filters and pages; scores by people; commitments. On both databases."""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from qa_service.model.errors import StaleRecord, UsageError
from qa_service.store.conversations import ORDERS, Filter
from qa_service.store.keeping import Kept
from qa_service.store.store import Store

Keep = Callable[..., list[Kept]]


@pytest.fixture
def day(store: Store, shop: str, build: Any, keep: Keep) -> str:
    """A shop with twelve chats: two agents, equal scores and equal times among them."""
    keep(*[build.entry(
        shop, f"c{i:02d}", total=[100.0, 90.0, 50.0][i % 3], agent=f"a{i % 2}", minutes=i // 2 * 60, topics=["price"] if i % 4 == 0 else [],
        findings=[build.finding("PR01" if i % 2 else "ER01", category="promise.absolute" if i % 2 else "empty-reply", text=f"话{i}")] if i % 3 else [],
        commitments=[build.promise(due=f"2025-11-{12 + i % 2}T0{i % 5}:00:00+08:00" if i % 4 else None, status="kept" if i % 5 == 0 else "open")])
        for i in range(12)])
    return shop


@pytest.mark.parametrize("order", list(ORDERS))
@pytest.mark.parametrize("limit", [1, 5, 12, 200])
def test_all_pages_together_are_the_list(store: Store, day: str, order: Any, limit: int) -> None:
    seen, after = [], None
    while True:
        page = store.conversations.page(day, order=order, limit=limit, after=after)
        assert 1 <= len(page.rows) <= limit
        seen += list(page.rows)
        if page.next is None:
            break
        after = page.next
    by_time = order in ("newest", "oldest")
    expected = sorted(seen, key=lambda h: ((h.at if by_time else h.standing), h.id), reverse=order in ("newest", "highest"))
    assert [h.id for h in seen] == [h.id for h in expected]
    assert len({h.id for h in seen}) == store.conversations.count(day) == 12


def test_a_chat_that_comes_between_two_pages_moves_none(store: Store, day: str, build: Any, keep: Keep) -> None:
    first = store.conversations.page(day, limit=6)
    keep(build.entry(day, "new", minutes=10_000))
    rest = store.conversations.page(day, limit=6, after=first.next)
    assert len({h.id for h in (*first.rows, *rest.rows)}) == 12


@pytest.mark.parametrize("cursor", ["", "x", "中", "W10", "WyJvbGRlc3QiLCIyMDI1LTExLTExVDAyOjAwOjAwIiwiYyJd", "WyJuZXdlc3QiLDEsImMiXQ", "WyJuZXdlc3QiXQ", "bnVsbA"])
def test_a_cursor_that_is_none_is_refused(store: Store, day: str, cursor: str) -> None:
    with pytest.raises(UsageError):
        store.conversations.page(day, after=cursor)


def test_a_cursor_of_another_order_is_refused(store: Store, day: str) -> None:
    cursor = store.conversations.page(day, order="oldest", limit=1).next
    with pytest.raises(UsageError):
        store.conversations.page(day, order="newest", after=cursor)


@pytest.mark.parametrize("limit", [0, 201, -1])
def test_a_page_has_a_size(store: Store, day: str, limit: int) -> None:
    with pytest.raises(UsageError):
        store.conversations.page(day, limit=limit)


@pytest.mark.parametrize(("wanted", "n"), [
    ({}, 12), ({"agent": "a1"}, 6), ({"grade": "fail"}, 4), ({"least": 900}, 8), ({"most": 899}, 4), ({"least": 900, "most": 900}, 4),
    ({"topic": "price"}, 3), ({"rule": "PR01"}, 4), ({"category": "promise"}, 4), ({"category": "promise.absolute"}, 4), ({"category": "prom"}, 0),
    ({"category": "promise", "rule": "ER01"}, 0), ({"severity": "major"}, 8), ({"channel": "tmall"}, 12), ({"channel": "jd"}, 0),
    ({"customer": "u1"}, 12), ({"auto_fail": True}, 0), ({"needs_human": False}, 12), ({"words": "M码"}, 12), ({"words": "话"}, 0),
    ({"words": "M码", "agent": "a1", "grade": "fail"}, 2), ({"agent": ""}, 0)])
def test_filters(store: Store, day: str, wanted: dict[str, Any], n: int) -> None:
    assert store.conversations.count(day, Filter(**wanted)) == n == len(store.conversations.page(day, Filter(**wanted)).rows)


def test_since_and_until(store: Store, day: str, build: Any) -> None:
    hour = timedelta(hours=1)
    assert store.conversations.count(day, Filter(since=build.begin + hour)) == 10
    assert store.conversations.count(day, Filter(until=build.begin + hour)) == 2
    assert store.conversations.count(day, Filter(day=build.begin.date())) == 12


def test_findings_in_pages(store: Store, day: str) -> None:
    first = store.evaluations.findings(day, limit=5)
    rest = store.evaluations.findings(day, limit=5, after=first.next)
    assert [f.text for f in (*first.rows, *rest.rows)] == [f"话{i}" for i in range(11, 0, -1) if i % 3]
    assert rest.next is None
    assert {f.rule for f in store.evaluations.findings(day, category="promise", agent="a1").rows} == {"PR01"}
    assert store.evaluations.findings(day, rule="ER01", agent="a1").rows == []


def test_commitments_by_what_is_due_next(store: Store, day: str, build: Any) -> None:
    rows, after = [], None
    while True:
        page = store.commitments.page(day, status="open", limit=3, after=after)
        rows += list(page.rows)
        if page.next is None:
            break
        after = page.next
    dues = [r.due for r in rows]
    assert len(rows) == 9
    assert dues == sorted((d for d in dues if d), key=str) + [None] * 2
    overdue = store.commitments.page(day, status="open", due_until=build.now).rows
    assert overdue
    assert all(r.is_overdue(build.now) for r in overdue)
    assert {r.conversation for r in rows if r.is_overdue(build.now)} == {r.conversation for r in overdue}
    assert store.commitments.page(day, type="refund").rows == []
    assert [r.text for r in store.commitments.of(day, "c01")] == ["今天发货"]


def test_three_layers_of_score(store: Store, shop: str, build: Any, keep: Keep) -> None:
    keep(build.entry(shop, "c1", total=60.0))
    head = store.conversations.head(shop, "c1")
    assert head is not None

    def give(layer: Any, total: int, second: int) -> int:
        store.evaluations.add_layer(shop, "c1", layer, total, author="小李", reason="有答复", now=build.now + timedelta(seconds=second), digest=head.digest)
        found = store.conversations.head(shop, "c1")
        assert found is not None
        return found.standing

    assert give("reviewer", 800, 1) == 800
    assert give("final", 900, 2) == 900
    assert give("reviewer", 700, 3) == 900  # a reviewer does not outrank what was decided
    assert give("final", 850, 4) == 850
    assert [(x.layer, x.total, x.author, x.stale) for x in store.evaluations.layers(shop, "c1")] == [
        ("machine", 600, "", False), ("reviewer", 800, "小李", False), ("final", 900, "小李", False), ("reviewer", 700, "小李", False),
        ("final", 850, "小李", False)]
    keep(build.entry(shop, "c1", total=70.0, standard=build.other_standard), later=9)
    assert store.conversations.head(shop, "c1").standing == 850  # type: ignore[union-attr]
    keep(build.entry(shop, "c1", [("customer", "换了内容")], total=40.0), later=10)
    assert store.conversations.head(shop, "c1").standing == 400  # type: ignore[union-attr]
    assert [x.stale for x in store.evaluations.layers(shop, "c1") if x.layer != "machine"] == [True] * 4
    with pytest.raises(StaleRecord):
        give("final", 1000, 11)
    keep(build.entry(shop, "c1", total=60.0), later=12)
    assert store.conversations.head(shop, "c1").standing == 850  # type: ignore[union-attr]


@pytest.mark.parametrize(("layer", "total", "author"), [("machine", 800, "u"), ("final", 1001, "u"), ("final", -1, "u"), ("final", 800, "")])
def test_a_score_by_nobody_or_out_of_range_is_refused(store: Store, shop: str, build: Any, keep: Keep, layer: Any, total: int, author: str) -> None:
    (kept,) = keep(build.entry(shop, "c1"))
    with pytest.raises(UsageError):
        store.evaluations.add_layer(shop, "c1", layer, total, author=author, reason="", now=build.now, digest=kept.digest)
    assert len(store.evaluations.layers(shop, "c1")) == 1


@pytest.mark.parametrize("id", ["", "x", "a" * 64, f"{'a' * 64}.{'b' * 64}", "sha256:x.y"])
def test_what_is_not_there_is_none(store: Store, shop: str, id: str) -> None:
    assert store.evaluations.by_id(shop, id) is None
    assert store.evaluations.current(shop, id) is None
    assert store.conversations.head(shop, id) is None
    assert store.conversations.version(shop, id) is None
    assert store.evaluations.layers(shop, id) == []
