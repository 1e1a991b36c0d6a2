"""Replies before they are sent."""
from __future__ import annotations

from typing import Any

import orjson
from flask import Response

from qa_service.entrypoints.api.bodies import NoQuery, ReplyCheckIn
from qa_service.entrypoints.api.evaluations import own
from qa_service.entrypoints.api.spec import Out, answers, blueprint
from qa_service.entrypoints.context import service
from qa_service.entrypoints.door import JSON
from qa_service.entrypoints.guard import allow
from qa_service.services.replies import check_reply

routes = blueprint("replies", "发送前检查")


class WaitingRule(Out):
    """A rule that cannot be asked before the reply is sent."""

    rule: str
    name: str
    title: str
    reason: str


class ReplyCheckOut(Out):
    """What a sender can still act on. `message` is the index that the draft would have."""

    message: int
    ok: bool
    findings: list[dict[str, Any]]
    commitments: list[dict[str, Any]]
    needs_context: list[WaitingRule]


@routes.post("/replies/check", summary="发送前检查一条回复", responses=answers(ReplyCheckOut, 400, 413, 415))
@allow("replies:check")
def check_a_reply(query: NoQuery, body: ReplyCheckIn) -> Response:
    """给出准备发送的回复里还来得及改的问题与承诺,并列出此时还判断不了的规则。什么也不保存。"""
    so_far = own(body.conversation)
    checked = check_reply(service().judging, so_far, body.reply)
    return Response(orjson.dumps(checked.document(len(so_far.messages))), content_type=JSON)
