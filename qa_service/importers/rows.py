"""One row of a table into one message, and the rows of one conversation into a conversation."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

import orjson

from qa_service.importers.base import NUL_REASON, ReadOptions
from qa_service.importers.columns import ColumnMap, agent_like
from qa_service.importers.kinds import CHANNEL_OF, KIND_OF, ROLE_OF, kind_of_text, plain_word
from qa_service.importers.times import parse_written_time
from qa_service.model.conversation import CHANNELS, EMPTY, Conversation, Message, Party
from qa_service.model.errors import InvalidRecord

KEY_END: Final = "\x1f"
_REMEMBERED: Final = 10_000
_MAX_CELL: Final = 8 << 20


class WrongRow(Exception):
    """A row that is no message. `field` is one of ours, `reason` for the user."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


@dataclass(frozen=True, slots=True)
class Built:
    """What became of the rows of one conversation: `wrong` are (position, why) of those that are no message."""

    conversation: Conversation | None
    wrong: tuple[tuple[int, WrongRow], ...]


class RowReader:
    """Reads rows by a settled column map."""

    def __init__(self, columns: ColumnMap, options: ReadOptions) -> None:
        self._columns, self._options = columns, options
        index = columns.index
        self._time, self._id = index.get("time", ()), index.get("conversation_id", ())
        self._role, self._sender, self._content = _one(index, "role"), _one(index, "sender"), _one(index, "content")
        self._kind, self._message_id, self._shop = _one(index, "kind"), _one(index, "message_id"), _one(index, "shop")
        self._agent = [i for i in (_one(index, "agent_id"), _one(index, "agent_name"), self._sender) if i is not None]
        self._customer_name, self._agent_name = _one(index, "customer_name"), _one(index, "agent_name")
        self._meta = columns.extra
        self._plain_key = self._id[0] if len(self._id) == 1 and self._shop is None and not columns.per_day else None
        self._roles: dict[str, str] = {}
        self._names: set[str] = set()

    def key(self, cells: Sequence[str]) -> str:
        """What the rows of one conversation have in common: the id, and the shop when the table has one. Raises WrongRow."""
        if self._plain_key is not None and (key := cells[self._plain_key].strip()) and KEY_END not in key:
            return key
        parts = [cells[i].strip() for i in self._id]
        if not all(parts) or any(KEY_END in p for p in parts):
            raise WrongRow("conversation_id", "会话ID为空" if not all(parts) else "会话ID含有控制字符")
        if self._columns.per_day:
            at = self._at(cells)
            if at is None:
                raise WrongRow("time", "按天分会话需要时间,这一行没有")
            parts.append(at.astimezone(self._options.zone).date().isoformat())
        key = "/".join(parts)
        return f"{key}{KEY_END}{cells[self._shop].strip()}" if self._shop is not None else key

    def conversation(self, rows: Sequence[Sequence[str]]) -> Built:
        """The conversation that `rows` (all of one key) make, without those that are no message."""
        messages, good, wrong = [], [], []
        for position, cells in enumerate(rows):
            try:
                messages.append(self._message(cells))
                good.append(cells)
            except WrongRow as reason:
                wrong.append((position, reason))
        if not messages:
            return Built(None, tuple(wrong))
        repairs = [f"有 {len(wrong)} 行无法读取,已拒收"] if wrong else []
        customer = next((c[self._sender].strip() for m, c in zip(messages, good, strict=True)
                         if m.role == "customer" and self._sender is not None and plain_word(c[self._sender]) not in ROLE_OF), "")
        times = [m.at for m in messages if m.at is not None]
        if len(times) == len(messages) and any(a > b for a, b in pairwise(times)):
            messages.sort(key=lambda m: m.at or times[0])
            repairs.append("消息未按时间排列,已按时间重排")
        return Built(self._assemble(messages, good, customer, repairs), tuple(wrong))

    def _assemble(self, messages: list[Message], rows: Sequence[Sequence[str]], sender: str, repairs: list[str]) -> Conversation:
        key = self.key(rows[0]).partition(KEY_END)[0]
        shop = self._first(rows, "shop") or self._options.shop or "default"
        written = self._first(rows, "channel")
        channel = channel_of(written) or self._options.channel or "other"
        meta: dict[str, Any] = {"repairs": repairs} if repairs else {}
        if written and not channel_of(written):
            meta["channel"] = written
        agent_id, agent_name = self._first(rows, "agent_id"), self._first(rows, "agent_name")
        customer_id, customer_name = self._first(rows, "customer_id"), self._first(rows, "customer_name")
        agent = Party(agent_id or agent_name or next((m.agent_id for m in messages if m.agent_id), ""), agent_name)
        customer = Party(customer_id or customer_name or sender, customer_name)
        return Conversation(key, tuple(messages), shop, channel, agent, customer, meta or EMPTY)

    def _first(self, rows: Sequence[Sequence[str]], name: str) -> str:
        place = _one(self._columns.index, name)
        return "" if place is None else next((c for c in (cells[place].strip() for cells in rows) if c), "")

    def _message(self, cells: Sequence[str]) -> Message:
        together = "".join(cells)
        if "\0" in together:
            raise WrongRow(self._field_of("\0", cells), NUL_REASON)
        if self._content is None:
            raise WrongRow("content", "没有内容列")
        text = cells[self._content]
        if len(together) > _MAX_CELL and max(map(len, cells)) > _MAX_CELL:
            raise WrongRow("content", f"一个单元格超过 {_MAX_CELL >> 20} M 字符")
        role = self._role_of(cells)
        at = self._at(cells) if self._time else None
        kind = KIND_OF.get(plain_word(cells[self._kind]), "") if self._kind is not None else ""
        agent_id = self._name_of_agent(cells) if role == "agent" else ""
        identifier = cells[self._message_id].strip() if self._message_id is not None else ""
        meta = {name: cells[i] for i, name in self._meta if cells[i]} if self._meta else EMPTY
        return Message(role, text, at, kind or kind_of_text(text), agent_id, identifier, meta or EMPTY)

    def _name_of_agent(self, cells: Sequence[str]) -> str:
        """Who of the shop it was: an account, a name, or the sender; but not a mere word such as 客服."""
        for place in self._agent:
            name = cells[place].strip()
            if name and (name in self._names or plain_word(name) not in ROLE_OF):
                if len(self._names) < _REMEMBERED:
                    self._names.add(name)
                return name
        return ""

    def _field_of(self, text: str, cells: Sequence[str]) -> str:
        """Our name of the first column that holds `text`; the header where it is none of ours."""
        place = next(i for i, c in enumerate(cells) if text in c)
        return next((name for name, places in self._columns.index.items() if place in places), self._columns.headers[place])

    def _at(self, cells: Sequence[str]) -> datetime | None:
        written = cells[self._time[0]] if len(self._time) == 1 else " ".join(cells[i].strip() for i in self._time)
        try:
            return parse_written_time(written, self._options.zone)
        except ValueError as error:
            raise WrongRow("time", str(error)) from None

    def _role_of(self, cells: Sequence[str]) -> str:
        if self._role is not None:
            value = cells[self._role]
            role = self._roles.get(value)
            if role is None:
                role = self._columns.roles.get(plain_word(value), "")
                if len(self._roles) < _REMEMBERED:
                    self._roles[value] = role
            if role:
                return role
            header = self._columns.headers[self._role]
            raise WrongRow("role", f"“{header}”的值 {value[:40]!r} 认不出是客户还是客服;可用 --columns 文件的 roles 指定,例: roles: {{{value[:20]}: agent}}")
        return self._by_sender(cells)

    def _by_sender(self, cells: Sequence[str]) -> str:
        sender = cells[self._sender].strip() if self._sender is not None else ""
        role = agent_like(sender, self._columns.roles) if sender else ""
        if sender and not role:
            if self._agent_name is not None and sender == cells[self._agent_name].strip():
                role = "agent"
            elif self._customer_name is not None and cells[self._customer_name].strip():
                role = "customer" if sender == cells[self._customer_name].strip() else "agent"
        role = role or (self._columns.others if sender else "")
        if not role:
            raise WrongRow("sender", f"从发送人 {sender[:40]!r} 看不出是客户还是客服;可用 --columns 文件指定 role 列,或写 roles: {{{sender[:20] or '名字'}: agent}}")
        return role


def channel_of(written: str) -> str:
    """The channel that a cell names; "" when it is none of ours."""
    word = plain_word(written)
    return word if word in CHANNELS else CHANNEL_OF.get(word, "")


def _one(index: Mapping[str, tuple[int, ...]], name: str) -> int | None:
    places = index.get(name)
    return places[0] if places else None


def wide_conversation(columns: ColumnMap, cells: Sequence[str]) -> bytes:
    """The wire JSON of a row that holds a whole conversation, its messages as JSON in one cell. Raises InvalidRecord."""
    def cell(name: str) -> str:
        place = _one(columns.index, name)
        return cells[place].strip() if place is not None else ""

    text = cells[columns.index["messages"][0]]
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidRecord(f"messages 列不是合法的 JSON: {error.msg}", field="/messages") from None
    data: dict[str, Any] = {"id": cell("conversation_id")}
    data |= {k: v for k, v in (("shop", cell("shop")), ("channel", channel_of(cell("channel")))) if v}
    for side in ("agent", "customer"):
        party = {k: v for k, v in (("id", cell(f"{side}_id")), ("name", cell(f"{side}_name"))) if v}
        if party:
            data[side] = party
    meta = {name: cells[i] for i, name in columns.extra if cells[i]}
    if meta:
        data["meta"] = meta
    if "\0" in "".join(cells):
        raise InvalidRecord(NUL_REASON)
    # The cell has been proven to be one JSON value, so it can stand in the object as it is, with every digit it has.
    return orjson.dumps(data)[:-1] + b',"messages":' + text.encode("utf-8") + b"}"
