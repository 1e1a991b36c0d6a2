"""Conversations as bytes, whatever their texts hold: what comes out has the digest of what went in."""
from __future__ import annotations

import json
from typing import Any

import orjson

from qa_service.model.conversation import Conversation
from qa_service.model.wire import conversation_from_dict, conversation_to_dict


def conversation_to_bytes(c: Conversation) -> bytes:
    """JSON in UTF-8. Lone surrogates and integers beyond 64 bits, which the fast writer refuses, are escaped or written by the slow one."""
    document = conversation_to_dict(c)
    try:
        return orjson.dumps(document)
    except (TypeError, orjson.JSONEncodeError):
        return json.dumps(document, separators=(",", ":"), default=str).encode("ascii")


def document_of(data: bytes) -> dict[str, Any]:
    """The wire's dict of kept bytes."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError:
        document = json.loads(data)
    assert isinstance(document, dict)
    return document


def conversation_of(data: bytes) -> Conversation:
    """The conversation of kept bytes."""
    return conversation_from_dict(document_of(data))
