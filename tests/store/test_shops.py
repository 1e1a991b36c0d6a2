"""Two shops with the very same ids never see each other; and no statement on a table of shops is without one."""
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from qa_service.model.evaluation import StandardRef
from qa_service.store.conversations import Filter
from qa_service.store.deliveries import Delivery
from qa_service.store.keeping import Chunk
from qa_service.store.store import Store
from qa_service.store.tables import METADATA

ACROSS = {  # statements that look across shops, each for its reason
    "prefix": "a key is looked up before its shop is known", "created_at": "old answers of all shops are swept",
    "serial": "the next number in the index"}


@pytest.fixture
def fill(store: Store, build: Any) -> Callable[[str, str], None]:
    def go(shop: str, mark: str) -> None:
        for digest in (build.standard, build.other_standard):
            store.standards.keep(shop, StandardRef("default", mark, digest), {"standard.yaml": mark.encode()}, now=build.now)
        chat = build.entry(shop, "c1", [("customer", f"微信{mark}"), ("agent", mark)], agent=mark, findings=[build.finding(text=mark)],
                           commitments=[build.promise(text=mark)], topics=["price"])
        (kept,) = store.keeping.keep([chat], now=build.now, source="api", chunk=Chunk(shop, "run", 1, {"n": len(mark)}))
        store.evaluations.add_layer(shop, "c1", "reviewer", 500, author=mark, reason=mark, now=build.now, digest=kept.digest)
        store.keys.add(shop, id="k", prefix=f"{shop}-{mark}", hash=mark, title=mark, scopes=[mark], now=build.now)
        store.users.add(id=f"{shop}-{mark}", name=f"{shop}-{mark}", title=mark, password=mark, now=build.now)
        store.users.admit(shop, f"{shop}-{mark}", "admin", mark)
        store.replays.claim(shop, "key", mark, build.now)
        store.deliveries.add(Delivery(shop, "chatwoot", mark, "c1", mark.encode(), True, build.now), "waiting")
        store.deliveries.settle(shop, "chatwoot", "c2", "refused", mark)
    return go


def everything(store: Store, shop: str, build: Any) -> list[Any]:
    """What a shop can ask."""
    since, until = build.begin.date(), build.now.date()
    current = store.evaluations.current(shop, "c1")
    assert current is not None
    return [
        store.conversations.head(shop, "c1"), store.conversations.version(shop, "c1"), store.conversations.versions(shop, "c1"),
        store.conversations.page(shop), store.conversations.count(shop), store.conversations.page(shop, Filter(words="微信", topic="price", rule="ER01")),
        current, store.evaluations.history(shop, "c1"), store.evaluations.layers(shop, "c1"), store.evaluations.findings(shop),
        store.commitments.of(shop, "c1"), store.commitments.page(shop), store.tallies.read(shop, since, until, by_agent=True),
        store.tallies.agents(shop), store.tallies.days(shop), store.standards.list(shop), store.standards.files(shop, build.standard),
        store.keys.list(shop), store.users.members(shop), store.keeping.chunks_of(shop, "run"), store.replays.claim(shop, "key", "?", build.now),
        store.deliveries.of(shop, "chatwoot", "c1"), store.deliveries.counts(shop), store.deliveries.unsettled(shop)]


def test_two_shops_never_see_each_other(store: Store, shop: str, build: Any, fill: Callable[[str, str], None]) -> None:
    one, two = f"{shop}-one", f"{shop}-two"
    fill(one, "甲方")
    alone = everything(store, one, build)
    fill(two, "乙方乙方")
    assert everything(store, one, build) == alone
    assert "乙方" not in repr(alone)
    other = everything(store, two, build)
    assert "甲方" not in repr(other)
    foreign = store.evaluations.current(two, "c1")
    assert foreign is not None
    assert store.evaluations.by_id(one, foreign.id) is None
    assert store.conversations.by_digest(one, foreign.digest) is None
    assert store.users.member(one, f"{two}-乙方乙方") is None
    store.keeping.keep([build.entry(one, "c1", [("customer", "改了")])], now=build.now + timedelta(seconds=1), source="api")
    store.tallies.recount(one)
    assert store.keys.revoke(one, "nosuch", build.now) is False
    assert everything(store, two, build) == other
    assert everything(store, f"{one}", build) != alone


def test_every_statement_on_a_table_of_shops_names_the_shop(store: Store, shop: str, build: Any, fill: Callable[[str, str], None]) -> None:
    statements: list[str] = []

    def hear(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(" ".join(statement.split()))

    event.listen(store.database.engine, "before_cursor_execute", hear)
    try:
        fill(f"{shop}-x", "甲")
        everything(store, f"{shop}-x", build)
        store.keeping.keep([build.entry(f"{shop}-x", "c1", [("customer", "改了")])], now=build.now, source="api")
        store.replays.finish(f"{shop}-x", "key", 200, "", b"")
        store.replays.sweep(build.begin)
        store.keys.find("x")
        store.keys.used(f"{shop}-x", "k", build.now)
        store.users.dismiss(f"{shop}-x", "x")
    finally:
        event.remove(store.database.engine, "before_cursor_execute", hear)
    of_shops = {t.name for t in METADATA.sorted_tables if "shop" in t.c}
    touched = {t for t in of_shops for s in statements if f" {t} " in f"{s} "}
    assert touched == of_shops
    loose = [s for s in statements if not s.startswith("INSERT") and any(f" {t} " in f"{s} " for t in of_shops)
             and ".shop = " not in s.partition(" WHERE ")[2] and not any(name in s.partition(" WHERE ")[2] or f"max(conversations.{name})" in s for name in ACROSS)]
    assert loose == []
