"""A helpdesk nobody has heard of: where in its webhooks things stand, as JSON pointers (RFC 6901), written in the hooks file.

    [hook.map]
    conversation = "/ticket/id"          # which talk a webhook is about
    ended = "/event"                     # what says that it is over, and
    ended_values = ["ticket.closed"]     # ... its values
    messages = "/ticket/messages"        # an array; left out, the webhook itself is one message
    role = "/author/kind"                # in a message, as are the following
    text = "/body"
    at = "/sent_at"                      # optional, as are the following
    agent_id = "/author/id"
    id = "/id"
    roles = {visitor = "customer", staff = "agent", robot = "bot"}
"""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from qa_service.importers.base import ReadOptions
from qa_service.importers.draft import Draft, name_of, words_of
from qa_service.model.conversation import EMPTY, ROLES
from qa_service.model.errors import InvalidRecord, UsageError
from qa_service.services.hooks.sources import Event, Source, Told

_NEEDED: Final = ("conversation", "ended", "role", "text")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A field mapping. "" for a pointer that is not used."""

    conversation: str
    ended: str
    role: str
    text: str
    ended_values: tuple[str, ...] = ("true",)
    messages: str = ""
    at: str = ""
    agent_id: str = ""
    id: str = ""
    roles: Mapping[str, str] = EMPTY

    def source(self) -> Source:
        """How webhooks of this mapping are read."""
        return Source(self._told, self._read)

    def _told(self, event: Event, query: Mapping[str, str]) -> Told:
        over = at_pointer(event, self.ended)
        ended = None if over is None else str(over).lower() in {v.lower() for v in self.ended_values}
        return Told(name_of(at_pointer(event, self.conversation), self.conversation), ended)

    def _read(self, events: Sequence[Event], options: ReadOptions) -> Draft:
        draft = Draft(options.zone, self._told(events[-1], {}).conversation)
        for event in events:
            said = at_pointer(event, self.messages) if self.messages else [event]
            for message in said if isinstance(said, list) else []:
                self._say(message, draft)
        return draft

    def _say(self, message: Any, draft: Draft) -> None:
        text, written = at_pointer(message, self.text), str(at_pointer(message, self.role))
        if text is None:
            return
        role = self.roles.get(written, written)
        if role not in ROLES:
            raise InvalidRecord(f"不认识的角色 {written[:40]!r}", field=self.role, fix="写进 [hook.map] 的 roles")
        draft.say(role, words_of(text, self.text), draft.at(at_pointer(message, self.at) if self.at else None),
                  agent_id=name_of(at_pointer(message, self.agent_id)) if self.agent_id and role == "agent" else "",
                  id=name_of(at_pointer(message, self.id)) if self.id else "")


def mapped(data: object, where: str) -> Mapped:
    """The mapping of a hooks file. Raises UsageError."""
    if not isinstance(data, dict):
        raise UsageError("generic 需要字段对照 [hook.map]", where=where, fix=f"至少写明 {'、'.join(_NEEDED)}")
    known = {f.name for f in fields(Mapped)}
    for key, value in data.items():
        right = key in known and (
            isinstance(value, dict) and set(value.values()) <= ROLES if key == "roles" else
            isinstance(value, list) and all(isinstance(v, str) for v in value) if key == "ended_values" else
            isinstance(value, str) and value.startswith("/"))
        if not right:
            raise UsageError(f"[hook.map] 的 {key} 不能用", where=where, fix="指针以 / 开头;roles 的值是 customer、agent、bot、system")
    missing = [name for name in _NEEDED if name not in data]
    if missing:
        raise UsageError(f"[hook.map] 缺少 {'、'.join(missing)}", where=where)
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in data.items()}
    return Mapped(**given)


def at_pointer(data: Any, pointer: str) -> Any:
    """The value at a JSON pointer; None where there is none."""
    for part in pointer.split("/")[1:]:
        part = part.replace("~1", "/").replace("~0", "~")
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and part.isdecimal() and int(part) < len(data):
            data = data[int(part)]
        else:
            return None
    return data
