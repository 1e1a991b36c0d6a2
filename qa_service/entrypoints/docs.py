"""The API's own pages: the OpenAPI document, a page to browse it, and what each problem means. All assets are served from here."""
from __future__ import annotations

from importlib.resources import files
from typing import Final

import orjson
from flask import Blueprint, Response, current_app, render_template

from qa_service.entrypoints.api.spec import Application
from qa_service.entrypoints.door import JSON
from qa_service.entrypoints.guard import PUBLIC, allow
from qa_service.entrypoints.problems import KINDS, Problem

routes = Blueprint("docs", __name__, template_folder="templates")
_ASSETS: Final = {"swagger-ui.css": ("css", "text/css"), "swagger-ui-bundle.js": ("js", "text/javascript")}
# Swagger UI writes style attributes and shows icons from data: addresses. Everywhere else the policy has no exception.
_POLICY: Final = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


@routes.get("/openapi.json")
@allow(PUBLIC)
def openapi_document() -> Response:
    """The OpenAPI 3.1 document."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(app, Application)
    return Response(orjson.dumps(app.api_doc), content_type=JSON)


@routes.get("/docs")
@allow(PUBLIC)
def docs_page() -> Response:
    """The document, to browse and try."""
    return Response(render_template("api_docs.html"), headers={"Content-Security-Policy": _POLICY})


@routes.get("/docs/<name>")
@allow(PUBLIC)
def docs_asset(name: str) -> Response:
    """The files the page is made of."""
    if name == "start.js":
        return Response(render_template("api_docs.js"), content_type="text/javascript; charset=utf-8")
    if name not in _ASSETS:
        raise Problem("not-found")
    folder, kind = _ASSETS[name]
    data = (files("flask_openapi3_swagger") / "templates" / "swagger" / folder / name).read_bytes()
    return Response(data, content_type=kind, headers={"Cache-Control": "public, max-age=86400"})


@routes.get("/problems")
@allow(PUBLIC)
def problems_page() -> Response:
    """What each `type` of a problem means."""
    return Response(render_template("problems.html", kinds=KINDS))
