"""The web application: its routes, who may use them, and what every answer carries."""
from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import BaseConverter

from qa_service.entrypoints import docs, health, hooks
from qa_service.entrypoints.api import commitments, conversations, evaluations, replies, rules
from qa_service.entrypoints.api.spec import PREFIX, Application
from qa_service.entrypoints.context import KEY, Context
from qa_service.entrypoints.door import StrictRequest, refuse
from qa_service.entrypoints.guard import stand_guard
from qa_service.entrypoints.logs import make_log, where_of
from qa_service.entrypoints.numbers import Numbers
from qa_service.entrypoints.pace import Pace
from qa_service.entrypoints.problems import Problem
from qa_service.model.errors import InvalidRecord, StoreBusy, StoreError, StoreFull
from qa_service.services.access import identity_of
from qa_service.services.service import Service

REQUEST_ID: Final = "X-Request-Id"
_OURS: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'"}
_BY_STATUS: Final = {400: "bad-request", 404: "not-found", 405: "method-not-allowed", 411: "length-required", 413: "too-large",
                     415: "unsupported-media-type"}
STRANGERS_RATE: Final = 1.0
STRANGERS_BURST: Final = 60


class AnyId(BaseConverter):
    """An id in an address: whatever the helpdesk calls it, with slashes in it or in front."""

    part_isolating = False
    regex = ".+"


class EvaluationId(BaseConverter):
    """The public name of an evaluation: two digests."""

    regex = "[0-9a-f]{64}[.][0-9a-f]{64}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request and one key may take: bytes of a body (after decompression), requests a second, requests at once."""

    body: int = 16 << 20
    rate: float = 200.0
    burst: int = 400


def create_app(service: Service, limits: Limits = Limits(), log: Any = None, clock: Callable[[], float] = time.monotonic) -> Application:
    """The application. Raises RuntimeError where a route declares no permission."""
    app = Application("qa_service.entrypoints", refuse)
    app.request_class = StrictRequest
    app.config["MAX_CONTENT_LENGTH"] = limits.body
    app.url_map.merge_slashes = False
    app.url_map.converters |= {"id": AnyId, "evaluation": EvaluationId}
    app.extensions[KEY] = Context(service, Numbers())
    for module in (evaluations, replies, rules, conversations, commitments, hooks):
        app.register_api(module.routes)
    app.register_blueprint(health.routes)
    app.register_blueprint(docs.routes)
    _follow(app, log or make_log())
    stand_guard(app, lambda secret: identity_of(service.store(), secret, service.now()), Pace(limits.rate, limits.burst, clock),
                Pace(STRANGERS_RATE, STRANGERS_BURST, clock))
    _answer_for_errors(app, log or make_log())
    return app


def _follow(app: Flask, log: Any) -> None:
    """A request id, a line in the log, and the numbers, for every request."""

    def begin() -> None:
        given = request.headers.get(REQUEST_ID, "")
        g.request_id = given if _OURS.fullmatch(given) else uuid.uuid4().hex
        g.begun = time.perf_counter()

    def end(response: Response) -> Response:
        if request.method == "GET" and response.status_code == 200 and request.path.startswith(f"{PREFIX}/"):
            response.add_etag()
            response.make_conditional(request)
            response.headers["Cache-Control"] = "private, no-cache"
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers[REQUEST_ID] = g.request_id
        took = time.perf_counter() - g.begun
        route = request.url_rule.rule if request.url_rule is not None else ""
        numbers: Numbers = app.extensions[KEY].numbers
        numbers.requests.labels(request.method if route else "", route, response.status_code).inc()
        numbers.seconds.labels(route).observe(took)
        who = g.get("identity")
        log.info("request", request_id=g.request_id, method=request.method, route=route, status=response.status_code,
                 milliseconds=round(took * 1000, 1), bytes_in=request.content_length or 0, bytes_out=response.content_length or 0,
                 identity=f"{who.kind}:{who.id}" if who else "", shop=who.shop if who else "", problem=g.get("problem", ""))
        return response

    app.before_request(begin)
    app.after_request(end)


def _answer_for_errors(app: Flask, log: Any) -> None:
    """Every error is a problem. What nobody foresaw is logged once, by its place, and told as nothing but `internal`."""

    def tell(problem: Problem) -> Response:
        g.problem = problem.kind
        return problem.response()

    def http(error: HTTPException) -> Any:
        if error.response is not None or (error.code or 500) < 400:
            return error
        headers = {"Allow": ", ".join(sorted(error.valid_methods or ()))} if isinstance(error, MethodNotAllowed) else {}
        if isinstance(error, RequestEntityTooLarge):
            return tell(Problem("too-large", f"请求体超过 {app.config['MAX_CONTENT_LENGTH']} 字节"))
        return tell(Problem(_BY_STATUS.get(error.code or 500, "bad-request"), headers=headers))

    def stored(error: StoreError) -> Response:
        log.error("store", request_id=g.get("request_id", ""), error=type(error).__name__, where=where_of(error))
        if isinstance(error, StoreFull):
            return tell(Problem("storage-full", headers={"Retry-After": "60"}))
        return tell(Problem("unavailable", headers={"Retry-After": "1" if isinstance(error, StoreBusy) else "5"}))

    def invalid(error: InvalidRecord) -> Response:
        return tell(Problem("invalid-request", error.why, errors=[(error.field, error.why)]))

    def unforeseen(error: Exception) -> Response:
        log.error("unforeseen", request_id=g.get("request_id", ""), error=type(error).__name__, where=where_of(error))
        return tell(Problem("internal"))

    app.register_error_handler(Problem, tell)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(StoreError, stored)
    app.register_error_handler(InvalidRecord, invalid)
    app.register_error_handler(Exception, unforeseen)
