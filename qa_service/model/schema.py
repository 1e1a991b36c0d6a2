"""JSON Schema (2020-12) of the two wire documents. Source: CONTRACT sections 1 and 2; tests hold the codec to it."""
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qa_service.model.conversation import CHANNELS, KINDS, ROLES
from qa_service.model.finding import COMMITMENT_TYPES, SEVERITIES, STATUSES, TOPICS
from qa_service.model.wire import SCHEMA

Schema = dict[str, Any]
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _object(properties: dict[str, Schema], optional: Iterable[str] = (), **more: Any) -> Schema:
    left_out = set(optional)
    return {"type": "object", "properties": properties, "required": [k for k in properties if k not in left_out], **more}


def _list(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def _enum(values: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(values)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "number"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_TIME: Schema = {"type": "string", "format": "date-time"}
_PARTY = _object({"id": _TEXT, "name": _TEXT}, ("id", "name"))
_SPAN = _object({"message": _COUNT, "start": _COUNT, "end": _COUNT, "text": _TEXT})


def conversation_schema() -> Schema:
    """What goes in: one conversation, version 1."""
    message = _object({
        "role": _enum(sorted(ROLES)), "text": _TEXT, "at": _TIME, "kind": _enum(sorted(KINDS)), "agent_id": _TEXT, "id": _TEXT,
        "meta": {"type": "object"}}, ("at", "kind", "agent_id", "id", "meta"))
    return {"$schema": _DIALECT, "title": "qa-service conversation, version 1", **_object({
        "id": {"type": "string", "minLength": 1}, "shop": _TEXT, "channel": _enum(sorted(CHANNELS)), "agent": _PARTY, "customer": _PARTY,
        "messages": _list(message, minItems=1), "meta": {"type": "object"}}, ("shop", "channel", "agent", "customer", "meta"))}


def evaluation_schema() -> Schema:
    """What comes out: one evaluation, version 1."""
    score = _object({
        "total": {"type": "number", "minimum": 0, "maximum": 100}, "grade": _enum(("excellent", "good", "pass", "fail")),
        "auto_fail": {"type": "boolean"},
        "sections": _list(_object({"id": _TEXT, "title": _TEXT, "weight": _NUMBER, "points": _NUMBER, "applicable": {"type": "boolean"}})),
        "deductions": _list(_object({
            "rule": _TEXT, "section": _or_null(_TEXT), "points": _NUMBER, "fingerprints": _list(_TEXT), "capped": {"type": "boolean"},
            "shares": {"type": "object", "additionalProperties": _NUMBER}}, ("shares",)))})
    finding = _object({
        "rule": _TEXT, "name": _TEXT, "category": _TEXT, "severity": _enum(SEVERITIES), "status": _enum(STATUSES), "title": _TEXT,
        "why": _TEXT, "suggest": _TEXT, "source": {"type": "object", "required": ["title", "checked"]}, "spans": _list(_SPAN),
        "fingerprint": _TEXT, "confidence": {"type": "number", "minimum": 0, "maximum": 1}, "needs_human": {"type": "boolean"},
        "detail": _TEXT}, ("detail",))
    commitment = _object({
        "type": _enum(COMMITMENT_TYPES), "message": _COUNT, "start": _COUNT, "end": _COUNT, "text": _TEXT, "deadline_text": _or_null(_TEXT),
        "due": _or_null(_TIME), "amount_text": _or_null(_TEXT), "amount": _or_null(_NUMBER), "status": _enum(("kept", "contradicted", "open"))})
    topic = _object({"message": _COUNT, "label": _enum(TOPICS), "title": _TEXT, "confidence": {"type": "number", "minimum": 0, "maximum": 1}})
    mood = _object({"message": _COUNT, "label": _enum(("positive", "neutral", "negative")),
                    "score": {"type": "number", "minimum": -1, "maximum": 1}})
    return {"$schema": _DIALECT, "title": "qa-service evaluation, version 1", **_object({
        "schema": {"const": SCHEMA}, "conversation": _object({"id": _TEXT, "shop": _TEXT, "digest": {"type": "string", "pattern": "^sha256:"}}),
        "standard": _object({"name": _TEXT, "version": _TEXT, "digest": {"type": "string", "pattern": "^sha256:"}}),
        "score": score, "findings": _list(finding), "commitments": _list(commitment), "topics": _list(topic),
        "sentiment": _object({"customer": _list(mood), "trend": {"type": "number", "minimum": -2, "maximum": 2}, "turned": _or_null(_COUNT)}),
        "measures": {"type": "object", "additionalProperties": {"type": ["number", "null"]}}, "notes": _list(_TEXT)})}
