"""A small client of the REST API, for helpdesks and scripts. Standard library only: this file can be copied out and used alone.

    client = Client("http://127.0.0.1:8080", "qak_…")
    evaluation = client.evaluate({"id": "c-1", "messages": [{"role": "customer", "text": "在吗"}, {"role": "agent", "text": "在的"}]})
    check = client.check_reply({"messages": [{"role": "customer", "text": "这件有M码吗"}]}, "亲,在的")
    for conversation in client.conversations(grade="fail"):
        print(conversation["id"], conversation["score"])

What the service refuses is an ApiProblem with its `type`, field and request id. 429 and 503 are tried again when the service says so.
"""
from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

# Operation of the OpenAPI document -> method and path.
OPERATIONS: Mapping[str, tuple[str, str]] = {
    "evaluate": ("POST", "/api/v1/evaluations"),
    "evaluate_batch": ("POST", "/api/v1/evaluations/batch"),
    "read_evaluation": ("GET", "/api/v1/evaluations/{id}"),
    "check_a_reply": ("POST", "/api/v1/replies/check"),
    "list_rules": ("GET", "/api/v1/rules"),
    "current_standard": ("GET", "/api/v1/standards/current"),
    "list_conversations": ("GET", "/api/v1/conversations"),
    "read_conversation": ("GET", "/api/v1/conversations/{id}"),
    "list_commitments": ("GET", "/api/v1/commitments"),
}
_LATER = (429, 503)


class ApiProblem(Exception):
    """A problem as the service told it. `pointer` is the offending field, "" where there is none; `document` the whole of it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        super().__init__(f"{document.get('status')} {document.get('title')}: {document.get('detail')}")
        self.document = document
        self.status = int(document.get("status", 0))
        self.type = str(document.get("type", ""))
        self.pointer = str(document.get("pointer") or "")
        self.request_id = str(document.get("request_id", ""))


class Client:
    """A service and a key of it. `tries`: how often a request is sent while the service asks for patience; `timeout` in seconds."""

    def __init__(self, address: str, key: str, *, timeout: float = 30.0, tries: int = 4, sleep: Callable[[float], None] = time.sleep) -> None:
        self.address = address.rstrip("/")
        self._key = key
        self._timeout = timeout
        self._tries = tries
        self._sleep = sleep

    def evaluate(self, conversation: Mapping[str, Any], *, store: bool = True, idempotency_key: str | None = None) -> dict[str, Any]:
        """The evaluation of one conversation; it is kept unless `store` is False. Raises ApiProblem."""
        return self._ask("evaluate", query={"store": store}, body=conversation, idempotency_key=idempotency_key)

    def evaluate_batch(self, conversations: Iterable[Mapping[str, Any]], *, store: bool = True,
                       idempotency_key: str | None = None) -> list[dict[str, Any]]:
        """Up to 1,000 conversations: for each, in order, ``{"index", "status"}`` with an ``evaluation`` or a ``problem``."""
        body = list(conversations)
        answer = self._ask("evaluate_batch", query={"store": store}, body=body, idempotency_key=idempotency_key)
        results: list[dict[str, Any]] = answer["results"]
        return results

    def check_reply(self, so_far: Mapping[str, Any], reply: str) -> dict[str, Any]:
        """What is wrong with `reply` before it is sent: ``ok``, ``findings``, ``commitments``, ``needs_context``."""
        return self._ask("check_a_reply", body={"conversation": so_far, "reply": reply})

    def evaluation(self, id: str) -> dict[str, Any]:
        """A kept evaluation."""
        return self._ask("read_evaluation", id=id)

    def conversation(self, id: str) -> dict[str, Any]:
        """A kept conversation with its scores."""
        return self._ask("read_conversation", id=id)

    def conversations(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """Kept conversations, page after page; for the filters see /docs."""
        return self._pages("list_conversations", filters)

    def commitments(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """Promises, the nearest due first; ``overdue=True`` for those past their time."""
        return self._pages("list_commitments", filters)

    def rules(self, **filters: Any) -> list[dict[str, Any]]:
        """The rules in force."""
        items: list[dict[str, Any]] = self._ask("list_rules", query=filters)["items"]
        return items

    def standard(self) -> dict[str, Any]:
        """The Standard in force."""
        return self._ask("current_standard")

    def _pages(self, operation: str, filters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        query = dict(filters)
        while True:
            page = self._ask(operation, query=query)
            yield from page["items"]
            if page["next_cursor"] is None:
                return
            query["cursor"] = page["next_cursor"]

    def _ask(self, operation: str, *, id: str = "", query: Mapping[str, Any] | None = None, body: Any = None,
             idempotency_key: str | None = None) -> dict[str, Any]:
        method, path = OPERATIONS[operation]
        url = self.address + path.replace("{id}", urllib.parse.quote(id, safe=""))
        told = {k: str(v).lower() if isinstance(v, bool) else v for k, v in (query or {}).items() if v is not None}
        if told:
            url += "?" + urllib.parse.urlencode(told)
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
            headers["Content-Type"] = "application/json"
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        return self._send(urllib.request.Request(url, data, headers, method=method))

    def _send(self, request: urllib.request.Request) -> dict[str, Any]:
        for attempt in range(1, self._tries + 1):
            try:
                with urllib.request.urlopen(request, timeout=self._timeout) as answer:
                    document: dict[str, Any] = json.load(answer)
                    return document
            except urllib.error.HTTPError as error:
                with error:
                    if error.code in _LATER and attempt < self._tries:
                        self._sleep(float(error.headers.get("Retry-After") or 1))
                        continue
                    raise ApiProblem(_problem(error)) from None
        raise AssertionError("unreachable: the last try returns or raises")


def _problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    try:
        document = json.load(error)
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {"status": error.code, "title": error.reason, "detail": "答复不是这个服务的格式"}
