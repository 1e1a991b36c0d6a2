"""Zendesk Chat: chats with their `history` (incremental export), or the rows of the history alone, as JSON or as a table.

    {"id", "visitor": {"id", "name", "email"}, "agent_names": {id: name}, "department_name", "rating", "history": [ROW, …]}
    ROW {"chat_id", "index", "timestamp", "type", "msg", "msg_id", "name", "sender_type", "agent_id", "department_id", "channel"}

`type` is chat.msg, chat.file, chat.memberjoin, chat.memberleave, chat.rating and the like; `sender_type` Visitor, Agent or Trigger. What a
trigger says is automatic. A chat row is a row; of rows alone each is one. `index` gives the order.
Source: developer.zendesk.com incremental_export; fivetran.com/docs/connectors/applications/zendesk-chat.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.delimited import rows_of
from qa_service.importers.documents import Item, items
from qa_service.importers.draft import Draft, list_of, name_of, part_of, some_of, within, words_of
from qa_service.importers.files import Source
from qa_service.importers.gather import Gather
from qa_service.importers.head import CERTAIN, Head
from qa_service.importers.settle import settle
from qa_service.importers.table import row_text
from qa_service.model.conversation import Party
from qa_service.model.errors import InvalidRecord
from qa_service.model.record import Reject

WRAPPERS: Final = ("chats",)
_COLUMNS: Final = frozenset(("chat_id", "sender_type", "msg"))
_ROLES: Final = {
    "Visitor": "customer", "Agent": "agent", "Trigger": "bot",
    "visitor": "customer", "enduser": "customer", "agent": "agent", "trigger": "bot", "bot": "bot", "answerbot": "bot", "system": "system"}
_JOINS: Final = {"chat.memberjoin": "{} 进入会话", "chat.memberleave": "{} 离开会话", "chat.transfer": "会话转给 {}"}


def detects(head: Head) -> float:
    """The names of a history row, as keys or as a header."""
    if head.is_json:
        rows = head.has("chat_id", "sender_type", "msg")
        return CERTAIN if rows or head.has("history", "sender_type", "msg") or head.has("history", "visitor", "msg_id") else 0.0
    return CERTAIN if _is_table(head) else 0.0


def _is_table(head: Head) -> bool:
    first = head.lines[0][:1_000] if head.lines else ""
    return {c.strip().strip('"') for c in first.replace(";", ",").replace("\t", ",").split(",")} >= _COLUMNS


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """The chats of an input."""
    rows: Iterator[Item | Reject] = _table_rows(source, options, intake) if _is_table(Head(source, options)) else items(source, WRAPPERS, intake)
    gather = Gather(lambda key, rows: iter((settle(rows, lambda: _history(key, [row.value for row in rows], options), options, intake),)))
    for row in rows:
        if isinstance(row, Reject):
            yield row
            continue
        try:
            data, key = _keyed(row)
        except InvalidRecord as error:
            yield row.reject(error.why, error.field)
            continue
        if key:
            yield from gather.put(key, row, row.content)
        else:
            yield settle([row], lambda data=data: _chat(data, options), options, intake)  # type: ignore[misc]
    yield from gather.end()


def _table_rows(source: Source, options: ReadOptions, intake: Intake) -> Iterator[Item | Reject]:
    """The rows of a table as objects, named by its header."""
    header: list[str] | None = None
    for row in rows_of(source, options):
        if isinstance(row, Reject):
            intake.rows += row.rows
            yield row
        elif not any(c.strip() for c in row.cells):
            continue
        elif header is None:
            header = [c.strip().lstrip("\ufeff") for c in row.cells]
        else:
            intake.rows += 1
            wide = len(row.cells) > len(header) and any(c.strip() for c in row.cells[len(header):])
            data = dict(zip(header, row.cells, strict=False))
            yield Item(source.name, row.number, data, row_text(row.cells).encode("utf-8", "surrogatepass"),
                       f"这一行有 {len(row.cells)} 列,表头只有 {len(header)} 列" if wide else "")


def _keyed(row: Item) -> tuple[dict[str, Any], str]:
    """The object of a row, and the chat that it is a part of; "" when it is a whole chat. Raises InvalidRecord."""
    if row.reason:
        raise InvalidRecord(row.reason)
    data = row.value
    if not isinstance(data, dict):
        raise InvalidRecord("应为对象")
    if "history" in data or "chat_id" not in data:
        return data, ""
    key = name_of(data["chat_id"], "chat_id")
    if not key:
        raise InvalidRecord("缺少会话编号", field="chat_id")
    if "sender_type" not in data and "type" not in data:
        raise InvalidRecord("没有 type 也没有 sender_type,看不出是什么", field="type")
    return data, key


def _history(key: str, rows: Sequence[dict[str, Any]], options: ReadOptions) -> Draft:
    """A chat from the rows of its history."""
    draft = Draft(options.zone, f"zendesk-chat/{key}", channel="web")
    indexed = [(index, row) for row in rows if (index := _index(row.get("index"))) is not None]
    for row in [row for _, row in sorted(indexed, key=lambda pair: pair[0])] if len(indexed) == len(rows) else rows:
        _say(row, draft)
    return draft


def _chat(data: dict[str, Any], options: ReadOptions) -> Draft:
    """A chat that holds its history."""
    identifier = name_of(data.get("id"), "/id")
    draft = Draft(options.zone, f"zendesk-chat/{identifier}" if identifier else "", channel="web")
    draft.meta = some_of(data, "department_name", "rating", "comment", "started_by", "missed", "type")
    visitor = part_of(data.get("visitor"), "/visitor")
    draft.customer = Party(name_of(visitor.get("id") or visitor.get("email"), "/visitor/id"), name_of(visitor.get("name"), "/visitor/name"))
    draft.names = {str(k): v for k, v in part_of(data.get("agent_names"), "/agent_names").items() if isinstance(v, str)}
    for i, row in enumerate(list_of(data.get("history"), "/history")):
        try:
            _say(row, draft)
        except InvalidRecord as error:
            raise within(f"/history/{i}", error) from None
    left = words_of(data.get("message"), "/message")
    if left and not draft.messages:  # a message left while nobody was there
        draft.say("customer", left, draft.at(data.get("timestamp")))
    return draft


def _index(value: object) -> int | None:
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _say(row: dict[str, Any], draft: Draft) -> None:
    what = name_of(row.get("type"), "type") or "chat.msg"
    at = draft.at(row.get("timestamp") or row.get("timestamps"))
    name, identifier = name_of(row.get("name"), "name"), name_of(row.get("msg_id"), "msg_id")
    agent = name_of(row.get("agent_id"), "agent_id")
    if what == "chat.rating":
        rating = row.get("new_rating") or row.get("rating") or row.get("msg")
        draft.meta |= {"rating": rating} if isinstance(rating, str) and rating else {}
        draft.left_out["评价"] += 1
        return
    if what in _JOINS:
        draft.say("system", _JOINS[what].format(name or agent or "有人"), at, id=identifier)
        return
    if what not in ("chat.msg", "chat.file", "chat.comment"):
        draft.left_out["操作记录"] += 1
        return
    written = name_of(row.get("sender_type"), "sender_type")
    role = _ROLES.get(written) or _ROLES.get(written.replace("_", "").replace(" ", "").lower()) if written else "agent" if agent else "customer"
    if role is None:
        raise InvalidRecord(f"不认识的 sender_type {written[:40]!r}", field="sender_type")
    if role == "customer" and not draft.customer.id:
        draft.customer = Party(draft.customer.id or name, draft.customer.name or name)
    mine = (agent or name) if role == "agent" else ""
    text = words_of(row.get("msg"), "msg")
    if what != "chat.file":
        draft.say(role, text, at, agent_id=mine, id=identifier, name=name)
        return
    file = part_of(row.get("attachment"), "attachment")
    mime = file.get("mime_type")
    kind = "image" if isinstance(mime, str) and mime.startswith("image/") else "other"
    draft.say(role, text if kind == "other" else "", at, kind=kind, agent_id=mine, id=identifier, name=name, meta=some_of(file, "name", "url"))
