"""Pieces of the OpenAPI document that all operations share."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, Final

from flask_openapi3 import APIBlueprint, Info, OpenAPI, Tag
from flask_openapi3.types import ResponseDict
from pydantic import BaseModel, ConfigDict, RootModel, ValidationError

from qa_service.entrypoints.problems import KINDS, MEDIA_TYPE, ProblemDocument
from qa_service.model.schema import conversation_schema, evaluation_schema

PREFIX: Final = "/api/v1"
SECURITY: Final[list[dict[str, list[Any]]]] = [{"key": []}]
SECURITY_SCHEMES: Final[dict[str, Any]] = {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "qak_…", "description": "API 密钥"}}
_ALWAYS: Final = (401, 403, 422, 429, 503)
REPEATABLE: Final = "x-repeatable"
"""Marks operations that honour Idempotency-Key."""
REPEAT_HEADER: Final[dict[str, Any]] = {
    "name": "Idempotency-Key", "in": "header", "required": False, "description": "重发同一请求得到第一次的答复",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}


def _operation_id(*, name: str, **_: str) -> str:
    """Views have the names of their operations: short, and fit for a client."""
    return name


def blueprint(name: str, title: str, *, keys: bool = True) -> APIBlueprint:
    """A group of operations under /api/v1; `keys`: they want an API key."""
    return APIBlueprint(name, __name__, url_prefix=PREFIX, abp_tags=[Tag(name=name, description=title)],
                        abp_security=SECURITY if keys else None, operation_id_callback=_operation_id)


def answers(model: type[BaseModel], *statuses: int, good: Sequence[int] = (200,)) -> ResponseDict:
    """What an operation may answer: `model` where it is `good`, and the problems of every guarded one and of `statuses`."""
    out: ResponseDict = dict.fromkeys(good, model)
    for status in sorted({*_ALWAYS, *statuses}):
        titles = [kind.title for kind in KINDS.values() if kind.status == status]
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
    """A Flask application with an OpenAPI document, which takes the two wire documents from where they are defined."""

    def __init__(self, name: str, refuse: Callable[[ValidationError], Any]) -> None:
        super().__init__(
            name, info=Info(title="qa-service", version=version("qa-service"), description="中文电商客服聊天质检"),
            security_schemes=SECURITY_SCHEMES, validation_error_model=ProblemDocument, validation_error_callback=refuse, doc_ui=False,
            static_folder=None)

    def generate_spec_json(self) -> None:
        """As ever, with the schemas that the library's own model of a schema cannot hold."""
        super().generate_spec_json()  # type: ignore[no-untyped-call]
        schemas = self.spec_json["components"]["schemas"]
        for model, schema in ((EvaluationOut, evaluation_schema()), (ConversationOut, conversation_schema())):
            for name in {model.__name__, str(model.model_config["title"])} & schemas.keys():
                schemas[name] = {key: value for key, value in schema.items() if key != "$schema"}
        for operation in (o for item in self.spec_json["paths"].values() for o in item.values() if o.get(REPEATABLE)):
            operation["parameters"] = [*operation.get("parameters", ()), REPEAT_HEADER]


