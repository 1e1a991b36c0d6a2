"""Requests that mean harm, or were made by a broken program: each has its own problem, none has a stack trace."""
from __future__ import annotations

import gzip
from typing import Any

import orjson
import pytest

URL = "/api/v1/evaluations"
JSON = "application/json"
GOOD = b'{"id":"a","messages":[{"role":"customer","text":"x"}]}'

TABLE: list[tuple[str, bytes, str, dict[str, str], int, str]] = [
    ("nothing", b"", JSON, {}, 400, "invalid-json"),
    ("no JSON", b"id=1", JSON, {}, 400, "invalid-json"),
    ("deep", b"[" * 100_000, JSON, {}, 400, "invalid-json"),
    ("deep and closed", b'{"id":"a","meta":{"a":' + b"[" * 60 + b"]" * 60 + b'},"messages":[]}', JSON, {}, 400, "invalid-json"),
    ("NaN", b'{"id":NaN}', JSON, {}, 400, "invalid-json"),
    ("lone surrogate", b'{"id":"\\ud800"}', JSON, {}, 400, "invalid-json"),
    ("U+0000", b'{"id":"a","messages":[{"role":"customer","text":"a\\u0000"}]}', JSON, {}, 400, "invalid-json"),
    ("twice", b'{"id":"a","id":"b"}', JSON, {}, 400, "invalid-json"),
    ("UTF-16", GOOD.decode().encode("utf-16"), JSON, {}, 400, "invalid-json"),
    ("huge integer", b'{"id":"a","meta":{"n":99999999999999999999}}', JSON, {}, 400, "invalid-json"),
    ("a string with JSON in it", orjson.dumps(GOOD.decode()), JSON, {}, 422, "invalid-request"),
    ("null", b"null", JSON, {}, 422, "invalid-request"),
    ("an array", b"[]", JSON, {}, 422, "invalid-request"),
    ("unknown field", b'{"id":"a","messages":[{"role":"customer","text":"x"}],"admin":true}', JSON, {}, 422, "invalid-request"),
    ("wrong type", b'{"id":7,"messages":[{"role":"customer","text":"x"}]}', JSON, {}, 422, "invalid-request"),
    ("no messages", b'{"id":"a","messages":[]}', JSON, {}, 422, "invalid-request"),
    ("no such day", b'{"id":"a","messages":[{"role":"customer","text":"x","at":"2025-02-30T10:00:00Z"}]}', JSON, {}, 422, "invalid-request"),
    ("an id too long to keep", b'{"id":"' + b"0" * 501 + b'","messages":[{"role":"customer","text":"x"}]}', JSON, {}, 422, "invalid-request"),
    ("form", GOOD, "application/x-www-form-urlencoded", {}, 415, "unsupported-media-type"),
    ("multipart", GOOD, "multipart/form-data; boundary=x", {}, 415, "unsupported-media-type"),
    ("text", GOOD, "text/plain", {}, 415, "unsupported-media-type"),
    ("no type", GOOD, "", {}, 415, "unsupported-media-type"),
    ("another charset", GOOD, "application/json; charset=gb18030", {}, 415, "unsupported-media-type"),
    ("brotli", GOOD, JSON, {"Content-Encoding": "br"}, 415, "unsupported-media-type"),
    ("no gzip", GOOD, JSON, {"Content-Encoding": "gzip"}, 400, "invalid-json"),
    ("bomb", gzip.compress(b" " * (8 << 20)), JSON, {"Content-Encoding": "gzip"}, 413, "too-large"),
    ("too long", b" " * ((1 << 20) + 1), JSON, {}, 413, "too-large"),
]


@pytest.fixture
def small(make_api: Any) -> Any:
    return make_api(body=1 << 20)


@pytest.mark.parametrize(("body", "kind", "headers", "status", "problem"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
@pytest.mark.parametrize("url", [URL, "/api/v1/replies/check", f"{URL}/batch"])
def test_each_has_its_problem(small: Any, url: str, body: bytes, kind: str, headers: dict[str, str], status: int, problem: str) -> None:
    answer = small.call("POST", url, data=body, content_type=kind, headers=headers)
    if url == URL:
        assert (answer.status_code, answer.json["type"]) == (status, f"/problems#{problem}")
    assert answer.status_code in ({status, 422} if url != URL else {status})
    assert answer.content_type == "application/problem+json"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(("document", "pointer"), [
    ({"id": "a"}, "/messages"), ({"id": "a", "messages": [{"role": "customer", "text": "x"}, {"role": "boss", "text": "x"}]}, "/messages/1/role"),
    ({"id": "a", "messages": [{"role": "customer", "text": "x", "a/b~c": 1}]}, "/messages/0/a~1b~0c"),
    ({"id": "a", "messages": [{"role": "customer", "text": "x"}], "agent": {"id": 1}}, "/agent/id")])
def test_the_field_is_a_json_pointer(api: Any, document: dict[str, Any], pointer: str) -> None:
    answer = api.post(URL, document)
    assert (answer.status_code, answer.json["pointer"]) == (422, pointer)


def test_what_was_sent_is_never_told_back(api: Any) -> None:
    answer = api.post(URL, {"id": "a", "messages": [{"role": "我的电话是13812345678", "text": 5}]})
    assert "13812345678" not in answer.text


@pytest.mark.parametrize("query", ["?store=maybe", "?store=1", "?unknown=1", "?store=true&x=1"])
def test_parameters_are_strict_too(api: Any, chat: Any, query: str) -> None:
    answer = api.post(URL + query, chat())
    assert answer.status_code == 422
    assert answer.json["pointer"].startswith("?")


@pytest.mark.parametrize("path", ["/nope", "/api/v1", "/api/v1/evaluations/../../etc/passwd", "/api/v1/conversations/", "//api/v1/rules", "/docs/../app.py"])
def test_what_is_not_there(api: Any, path: str) -> None:
    answer = api.get(path)
    assert (answer.status_code, answer.json["type"]) == (404, "/problems#not-found")


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE", "BREW"])
def test_methods_nobody_offers(api: Any, method: str) -> None:
    answer = api.call(method, "/api/v1/rules")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("cursor", ["x", "null", "W10", "%00", "a" * 500, "eyJhIjoxfQ"])
@pytest.mark.parametrize("path", ["/api/v1/conversations", "/api/v1/commitments"])
def test_a_cursor_of_their_own(api: Any, path: str, cursor: str) -> None:
    answer = api.get(f"{path}?cursor={cursor}")
    assert answer.status_code in (400, 422)
    assert answer.json["pointer"] == "?cursor"


@pytest.mark.parametrize("words", ["'", '"', "*", "a OR b", "微信 AND", "^", "NEAR(", "%", "_", "\\", "-", ":", "(", "\u200b", "  "])
def test_words_to_look_for_are_words(api: Any, chat: Any, words: str) -> None:
    api.post(URL, chat())
    assert api.get("/api/v1/conversations", query_string={"words": words}).status_code in (200, 400)


def test_an_error_of_ours_says_nothing_of_itself(api: Any, chat: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("13812345678 的秘密")
    monkeypatch.setattr(api.service.inspector, "evaluate_many", fail)
    answer = api.post(URL, chat())
    assert (answer.status_code, answer.json["type"]) == (500, "/problems#internal")
    assert "秘密" not in answer.text + api.log.getvalue()
    (line,) = [line for line in api.lines() if line["event"] == "unforeseen"]
    assert (line["error"], line["request_id"]) == ("ValueError", answer.headers["X-Request-Id"])
    assert line["where"].startswith("test_hostile:") or "test_hostile" in line["where"]
