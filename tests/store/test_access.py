"""Keys, users, sessions; answers given again; counts in windows. On both databases."""
from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from qa_service.model.errors import UsageError
from qa_service.store.access import Session
from qa_service.store.requests import Replay
from qa_service.store.store import Store

SECOND = timedelta(seconds=1)


def test_keys_live_expire_rotate_and_end(store: Store, shop: str, build: Any) -> None:
    now = build.now
    first = store.keys.add(shop, id="1", prefix=f"{shop}1", hash="h1", title="erp", scopes=["read", "write"], now=now)
    assert store.keys.find(f"{shop}1") == first == store.keys.list(shop)[0]
    assert store.keys.find("nosuch") is None
    store.keys.add(shop, id="2", prefix=f"{shop}2", hash="h2", title="erp", scopes=[], now=now + SECOND, expires_at=now + 2 * SECOND)
    with pytest.raises(UsageError):
        store.keys.add(shop, id="3", prefix=f"{shop}3", hash="h3", title="erp", scopes=[], now=now + SECOND)
    store.keys.add(shop, id="3", prefix=f"{shop}3", hash="h3", title="erp", scopes=[], now=now + 3 * SECOND)  # the second has expired
    assert store.keys.revoke(shop, "1", now + 4 * SECOND)
    assert not store.keys.revoke(shop, "1", now + 5 * SECOND)
    assert [(k.id, k.revoked_at) for k in store.keys.list(shop)] == [("3", None), ("2", None), ("1", now + 4 * SECOND)]


def test_use_is_noted_once_a_minute(store: Store, shop: str, build: Any) -> None:
    store.keys.add(shop, id="1", prefix=f"{shop}1", hash="h", title="", scopes=[], now=build.now)
    for second in (0, 30, 59):
        store.keys.used(shop, "1", build.now + second * SECOND)
    assert store.keys.list(shop)[0].used_at == build.now
    store.keys.used(shop, "1", build.now + 61 * SECOND)
    assert store.keys.list(shop)[0].used_at == build.now + 61 * SECOND


def test_users_and_their_shops(store: Store, shop: str, build: Any) -> None:
    n = store.users.count()
    user = store.users.add(id=f"{shop}-u", name=f"{shop}-li", title="小李", password="hash", now=build.now)
    assert store.users.count() == n + 1
    with pytest.raises(UsageError):
        store.users.add(id=f"{shop}-v", name=f"{shop}-li", title="", password="", now=build.now)
    assert store.users.find(f"{shop}-li") == store.users.get(f"{shop}-u") == user
    assert store.users.find("nosuch") is None
    store.users.admit(shop, user.id, "agent", "a1")
    store.users.admit(shop, user.id, "reviewer")
    store.users.admit(f"{shop}-b", user.id, "admin")
    member = store.users.member(shop, user.id)
    assert member is not None
    assert (member.role, member.agent) == ("reviewer", "")
    assert [(m.shop, m.role) for m in store.users.shops_of(user.id)] == [(shop, "reviewer"), (f"{shop}-b", "admin")]
    assert store.users.members(shop) == [(user, member)]
    assert store.users.dismiss(shop, user.id)
    assert not store.users.dismiss(shop, user.id)
    assert store.users.member(shop, user.id) is None
    with pytest.raises(UsageError):
        store.users.disable("nosuch", build.now)


def test_sessions_end_by_time_by_hand_and_with_the_password(store: Store, shop: str, build: Any) -> None:
    store.users.add(id=shop, name=shop, title="", password="", now=build.now)
    for name in "abcd":
        store.sessions.start(Session(f"{shop}{name}", shop, build.now, build.now, build.now + 10 * SECOND, {"csrf": name}))
    found = store.sessions.get(f"{shop}a", build.now)
    assert found is not None
    assert (found.user, found.data) == (shop, {"csrf": "a"})
    assert store.sessions.get(f"{shop}a", build.now + 10 * SECOND) is None
    store.sessions.touch(f"{shop}a", build.now + SECOND, build.now + 20 * SECOND, {"csrf": "z"})
    store.sessions.end(f"{shop}b")
    assert store.sessions.get(f"{shop}b", build.now) is None
    assert store.sessions.sweep(build.now + 10 * SECOND) == 2
    touched = store.sessions.get(f"{shop}a", build.now + 15 * SECOND)
    assert touched is not None
    assert touched.data == {"csrf": "z"}
    store.users.set_password(shop, "new")
    assert store.sessions.get(f"{shop}a", build.now) is None


def test_an_answer_is_given_again(store: Store, shop: str, build: Any) -> None:
    claim, now = store.replays.claim, build.now
    assert claim(shop, "k", "f", now) == Replay("claimed")
    assert claim(shop, "k", "f", now + SECOND) == Replay("running")
    assert claim(shop, "k", "g", now + SECOND) == Replay("other")
    assert claim(f"{shop}-b", "k", "g", now) == Replay("claimed")
    assert claim(shop, "k", "f", now + 61 * SECOND) == Replay("claimed")  # whoever had it is gone
    store.replays.finish(shop, "k", 201, "application/json", b"{}")
    store.replays.release(shop, "k")  # what is done stays
    assert claim(shop, "k", "f", now + 99 * SECOND) == Replay("done", 201, "application/json", b"{}")
    assert claim(shop, "k", "g", now + 99 * SECOND) == Replay("other")
    assert claim(shop, "l", "f", now) == Replay("claimed")
    store.replays.release(shop, "l")
    assert claim(shop, "l", "g", now) == Replay("claimed")
    assert store.replays.sweep(now + 1000 * SECOND) >= 3
    assert claim(shop, "k", "g", now) == Replay("claimed")


def test_counts_in_windows(store: Store, shop: str, build: Any) -> None:
    assert [store.windows.hit(shop, 60, build.now + i * SECOND) for i in range(3)] == [1, 2, 3]
    assert store.windows.hit(shop, 60, build.now, n=5) == 8
    assert store.windows.count(shop, 60, build.now) == 8
    assert store.windows.count(shop, 60, build.now + 60 * SECOND) == 0
    assert store.windows.hit(shop, 60, build.now + 60 * SECOND) == 1
    assert store.windows.sweep(build.now + 60 * SECOND) == 1
