"""Webhooks of helpdesks: only the signed and fresh come in, each once; a talk is judged when it is over, and again after it was reopened."""
from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from qa_service.model.errors import StoreBusy
from qa_service.store.store import Store

SECRET = b"a-secret-of-the-helpdesk"
FIXTURES = Path(__file__).parent / "hooks"
URL = "/api/v1/hooks"
Send = Callable[..., Any]


def signed(source: str, body: bytes, now: float, secret: bytes = SECRET, id: str = "") -> tuple[dict[str, str], dict[str, str]]:
    """(headers, query) as the helpdesk sends them."""
    at = str(int(now))
    if source == "chatwoot":
        mark = hmac.new(secret, at.encode() + b"." + body, "sha256").hexdigest()
        return {"X-Chatwoot-Signature": f"sha256={mark}", "X-Chatwoot-Timestamp": at} | ({"X-Chatwoot-Delivery": id} if id else {}), {}
    if source == "zendesk":
        mark = base64.b64encode(hmac.new(secret, at.encode() + body, "sha256").digest()).decode()
        return {"X-Zendesk-Webhook-Signature": mark, "X-Zendesk-Webhook-Signature-Timestamp": at} | (
            {"X-Zendesk-Webhook-Invocation-Id": id} if id else {}), {}
    if source == "qiyu":
        inner = hashlib.md5(body).hexdigest().encode()
        return {}, {"time": at, "checksum": hashlib.sha1(secret + inner + at.encode()).hexdigest(), "eventType": "5"}
    if source == "meiqia":
        return {"Meiqia-Sign": hashlib.sha1(body + secret).hexdigest()}, {}
    name = id or hashlib.sha256(body).hexdigest()[:20]
    mark = base64.b64encode(hmac.new(secret, f"{name}.{at}.".encode() + body, "sha256").digest()).decode()
    return {"Webhook-Id": name, "Webhook-Timestamp": at, "Webhook-Signature": f"v1,AAAA v1,{mark}"}, {}


@pytest.fixture
def send(api: Any) -> Send:
    """``send("chatwoot", event)``: signed, now, for the shop demo."""
    def go(source: str, event: Any, *, shop: str = "demo", **more: Any) -> Any:
        body = event if isinstance(event, bytes) else orjson.dumps(event)
        headers, query = signed(source, body, more.pop("now", api.clock.seconds()), **more)
        return api.call("POST", f"{URL}/{source}", None, data=body, content_type="application/json", headers=headers,
                        query_string={"shop": shop} | query)
    return go


def events_of(source: str) -> list[bytes]:
    """The webhooks of a talk, as they came."""
    return (FIXTURES / f"{source}.jsonl").read_bytes().splitlines()


SOURCES = ["chatwoot", "zendesk", "qiyu", "meiqia", "generic"]


@pytest.mark.parametrize("source", SOURCES)
def test_a_talk_is_judged_when_it_is_over(api: Any, send: Send, source: str) -> None:
    outcomes = []
    for event in events_of(source):
        answer = send(source, event)
        assert answer.status_code == 202
        outcomes.append(answer.json["outcome"])
    assert outcomes[-1] == "judged"
    assert set(outcomes[:-1]) <= {"waiting", "ignored"}
    (head,) = api.get("/api/v1/conversations").json["items"]
    read = api.get(f"/api/v1/conversations/{head['id']}").json
    said = [(m["role"], m["text"]) for m in read["conversation"]["messages"] if m["role"] in ("customer", "agent")]
    assert said[:2] == [("customer", "餐桌一米四的还有现货吗"), ("agent", "亲,在的")]
    assert said[-1] == ("agent", "白橡木色有现货,今天18点前给您发出")
    assert head["source"] == "hook"
    assert read["conversation"]["shop"] == "demo"
    assert all("at" in m for m in read["conversation"]["messages"])
    assert "TM10" in {f["rule"] for f in api.get(f"/api/v1/evaluations/{head['evaluation']}").json["findings"]}


@pytest.mark.parametrize("source", SOURCES)
def test_what_was_sent_twice_counts_once(api: Any, send: Send, store: Store, source: str) -> None:
    for event in events_of(source):
        send(source, event)
        assert send(source, event).json["outcome"] == "repeated"
    assert sum(store.deliveries.counts("demo").values()) == len(events_of(source))
    assert len(api.get("/api/v1/conversations").json["items"]) == 1


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("trouble", ["other secret", "no signature", "changed body", "another shop's", "too old", "from the future", "no shop"])
def test_only_the_signed_and_fresh_come_in(api: Any, send: Send, store: Store, source: str, trouble: str) -> None:
    event = events_of(source)[0]
    headers, query = signed(source, event, api.clock.seconds())
    if source == "meiqia" and trouble in ("too old", "from the future"):
        return  # it signs no time: see signatures.meiqia
    if trouble == "other secret":
        answer = send(source, event, secret=b"another-secret-altogether")
    elif trouble == "no signature":
        answer = api.call("POST", f"{URL}/{source}?shop=demo", None, data=event, content_type="application/json")
    elif trouble == "changed body":
        answer = api.call("POST", f"{URL}/{source}", None, data=event + b" ", headers=headers, query_string={"shop": "demo"} | query)
    elif trouble == "another shop's":
        answer = send(source, event, shop="unknown")
    elif trouble in ("too old", "from the future"):
        answer = send(source, event, now=api.clock.seconds() + (-301 if trouble == "too old" else 301))
    else:
        assert api.call("POST", f"{URL}/{source}", None, data=event, headers=headers, query_string=query).status_code == 422
        return
    assert (answer.status_code, answer.json["type"]) == (401, "/problems#bad-signature")
    assert store.deliveries.counts("demo") == {}


def test_a_reopened_talk_is_judged_again_and_the_old_version_stays(api: Any, send: Send, store: Store) -> None:
    for event in events_of("chatwoot"):
        send("chatwoot", event)
    again = orjson.loads(events_of("chatwoot")[-1])
    assert send("chatwoot", again | {"status": "open", "updated_at": 1}).json["outcome"] == "waiting"
    more = {"event": "message_created", "id": 990, "content": "还是没发货", "message_type": "incoming", "created_at": "2025-11-03T08:00:00Z",
            "private": False, "sender": {"id": 901, "name": "林晓", "type": "contact"}, "account": {"id": 7, "name": "云栖家居"},
            "conversation": {"id": 42, "status": "open", "messages": []}}
    assert send("chatwoot", more).json["outcome"] == "waiting"
    assert send("chatwoot", again | {"updated_at": 2}).json["outcome"] == "judged"
    (head,) = api.get("/api/v1/conversations").json["items"]
    assert head["version"] == 2
    assert len(store.conversations.versions("demo", head["id"])) == 2
    late = more | {"id": 991, "content": "谢谢", "conversation": {"id": 42, "status": "resolved", "messages": []}}
    assert send("chatwoot", late).json["outcome"] == "judged"
    assert api.get("/api/v1/conversations").json["items"][0]["version"] == 3


def test_deliveries_have_ids_of_their_own(send: Send) -> None:
    event = events_of("chatwoot")[0]
    assert send("chatwoot", event, id="d-1").json["outcome"] == "waiting"
    assert send("chatwoot", event, id="d-1").json["outcome"] == "repeated"
    assert send("chatwoot", event, id="d-2").json["outcome"] == "waiting"


@pytest.mark.parametrize(("event", "after"), [
    ({"event": "contact_created", "id": 1}, "judged"), ({"event": "webwidget_triggered"}, "judged"), ({}, "judged"),
    ({"event": "conversation_status_changed", "id": 42, "status": "resolved"}, "judged"),
    ({"event": "message_created", "conversation": {"id": 42, "status": "resolved"}}, "judged"),
    ({"event": "message_created", "conversation": None}, "judged"), ({"event": 5, "conversation": {"id": 42, "status": 7}}, "judged"),
    ({"event": "message_created", "id": 1, "message_type": 17, "conversation": {"id": 42, "status": "resolved"}}, "refused"),
    ({"event": "message_created", "id": 1, "content": "a\0b", "message_type": "incoming", "conversation": {"id": 42, "status": "resolved"}}, "refused")])
def test_an_odd_event_is_taken_and_harms_no_other_talk(api: Any, send: Send, event: dict[str, Any], after: str) -> None:
    assert send("chatwoot", event).status_code == 202
    assert api.get("/api/v1/conversations").json["items"] == []
    assert [send("chatwoot", good).json["outcome"] for good in events_of("chatwoot")][-1] == after
    for good in events_of("chatwoot"):
        last = send("chatwoot", good.replace(b'"id":42', b'"id":43'))
    assert last.json["outcome"] == "judged"


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"null"])
def test_what_is_no_object_is_refused(send: Send, store: Store, body: bytes) -> None:
    answer = send("generic", body)
    assert (answer.status_code, answer.json["type"]) == (400, "/problems#invalid-json")
    assert store.deliveries.counts("demo") == {}


def test_what_waits_when_the_store_is_busy_is_judged_later(api: Any, send: Send, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = store.keeping.__class__.keep

    def busy(*_: Any, **__: Any) -> None:
        raise StoreBusy("busy")
    *before, last = events_of("chatwoot")
    for event in before:
        send("chatwoot", event)
    monkeypatch.setattr(store.keeping.__class__, "keep", busy)
    assert send("chatwoot", last).status_code == 202
    assert api.get("/api/v1/conversations").json["items"] == []
    monkeypatch.setattr(store.keeping.__class__, "keep", keep)
    assert api.service.receiving.settle_left_over("demo") == 1
    assert len(api.get("/api/v1/conversations").json["items"]) == 1
    assert api.service.receiving.settle_left_over("demo") == 0


def test_the_other_shop_has_its_own(api: Any, send: Send) -> None:
    for event in events_of("zendesk"):
        send("zendesk", event, shop="other")
    assert api.get("/api/v1/conversations").json["items"] == []
    assert len(api.get("/api/v1/conversations", "other").json["items"]) == 1
