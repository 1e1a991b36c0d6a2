"""Webhooks of helpdesks, in. The signature is the key: it says who sends, and for which shop."""
from __future__ import annotations

from typing import Literal

import orjson
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field

from qa_service.entrypoints.api.spec import Out, answers, blueprint
from qa_service.entrypoints.context import context, service
from qa_service.entrypoints.door import JSON
from qa_service.entrypoints.guard import SIGNED, allow
from qa_service.entrypoints.problems import Problem
from qa_service.model.errors import InvalidRecord
from qa_service.services.hooks.signatures import BadSignature, Letter

routes = blueprint("hooks", "客服系统推送", keys=False)
_LONGEST = 200


class HookPath(BaseModel):
    """Whose webhooks."""

    source: Literal["chatwoot", "qiyu", "meiqia", "zendesk", "generic"]


class HookQuery(BaseModel):
    """For which shop. Helpdesks add parameters of their own."""

    model_config = ConfigDict(extra="allow")
    shop: str = Field(min_length=1, max_length=_LONGEST)


class ReceivedOut(Out):
    """What became of a webhook: repeated, ignored, waiting, judged, refused."""

    outcome: str
    delivery: str


@routes.post("/hooks/<source>", summary="接收客服系统的推送", responses=answers(ReceivedOut, 400, 404, 413, 507, good=(202,)),
             openapi_extensions={"requestBody": {"required": True, "content": {JSON: {"schema": {"type": "object"}}}}})
@allow(SIGNED)
def receive_hook(path: HookPath, query: HookQuery) -> Response:
    """校验签名与时间,存下即答 202;同一次推送只算一次。会话结束时评分,重新打开又结束时再评。"""
    letter = Letter({k.lower(): v for k, v in request.headers.items()}, request.args.to_dict(), request.get_data())
    counts = context().numbers.deliveries
    try:
        received = service().receiving.receive(path.source, query.shop, letter)
    except BadSignature:
        counts.labels(path.source, "bad-signature").inc()
        raise Problem("bad-signature") from None
    except InvalidRecord as error:
        raise Problem("invalid-json", error.why) from None
    counts.labels(path.source, received.outcome).inc()
    return Response(orjson.dumps({"outcome": received.outcome, "delivery": received.delivery}), 202, content_type=JSON)
