"""Intercom conversations: `source` is the first message, `conversation_parts` the others. Bodies are HTML, times epochs in seconds.

    {"type": "conversation", "id", "created_at", "source": {"id", "author", "body", "delivered_as"},
     "conversation_parts": {"conversation_parts": [{"id", "part_type", "body", "created_at", "author": {"type", "id", "name"}, "assigned_to", "redacted"}]},
     "conversation_rating": {"rating", "remark"}}

Read are comments and what else carries words to the customer (close, open, quick_reply); a note is internal, an assignment is a hand-over.
Source: developers.intercom.com, conversation and conversation-part model.
"""
from __future__ import annotations

from typing import Any, Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.documents import items
from qa_service.importers.draft import Draft, list_of, name_of, part_of, some_of, within, words_of
from qa_service.importers.files import Source
from qa_service.importers.head import CERTAIN, LIKELY, Head
from qa_service.importers.markup import text_of_html
from qa_service.importers.settle import each
from qa_service.model.conversation import Party
from qa_service.model.errors import InvalidRecord

WRAPPERS: Final = ("conversations", "data")
_ROLES: Final = {"user": "customer", "lead": "customer", "contact": "customer", "admin": "agent", "team": "agent", "teammate": "agent", "bot": "bot"}
_SPOKEN: Final = frozenset(("comment", "close", "open", "quick_reply", "snoozed"))
_HANDED: Final = frozenset(("assignment", "away_mode_assignment", "default_assignment", "assign_and_reopen"))
_SENT_BY_SOFTWARE: Final = frozenset(("automated", "campaigns_initiated", "operator_initiated"))
_FILES: Final = (("image/", "image"), ("video/", "video"), ("audio/", "voice"))


def detects(head: Head) -> float:
    """`conversation_parts`, or a first message of which the parts stand too far away to be seen."""
    return CERTAIN if head.has("conversation_parts") else LIKELY if head.has("source", "author", "delivered_as") else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """The conversations of an input; a row is one of them."""
    return each(items(source, WRAPPERS, intake), lambda item: _draft(item.value, options), options, intake)


def _draft(data: Any, options: ReadOptions) -> Draft:
    if not isinstance(data, dict):
        raise InvalidRecord("应为对象")
    identifier = name_of(data.get("id"), "/id")
    draft = Draft(options.zone, f"intercom/{identifier}" if identifier else "", channel="web", meta=some_of(data, "state", "title"))
    rating = part_of(data.get("conversation_rating"), "/conversation_rating")
    draft.meta |= {k: v for k, v in (("csat", rating.get("rating")), ("csat_remark", rating.get("remark"))) if isinstance(v, str | int) and v not in ("", None)}
    opening = part_of(data.get("source"), "/source")
    if opening:
        software = name_of(opening.get("delivered_as"), "/source/delivered_as") in _SENT_BY_SOFTWARE
        try:
            _message(opening, draft, opening.get("created_at", data.get("created_at")), software=software)
        except InvalidRecord as error:
            raise within("/source", error) from None
    parts = data.get("conversation_parts")
    for i, part in enumerate(list_of(parts.get("conversation_parts") if isinstance(parts, dict) else parts, "/conversation_parts")):
        try:
            _part(part, draft)
        except InvalidRecord as error:
            raise within(f"/conversation_parts/{i}", error) from None
    if draft.customer == Party():
        contacts = part_of(data.get("contacts"), "/contacts").get("contacts")
        first = next(iter(list_of(contacts, "/contacts")), {})
        draft.customer = Party(name_of(first.get("id"), "/contacts/0/id"), name_of(first.get("name"), "/contacts/0/name"))
    return draft


def _part(part: dict[str, Any], draft: Draft) -> None:
    what = name_of(part.get("part_type"), "part_type")
    if what == "note":
        draft.left_out["内部备注"] += 1
    elif what in _SPOKEN and (part.get("body") or part.get("attachments") or part.get("redacted")):
        _message(part, draft, part.get("created_at"))
    elif what in _HANDED:
        to = part_of(part.get("assigned_to"), "assigned_to")
        name = name_of(to.get("name") or to.get("id"), "assigned_to")
        draft.say("system", f"会话转给 {name}" if name else "会话取消指派", draft.at(part.get("created_at")), id=name_of(part.get("id"), "id"))
        if part.get("body"):
            draft.left_out["随指派写的备注"] += 1
    else:
        draft.left_out["操作记录"] += 1


def _message(part: dict[str, Any], draft: Draft, written: object, *, software: bool = False) -> None:
    author = part_of(part.get("author"), "author")
    kind = name_of(author.get("type"), "author/type")
    role = _ROLES.get(kind)
    if role is None:
        raise InvalidRecord(f"不认识的发送者类型 {kind[:40]!r}", field="author/type")
    if role == "agent" and (software or author.get("from_ai_agent") is True or author.get("is_ai_answer") is True):
        role = "bot"
    person = Party(name_of(author.get("id"), "author/id"), name_of(author.get("name"), "author/name"))
    if role == "customer" and draft.customer == Party():
        draft.customer = person
    agent, name = (person.id or person.name, person.name) if role == "agent" else ("", "")
    at, identifier = draft.at(written), name_of(part.get("id"), "id")
    text = text_of_html(words_of(part.get("body"), "body"))
    if part.get("redacted") is True:
        draft.say(role, text, at, kind="revoked", agent_id=agent, id=identifier, name=name)
        return
    files = list_of(part.get("attachments"), "attachments")
    if text.strip() or not files:
        draft.say(role, text, at, kind="image" if text == "[图片]" else "text", agent_id=agent, id=identifier, name=name)
    for i, file in enumerate(files):
        mime = file.get("content_type")
        ours = next((k for start, k in _FILES if isinstance(mime, str) and mime.startswith(start)), "other")
        draft.say(role, "", at, kind=ours, agent_id=agent, id=f"{identifier}/{i}" if identifier else "", name=name, meta=some_of(file, "name", "url"))
