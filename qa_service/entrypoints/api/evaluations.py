"""Evaluations: judge one conversation, judge many, read one again."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import orjson
from flask import Response

from qa_service.entrypoints.api.bodies import BatchIn, ConversationIn, EvaluationPath, NoQuery, StoreQuery
from qa_service.entrypoints.api.spec import REPEATABLE, EvaluationOut, Out, answers, blueprint
from qa_service.entrypoints.context import context, service, store
from qa_service.entrypoints.door import JSON, NDJSON, checked, parse, the_request
from qa_service.entrypoints.guard import allow, whoever
from qa_service.entrypoints.problems import Problem
from qa_service.entrypoints.repeats import repeatable
from qa_service.entrypoints.strict_json import RefusedJson, read_lines
from qa_service.model.conversation import Conversation
from qa_service.model.errors import InvalidRecord
from qa_service.services.judging import Judged

MOST: Final = 1000
routes = blueprint("evaluations", "质检")
_LINES: Final = {"schema": {"type": "string", "description": "一行一段会话"}}


class BatchItem(Out):
    """What one item of a batch came to: an evaluation, or a problem."""

    index: int
    status: int
    evaluation: EvaluationOut | None = None
    problem: dict[str, Any] | None = None


class BatchOut(Out):
    """One entry an item, in the order of the items."""

    results: list[BatchItem]


@routes.post("/evaluations", summary="给一段会话评分", responses=answers(EvaluationOut, 400, 409, 413, 415, 507, good=(200, 201)),
             openapi_extensions={REPEATABLE: True})
@allow("evaluations:write")
@repeatable
def evaluate(query: StoreQuery, body: ConversationIn) -> Response:
    """评分并保存(store=false 只评分)。新的会话、新的内容或新的质检标准答 201,一切如前答 200。"""
    judged = _judge([own(body)], query)[0]
    answer = Response(judged.line, _status(judged), content_type=JSON)
    if judged.kept is not None:
        answer.headers["Location"] = f"/api/v1/evaluations/{judged.id}"
    return answer


@routes.post("/evaluations/batch", summary="给至多 1,000 段会话评分", responses=answers(BatchOut, 400, 409, 413, 415),
             openapi_extensions={REPEATABLE: True, "requestBody": {"required": True, "content": {
                 JSON: {"schema": BatchIn.model_json_schema()}, NDJSON[0]: _LINES}}})
@allow("evaluations:write")
@repeatable
def evaluate_batch(query: StoreQuery) -> Response:
    """JSON 数组,或一行一段会话的 NDJSON(答复也是 NDJSON)。逐条给出质检结果或问题,次序与请求相同;一条有误不影响其余。"""
    in_lines = the_request().mimetype in NDJSON
    results: list[dict[str, Any]] = []
    good: list[tuple[int, Conversation]] = []
    for index, item in enumerate(_lines() if in_lines else _array()):
        results.append({"index": index})
        try:
            good.append((index, own(checked(ConversationIn, parse(item) if isinstance(item, bytes) else item))))
        except Problem as problem:
            document = problem.document()
            results[index] |= {"status": document["status"], "problem": document}
    for (index, _), judged in zip(good, _judge([c for _, c in good], query), strict=True):
        results[index] |= {"status": _status(judged), "evaluation": orjson.Fragment(judged.line)}
    if in_lines:
        return Response(b"".join(orjson.dumps(one) + b"\n" for one in results), content_type=NDJSON[0])
    return Response(orjson.dumps({"results": results}), content_type=JSON)


@routes.get("/evaluations/<evaluation:id>", summary="读取一份质检结果", responses=answers(EvaluationOut, 404))
@allow("evaluations:read")
def read_evaluation(path: EvaluationPath, query: NoQuery) -> Response:
    """质检结果的编号是(会话摘要.标准摘要);旧标准、旧版本的结果照样可读。"""
    kept = store().evaluations.by_id(whoever().shop, path.id)
    if kept is None:
        raise Problem("not-found")
    return Response(kept.line, content_type=JSON)


def own(body: ConversationIn) -> Conversation:
    """The conversation of the caller's own shop. Raises Problem for another's."""
    shop = whoever().shop
    if body.shop is not None and body.shop != shop:
        raise Problem("forbidden", "shop 与密钥所属店铺不同", errors=[("/shop", "与密钥所属店铺不同;可以不写")])
    try:
        return body.conversation(shop, service().zone)
    except InvalidRecord as error:
        raise Problem("invalid-request", error.why, errors=[(error.field, error.why)]) from None


def _judge(conversations: list[Conversation], query: StoreQuery) -> list[Judged]:
    judging = service().judging
    context().numbers.evaluations.labels("api").inc(len(conversations))
    return judging.judge_and_keep(conversations, "api") if query.store == "true" else judging.judge(conversations)


def _status(judged: Judged) -> int:
    return 200 if judged.kept is None or judged.kept.change == "same" else 201


def _array() -> list[Any]:
    items = the_request().get_json()
    if not isinstance(items, list) or not items:
        raise Problem("invalid-request", "请求体应为至少一项的数组", errors=[("", "应为数组")])
    if len(items) > MOST:
        raise Problem("too-large", f"一次至多 {MOST} 段会话,收到 {len(items)} 段")
    return items


def _lines() -> Iterator[bytes]:
    try:
        lines = [line for _, line in read_lines(the_request().plain_body(), MOST)]
    except RefusedJson as error:
        raise Problem(error.kind, f"一次至多 {MOST} 段会话") from None
    if not lines:
        raise Problem("invalid-request", "请求体没有一行会话", errors=[("", "至少一行")])
    yield from lines
