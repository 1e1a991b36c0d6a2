"""Alibaba SCA (智能对话分析) tickets, as its UploadData interface takes them. A row is a ticket, which is a conversation.

``{"tickets": [{"tid", "fileName", …, "dialogue": [{"role": "客服" | "客户", "identity", "words", "begin" ms, "end" ms,
"beginTime": "2019-11-25 15:37:16", "hourMinSec"}]}]}``. `begin` counts from the beginning of the ticket, or is an epoch.

Source: help.aliyun.com/document_detail/111394 and 142346.
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.documents import items
from qa_service.importers.draft import Draft, list_of, moment, name_of, some_of, words_of
from qa_service.importers.files import Source
from qa_service.importers.head import CERTAIN, LIKELY, Head
from qa_service.importers.kinds import ROLE_OF, kind_of_text, plain_word
from qa_service.importers.settle import each
from qa_service.importers.speakers import AUTOMATIC, marked_automatic, says_revoked
from qa_service.model.conversation import EMPTY, Party
from qa_service.model.errors import InvalidRecord

_WRAPPERS: Final = ("tickets", "data")
_EPOCH: Final = 10**12
"""From here on `begin` is an epoch in ms, below it counts from the beginning of the ticket: 31 years are no chat."""


def detects(head: Head) -> float:
    """Tickets with a dialogue of words."""
    return CERTAIN if head.has("tickets", "dialogue", "words") else LIKELY if head.has("dialogue", "words", "role") else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """Conversations, one a ticket."""
    return each(items(source, _WRAPPERS, intake), lambda item: _draft(item.value, options), options, intake)


def _draft(ticket: Any, options: ReadOptions) -> Draft:
    if not isinstance(ticket, dict):
        raise InvalidRecord(f"应为对象,得到 {type(ticket).__name__}")
    said = list_of(ticket.get("dialogue"), "/dialogue")
    draft = Draft(options.zone, name_of(ticket.get("tid"), "/tid"), meta=some_of(ticket, *(k for k in ticket if k not in ("tid", "dialogue"))))
    base = _base(said, options)
    first: dict[str, str] = {}
    for number, one in enumerate(said):
        text = one.get("words")
        if not isinstance(text, str):
            text = words_of(text, f"/dialogue/{number}/words")
        role = _role(one.get("role"))
        if not role:
            raise InvalidRecord(f"role 应为 客服 或 客户,得到 {str(one.get('role'))[:40]!r}", field=f"/dialogue/{number}/role")
        identity = name_of(one.get("identity"), "/dialogue")
        if identity:
            first.setdefault(role, identity)
        automatic = role == "agent" and marked_automatic(text)
        draft.say("bot" if automatic else role, text, _at(draft, one, base), kind="revoked" if says_revoked(text) else kind_of_text(text),
                  agent_id=identity if role == "agent" and not automatic else "", meta={"auto_reason": AUTOMATIC} if automatic else EMPTY)
    draft.agent, draft.customer = Party(first.get("agent", "")), Party(first.get("customer", ""))
    return draft


def _role(written: object) -> str:
    if not isinstance(written, str):
        return ""
    return ROLE_OF.get(written) or ROLE_OF.get(plain_word(written), "")


def _milliseconds(one: Mapping[str, Any]) -> int | None:
    begin = one.get("begin")
    return begin if isinstance(begin, int) and not isinstance(begin, bool) and begin >= 0 else None


def _base(said: Sequence[Mapping[str, Any]], options: ReadOptions) -> datetime | None:
    """The time from which `begin` counts, told by the first utterance that has both times."""
    for one in said:
        begin = _milliseconds(one)
        if begin is not None and begin < _EPOCH and one.get("beginTime"):
            try:
                at = moment(one["beginTime"], options.zone)
                return at - timedelta(milliseconds=begin - begin % 1_000) if at is not None else None
            except (ValueError, OverflowError):
                continue
    return None


def _at(draft: Draft, one: Mapping[str, Any], base: datetime | None) -> datetime | None:
    """The written time; where there is none, the one that `begin` gives."""
    if one.get("beginTime"):
        return draft.at(one["beginTime"])
    begin = _milliseconds(one)
    if begin is None:
        return None
    if begin >= _EPOCH:
        return draft.at(begin)
    try:
        return base + timedelta(milliseconds=begin) if base is not None else None
    except OverflowError:
        return None
