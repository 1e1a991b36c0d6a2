"""Search finds what occurs: two characters, one, many; across the borders a segmenter would draw; the same on both databases."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_service.model.errors import UsageError
from qa_service.store.conversations import Filter
from qa_service.store.keeping import Kept
from qa_service.store.store import Store

Keep = Callable[..., list[Kept]]


def found(store: Store, shop: str, words: str) -> list[str]:
    return sorted(h.id for h in store.conversations.page(shop, Filter(words=words)).rows)


@pytest.mark.parametrize(("words", "ids"), [
    ("微信", ["a", "b"]), ("微信号", ["a"]), ("加微信号", ["a"]), ("信", ["a", "b", "c"]), ("退货 运费", ["c"]), ("M码", ["b"]), ("m", ["b"]), ("Ｍ码", ["b"]),
    ("SF1234", ["c"]), ("sf12345678", ["c"]), ("微 信", ["a", "b"]), ("货运", []), ("微信支付宝", []), ("信运", []), ("號", ["a", "c"]), ("码现", ["b"])])
def test_words_are_found_where_they_stand(store: Store, shop: str, build: Any, keep: Keep, words: str, ids: list[str]) -> None:
    keep(build.entry(shop, "a", [("customer", "亲加微信号聊"), ("agent", "不行")]), build.entry(shop, "b", [("customer", "微信 M码现货")]),
         build.entry(shop, "c", [("customer", "退货,运费谁出"), ("agent", "信我,单号SF12345678")]))
    assert found(store, shop, words) == ids


@pytest.mark.parametrize("words", ["", " ", "。!", "\0", "字" * 101])
def test_nothing_to_look_for_is_said(store: Store, shop: str, words: str) -> None:
    with pytest.raises(UsageError):
        store.conversations.page(shop, Filter(words=words))


def test_only_what_is_said_now_is_found(store: Store, shop: str, build: Any, keep: Keep) -> None:
    keep(build.entry(shop, "a", [("customer", "加微信")]), build.entry(shop, "b", [("customer", "加微信")]))
    keep(build.entry(shop, "a", [("customer", "加支付宝")]), later=1)
    assert (found(store, shop, "微信"), found(store, shop, "支付宝")) == (["b"], ["a"])
    keep(build.entry(shop, "a", [("customer", "加支付宝")], standard=build.other_standard), later=2)
    assert found(store, shop, "支付宝") == ["a"]


_HAN = st.text(st.sampled_from("微信加号我𠮷,。 "), max_size=8)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(_HAN, min_size=1, max_size=6), wanted=st.text(st.sampled_from("微信加号我𠮷"), min_size=1, max_size=4), n=st.integers(0, 10 ** 12))
def test_it_finds_exactly_what_contains_the_words(store: Store, shop: str, build: Any, texts: list[str], wanted: str, n: int) -> None:
    store.keeping.keep([build.entry(shop, f"{n}-{i}", [("customer", t)]) for i, t in enumerate(texts)], now=build.now, source="api")
    mine = [i for i in found_all(store, shop, wanted) if i.startswith(f"{n}-")]
    assert mine == [f"{n}-{i}" for i, t in enumerate(texts) if wanted in t]


def found_all(store: Store, shop: str, words: str) -> list[str]:
    out, after = [], None
    while True:
        page = store.conversations.page(shop, Filter(words=words), limit=200, after=after)
        out += [h.id for h in page.rows]
        if page.next is None:
            return sorted(out, key=lambda i: [int(x) for x in i.split("-")])
        after = page.next


def test_a_very_long_chat_can_be_kept_and_found(store: Store, shop: str, build: Any, keep: Keep) -> None:
    keep(build.entry(shop, "a", [("customer", "的" * 70_000 + "微信"), ("customer", "".join(map(chr, range(0x4e00, 0x9000))))]))
    assert found(store, shop, "微信") == ["a"]
