"""Chatwoot: webhook events, one a row, and conversations as the REST API and exports give them.

    {"event": "message_created", "id", "content", "message_type": "incoming", "created_at": ISO, "private", "sender",
     "conversation": {"id", "messages": []}, "account"}
    {"id", "account_id", "messages": [{"id", "content", "message_type": 0, "created_at": s, "private", "sender"}], "meta": {"sender", "assignee"}}

`message_type` is a word on top (incoming, outgoing, activity, template) and 0 1 2 3 inside; times are ISO on top, epochs inside. Private
notes and activity are no part of the talk, templates are automatic. The first event may bring the second message, or the robot's only, and
one is sent again where it was not taken: all messages that events bring are put together by id. Old versions leave out `account`.
Source: github.com/chatwoot/chatwoot app/models/message.rb; issues 11753, 12608, 13608.
"""
from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.documents import items
from qa_service.importers.draft import Draft, list_of, name_of, part_of, some_of, words_of
from qa_service.importers.files import Source
from qa_service.importers.gather import Gather
from qa_service.importers.head import CERTAIN, Head
from qa_service.importers.settle import settle
from qa_service.model.conversation import Party
from qa_service.model.errors import InvalidRecord

WRAPPERS: Final = ("payload", "conversations", "data")
_TYPES: Final = {"incoming": 0, "outgoing": 1, "activity": 2, "template": 3}
_KINDS: Final = {"image": "image", "audio": "voice", "video": "video", "file": "other", "location": "other", "contact": "card", "share": "link"}
_SOFTWARE: Final = frozenset(("agent_bot", "agentbot", "captain::assistant", "captain_assistant"))
_SAME_SECOND: Final = "两种时间写法只差不到一秒,按消息编号排列"


def detects(head: Head) -> float:
    """`message_type` beside the names of Chatwoot's conversations, or one of its events."""
    if head.has("event") and (head.has("inbox", "account") or head.has("conversation", "message_type")):
        return CERTAIN
    return CERTAIN if head.has("message_type", "private", "content") and (head.has("inbox_id") or head.has("conversation_id")) else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """The conversations of an input, each from its own document or put together from events."""
    gather = Gather(lambda key, rows: iter((settle(rows, lambda: conversation_of([row.value for row in rows], options), options, intake),)))
    known: dict[str, str] = {}
    for item in items(source, WRAPPERS, intake):
        try:
            if item.reason:
                raise InvalidRecord(item.reason)
            if not isinstance(item.value, dict):
                raise InvalidRecord("应为对象")
            account, number = account_and_number(item.value)
        except InvalidRecord as error:
            yield item.reject(error.why, error.field)
            continue
        if "event" not in item.value and "messages" in item.value:
            yield settle([item], lambda item=item: conversation_of([item.value], options), options, intake)  # type: ignore[misc]
            continue
        # An event without an account belongs to the conversation of that number seen before.
        key = f"{account}/{number}" if account else known.get(number, f"/{number}")
        known.setdefault(number, key)
        yield from gather.put(key, item, item.content)
    yield from gather.end()


def account_and_number(data: dict[str, Any]) -> tuple[str, str]:
    """(account, number) of the conversation that a row is about. Raises InvalidRecord when it is about none."""
    inside = data if _is_conversation(data) else part_of(data.get("conversation"), "/conversation")
    number = name_of(inside.get("id") if inside else data.get("conversation_id"), "/conversation/id")
    if not number:
        event = data.get("event")
        raise InvalidRecord(f"事件 {event[:40]} 不属于任何会话" if isinstance(event, str) else "缺少会话编号", field="/conversation/id")
    account = part_of(data.get("account"), "/account").get("id") or inside.get("account_id") or data.get("account_id")
    if account is None and isinstance(said := inside.get("messages"), list) and said and isinstance(said[0], dict):
        account = said[0].get("account_id")
    return name_of(account, "/account/id"), number


def _is_conversation(data: dict[str, Any]) -> bool:
    event = data.get("event")
    return event.startswith("conversation_") and "conversation" not in data if isinstance(event, str) else "messages" in data


def conversation_of(rows: Sequence[dict[str, Any]], options: ReadOptions) -> Draft:
    """The conversation that events (or one document) of the same conversation tell of. Raises InvalidRecord."""
    account, number = next((named for data in rows if (named := account_and_number(data))[0]), ("", account_and_number(rows[0])[1]))
    draft = Draft(options.zone, f"chatwoot/{account + '/' if account else ''}{number}")
    told: dict[str, dict[str, Any]] = {}
    for i, data in enumerate(rows):
        inside = data if _is_conversation(data) else part_of(data.get("conversation"), "/conversation")
        _about(data, inside, draft)
        for j, message in enumerate(list_of(inside.get("messages"), "/messages")):
            _tell(told, message, f"/messages/{j}", i, on_top=False)
        if "message_type" in data:
            _tell(told, data, "", i, on_top=True)
    for message in sorted(told.values(), key=lambda m: _number(m.get("id"))):
        _say(message, draft)
    return draft


def _number(value: object) -> int:
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19 else 0


def _tell(told: dict[str, dict[str, Any]], message: dict[str, Any], field: str, row: int, *, on_top: bool) -> None:
    """Remember a message by its id: what stands on top of an event is fuller than what stands inside; of a deleted one the words stay."""
    identifier = name_of(message.get("id"), f"{field}/id") or f"?{row}{field}"
    before = told.get(identifier)
    if before is not None and _deleted(before) != _deleted(message):
        said, gone = (message, before) if _deleted(before) else (before, message)
        message = said | {"content_attributes": gone["content_attributes"]}
    elif before is not None and not on_top:
        return
    told[identifier] = message


def _deleted(message: dict[str, Any]) -> bool:
    attributes = message.get("content_attributes")
    return isinstance(attributes, dict) and attributes.get("deleted") is True


def _about(data: dict[str, Any], inside: dict[str, Any], draft: Draft) -> None:
    """What a row says of the conversation as a whole."""
    account = part_of(data.get("account"), "/account")
    draft.shop = name_of(account.get("name"), "/account/name") or draft.shop
    meta = part_of(inside.get("meta"), "/meta")
    contact = part_of(meta.get("sender") or meta.get("contact"), "/meta/sender")
    if contact.get("id") is not None:
        draft.customer = Party(name_of(contact.get("id"), "/meta/sender/id"), name_of(contact.get("name"), "/meta/sender/name"))
    assignee = part_of(meta.get("assignee"), "/meta/assignee")
    if assignee.get("id") is not None:
        draft.agent = Party(name_of(assignee.get("id"), "/meta/assignee/id"), name_of(assignee.get("name"), "/meta/assignee/name"))
    channel = inside.get("channel") or meta.get("channel")
    if isinstance(channel, str):
        draft.channel = "web" if channel.endswith("WebWidget") else "wechat" if "wechat" in channel.lower() else draft.channel
    inbox = part_of(data.get("inbox"), "/inbox")
    draft.meta |= some_of(inside, "status", "inbox_id", "priority") | ({"inbox": inbox["name"]} if isinstance(inbox.get("name"), str) else {})
    if isinstance(labels := inside.get("labels"), list) and (plain := [x for x in labels if isinstance(x, str)]):
        draft.meta["labels"] = plain


def _say(message: dict[str, Any], draft: Draft) -> None:
    kind = message.get("message_type")
    kind = _TYPES.get(kind) if isinstance(kind, str) else kind
    identifier = name_of(message.get("id"), "/id")
    if isinstance(kind, bool) or kind not in (0, 1, 2, 3):
        raise InvalidRecord(f"不认识的 message_type {str(message.get('message_type'))[:40]!r}(消息 {identifier[:40]})", field="/message_type")
    if message.get("private") is True:
        draft.left_out["内部备注"] += 1
        return
    if kind == 2:
        draft.left_out["系统动态"] += 1
        return
    attributes = part_of(message.get("content_attributes"), "/content_attributes")
    if message.get("content_type") == "input_csat":
        _rating(attributes, draft)
    role, agent, name = _speaker(message, attributes, kind, draft)
    at = _in_sequence(draft.at(message.get("created_at")), draft)
    text = words_of(message.get("content"), "/content")
    if attributes.get("deleted") is True:
        draft.say(role, text, at, kind="revoked", agent_id=agent, id=identifier, name=name)
        return
    files = list_of(message.get("attachments"), "/attachments")
    if text.strip() or not files:
        draft.say(role, text, at, agent_id=agent, id=identifier, name=name)
    for i, file in enumerate(files):
        ours = file.get("file_type")
        draft.say(role, "", at, kind=_KINDS.get(ours, "other") if isinstance(ours, str) else "other", agent_id=agent,
                  id=f"{identifier}/{i}" if identifier else "", name=name, meta=some_of(file, "data_url"))


def _in_sequence(at: datetime | None, draft: Draft) -> datetime | None:
    """Epochs have lost the fraction of their second: such a time does not go back behind the message before it."""
    last = draft.messages[-1].at if draft.messages else None
    if at is None or last is None or at >= last or at.microsecond or at != last.replace(microsecond=0):
        return at
    if _SAME_SECOND not in draft.repairs:
        draft.repairs.append(_SAME_SECOND)
    return last


def _rating(attributes: dict[str, Any], draft: Draft) -> None:
    answer = attributes.get("submitted_values")
    survey = answer.get("csat_survey_response") if isinstance(answer, dict) else None
    rating = survey.get("rating") if isinstance(survey, dict) else None
    if isinstance(rating, int) and not isinstance(rating, bool):
        draft.meta["csat"] = rating


def _speaker(message: dict[str, Any], attributes: dict[str, Any], kind: int, draft: Draft) -> tuple[str, str, str]:
    """(role, agent id, agent's name). Outgoing without a sender, or sent by a rule or campaign, is software."""
    sender = part_of(message.get("sender"), "/sender")
    who, name = name_of(sender.get("id") if sender else message.get("sender_id"), "/sender/id"), name_of(sender.get("name"), "/sender/name")
    if kind == 0:
        if who and not draft.customer.id:
            draft.customer = Party(who, name)
        return "customer", "", ""
    written = sender.get("type") or message.get("sender_type")
    more = part_of(message.get("additional_attributes"), "/additional_attributes")
    by_rule = attributes.get("automation_rule_id") is not None or more.get("campaign_id") is not None
    nobody = not who and "sender" in message
    software = isinstance(written, str) and written.lower() in _SOFTWARE
    return ("bot", "", "") if kind == 3 or software or by_rule or nobody else ("agent", who, name)
