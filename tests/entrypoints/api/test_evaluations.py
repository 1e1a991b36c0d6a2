"""Evaluations over REST: the same bytes as everywhere, kept once, told again."""
from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest

from qa_service.model.wire import conversation_from_dict, evaluation_to_dict
from qa_service.store.store import Store

URL = "/api/v1/evaluations"


def expected(api: Any, document: dict[str, Any], shop: str = "demo") -> bytes:
    """What the core says."""
    conversation = conversation_from_dict(document | {"shop": shop})
    return orjson.dumps(evaluation_to_dict(api.service.inspector.evaluate(conversation)))


def test_a_chat_is_judged_kept_and_read_again_byte_for_byte(api: Any, chat: Any) -> None:
    first = api.post(URL, chat())
    assert (first.status_code, first.data) == (201, expected(api, chat()))
    again = api.post(URL, chat())
    assert (again.status_code, again.data) == (200, first.data)
    assert api.get(first.headers["Location"]).data == first.data


def test_new_words_are_a_new_version_and_the_old_evaluation_stays(api: Any, chat: Any) -> None:
    old = api.post(URL, chat())
    longer = chat("c-1", ("customer", "这件有M码吗"), ("agent", "亲,在的"), ("agent", "M码有货"))
    new = api.post(URL, longer)
    assert new.status_code == 201
    assert api.get("/api/v1/conversations/c-1").json["head"]["version"] == 2
    assert api.get(old.headers["Location"]).data == old.data
    assert api.get("/api/v1/conversations/c-1").json["conversation"]["messages"][-1]["text"] == "M码有货"


def test_nothing_is_kept_where_that_is_asked(api: Any, chat: Any) -> None:
    answer = api.post(f"{URL}?store=false", chat())
    assert (answer.status_code, answer.data) == (200, expected(api, chat()))
    assert api.get("/api/v1/conversations").json["items"] == []


def test_the_shop_is_that_of_the_key(api: Any, chat: Any) -> None:
    assert api.post(URL, chat(shop="demo")).status_code == 201
    refused = api.post(URL, chat(shop="other"))
    assert (refused.status_code, refused.json["pointer"]) == (403, "/shop")
    assert api.post(URL, chat(), "other").json["conversation"]["shop"] == "other"


def test_naive_times_are_read_in_the_zone_of_the_service(api: Any, chat: Any) -> None:
    document = chat()
    for message in document["messages"]:
        message["at"] = message["at"].removesuffix("+08:00")
    api.post(URL, document)
    assert api.get("/api/v1/conversations/c-1").json["head"]["begun"] == "2025-11-11T10:00:00+08:00"


def test_a_batch_answers_each_item_in_order(api: Any, chat: Any) -> None:
    items = [chat("a"), {"id": "b"}, 7, chat("c"), chat("d") | {"extra": 1}]
    results = api.post(f"{URL}/batch", items).json["results"]
    assert [(r["index"], r["status"]) for r in results] == [(0, 201), (1, 422), (2, 422), (3, 201), (4, 422)]
    assert results[0]["evaluation"] == orjson.loads(expected(api, chat("a")))
    assert [r["problem"]["pointer"] for r in results if "problem" in r] == ["/messages", "", "/extra"]
    assert {h["id"] for h in api.get("/api/v1/conversations").json["items"]} == {"a", "c"}


def test_a_batch_of_lines(api: Any, chat: Any) -> None:
    body = b"\n".join([orjson.dumps(chat("a")), b"{broken", b"", orjson.dumps(chat("b"))])
    answer = api.call("POST", f"{URL}/batch", data=body, content_type="application/x-ndjson")
    lines = [orjson.loads(line) for line in answer.data.splitlines()]
    assert answer.content_type == "application/x-ndjson"
    assert [line["status"] for line in lines] == [201, 400, 201]
    assert orjson.dumps(lines[2]["evaluation"]) == expected(api, chat("b"))


@pytest.mark.parametrize(("items", "status"), [([], 422), ({}, 422), ([{}] * 1001, 413)])
def test_a_batch_has_its_bounds(api: Any, items: Any, status: int) -> None:
    assert api.post(f"{URL}/batch", items).status_code == status
    lines = b"{}\n" * len(items)
    assert api.call("POST", f"{URL}/batch", data=lines, content_type="application/x-ndjson").status_code == status


def test_a_thousand_chats_are_kept_whole(api: Any, chat: Any, store: Store) -> None:
    results = api.post(f"{URL}/batch", [chat(f"c{n}", ("customer", "在吗"), ("agent", f"在的{n}")) for n in range(1000)]).json["results"]
    assert [r["status"] for r in results] == [201] * 1000
    assert store.conversations.count("demo") == 1000


def test_a_body_may_be_packed(api: Any, chat: Any) -> None:
    packed = gzip.compress(orjson.dumps(chat()))
    answer = api.call("POST", URL, data=packed, content_type="application/json", headers={"Content-Encoding": "gzip"})
    assert answer.data == expected(api, chat())


def test_the_same_chat_from_many_threads_is_kept_once(api: Any, chat: Any, store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: api.post(URL, chat()), range(24)))
    assert sorted(a.status_code for a in answers) == [200] * 23 + [201]
    assert {a.data for a in answers} == {expected(api, chat())}
    assert len(store.conversations.versions("demo", "c-1")) == 1


def test_the_standard_is_kept_with_what_it_judged(api: Any, chat: Any, store: Store) -> None:
    api.post(URL, chat())
    ref = api.service.inspector.standard.ref
    assert [k.ref for k in store.standards.list("demo")] == [ref]
    assert store.standards.files("demo", ref.digest)
