"""Commitments: who promised what by when, and what is overdue now."""
from __future__ import annotations

from typing import Literal

import orjson
from flask import Response
from pydantic import Field

from qa_service.entrypoints.api.bodies import CommitmentType, PageQuery, Time, YesNo
from qa_service.entrypoints.api.conversations import told
from qa_service.entrypoints.api.spec import Out, answers, blueprint
from qa_service.entrypoints.context import service, store
from qa_service.entrypoints.door import JSON
from qa_service.entrypoints.guard import allow, whoever
from qa_service.entrypoints.problems import Problem
from qa_service.model.errors import UsageError
from qa_service.model.wire import parse_time

routes = blueprint("commitments", "承诺")


class CommitmentsQuery(PageQuery):
    """Which commitments; the nearest due first."""

    status: Literal["open", "kept", "contradicted"] | None = None
    type: CommitmentType | None = None
    agent: str | None = Field(None, max_length=120)
    due_since: Time | None = None
    due_until: Time | None = None
    overdue: YesNo | None = Field(None, description="true 只列已到期而未兑现的;不能与 status、due_until 同用")


class CommitmentOut(Out):
    """One promise of a kept conversation."""

    conversation: str
    type: str
    message: int
    start: int
    end: int
    text: str
    deadline_text: str | None
    due: str | None
    amount_text: str | None
    amount: float | None
    status: str
    overdue: bool
    agent: str


class CommitmentsPage(Out):
    """One page. `next_cursor` is null on the last."""

    items: list[CommitmentOut]
    next_cursor: str | None


@routes.get("/commitments", summary="列出承诺", responses=answers(CommitmentsPage, 400))
@allow("commitments:read")
def list_commitments(query: CommitmentsQuery) -> Response:
    """会话里对客户的承诺,按到期时间排列。是否逾期以读取的时刻为准。"""
    zone, now = service().zone, service().now()
    status, until = query.status, parse_time(query.due_until, "", zone)
    if query.overdue == "true":
        if status not in (None, "open") or until is not None:
            raise Problem("bad-request", "overdue=true 不能与 status、due_until 同用", errors=[("?overdue", "与 status 或 due_until 矛盾")])
        status, until = "open", now
    try:
        page = store().commitments.page(whoever().shop, status=status, type=query.type, agent=query.agent,
                                        due_since=parse_time(query.due_since, "", zone), due_until=until, limit=query.limit, after=query.cursor)
    except UsageError as error:
        raise Problem("bad-request", error.why, errors=[(f"?{error.where}", error.why)]) from None
    items = [{
        "conversation": c.conversation, "type": c.type, "message": c.message, "start": c.start, "end": c.end, "text": c.text,
        "deadline_text": c.deadline_text, "due": told(c.due), "amount_text": c.amount_text, "amount": c.amount, "status": c.status,
        "overdue": c.is_overdue(now), "agent": c.agent} for c in page.rows]
    return Response(orjson.dumps({"items": items, "next_cursor": page.next}), content_type=JSON)
