"""One row a conversation with nested findings and commitments, for analysis. Nothing is masked; empty lists keep their type."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from qa_service.model.conversation import Conversation
from qa_service.services.outputs.target import Target
from qa_service.services.outputs.writer import Writer
from qa_service.services.tally import Tally

ROWS: Final = 1_000
_S, _I, _F, _B = pa.string(), pa.int32(), pa.float64(), pa.bool_()
_TIME = pa.timestamp("us", tz="UTC")
_SPAN = pa.struct([("message", _I), ("start", _I), ("end", _I), ("text", _S)])
_SECTION = pa.struct([("id", _S), ("title", _S), ("weight", _F), ("points", _F), ("applicable", _B)])
_DEDUCTION = pa.struct([
    ("rule", _S), ("section", _S), ("points", _F), ("fingerprints", pa.list_(_S)), ("capped", _B), ("shares", pa.map_(_S, _F))])
_FINDING = pa.struct([
    ("rule", _S), ("name", _S), ("category", _S), ("severity", _S), ("status", _S), ("title", _S), ("why", _S), ("suggest", _S),
    ("source", pa.map_(_S, _S)), ("spans", pa.list_(_SPAN)), ("fingerprint", _S), ("confidence", _F), ("needs_human", _B), ("detail", _S)])
_COMMITMENT = pa.struct([
    ("type", _S), ("message", _I), ("start", _I), ("end", _I), ("text", _S), ("deadline_text", _S), ("due", _TIME), ("due_text", _S),
    ("amount_text", _S), ("amount", _F), ("status", _S)])
_TOPIC = pa.struct([("message", _I), ("label", _S), ("title", _S), ("confidence", _F)])
_MOOD = pa.struct([("message", _I), ("label", _S), ("score", _F)])
SCHEMA: Final = pa.schema([
    ("conversation_id", _S), ("shop", _S), ("channel", _S), ("agent_id", _S), ("agent_name", _S), ("customer_id", _S),
    ("started_at", _TIME), ("conversation_digest", _S), ("standard_name", _S), ("standard_version", _S),
    ("standard_digest", _S), ("total", _F), ("grade", _S),
    ("auto_fail", _B), ("sections", pa.list_(_SECTION)), ("deductions", pa.list_(_DEDUCTION)), ("findings", pa.list_(_FINDING)),
    ("commitments", pa.list_(_COMMITMENT)), ("topics", pa.list_(_TOPIC)), ("sentiment", pa.list_(_MOOD)), ("sentiment_trend", _F),
    ("measures", pa.map_(_S, _F)), ("notes", pa.list_(_S))], metadata={"schema": "qa-service/evaluation/1"})


class ParquetWriter(Writer):
    """Row groups of ROWS conversations, compressed with zstd."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self._rows: list[dict[str, Any]] = []
        self._out = pq.ParquetWriter(target.file, SCHEMA, compression="zstd")

    def write(self, conversation: Conversation, evaluation: Mapping[str, Any], raw_json: bytes | None = None) -> None:
        """One row; rows reach the file by groups."""
        self._rows.append(row(conversation, evaluation))
        if len(self._rows) >= ROWS:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        try:
            table = pa.Table.from_pylist(self._rows, SCHEMA)
        except UnicodeEncodeError:  # half of a surrogate pair: UTF-8 cannot hold it
            table = pa.Table.from_pylist([_whole(r) for r in self._rows], SCHEMA)
        self._out.write_table(table, row_group_size=ROWS)
        self._rows.clear()

    def _finish(self, tally: Tally) -> None:
        self._flush()
        self._out.close()

    def _drop(self) -> None:
        self._out.close()


def row(c: Conversation, e: Mapping[str, Any]) -> dict[str, Any]:
    """One conversation as SCHEMA has it."""
    score, standard = e["score"], e["standard"]
    return {
        "conversation_id": c.id, "shop": c.shop, "channel": c.channel, "agent_id": c.agent.id, "agent_name": c.agent.name,
        "customer_id": c.customer.id, "started_at": _instant(next((m.at for m in c.messages if m.at is not None), None)),
        "conversation_digest": e["conversation"]["digest"], "standard_name": standard["name"], "standard_version": standard["version"],
        "standard_digest": standard["digest"], "total": score["total"], "grade": score["grade"], "auto_fail": score["auto_fail"],
        "sections": score["sections"], "deductions": [{**d, "shares": list(d.get("shares", {}).items())} for d in score["deductions"]],
        "findings": [{**f, "source": [(k, str(v)) for k, v in f["source"].items()], "detail": f.get("detail", "")} for f in e["findings"]],
        "commitments": [{**p, "due": _instant(datetime.fromisoformat(p["due"])) if p["due"] else None, "due_text": p["due"]}
                        for p in e["commitments"]],
        "topics": e["topics"], "sentiment": e["sentiment"]["customer"], "sentiment_trend": e["sentiment"]["trend"],
        "measures": list(e["measures"].items()), "notes": e["notes"]}


def _instant(at: datetime | None) -> datetime | None:
    """In UTC; None for a time at the edge of the calendar that has no place there."""
    try:
        return at.astimezone(UTC) if at is not None else None
    except OverflowError:
        return None


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {k: _whole(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(v) for v in value] if isinstance(value, list) else tuple(_whole(v) for v in value)
    return value
