"""The one codec between our types and the wire (plain dicts, version 1). Bytes are made of it by the doors, with any JSON library.

Source: CONTRACT sections 1 and 2. Decoding checks everything and names the offending field as a JSON pointer; encoding never fails.
"""
from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from qa_service.model.conversation import CHANNELS, EMPTY, KINDS, ROLES, Conversation, Message, Party
from qa_service.model.errors import InvalidRecord
from qa_service.model.evaluation import Evaluation
from qa_service.model.finding import Commitment, Finding

SCHEMA: Final = "qa-service/evaluation/1"
DEFAULT_ZONE: Final[tzinfo] = ZoneInfo("Asia/Shanghai")
_CONVERSATION_KEYS: Final = frozenset(("id", "shop", "channel", "agent", "customer", "messages", "meta"))
_MESSAGE_KEYS: Final = frozenset(("role", "text", "at", "agent_id", "kind", "id", "meta"))
_NO_PARTY: Final = Party()
_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode


def parse_time(value: object, field: str, zone: tzinfo = DEFAULT_ZONE) -> datetime | None:
    """An RFC 3339 time; a naive one is read in `zone`; None and "" are None. Raises InvalidRecord."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InvalidRecord(f"时间应为 RFC 3339 字符串,得到 {type(value).__name__}", field=field)
    try:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone)
        if not 1 < at.year < 9999:
            at.astimezone(DEFAULT_ZONE)  # a time at the very edge of the calendar cannot be moved between zones
    except (ValueError, OverflowError):
        raise InvalidRecord(f"不是 RFC 3339 时间: {value[:40]!r}", field=field, fix="例: 2025-11-01T10:00:00+08:00") from None
    return at


def _string(value: object, field: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidRecord(f"应为字符串,得到 {type(value).__name__}", field=field)
    return str(value)


def _party(value: object, field: str) -> Party:
    if value is None:
        return _NO_PARTY
    if not isinstance(value, Mapping):
        raise InvalidRecord("应为对象 {id, name}", field=field)
    return Party(_string(value.get("id") or "", f"{field}/id"), _string(value.get("name") or "", f"{field}/name"))


def _meta(data: Mapping[str, Any], known: frozenset[str], field: str) -> Mapping[str, Any]:
    meta = data.get("meta")
    if meta is not None and not isinstance(meta, Mapping):
        raise InvalidRecord("meta 应为对象", field=f"{field}/meta")
    extra = {k: v for k, v in data.items() if k not in known}
    if not extra:
        return meta or EMPTY
    return {**extra, **(meta or {})}


def _message(data: object, number: int, zone: tzinfo) -> Message:
    """One message: at once where everything is as most have it, else field by field."""
    if type(data) is dict and _MESSAGE_KEYS.issuperset(data) and not data.get("meta"):
        role, text, kind, at = data.get("role"), data.get("text"), data.get("kind", "text"), data.get("at")
        agent_id, own = data.get("agent_id", ""), data.get("id", "")
        if type(role) is type(text) is type(kind) is type(agent_id) is type(own) is str and role in ROLES and kind in KINDS:
            return Message(role, text, None if at is None else parse_time(at, f"/messages/{number}/at", zone), kind, agent_id, own)
    return _checked_message(data, f"/messages/{number}", zone)


def _checked_message(data: object, field: str, zone: tzinfo) -> Message:
    if not isinstance(data, Mapping):
        raise InvalidRecord("消息应为对象", field=field)
    role, text, kind = data.get("role"), data.get("text"), data.get("kind") or "text"
    if not isinstance(role, str) or role not in ROLES:
        raise InvalidRecord(f"role 应为 {'、'.join(sorted(ROLES))} 之一,得到 {str(role)[:40]!r}", field=f"{field}/role")
    if not isinstance(text, str):
        raise InvalidRecord("缺少 text,或不是字符串", field=f"{field}/text")
    if not isinstance(kind, str) or kind not in KINDS:
        raise InvalidRecord(f"kind 应为 {'、'.join(sorted(KINDS))} 之一,得到 {str(kind)[:40]!r}", field=f"{field}/kind")
    at = data.get("at")
    return Message(role, text, parse_time(at, f"{field}/at", zone) if at is not None else None, kind,
                   _string(data.get("agent_id") or "", f"{field}/agent_id"), _string(data.get("id") or "", f"{field}/id"),
                   _meta(data, _MESSAGE_KEYS, field))


def conversation_from_dict(data: object, *, strict: bool = False, zone: tzinfo = DEFAULT_ZONE) -> Conversation:
    """Decode one conversation. `strict` (REST) refuses unknown keys; otherwise (files) they are kept in `meta`. Raises InvalidRecord."""
    if not isinstance(data, Mapping):
        raise InvalidRecord(f"会话应为 JSON 对象,得到 {type(data).__name__}", field="")
    if strict:
        _refuse_unknown(data)
    identifier = _string(data.get("id", ""), "/id")
    if not identifier:
        raise InvalidRecord("缺少会话 id", field="/id")
    messages = data.get("messages")
    if not isinstance(messages, list | tuple) or not messages:
        raise InvalidRecord("messages 应为至少一条消息的数组", field="/messages")
    channel = data.get("channel") or "other"
    if not isinstance(channel, str) or channel not in CHANNELS:
        raise InvalidRecord(f"channel 应为 {'、'.join(sorted(CHANNELS))} 之一,得到 {str(channel)[:40]!r}", field="/channel")
    return Conversation(
        identifier, tuple([_message(m, i, zone) for i, m in enumerate(messages)]),
        _string(data.get("shop") or "default", "/shop"), channel,
        _party(data.get("agent"), "/agent"), _party(data.get("customer"), "/customer"), _meta(data, _CONVERSATION_KEYS, ""))


def _refuse_unknown(data: Mapping[str, Any]) -> None:
    messages = data.get("messages")
    for key in data:
        if key not in _CONVERSATION_KEYS:
            raise InvalidRecord("未知字段", field=f"/{_escaped(key)}", fix="自定义字段请放入 meta")
    for i, message in enumerate(messages if isinstance(messages, list | tuple) else ()):
        for key in message if isinstance(message, Mapping) else ():
            if key not in _MESSAGE_KEYS:
                raise InvalidRecord("未知字段", field=f"/messages/{i}/{_escaped(key)}", fix="自定义字段请放入 meta")


def _escaped(key: object) -> str:
    """A key as a step of a JSON pointer (RFC 6901)."""
    return str(key).replace("~", "~0").replace("/", "~1")


def message_to_dict(m: Message) -> dict[str, Any]:
    """One message as the wire has it; fields at their default are left out, `role` and `text` never."""
    out: dict[str, Any] = {"role": m.role, "text": m.text}
    if m.at is not None:
        out["at"] = m.at.isoformat()
    if m.agent_id:
        out["agent_id"] = m.agent_id
    if m.kind != "text":
        out["kind"] = m.kind
    if m.id:
        out["id"] = m.id
    if m.meta:
        out["meta"] = dict(m.meta)
    return out


def conversation_to_dict(c: Conversation) -> dict[str, Any]:
    """One conversation as the wire has it."""
    out: dict[str, Any] = {"id": c.id, "shop": c.shop, "channel": c.channel}
    for key, party in (("agent", c.agent), ("customer", c.customer)):
        if party.id or party.name:
            out[key] = {k: v for k, v in (("id", party.id), ("name", party.name)) if v}
    out["messages"] = [message_to_dict(m) for m in c.messages]
    if c.meta:
        out["meta"] = dict(c.meta)
    return out


def conversation_digest(c: Conversation) -> str:
    """``sha256:`` over everything a conversation says, field by field, each with its length: same content, same digest.

    `meta` counts as its canonical JSON (sorted keys).
    """
    parts = [c.id, c.shop, c.channel, c.agent.id, c.agent.name, c.customer.id, c.customer.name, _canonical(c.meta)]
    for m in c.messages:
        at, meta = m.at, m.meta
        parts += (m.role, m.kind, m.text, "" if at is None else at.isoformat(), m.agent_id, m.id, _canonical(meta) if meta else "")
    sizes = ",".join(map(str, map(len, parts)))
    return "sha256:" + hashlib.sha256(f"{sizes}:{''.join(parts)}".encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(meta: Mapping[str, Any]) -> str:
    return _CANONICAL(meta) if meta else ""


def finding_to_dict(f: Finding) -> dict[str, Any]:
    """One finding as the wire has it."""
    out: dict[str, Any] = {
        "rule": f.rule, "name": f.name, "category": f.category, "severity": f.severity, "status": f.status, "title": f.title,
        "why": f.why, "suggest": f.suggest, "source": dict(f.source),
        "spans": [{"message": s.message, "start": s.start, "end": s.end, "text": s.text} for s in f.spans],
        "fingerprint": f.fingerprint, "confidence": f.confidence, "needs_human": f.needs_human}
    if f.detail:
        out["detail"] = f.detail
    return out


def commitment_to_dict(c: Commitment) -> dict[str, Any]:
    """One commitment as the wire has it; `due` in RFC 3339."""
    return {"type": c.type, "message": c.message, "start": c.start, "end": c.end, "text": c.text, "deadline_text": c.deadline_text,
            "due": c.due.isoformat() if c.due else None, "amount_text": c.amount_text, "amount": c.amount, "status": c.status}


def evaluation_to_dict(e: Evaluation) -> dict[str, Any]:
    """One evaluation as the wire has it. Tenths become points here and nowhere else."""
    s = e.score
    return {
        "schema": SCHEMA,
        "conversation": {"id": e.conversation_id, "shop": e.shop, "digest": e.conversation_digest},
        "standard": {"name": e.standard.name, "version": e.standard.version, "digest": e.standard.digest},
        "score": {
            "total": s.total / 10, "grade": s.grade, "auto_fail": s.auto_fail,
            "sections": [{"id": x.id, "title": x.title, "weight": x.weight / 10, "points": x.points / 10, "applicable": x.applicable}
                         for x in s.sections],
            "deductions": [
                {"rule": d.rule, "section": d.section, "points": d.points / 10, "fingerprints": list(d.fingerprints), "capped": d.capped}
                | ({"shares": {k: v / 10 for k, v in d.shares.items()}} if d.shares else {}) for d in s.deductions]},
        "findings": [finding_to_dict(f) for f in e.findings],
        "commitments": [commitment_to_dict(c) for c in e.commitments],
        "topics": [{"message": t.message, "label": t.label, "title": t.title, "confidence": t.confidence} for t in e.topics],
        "sentiment": {"customer": [{"message": m.message, "label": m.label, "score": m.score} for m in e.moods], "trend": e.trend,
                      "turned": e.turned},
        "measures": dict(e.measures),
        "notes": list(e.notes)}
