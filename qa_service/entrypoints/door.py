"""Requests as this API takes them: JSON only, through the strict door, of a known type and a bounded size."""
from __future__ import annotations

from typing import Any, Final

from flask import Request, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge

from qa_service.entrypoints.problems import Problem
from qa_service.entrypoints.strict_json import RefusedJson, read_json, step, unpack

JSON: Final = "application/json"
NDJSON: Final = ("application/x-ndjson", "application/ndjson", "application/jsonl")
# What pydantic says, for the people who use this program.
_SAID: Final = {
    "missing": "缺少这个字段", "extra_forbidden": "未知字段;自定义内容请放入 meta", "string_type": "应为字符串", "int_type": "应为整数",
    "int_parsing": "应为整数", "bool_type": "应为 true 或 false", "list_type": "应为数组", "dict_type": "应为对象", "model_type": "应为对象",
    "model_attributes_type": "应为对象", "string_too_short": "太短", "string_too_long": "太长", "too_short": "条数太少", "too_long": "条数太多",
    "string_pattern_mismatch": "格式不对", "literal_error": "应为列出的值之一", "greater_than_equal": "太小", "less_than_equal": "太大"}


class StrictRequest(Request):
    """A request whose JSON comes through the strict door, whoever asks for it."""

    max_form_memory_size = 0
    max_form_parts = 0

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The body as an object or array. Raises Problem: never None for what is no JSON."""
        if self.mimetype != JSON or self.mimetype_params.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise Problem("unsupported-media-type", f"Content-Type 应为 {JSON}(UTF-8)")
        value = parse(self.plain_body())
        if not isinstance(value, dict | list):
            raise Problem("invalid-request", "请求体应为 JSON 对象", errors=[("", "应为对象")])
        return value

    def plain_body(self) -> bytes:
        """The body without its Content-Encoding, within the limit. Raises Problem."""
        limit = self.max_content_length or 1 << 24
        try:
            return unpack(self.get_data(cache=True), self.headers.get("Content-Encoding", "").strip().lower(), limit)
        except RequestEntityTooLarge:
            raise Problem("too-large", f"请求体超过 {limit} 字节") from None
        except LookupError:
            raise Problem("unsupported-media-type", "Content-Encoding 只支持 gzip") from None
        except RefusedJson as error:
            raise Problem(error.kind, error.why) from None


def parse(data: bytes) -> Any:
    """A value through the strict door. Raises Problem."""
    try:
        return read_json(data)
    except RefusedJson as error:
        raise Problem(error.kind, error.why, errors=[(error.pointer, error.why)] if error.pointer else ()) from None


def the_request() -> StrictRequest:
    """The current request, with its own type."""
    strict = request._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(strict, StrictRequest)
    return strict


def refusal(error: ValidationError) -> Problem:
    """A Problem out of what pydantic found. Values are never told back: they may be a customer's words."""
    in_query = error.title.endswith("Query")
    found = []
    for one in error.errors(include_url=False, include_input=False):
        place = [part for part in one["loc"] if not (isinstance(part, str) and part.startswith("function-"))]
        pointer = f"?{place[0]}" if in_query and place else "".join(f"/{step(part)}" for part in place)
        found.append((pointer, _say(one)))
    return Problem("invalid-request", f"{found[0][0]}: {found[0][1]}" if found[0][0] else found[0][1], errors=found)


def _say(one: Any) -> str:
    limits = {k: v for k, v in one.get("ctx", {}).items() if k != "error"}
    if one["type"] == "value_error":
        return str(one["ctx"]["error"])
    said = _SAID.get(one["type"], one["type"])
    return f"{said}({','.join(f'{k}={v}' for k, v in limits.items())})" if limits else said


def refuse(error: ValidationError) -> Any:
    """The callback of flask-openapi3: what does not fit its model ends here."""
    raise refusal(error) from None


def checked(model: type[BaseModel], value: Any) -> Any:
    """`value` as a model. Raises Problem."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise refusal(error) from None
