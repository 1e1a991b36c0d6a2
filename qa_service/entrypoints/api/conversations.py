"""Conversations as they are kept."""
from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import orjson
from flask import Response
from pydantic import Field

from qa_service.entrypoints.api.bodies import Channel, Day, Grade, IdPath, NoQuery, PageQuery, Severity, Time, Topic, YesNo
from qa_service.entrypoints.api.spec import ConversationOut, Out, answers, blueprint
from qa_service.entrypoints.context import service, store
from qa_service.entrypoints.door import JSON
from qa_service.entrypoints.guard import allow, whoever
from qa_service.entrypoints.problems import Problem
from qa_service.model.errors import UsageError
from qa_service.model.wire import parse_time
from qa_service.services.judging import evaluation_id
from qa_service.store.conversations import Filter, Head
from qa_service.store.evaluations import LayerScore

routes = blueprint("conversations", "会话")


class ConversationsQuery(PageQuery):
    """Which conversations, in which order."""

    since: Time | None = Field(None, description="开始时间不早于")
    until: Time | None = Field(None, description="开始时间早于")
    day: Day | None = None
    agent: str | None = Field(None, max_length=120)  # all of them together fit the longest address that servers take
    customer: str | None = Field(None, max_length=120)
    channel: Channel | None = None
    grade: Grade | None = None
    auto_fail: YesNo | None = None
    needs_human: YesNo | None = None
    min_score: float | None = Field(None, ge=0, le=100)
    max_score: float | None = Field(None, ge=0, le=100)
    rule: str | None = Field(None, max_length=64, pattern="^[A-Za-z0-9_-]*$")
    category: str | None = Field(None, max_length=64, pattern="^[a-z0-9.-]*$", description="类别;也包括它下面的")
    severity: Severity | None = None
    topic: Topic | None = None
    words: str | None = Field(None, min_length=1, max_length=120, description="会话里出现的词,多个用空格隔开")
    order: Literal["newest", "oldest", "lowest", "highest"] = "newest"


class PersonOut(Out):
    """One side of a conversation."""

    id: str
    name: str


class HeadOut(Out):
    """A conversation in a list. `score` is the machine's, `standing` the one that counts now."""

    id: str
    version: int
    digest: str
    evaluation: str = Field(description="现行质检结果的编号")
    channel: str
    source: str
    agent: PersonOut
    customer: PersonOut
    begun: str | None
    ended: str | None
    messages: int
    score: float
    standing: float
    grade: str
    auto_fail: bool
    needs_human: bool
    findings: int
    received_at: str
    changed_at: str


class ConversationsPage(Out):
    """One page. `next_cursor` is null on the last."""

    items: list[HeadOut]
    next_cursor: str | None


class ScoreOut(Out):
    """One layer of score, never overwritten."""

    layer: str
    total: float
    author: str
    reason: str
    at: str
    stale: bool


class ConversationDetail(Out):
    """A conversation with all its scores."""

    head: HeadOut
    conversation: ConversationOut
    scores: list[ScoreOut]


@routes.get("/conversations", summary="列出会话", responses=answers(ConversationsPage, 400))
@allow("conversations:read")
def list_conversations(query: ConversationsQuery) -> Response:
    """按条件筛选,一页一页读。"""
    wanted = Filter(
        since=_moment(query.since), until=_moment(query.until), day=date.fromisoformat(query.day) if query.day else None, agent=query.agent,
        customer=query.customer, channel=query.channel, grade=query.grade, auto_fail=_truth(query.auto_fail), needs_human=_truth(query.needs_human),
        least=_tenths(query.min_score), most=_tenths(query.max_score), rule=query.rule, category=query.category, severity=query.severity,
        topic=query.topic, words=query.words)
    try:
        page = store().conversations.page(whoever().shop, wanted, order=query.order, limit=query.limit, after=query.cursor)
    except UsageError as error:
        raise Problem("bad-request", error.why, errors=[(f"?{error.where}", error.why)]) from None
    return Response(orjson.dumps({"items": [_head(h) for h in page.rows], "next_cursor": page.next}), content_type=JSON)


@routes.get("/conversations/<id:id>", summary="读取一段会话", responses=answers(ConversationDetail, 404))
@allow("conversations:read")
def read_conversation(path: IdPath, query: NoQuery) -> Response:
    """会话的现行版本,与它的每一层得分。"""
    shop = whoever().shop
    head, version = store().conversations.head(shop, path.id), store().conversations.version(shop, path.id)
    if head is None or version is None:
        raise Problem("not-found")
    scores = [_score(layer) for layer in store().evaluations.layers(shop, path.id)]
    return Response(orjson.dumps({"head": _head(head), "conversation": version.document, "scores": scores}), content_type=JSON)


def _head(h: Head) -> dict[str, Any]:
    return {
        "id": h.id, "version": h.version, "digest": h.digest, "evaluation": evaluation_id(h.digest, h.standard), "channel": h.channel,
        "source": h.source, "agent": {"id": h.agent, "name": h.agent_name}, "customer": {"id": h.customer, "name": h.customer_name},
        "begun": told(h.begun), "ended": told(h.ended), "messages": h.messages, "score": h.total / 10, "standing": h.standing / 10,
        "grade": h.grade, "auto_fail": h.auto_fail, "needs_human": h.needs_human, "findings": h.findings,
        "received_at": told(h.received_at), "changed_at": told(h.changed_at)}


def _score(layer: LayerScore) -> dict[str, Any]:
    return {"layer": layer.layer, "total": layer.total / 10, "author": layer.author, "reason": layer.reason, "at": told(layer.at), "stale": layer.stale}


def told(moment: datetime | None) -> str | None:
    """A moment in the zone of the shop, RFC 3339."""
    return moment.astimezone(service().zone).isoformat() if moment is not None else None


def _moment(text: str | None) -> datetime | None:
    return parse_time(text, "", service().zone)


def _truth(word: str | None) -> bool | None:
    return None if word is None else word == "true"


def _tenths(points: float | None) -> int | None:
    return None if points is None else round(points * 10)
