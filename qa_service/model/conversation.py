"""What was said: conversations, messages and the turns they form. Pure data, no language.

Source: CONTRACT section 1 (wire format, version 1).
"""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

Role = Literal["customer", "agent", "bot", "system"]
Kind = Literal["text", "image", "video", "voice", "card", "order", "link", "revoked", "other"]
Channel = Literal["tmall", "taobao", "jd", "pdd", "douyin", "wechat", "web", "other"]

ROLES: Final[frozenset[str]] = frozenset(("customer", "agent", "bot", "system"))
KINDS: Final[frozenset[str]] = frozenset(("text", "image", "video", "voice", "card", "order", "link", "revoked", "other"))
CHANNELS: Final[frozenset[str]] = frozenset(("tmall", "taobao", "jd", "pdd", "douyin", "wechat", "web", "other"))
LANGUAGE_KINDS: Final[frozenset[str]] = frozenset(("text", "revoked"))


class _Empty(dict[str, Any]):
    """The shared empty mapping: hashable (so that it can be a dataclass default), picklable, and not to be written to."""

    def __hash__(self) -> int:  # type: ignore[override]
        return 0

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("the shared empty mapping is read-only")

    __setitem__ = __ior__ = update = setdefault = _refuse

    def __reduce__(self) -> str:
        return "EMPTY"


EMPTY: Final[Mapping[str, Any]] = _Empty()
_new: Final = object.__new__


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a conversation. Both fields may be empty: sources differ in what they know."""

    id: str = ""
    name: str = ""


@dataclass(slots=True)
class _Unsealed:
    """A message while its fields are set: the slots of Message without its guard.

    Fields are set in the open and then sealed, at half of what it costs to get each past the guard: messages are made by the million.
    """

    role: str
    text: str
    at: datetime | None
    kind: str
    agent_id: str
    id: str
    meta: Mapping[str, Any]


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """One bubble. `at` is zone-aware or None; only the kinds in LANGUAGE_KINDS are read for language."""

    role: str
    text: str
    at: datetime | None = None
    kind: str = "text"
    agent_id: str = ""
    id: str = ""
    meta: Mapping[str, Any] = field(default=EMPTY)

    def __new__(cls, role: str, text: str, at: datetime | None = None, kind: str = "text", agent_id: str = "", id: str = "",
                meta: Mapping[str, Any] = EMPTY) -> Message:
        m: Any = _new(_Unsealed)
        m.role, m.text, m.at, m.kind, m.agent_id, m.id, m.meta = role, text, at, kind, agent_id, id, meta
        m.__class__ = cls
        return m  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[type[Message], tuple[Any, ...]]:
        return Message, (self.role, self.text, self.at, self.kind, self.agent_id, self.id, self.meta)


@dataclass(slots=True)
class _UnsealedConversation:
    """A conversation while its fields are set."""

    id: str
    messages: tuple[Message, ...]
    shop: str
    channel: str
    agent: Party
    customer: Party
    meta: Mapping[str, Any]


@dataclass(frozen=True, slots=True, init=False)
class Conversation:
    """One chat between a customer and a shop. `messages` has at least one entry, in the order it was said."""

    id: str
    messages: tuple[Message, ...]
    shop: str = "default"
    channel: str = "other"
    agent: Party = Party()
    customer: Party = Party()
    meta: Mapping[str, Any] = field(default=EMPTY)

    def __new__(cls, id: str, messages: tuple[Message, ...], shop: str = "default", channel: str = "other", agent: Party = Party(),
                customer: Party = Party(), meta: Mapping[str, Any] = EMPTY) -> Conversation:
        c: Any = _new(_UnsealedConversation)
        c.id, c.messages, c.shop, c.channel, c.agent, c.customer, c.meta = id, messages, shop, channel, agent, customer, meta
        c.__class__ = cls
        return c  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[type[Conversation], tuple[Any, ...]]:
        return Conversation, (self.id, self.messages, self.shop, self.channel, self.agent, self.customer, self.meta)


@dataclass(frozen=True, slots=True)
class Turn:
    """Adjacent messages of one role: `messages[first:last]` (half-open). System messages neither form nor break a turn."""

    role: str
    indexes: tuple[int, ...]

    @property
    def first(self) -> int:
        """Index of the first message of the turn."""
        return self.indexes[0]

    @property
    def last(self) -> int:
        """Index of the last message of the turn."""
        return self.indexes[-1]


def agent_key(c: Conversation) -> str:
    """Who answers for a chat: the conversation's agent, else who wrote most of it (the first of equals); "" where nobody is named."""
    if c.agent.id or c.agent.name:
        return c.agent.id or c.agent.name
    wrote = Counter(m.agent_id for m in c.messages if m.role == "agent" and m.agent_id)
    return wrote.most_common(1)[0][0] if wrote else ""
