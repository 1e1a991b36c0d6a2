"""Problems as the API tells them: RFC 9457, with a stable `type`, the field as a JSON pointer, and never a stack trace."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from flask import Response, g
from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE: Final = "application/problem+json"
_MOST_ERRORS: Final = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its status, title, and what the caller can do."""

    status: int
    title: str
    fix: str


KINDS: Final[Mapping[str, Kind]] = {
    "invalid-json": Kind(400, "请求体不是合格的 JSON", "detail 指出位置;键不能重复,不能有 NaN、U+0000、孤立代理项、超过 64 位的整数"),
    "bad-request": Kind(400, "请求不完整或自相矛盾", "按 detail 改正"),
    "unauthorized": Kind(401, "没有有效的密钥", "用请求头 Authorization: Bearer qak_… 带上密钥;qa-service key add 可新建"),
    "bad-signature": Kind(401, "签名或时间不对", "核对双方的密钥与服务器时间"),
    "forbidden": Kind(403, "这个身份无权做这件事", "请管理员换一个有此权限的密钥或角色"),
    "not-found": Kind(404, "没有这个资源", "核对编号;不属于本店铺的资源同样答 404"),
    "method-not-allowed": Kind(405, "这个地址不支持此方法", "可用的方法在响应头 Allow 中"),
    "idempotency-conflict": Kind(409, "同一 Idempotency-Key 的请求还在处理", "稍后用同样的请求再试"),
    "length-required": Kind(411, "缺少 Content-Length", "带上请求体的长度"),
    "too-large": Kind(413, "请求太大", "分成几次发送;上限写在 detail 中"),
    "unsupported-media-type": Kind(415, "不支持的 Content-Type 或 Content-Encoding", "用 application/json(批量也可用 application/x-ndjson),编码可用 gzip"),
    "invalid-request": Kind(422, "内容不符合约定", "errors 逐条给出字段与原因"),
    "idempotency-mismatch": Kind(422, "Idempotency-Key 已用于另一个请求", "新的请求换一个新的 Idempotency-Key"),
    "too-many-requests": Kind(429, "请求太快", "按响应头 Retry-After 的秒数等待"),
    "internal": Kind(500, "服务出错", "带上 request_id 联系维护者"),
    "storage-full": Kind(507, "存储空间已满", "腾出空间后重试;已确认的内容都在"),
    "unavailable": Kind(503, "服务暂时不可用", "按响应头 Retry-After 的秒数等待后重试"),
}


@dataclass(slots=True)
class Problem(Exception):
    """A request that ends in a problem of one of the KINDS. `errors` are (pointer, why); `headers` go with the answer."""

    kind: str
    detail: str = ""
    errors: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """The problem as JSON has it."""
        kind = KINDS[self.kind]
        out: dict[str, Any] = {"type": f"/problems#{self.kind}", "title": kind.title, "status": kind.status, "detail": self.detail or kind.fix}
        if self.errors:
            out["pointer"] = self.errors[0][0]
            out["errors"] = [{"pointer": pointer, "detail": why} for pointer, why in self.errors[:_MOST_ERRORS]]
        return out

    def response(self) -> Response:
        """The answer to the request."""
        document = self.document() | {"request_id": g.get("request_id", "")}
        return Response(orjson.dumps(document), KINDS[self.kind].status, dict(self.headers), content_type=MEDIA_TYPE)


class ProblemError(BaseModel):
    """One offending field."""

    model_config = ConfigDict(extra="forbid")
    pointer: str = Field(description="JSON pointer (RFC 6901); 查询参数写成 ?name")
    detail: str


class ProblemDocument(BaseModel):
    """A problem (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")
    type: str = Field(description="稳定的类型,文档在 /problems")
    title: str
    status: int
    detail: str
    request_id: str = ""
    pointer: str | None = Field(None, description="出错字段的 JSON pointer")
    errors: list[ProblemError] | None = None
