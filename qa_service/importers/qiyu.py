"""网易七鱼 session export: ``session.txt`` and ``message.txt``, one JSON object a line, whose last line is no data. Also as the ZIP it comes in.

session: ``id, startTime, endTime, sType, relatedType, relatedId, evaluation, staffId (<= 0: robot), closeReason, …``;
message: ``sessionId, time (ms), from (0 staff, 1 visitor), staffId, …`` with its words under `msg` or `content`. Rows are messages and sessions.
Whichever file of the pair comes first reads both. A ZIP is opened with the first 12 characters of the app key as password.

Source: the export interface ``/openapi/export/session``, as public clients use it.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from qa_service.importers.base import NUL_REASON, Intake, ReadOptions, Records
from qa_service.importers.documents import Item, items
from qa_service.importers.draft import Draft, name_of, some_of
from qa_service.importers.files import Source, identity
from qa_service.importers.gather import Gather
from qa_service.importers.head import CERTAIN, Head
from qa_service.importers.kinds import KIND_OF, kind_of_text, plain_word
from qa_service.importers.markup import text_of_html
from qa_service.importers.settle import settle
from qa_service.importers.speakers import AUTOMATIC, ROBOT, marked_automatic, says_revoked
from qa_service.model.conversation import EMPTY, Party
from qa_service.model.errors import InvalidRecord, SourceError
from qa_service.model.record import Record

_RELATED: Final = {1: "来自机器人", 2: "机器人转人工", 3: "来自历史会话", 4: "转接", 5: "接管"}
_NOT_TALK: Final = {1: "留言", 2: "留言", 3: "排队超时"}
_TEXTS: Final = ("msg", "content", "text")
_KINDS: Final = ("mType", "msgType", "type")
_SIDES: Final = (0, 1, "0", "1")
_NAMES: Final = ("staffId", "id", "staffName")
_AUTOMATIC: Final = frozenset(("autoReply", "autoreply", "isAuto"))
_REVOKED: Final = frozenset(("revoke", "revoked", "isRevoke", "withdraw", "isWithdraw", "recall"))
_TRUE: Final = (1, "1", True, "true")


def detects(head: Head) -> float:
    """Lines of messages, or of sessions, by their own keys."""
    first = head.lines[0] if head.lines else ""
    if not first.startswith("{"):
        return 0.0
    messages = head.has("sessionId", "from", "time")
    sessions = head.has("id", "startTime") and bool(head.keys & {"sType", "relatedType", "inQueueTime", "closeReason", "fromStaff"})
    return CERTAIN if messages or sessions else 0.0


def read(source: Source, options: ReadOptions, intake: Intake) -> Records:
    """Conversations, one a session that has messages. Raises SourceError when sessions come without their messages."""
    with ExitStack() as stack:
        sessions, messages = _pair(source, stack, intake)
        yield from _Reader(sessions, messages, options, intake).read()


def _pair(source: Source, stack: ExitStack, intake: Intake) -> tuple[Source | None, Source]:
    """The two files, opened; the session file may be missing."""
    is_message = b'"sessionId"' in source.head[:4_096]
    name = Path(source.path).name
    mine, other = ("message", "session") if is_message else ("session", "message")
    if mine in name.lower():
        at = name.lower().rindex(mine)
        opened = source.beside(name[:at] + other + name[at + len(mine):])
        if opened is not None:
            neighbour = stack.enter_context(opened)
            intake.taken.add(identity(neighbour.path))
            intake.notes.append(f"{source.name}: 与 {neighbour.name} 一起读取")
            return (neighbour, source) if is_message else (source, neighbour)
    if not is_message:
        raise SourceError("这是七鱼的会话表,旁边没有消息表", where=source.name, fix="请把 message.txt 与 session.txt 放在同一个文件夹")
    return None, source


@dataclass(slots=True)
class _Reader:
    """Joins the pair. Sessions wait as the bytes they were read from."""

    sessions: Source | None
    messages: Source
    options: ReadOptions
    intake: Intake
    _known: dict[str, Item] = field(default_factory=dict)

    def read(self) -> Records:
        """Every record of the pair."""
        if self.sessions is not None:
            for item in _without_end(self.sessions, self.intake):
                yield from self._session(item)
        gather = Gather(self._finish)
        for item in _without_end(self.messages, self.intake):
            try:
                key = _message_key(item)
            except InvalidRecord as error:
                yield item.reject(error.why, error.field)
            else:
                yield from gather.put(key, item, item.content)
        yield from gather.end()
        for item in self._known.values():
            kind = _NOT_TALK.get(orjson.loads(item.data).get("sType"), "")
            yield item.reject(f"会话没有消息({kind})" if kind else "会话没有消息")

    def _session(self, item: Item) -> Records:
        try:
            if item.reason or not isinstance(item.value, dict):
                raise InvalidRecord(item.reason or f"应为对象,得到 {type(item.value).__name__}")
            key = name_of(item.value.get("id"), "/id")
            if not key:
                raise InvalidRecord("缺少会话 id", field="/id")
            if key in self._known:
                raise InvalidRecord(f"会话 id 重复: {key[:80]}", field="/id")
        except InvalidRecord as error:
            yield item.reject(error.why, error.field)
        else:
            self._known[key] = item._replace(value=None, data=orjson.dumps(item.value))

    def _finish(self, key: str, rows: Sequence[Item]) -> Iterator[Record]:
        session = self._known.pop(key, None)
        yield settle([*rows, session] if session is not None else rows, lambda: self._draft(key, rows, session), self.options, self.intake)

    def _draft(self, key: str, rows: Sequence[Item], session: Item | None) -> Draft:
        about: dict[str, Any] = orjson.loads(session.data) if session is not None else {}
        draft = conversation_of(key, [row.value for row in rows], about, self.options)
        if self.sessions is not None and session is None:
            draft.repairs.append("session 文件里没有这个会话,只有消息")
        return draft


def conversation_of(key: str, messages: Sequence[dict[str, Any]], session: dict[str, Any], options: ReadOptions) -> Draft:
    """The conversation of a session (empty where only its messages are known). Raises InvalidRecord."""
    draft = Draft(options.zone, key, customer=_visitor(session), meta=_about(session))
    for message in messages:
        _say(draft, message)
    return draft


def _without_end(source: Source, intake: Intake) -> Iterator[Item]:
    """The lines of a file but the last one when it is no data, as the format has it. A last line that was cut short is data."""
    held: Item | None = None
    for item in items(source, (), intake):
        if held is not None:
            yield held
        held = item
    if held is None:
        return
    cut = held.reason and held.data.lstrip().startswith(b"{")
    if cut or (isinstance(held.value, dict) and ("sessionId" in held.value or "startTime" in held.value)):
        yield held
    else:
        intake.rows -= 1


def _visitor(session: dict[str, Any]) -> Party:
    user = session.get("user")
    inner: dict[str, Any] = user if isinstance(user, dict) else {}

    def first(*values: object) -> str:
        return next((str(v) for v in values if isinstance(v, str | int) and not isinstance(v, bool) and str(v).strip()), "")

    return Party(first(session.get("foreignId"), session.get("userId"), inner.get("id")), first(session.get("userName"), inner.get("name")))


def _about(session: dict[str, Any]) -> dict[str, Any]:
    """What the session says besides, plain values under their own names, and what its `relatedType` means."""
    meta = some_of(session, *(k for k in session if k != "id"))
    related = _RELATED.get(session.get("relatedType", 0)) if isinstance(session.get("relatedType"), int) else None
    return meta | {"related": related} if related else meta


def _message_key(item: Item) -> str:
    """The session of a message. Raises InvalidRecord for what is no message."""
    data = item.value
    if item.reason or not isinstance(data, dict):
        raise InvalidRecord(item.reason or f"应为对象,得到 {type(data).__name__}")
    key = name_of(data.get("sessionId"), "/sessionId")
    if not key:
        raise InvalidRecord("缺少 sessionId", field="/sessionId")
    side = data.get("from")
    if (side != 0 and side != 1 if type(side) is int else side not in _SIDES or isinstance(side, bool)):
        raise InvalidRecord(f"from 应为 0(客服)或 1(访客),得到 {str(data.get('from'))[:20]!r}", field="/from")
    if b"\\u0000" in (item.data or item.content) and any("\0" in v for v in data.values() if isinstance(v, str)):
        raise InvalidRecord(NUL_REASON)
    for name in _NAMES:
        if type(value := data.get(name)) is not str:
            name_of(value, f"/{name}")
    return key


def _say(draft: Draft, data: dict[str, Any]) -> None:
    words = data.get("msg")
    text = text_of_html(words if type(words) is str and words else _words(data))
    kind = _kind(data, text)
    at, identifier = draft.at(data.get("time")), name_of(data.get("id"))
    if data["from"] in (1, "1"):
        draft.say("customer", text, at, kind=kind, id=identifier)
        return
    staff = name_of(data.get("staffId"))
    robot = staff.startswith("-") or staff == "0"
    reason = ROBOT if robot else AUTOMATIC if marked_automatic(text) or _marked(data, _AUTOMATIC) else ""
    draft.say("bot" if reason else "agent", text, at, kind=kind, agent_id="" if reason else staff, id=identifier,
              name="" if reason else name_of(data.get("staffName")), meta={"auto_reason": reason} if reason else EMPTY)


def _kind(data: dict[str, Any], text: str) -> str:
    if _marked(data, _REVOKED) or says_revoked(text):
        return "revoked"
    for key in _KINDS:
        if isinstance(written := data.get(key), str):
            return KIND_OF.get(plain_word(written), "") or (kind_of_text(text) if text else "other")
    return kind_of_text(text) if text else "other"


def _marked(data: dict[str, Any], keys: frozenset[str]) -> bool:
    """Is any of these marks set?"""
    return not keys.isdisjoint(data) and any(data.get(key) in _TRUE for key in keys & data.keys())


def _words(data: dict[str, Any]) -> str:
    """The words of a message; those of a structured one are in its own `content` or `text`."""
    value = next((data[k] for k in _TEXTS if data.get(k) not in (None, "")), "")
    if isinstance(value, dict):
        value = next((value[k] for k in ("content", "text", "msg", "title") if isinstance(value.get(k), str)), "")
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
