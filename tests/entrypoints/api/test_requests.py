"""What every request carries and leaves behind: its id, its line in the log, its numbers; limits; keys that make a POST repeatable."""
from __future__ import annotations

import threading
from typing import Any

import pytest

from qa_service.entrypoints.logs import FIELDS
from qa_service.entrypoints.pace import Pace
from qa_service.model.errors import StoreBusy, StoreFull, StoreGone

URL = "/api/v1/evaluations"


def test_a_request_id_is_given_or_taken(api: Any) -> None:
    assert len(api.get("/healthz").headers["X-Request-Id"]) == 32
    assert api.get("/healthz", headers={"X-Request-Id": "from-the-helpdesk_1"}).headers["X-Request-Id"] == "from-the-helpdesk_1"
    for wrong in ("short", "x" * 65, "a b c d e f", 'x","admin":"1'):
        assert api.get("/healthz", headers={"X-Request-Id": wrong}).headers["X-Request-Id"] != wrong


def test_the_log_knows_the_route_and_no_words(api: Any, chat: Any) -> None:
    words = ("我的电话13812345678", "亲,地址是文一西路969号")
    document = chat("订单-888", ("customer", words[0]), ("agent", words[1]))
    api.post(URL, document)
    api.get("/api/v1/conversations/订单-888")
    api.post(URL, document | {"messages": "13812345678"})
    api.get("/api/v1/conversations?words=13812345678&customer=u9")
    text = api.log.getvalue()
    for word in ("13812345678", "文一西路", "订单-888", "888", *api.keys.values()):
        assert word not in text
    lines = [line for line in api.lines() if line["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("POST", URL, 201), ("GET", "/api/v1/conversations/<id:id>", 200), ("POST", URL, 422), ("GET", "/api/v1/conversations", 200)]
    assert all(line.keys() <= FIELDS and line["request_id"] and line["shop"] == "demo" for line in lines)


def test_a_line_of_the_log_cannot_be_forged(api: Any) -> None:
    api.get("/api/v1/rules", headers={"X-Request-Id": "a" * 8 + "%0a{}"})
    api.get("/x%0a{%22event%22:%22forged%22}")
    assert [line["event"] for line in api.lines()] == ["request", "request"]


def test_numbers_are_told_by_route(api: Any, chat: Any) -> None:
    api.post(URL, chat())
    api.get("/api/v1/conversations/c-1")
    text = api.get("/metrics").text
    assert f'qa_requests_total{{method="POST",route="{URL}",status="201"}} 1.0' in text
    assert 'qa_evaluations_total{door="api"} 1.0' in text
    assert "c-1" not in text


def test_every_answer_has_its_headers(api: Any) -> None:
    for path in ("/api/v1/rules", "/nope", "/healthz", "/docs"):
        headers = api.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "script-src" not in headers["Content-Security-Policy"]


def test_what_has_not_changed_is_not_sent_again(api: Any, chat: Any) -> None:
    api.post(URL, chat())
    for path in ("/api/v1/conversations", "/api/v1/conversations/c-1", "/api/v1/rules", "/api/v1/commitments"):
        first = api.get(path)
        again = api.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    tag = api.get("/api/v1/conversations/c-1").headers["ETag"]
    api.post(URL, chat("c-1", ("customer", "在吗"), ("agent", "在")))
    assert api.get("/api/v1/conversations/c-1", headers={"If-None-Match": tag}).status_code == 200


def test_a_key_has_its_pace(make_api: Any) -> None:
    api = make_api(rate=2.0, burst=5)
    assert [api.get("/api/v1/rules").status_code for _ in range(6)] == [200] * 5 + [429]
    refused = api.get("/api/v1/rules")
    assert (refused.json["type"], refused.headers["Retry-After"]) == ("/problems#too-many-requests", "1")
    assert api.get("/api/v1/rules", "agent").status_code == 200
    assert api.get("/healthz").status_code == 200
    api.clock.pass_by(1)
    assert [api.get("/api/v1/rules").status_code for _ in range(3)] == [200, 200, 429]


def test_strangers_have_a_slower_one(api: Any) -> None:
    statuses = [api.get("/api/v1/rules", None).status_code for _ in range(70)]
    assert statuses == [401] * 60 + [429] * 10
    assert api.get("/api/v1/rules").status_code == 200


def test_pace_among_many_names_and_threads() -> None:
    now = 100.0
    pace = Pace(10.0, 20, lambda: now)
    passed: list[bool] = []
    threads = [threading.Thread(target=lambda: passed.extend(pace.wait("one") == 0 for _ in range(50))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(passed) == 20
    assert all(pace.wait(f"name {n}") == 0 for n in range(3000))
    now += 0.5
    assert [pace.wait("one") == 0 for _ in range(6)] == [True] * 5 + [False]
    assert pace.wait("one") == pytest.approx(0.1)


def test_a_post_with_a_key_happens_once(api: Any, chat: Any) -> None:
    headers = {"Idempotency-Key": "order-1"}
    first = api.post(URL, chat(), headers=headers)
    again = api.post(URL, chat(), headers=headers)
    assert (first.status_code, again.status_code, again.data) == (201, 201, first.data)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    other = api.post(URL, chat("c-2"), headers=headers)
    assert (other.status_code, other.json["type"]) == (422, "/problems#idempotency-mismatch")
    assert api.post(f"{URL}?store=false", chat(), headers=headers).status_code == 422
    assert api.post(URL, chat("c-2"), "score", headers=headers).status_code == 201
    assert api.post(URL, chat(), "other", headers=headers).status_code == 201


def test_a_key_in_use_answers_409_and_one_that_failed_is_free(api: Any, chat: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"Idempotency-Key": "k"}
    statuses = []
    real = api.service.judging.judge

    def slow(conversations: Any) -> Any:
        statuses.append(api.post(URL, chat(), headers=headers))
        raise StoreBusy("busy")
    monkeypatch.setattr(api.service.judging.__class__, "judge", lambda self, c: slow(c))
    failed = api.post(URL, chat(), headers=headers)
    assert (failed.status_code, failed.headers["Retry-After"]) == (503, "1")
    assert (statuses[0].status_code, statuses[0].headers["Retry-After"]) == (409, "1")
    monkeypatch.setattr(api.service.judging.__class__, "judge", lambda self, c: real(c))
    assert api.post(URL, chat(), headers=headers).status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_has_a_form(api: Any, chat: Any, key: str) -> None:
    assert api.post(URL, chat(), headers={"Idempotency-Key": key}).status_code == 400


@pytest.mark.parametrize(("error", "status"), [(StoreBusy("x"), 503), (StoreGone("x"), 503), (StoreFull("x"), 507)])
def test_a_store_that_cannot_is_told_with_when_to_come_back(api: Any, chat: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error
    monkeypatch.setattr(api.service.store().keeping.__class__, "keep", fail)
    answer = api.post(URL, chat())
    assert answer.status_code == status
    assert int(answer.headers["Retry-After"]) >= 1
    assert api.get("/healthz").status_code == 200


def test_ready_means_that_the_store_answers(api: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert api.get("/readyz", None).status_code == 200
    monkeypatch.setattr("qa_service.entrypoints.health.is_current", lambda database: False)
    assert api.get("/readyz", None).status_code == 503
    assert api.get("/healthz", None).status_code == 200
