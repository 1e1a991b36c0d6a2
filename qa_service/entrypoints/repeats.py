"""Idempotency-Key: a POST that is sent again gets the first answer again, and nothing happens twice. Keys belong to who sent them."""
from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, TypeVar

from flask import Response, make_response

from qa_service.entrypoints.context import service, store
from qa_service.entrypoints.door import the_request
from qa_service.entrypoints.guard import whoever
from qa_service.entrypoints.problems import Problem

HEADER: Final = "Idempotency-Key"
_LONGEST: Final = 255
View = TypeVar("View", bound=Callable[..., Any])


def repeatable(view: View) -> View:
    """Honours Idempotency-Key. Only answers of success are kept: what failed may be tried again with the same key."""
    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Response:
        key = the_request().headers.get(HEADER)
        if key is None:
            return make_response(view(*args, **kwargs))
        if not 0 < len(key) <= _LONGEST or not key.isascii() or not key.isprintable():
            raise Problem("bad-request", f"{HEADER} 应为 1–{_LONGEST} 个可打印的 ASCII 字符")
        who = whoever()
        shop, name = who.shop, f"{who.id}:{key}"
        first = store().replays.claim(shop, name, _fingerprint(), service().now())
        if first.state == "done":
            return Response(first.body, first.status, {"Idempotency-Replayed": "true"}, content_type=first.kind)
        if first.state == "running":
            raise Problem("idempotency-conflict", headers={"Retry-After": "1"})
        if first.state == "other":
            raise Problem("idempotency-mismatch")
        try:
            answer = make_response(view(*args, **kwargs))
        except BaseException:
            store().replays.release(shop, name)
            raise
        store().replays.finish(shop, name, answer.status_code, answer.content_type or "", answer.get_data())
        return answer
    return once  # type: ignore[return-value]


def _fingerprint() -> str:
    """What makes two requests the same: method, address and body."""
    asked = the_request()
    head = f"{asked.method} {asked.full_path}\n".encode()
    return hashlib.sha256(head + asked.plain_body()).hexdigest()
