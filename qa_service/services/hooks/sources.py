"""What webhooks say: of which conversation, whether it is over, and, all of one conversation put together, what was said in it.

Chatwoot and 七鱼 are read by the importers of their formats. Of 美洽 only the envelope is documented (id, event, conversation); messages are
taken from it where it brings them. Zendesk's are the event subscriptions of tickets (``zen:event-type:ticket.*``).
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from qa_service.importers import chatwoot, qiyu
from qa_service.importers.base import ReadOptions
from qa_service.importers.draft import Draft, list_of, name_of, part_of, words_of
from qa_service.model.conversation import Party
from qa_service.model.errors import InvalidRecord

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What one webhook is about: `conversation` "" for none; `ended` whether the talk is over, None when it does not say."""

    conversation: str
    ended: bool | None


@dataclass(frozen=True, slots=True)
class Source:
    """How the webhooks of a helpdesk are read. Both raise InvalidRecord for what cannot be understood."""

    told: Callable[[Event, Mapping[str, str]], Told]
    read: Callable[[Sequence[Event], ReadOptions], Draft]


def _chatwoot_told(event: Event, query: Mapping[str, str]) -> Told:
    try:
        _, number = chatwoot.account_and_number(event)
    except InvalidRecord:
        return Told("", None)
    whole = str(event.get("event", "")).startswith("conversation_") and "conversation" not in event
    status = (event if whole else part_of(event.get("conversation"), "/conversation")).get("status")
    # A message that was on its way when the talk ended may still call it open: only an event of the conversation itself reopens it.
    return Told(number, True if status == "resolved" else False if whole and isinstance(status, str) else None)


_OVER: Final = frozenset(("SOLVED", "CLOSED"))


def _zendesk_told(event: Event, query: Mapping[str, str]) -> Told:
    kind, detail = str(event.get("type", "")), part_of(event.get("detail"), "/detail")
    if not kind.startswith("zen:event-type:ticket."):
        return Told("", None)
    number = name_of(detail.get("id"), "/detail/id") or str(event.get("subject", "")).removeprefix("zen:ticket:")
    changed = kind.endswith(".status_changed")
    status = part_of(event.get("event"), "/event").get("current") if changed else detail.get("status")
    return Told(number, True if isinstance(status, str) and status.upper() in _OVER else False if changed else None)


def _zendesk(events: Sequence[Event], options: ReadOptions) -> Draft:
    detail = part_of(events[-1].get("detail"), "/detail")
    draft = Draft(options.zone, f"zendesk/{_zendesk_told(events[-1], {}).conversation}")
    draft.customer = Party(name_of(detail.get("requester_id"), "/detail/requester_id"), "")
    draft.agent = Party(name_of(detail.get("assignee_id"), "/detail/assignee_id"), "")
    draft.meta = {k: v for k in ("subject", "priority", "brand_id") if isinstance(v := detail.get(k), str) and v}
    for event in sorted(events, key=lambda e: str(e.get("time", ""))):
        comment = part_of(part_of(event.get("event"), "/event").get("comment"), "/event/comment")
        if not comment:
            continue
        if comment.get("is_public") is False:
            draft.left_out["内部备注"] += 1
            continue
        author = part_of(comment.get("author"), "/event/comment/author")
        staff = author.get("is_staff") is True
        draft.say("agent" if staff else "customer", words_of(comment.get("body"), "/event/comment/body"), draft.at(event.get("time")),
                  agent_id=name_of(author.get("id"), "/event/comment/author/id") if staff else "", id=name_of(comment.get("id"), "/event/comment/id"),
                  name=name_of(author.get("name"), "/event/comment/author/name") if staff else "")
    opening = words_of(detail.get("description"), "/detail/description").strip()
    if opening and not any(m.text.strip() == opening for m in draft.messages):
        draft.say("customer", opening, draft.at(detail.get("created_at")))
        draft.messages.insert(0, draft.messages.pop())
    return draft


def _qiyu_told(event: Event, query: Mapping[str, str]) -> Told:
    """A message names its `sessionId`; a session its own `id`, and its `endTime` once it is over."""
    if "sessionId" in event:
        return Told(name_of(event.get("sessionId"), "/sessionId"), None)
    return Told(name_of(event.get("id"), "/id"), bool(event.get("endTime")))


def _qiyu(events: Sequence[Event], options: ReadOptions) -> Draft:
    sessions = [e for e in events if "sessionId" not in e]
    messages = [e for e in events if "sessionId" in e] + [m for s in sessions for m in list_of(s.get("messages"), "/messages")]
    about = sessions[-1] if sessions else {}
    key = _qiyu_told(events[-1], {}).conversation
    return qiyu.conversation_of(key, messages, {k: v for k, v in about.items() if k != "messages"}, options)


def _meiqia_told(event: Event, query: Mapping[str, str]) -> Told:
    kind, about = str(event.get("event", "")), part_of(event.get("conversation"), "/conversation")
    if not kind.startswith("conversation."):
        return Told("", None)
    return Told(name_of(about.get("id") or about.get("conversation_id"), "/conversation/id"), True if kind == "conversation.closed" else None)


def _meiqia(events: Sequence[Event], options: ReadOptions) -> Draft:
    about = part_of(events[-1].get("conversation"), "/conversation")
    draft = Draft(options.zone, f"meiqia/{_meiqia_told(events[-1], {}).conversation}", channel="web")
    draft.customer = Party(name_of(about.get("client_id") or about.get("track_id"), "/conversation/client_id"), "")
    draft.agent = Party(name_of(about.get("agent_id"), "/conversation/agent_id"), name_of(about.get("agent_name"), "/conversation/agent_name"))
    for message in list_of(about.get("messages"), "/conversation/messages"):
        side = str(message.get("from_type") or message.get("from") or "")
        role = {"client": "customer", "customer": "customer", "agent": "agent", "bot": "bot", "robot": "bot", "system": "system"}.get(side)
        if role is None:
            raise InvalidRecord(f"不认识的 from_type {side[:40]!r}", field="/conversation/messages")
        draft.say(role, words_of(message.get("content"), "/conversation/messages/content"), draft.at(message.get("created_at") or message.get("timestamp")),
                  agent_id=name_of(message.get("agent_id"), "/conversation/messages/agent_id") if role == "agent" else "",
                  id=name_of(message.get("id"), "/conversation/messages/id"))
    return draft


SOURCES: Final[Mapping[str, Source]] = {
    "chatwoot": Source(_chatwoot_told, chatwoot.conversation_of), "zendesk": Source(_zendesk_told, _zendesk),
    "qiyu": Source(_qiyu_told, _qiyu), "meiqia": Source(_meiqia_told, _meiqia)}
