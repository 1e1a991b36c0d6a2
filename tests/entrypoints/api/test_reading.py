"""Lists and single reads: filters, pages, times in the zone of the shop."""
from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

URL = "/api/v1/conversations"


@pytest.fixture
def day(api: Any, chat: Any) -> Any:
    """Seven chats of two agents and two channels."""
    for n in range(7):
        words = (("customer", "这件有M码吗"), ("agent", "亲,在的")) if n % 2 else (("customer", "想加微信聊"), ("agent", f"今天{n + 12}点前给您补发一件"))
        document = chat(f"c-{n}", *words, agent={"id": f"a{n % 2}", "name": "小美"}, channel="jd" if n == 3 else "tmall")
        for k, message in enumerate(document["messages"]):
            message["at"] = f"2025-11-1{n}T10:{k:02d}:00+08:00"
        assert api.post("/api/v1/evaluations", document).status_code == 201
    return api


@pytest.mark.parametrize(("query", "ids"), [
    ("", "6543210"), ("order=oldest", "0123456"), ("agent=a1", "531"), ("channel=jd", "3"), ("day=2025-11-12", "2"), ("words=微信", "6420"),
    ("since=2025-11-15T00:00:00%2B08:00", "65"), ("until=2025-11-11T10:00:00%2B08:00", "0"), ("rule=ER01", "531"), ("category=empty-reply", "531"),
    ("min_score=92", "6420"), ("max_score=91.9", "531"), ("min_score=100.0", ""), ("auto_fail=true", ""), ("topic=product_spec", "531"), ("customer=nobody", ""),
    ("agent=a1&channel=jd", "3"), ("since=2025-11-15", "65"), ("severity=critical", "")])
def test_filters(day: Any, query: str, ids: str) -> None:
    items = day.get(f"{URL}?{query}").json["items"]
    assert "".join(item["id"].removeprefix("c-") for item in items) == ids


@pytest.mark.parametrize("order", ["newest", "oldest", "lowest", "highest"])
def test_pages_hold_every_chat_once(day: Any, order: str) -> None:
    seen, cursor = [], ""
    while True:
        page = day.get(f"{URL}?limit=2&order={order}{cursor}").json
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(seen) == [f"c-{n}" for n in range(7)]
    assert day.get(f"{URL}?limit=200&order={order}").json["items"][0]["id"] == seen[0]


def test_commitments_by_due_and_overdue(day: Any) -> None:
    items = day.get("/api/v1/commitments").json["items"]
    assert [item["due"] for item in items] == [f"2025-11-1{n}T{n + 12}:00:00+08:00" for n in (0, 2, 4, 6)]
    assert [item["overdue"] for item in items] == [True, False, False, False]
    assert len(day.get("/api/v1/commitments?overdue=true").json["items"]) == 1
    day.clock.pass_by(3 * 86400)
    assert [i["conversation"] for i in day.get("/api/v1/commitments?overdue=true").json["items"]] == ["c-0", "c-2"]
    assert day.get("/api/v1/commitments?overdue=true&status=kept").json["pointer"] == "?overdue"
    assert [i["conversation"] for i in day.get("/api/v1/commitments?due_since=2025-11-13T00:00:00Z&due_until=2025-11-15T00:00:00Z").json["items"]] == ["c-4"]
    assert len(day.get("/api/v1/commitments?type=reissue&agent=a0").json["items"]) == 4
    assert day.get("/api/v1/commitments?type=refund").json["items"] == []
    first = day.get("/api/v1/commitments?limit=3").json
    assert len(day.get(f"/api/v1/commitments?limit=3&cursor={first['next_cursor']}").json["items"]) == 1


@pytest.mark.parametrize("id", ["a/b", "中文 空格", "100%", "a?b", "..", ".", "/x", "x/", "#1", "a+b"])
def test_an_id_is_whatever_the_helpdesk_calls_it(api: Any, chat: Any, id: str) -> None:
    assert api.post("/api/v1/evaluations", chat(id)).status_code == 201
    answer = api.get(f"{URL}/{quote(id, safe='')}")
    assert answer.status_code == 200
    assert (answer.json["head"]["id"], answer.json["conversation"]["id"]) == (id, id)


def test_a_conversation_tells_its_scores(api: Any, chat: Any) -> None:
    made = api.post("/api/v1/evaluations", chat())
    read = api.get(f"{URL}/c-1").json
    assert [(s["layer"], s["total"], s["stale"]) for s in read["scores"]] == [("machine", made.json["score"]["total"], False)]
    assert made.headers["Location"].endswith(read["head"]["evaluation"])
    assert read["conversation"] == chat() | {"shop": "demo"}


def test_rules_and_the_standard(api: Any) -> None:
    rules = api.get("/api/v1/rules").json["items"]
    standard = api.get("/api/v1/standards/current").json
    assert len(rules) == sum(standard["rules"].values()) > 50
    assert standard["digest"] == api.service.inspector.standard.ref.digest
    assert sum(part["weight"] for part in standard["sections"]) == 100
    assert {r["id"] for r in api.get("/api/v1/rules?category=empty-reply").json["items"]} >= {"ER01"}
    assert api.get("/api/v1/rules?status=trial").json["items"] == [r for r in rules if r["status"] == "trial"]
