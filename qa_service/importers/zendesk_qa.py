"""Zendesk QA (Klaus) import documents: `data[]` of conversations with `comments[]`.

    {"id", "assigneeName", "assigneeEmail", "subject", "description", "channel", "created", "customerName", "customerEmail", "satisfactionScore",
     "tags": [], "comments": [{"id", "authorName", "authorEmail", "authorIsNotClient", "public", "comment", "created", "attachmentUrl"}]}

A comment that is not public is a note among colleagues and no part of the talk. `description` opens the talk unless a comment says the
same. Bodies may be HTML. Source: github.com/api-evangelist/klaus (OpenAPI of the import).
"""
from __future__ import annotations

from typing import Any, Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.documents import items
from qa_service.importers.draft import Draft, list_of, name_of, some_of, within, words_of
from qa_service.importers.files import Source
from qa_service.importers.head import CERTAIN, Head
from qa_service.importers.markup import text_of_html
from qa_service.importers.rows import channel_of
from qa_service.importers.settle import each
from qa_service.model.conversation import Party
from qa_service.model.errors import InvalidRecord

WRAPPERS: Final = ("data",)
_META: Final = ("subject", "status", "type", "channel", "url", "satisfactionScore", "satisfactionComment")


def detects(head: Head) -> float:
    """The spelling of this one product."""
    return CERTAIN if head.has("comments", "authorIsNotClient") else CERTAIN if head.has("comments", "assigneeEmail", "customerEmail") else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """The conversations of an import document; a row is an element of `data`."""
    return each(items(source, WRAPPERS, intake), lambda item: _draft(item.value, options), options, intake)


def _draft(data: Any, options: ReadOptions) -> Draft:
    if not isinstance(data, dict):
        raise InvalidRecord("应为对象")
    identifier = name_of(data.get("id"), "/id")
    draft = Draft(options.zone, f"zendesk-qa/{identifier}" if identifier else "", meta=some_of(data, *_META))
    draft.channel = channel_of(words_of(data.get("channel"), "/channel")) or "other"
    draft.agent = Party(*_person(data, "assigneeName", "assigneeEmail"))
    draft.customer = Party(*_person(data, "customerName", "customerEmail"))
    if isinstance(tags := data.get("tags"), list) and (plain := [t for t in tags if isinstance(t, str)]):
        draft.meta["tags"] = plain
    for i, comment in enumerate(list_of(data.get("comments"), "/comments")):
        try:
            _comment(comment, draft)
        except InvalidRecord as error:
            raise within(f"/comments/{i}", error) from None
    opening = text_of_html(words_of(data.get("description"), "/description")).strip()
    if opening and not any(opening in m.text or m.text.strip() == opening for m in draft.messages):
        draft.say("customer", opening, draft.at(data.get("created")))
        draft.messages.insert(0, draft.messages.pop())
    return draft


def _person(data: dict[str, Any], name: str, mail: str) -> tuple[str, str]:
    """(id, name) of whoever stands under these keys."""
    named, mailed = data.get(name), data.get(mail)
    named = named.strip() if type(named) is str else name_of(named, f"/{name}")
    mailed = mailed.strip() if type(mailed) is str else name_of(mailed, f"/{mail}")
    return mailed or named, named


def _comment(comment: dict[str, Any], draft: Draft) -> None:
    if comment.get("public") is False:
        draft.left_out["内部备注"] += 1
        return
    ours = comment.get("authorIsNotClient")
    if not isinstance(ours, bool):
        raise InvalidRecord(f"authorIsNotClient 应为 true 或 false,得到 {str(ours)[:40]!r}", field="authorIsNotClient")
    role, (agent, name) = "agent" if ours else "customer", _person(comment, "authorName", "authorEmail")
    if not ours:
        agent = name = ""
    at, identifier = draft.at(comment.get("created")), name_of(comment.get("id"), "id")
    text = text_of_html(words_of(comment.get("comment"), "comment"))
    url = words_of(comment.get("attachmentUrl"), "attachmentUrl")
    if text.strip() or not url:
        draft.say(role, text, at, agent_id=agent, id=identifier, name=name)
    if url:
        draft.say(role, "", at, kind="other", agent_id=agent, id=f"{identifier}/file" if identifier else "", name=name, meta={"url": url})
