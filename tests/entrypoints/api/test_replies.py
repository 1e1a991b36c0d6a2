"""A reply before it is sent."""
from __future__ import annotations

from typing import Any

URL = "/api/v1/replies/check"
ASKED = {"channel": "tmall", "messages": [{"role": "customer", "text": "这件有M码吗"}]}


def test_a_bare_greeting_is_told_before_it_is_sent(api: Any) -> None:
    answer = api.post(URL, {"conversation": ASKED, "reply": "亲,在的"}).json
    assert "ER01" in {f["rule"] for f in answer["findings"]}
    assert (answer["ok"], answer["message"]) == (False, 1)
    assert all(any(s["message"] == 1 for s in f["spans"]) for f in answer["findings"])


def test_an_answer_is_let_through_and_its_promise_told(api: Any) -> None:
    answer = api.post(URL, {"conversation": ASKED, "reply": "M码有现货,今天18点前给您发出"}).json
    assert (answer["ok"], answer["findings"]) == (True, [])
    assert [c["type"] for c in answer["commitments"]] == ["ship_by"]


def test_what_was_said_before_is_no_finding_of_the_draft(api: Any) -> None:
    said = ASKED | {"messages": [*ASKED["messages"], {"role": "agent", "text": "亲,在的"}, {"role": "customer", "text": "有吗"}]}
    assert api.post(URL, {"conversation": said, "reply": "M码有现货,今天发"}).json["findings"] == []


def test_it_names_the_rules_that_must_wait(api: Any) -> None:
    waiting = api.post(URL, {"conversation": ASKED, "reply": "有的"}).json["needs_context"]
    by_check = {r.id: r.check_name for r in api.service.inspector.standard.rules}
    assert {by_check[w["rule"]] for w in waiting} <= {"absence", "sequence", "interval", "measure", "count", "repetition"}
    assert {"absence", "interval"} <= {by_check[w["rule"]] for w in waiting}


def test_a_talk_that_has_not_begun(api: Any) -> None:
    answer = api.post(URL, {"conversation": {}, "reply": "您加微信 abc12345 付款给您便宜"}).json
    assert "promise.off-platform" in {f["category"] for f in answer["findings"]}


def test_nothing_is_kept(api: Any) -> None:
    api.post(URL, {"conversation": ASKED | {"id": "c-9"}, "reply": "亲,在的"})
    assert api.get("/api/v1/conversations").json["items"] == []
