"""One evaluation a line, exactly as the wire has it: the evidence export. Nothing is masked or altered."""
from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from qa_service.model.conversation import Conversation
from qa_service.services.outputs.writer import Writer


class JsonlWriter(Writer):
    """UTF-8, one JSON object a line."""

    def write(self, conversation: Conversation, evaluation: Mapping[str, Any], raw_json: bytes | None = None) -> None:
        """Write `raw_json` untouched where given; else serialise."""
        line = raw_json if raw_json is not None else serialised(evaluation)
        self._target.file.write(line if line.endswith(b"\n") else line + b"\n")


def serialised(evaluation: Mapping[str, Any]) -> bytes:
    """Compact JSON in UTF-8. Half of a surrogate pair, which UTF-8 cannot hold, is written as its escape."""
    try:
        return orjson.dumps(evaluation)
    except TypeError:
        return json.dumps(evaluation, ensure_ascii=True, separators=(",", ":")).encode("ascii")
