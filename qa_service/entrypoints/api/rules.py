"""The Standard in force and its rules."""
from __future__ import annotations

from typing import Any, Literal

import orjson
from flask import Response
from pydantic import Field

from qa_service.entrypoints.api.bodies import NoQuery, Query
from qa_service.entrypoints.api.spec import Out, answers, blueprint
from qa_service.entrypoints.context import service
from qa_service.entrypoints.door import JSON
from qa_service.entrypoints.guard import allow
from qa_service.services.catalogue import rule_documents, standard_document

routes = blueprint("rules", "质检标准")


class RulesQuery(Query):
    """Which rules."""

    category: str = Field("", max_length=100, description="类别或其前缀")
    status: Literal["stable", "trial"] | None = None


class RuleOut(Out):
    """A rule, without the words it looks for."""

    id: str
    name: str
    title: str
    category: str
    severity: str
    status: str
    check: str
    pack: str
    why: str
    suggest: str
    source: dict[str, str]
    channels: list[str]
    needs_human: bool
    confidence: float


class RulesOut(Out):
    """Rules in their order."""

    items: list[RuleOut]


class PartOut(Out):
    """A section of the scorecard."""

    id: str
    title: str
    weight: float


class StandardOut(Out):
    """The Standard in force. `rules` counts them by status."""

    name: str
    version: str
    digest: str
    rules: dict[str, int]
    sections: list[PartOut]


@routes.get("/rules", summary="列出规则", responses=answers(RulesOut))
@allow("rules:read")
def list_rules(query: RulesQuery) -> Response:
    """现行标准的规则: 查什么、为什么、建议怎么说、出处。"""
    items: list[dict[str, Any]] = rule_documents(service().inspector.standard, query.category, query.status or "")
    return Response(orjson.dumps({"items": items}), content_type=JSON)


@routes.get("/standards/current", summary="现行质检标准", responses=answers(StandardOut))
@allow("rules:read")
def current_standard(query: NoQuery) -> Response:
    """名称、版本、摘要、规则数与评分项。"""
    return Response(orjson.dumps(standard_document(service().inspector.standard)), content_type=JSON)
