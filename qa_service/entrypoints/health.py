"""Is it alive, is it ready, what does it count? Outside /api/v1, for whoever runs the service."""
from __future__ import annotations

import orjson
from flask import Blueprint, Response

from qa_service.entrypoints.context import context, store
from qa_service.entrypoints.door import JSON
from qa_service.entrypoints.guard import PUBLIC, allow
from qa_service.entrypoints.numbers import MEDIA_TYPE
from qa_service.entrypoints.problems import Problem
from qa_service.model.errors import StoreError
from qa_service.store.schema import is_current

routes = Blueprint("health", __name__)


@routes.get("/healthz")
@allow(PUBLIC)
def alive() -> Response:
    """The process answers. It asks nobody else: a broken database is no reason to restart it."""
    return Response(orjson.dumps({"status": "ok"}), content_type=JSON)


@routes.get("/readyz")
@allow(PUBLIC)
def ready() -> Response:
    """The store can be reached and has the tables of this version."""
    try:
        current = is_current(store().database)
    except StoreError as error:
        raise Problem("unavailable", error.why, headers={"Retry-After": "5"}) from None
    if not current:
        raise Problem("unavailable", "数据库的表还不是这个版本的;请运行 qa-service db upgrade", headers={"Retry-After": "5"})
    return Response(orjson.dumps({"status": "ready"}), content_type=JSON)


@routes.get("/metrics")
@allow("metrics:read")
def metrics() -> Response:
    """The numbers, for Prometheus."""
    return Response(context().numbers.text(), content_type=MEDIA_TYPE)
