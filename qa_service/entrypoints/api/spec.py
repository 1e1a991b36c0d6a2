"""Pieces of the OpenAPI document that all operations share."""
from __future__ import annotations

from typing import Any, Final

from flask_openapi3 import APIBlueprint, OpenAPI, Tag
from pydantic import BaseModel, ConfigDict, RootModel

from qa_service.entrypoints.problems import KINDS, MEDIA_TYPE
from qa_service.model.schema import conversation_schema, evaluation_schema

PREFIX: Final = "/api/v1"
SECURITY: Final[list[dict[str, list[Any]]]] = [{"key": []}]
SECURITY_SCHEMES: Final[dict[str, Any]] = {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "qak_…", "description": "API 密钥"}}
_READ: Final = ("401", "403", "422", "429", "503")
REPEAT_HEADER: Final[dict[str, Any]] = {
    "name": "Idempotency-Key", "in": "header", "required": False, "description": "重发同一请求得到第一次的答复",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}


def blueprint(name: str, title: str) -> APIBlueprint:
    """A group of operations under /api/v1."""
    return APIBlueprint(name, __name__, url_prefix=PREFIX, abp_tags=[Tag(name=name, description=title)], abp_security=SECURITY)


def problems(*statuses: str) -> dict[str, Any]:
    """The problems an operation may answer with: those of every guarded one, and `statuses`."""
    out = {}
    for status in sorted({*_READ, *statuses}):
        titles = [kind.title for kind in KINDS.values() if str(kind.status) == status]
        out[status] = {"description": "、".join(titles), "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}}
    return out


class EvaluationOut(RootModel[dict[str, Any]]):
    """An evaluation, version 1. Its schema is that of model.schema."""

    model_config = ConfigDict(title="Evaluation")


class ConversationOut(RootModel[dict[str, Any]]):
    """A conversation, version 1, as it was kept. Its schema is that of model.schema."""

    model_config = ConfigDict(title="Conversation")


class Out(BaseModel):
    """What the API answers with."""

    model_config = ConfigDict(extra="forbid")


class Application(OpenAPI):
    """An application whose OpenAPI document takes the two wire documents from where they are defined."""

    def generate_spec_json(self) -> None:
        """As ever, with the schemas that the library's own model of a schema cannot hold."""
        super().generate_spec_json()
        schemas = self.spec_json["components"]["schemas"]
        for model, schema in ((EvaluationOut, evaluation_schema()), (ConversationOut, conversation_schema())):
            for name in {model.__name__, str(model.model_config["title"])} & schemas.keys():
                schemas[name] = {key: value for key, value in schema.items() if key != "$schema"}
