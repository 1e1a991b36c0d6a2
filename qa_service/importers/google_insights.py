"""Google Conversational Insights: one conversation a file, named after the file.

    {"conversation_info": {"categories": [{"display_name"}]}, "entries": [{"start_timestamp_usec", "text", "role", "user_id"}]}

`role` is AGENT, CUSTOMER, END_USER (HUMAN_AGENT) or AUTOMATED_AGENT; old files have none, then `roles` of a --columns file says who each
`user_id` is. Times of 1970 are offsets from the beginning of the talk, as in the documentation's own example.
Source: cloud.google.com/contact-center/insights/docs/conversation-data-format.
"""
from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.documents import items
from qa_service.importers.draft import LABELS, Draft, list_of, name_of, part_of, some_of, within, words_of
from qa_service.importers.files import STDIN, Source
from qa_service.importers.head import CERTAIN, LIKELY, Head
from qa_service.importers.kinds import kind_of_text, plain_word
from qa_service.importers.plain import NO_DATE
from qa_service.importers.settle import each
from qa_service.model.conversation import Message
from qa_service.model.errors import InvalidRecord

_ROLES: Final = {
    "AGENT": "agent", "CUSTOMER": "customer", "END_USER": "customer", "AUTOMATED_AGENT": "bot",
    "HUMANAGENT": "agent", "HUMAN_AGENT": "agent", "ENDUSER": "customer", "AUTOMATEDAGENT": "bot"}
_OFFSET: Final = 31_536_000 * 1_000_000
"""Microseconds of a year: what is less cannot be the time of a chat."""


def detects(head: Head) -> float:
    """`entries` with the time in microseconds, or at least with text and user_id."""
    if head.has("entries", "start_timestamp_usec"):
        return CERTAIN
    return LIKELY if head.has("entries", "text", "user_id") else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """The conversation of the file; of a file that holds several, each by its number."""
    stem = "stdin" if source.path == STDIN else Path(source.name).name.partition(".")[0] or source.name
    return each(items(source, (), intake), lambda item: _draft(item.value, stem if item.number == 1 else f"{stem}-{item.number}", options), options, intake)


def _draft(data: Any, name: str, options: ReadOptions) -> Draft:
    if not isinstance(data, dict):
        raise InvalidRecord("应为对象")
    info = part_of(data.get("conversation_info"), "/conversation_info")
    draft = Draft(options.zone, f"google-insights/{name}", meta=some_of(info, "agent_id", "agent_info", "medium"))
    categories = [words_of(c.get("display_name"), "/conversation_info/categories") for c in list_of(info.get("categories"), "/conversation_info/categories")]
    if categories:
        draft.meta["categories"] = categories
    for i, entry in enumerate(list_of(data.get("entries"), "/entries")):
        text, written, at = entry.get("text"), entry.get("role"), entry.get("start_timestamp_usec")
        try:
            user = name_of(entry.get("user_id"), "user_id")
            if type(text) is not str:
                text = words_of(text, "text")
            role = _ROLES[written] if type(written) is str and written in _ROLES else _role(written, user, options)
        except InvalidRecord as error:
            raise within(f"/entries/{i}", error) from None
        # Only what is no epoch of today needs a closer look.
        when = draft.at(at) if type(at) is int and at >= _OFFSET else _at(at, draft)
        kind = kind_of_text(text)
        draft.messages.append(Message(role, text or LABELS.get(kind, ""), when, kind, user if role == "agent" else ""))
    return draft


def _role(written: object, user: str, options: ReadOptions) -> str:
    role = _ROLES.get(written) or _ROLES.get(plain_word(written).upper()) if isinstance(written, str) else None
    given = options.columns.roles if options.columns is not None else {}
    role = role or given.get(plain_word(user))
    if role is None:
        said = f"不认识的角色 {str(written)[:40]!r}" if written else f"没有 role,看不出 user_id {user[:40]!r} 是谁"
        raise InvalidRecord(f"{said};可用 --columns 文件的 roles 指定,例: roles: {{\"{user[:20] or 1}\": agent}}", field="role")
    return role


def _at(value: object, draft: Draft) -> datetime | None:
    """Microseconds, also as text; small ones count from midnight of a fixed day."""
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 20 else value
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < _OFFSET:
        note = f"时间只是从开头算起的偏移,日期按 {NO_DATE} 计"
        if note not in draft.repairs:
            draft.repairs.append(note)
        return datetime(NO_DATE.year, NO_DATE.month, NO_DATE.day, tzinfo=draft.zone) + timedelta(microseconds=number)
    return draft.at(number)
