"""Who may come in: API keys, users with their shops and roles, sessions. Secrets come in hashed; this module never sees one."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qa_service.store.engine import Database


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a shop. `prefix` finds it, `hash` proves it."""

    shop: str
    id: str
    prefix: str
    hash: str
    title: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class User:
    """A person. `password` is a hash."""

    id: str
    name: str
    title: str
    password: str
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Member:
    """What a person may do in a shop: role admin, supervisor, reviewer or agent; `agent` is whose chats are theirs ("" for nobody's)."""

    shop: str
    user: str
    role: str
    agent: str


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser; `hash` of its secret."""

    hash: str
    user: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    data: Mapping[str, Any]


class Keys:
    """API keys."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, shop: str, *, id: str, prefix: str, hash: str, title: str, scopes: Sequence[str], now: datetime,
            expires_at: datetime | None = None, live: int = 2) -> ApiKey:
        """A new key. Raises UsageError where `live` keys of that title are live already: two, so that one can be replaced by the other."""
        raise NotImplementedError

    def find(self, prefix: str) -> ApiKey | None:
        """The key of a prefix, whatever its shop: the one look-up that comes before the shop is known. Also revoked and expired ones."""
        raise NotImplementedError

    def used(self, shop: str, id: str, now: datetime) -> None:
        """Note that a key was used; at most one write a minute."""
        raise NotImplementedError

    def revoke(self, shop: str, id: str, now: datetime) -> bool:
        """End a key; whether there was a live one."""
        raise NotImplementedError

    def list(self, shop: str) -> list[ApiKey]:
        """All keys of a shop, newest first."""
        raise NotImplementedError


class Users:
    """Users and what they may do in each shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, *, id: str, name: str, title: str, password: str, now: datetime) -> User:
        """A new person. Raises UsageError where the name is taken."""
        raise NotImplementedError

    def find(self, name: str) -> User | None:
        """By the name they sign in with."""
        raise NotImplementedError

    def get(self, id: str) -> User | None:
        """By id."""
        raise NotImplementedError

    def count(self) -> int:
        """How many there are: 0 asks for the first admin."""
        raise NotImplementedError

    def set_password(self, id: str, password: str) -> None:
        """A new hash; all sessions of the person end."""
        raise NotImplementedError

    def disable(self, id: str, now: datetime) -> None:
        """Shut a person out; all their sessions end."""
        raise NotImplementedError

    def admit(self, shop: str, user: str, role: str, agent: str = "") -> None:
        """Give or change a role in a shop."""
        raise NotImplementedError

    def dismiss(self, shop: str, user: str) -> bool:
        """Take the role in a shop away; whether there was one."""
        raise NotImplementedError

    def member(self, shop: str, user: str) -> Member | None:
        """The role of a person in a shop."""
        raise NotImplementedError

    def shops_of(self, user: str) -> list[Member]:
        """Every shop of a person."""
        raise NotImplementedError

    def members(self, shop: str) -> list[tuple[User, Member]]:
        """Everybody of a shop, by name."""
        raise NotImplementedError


class Sessions:
    """Sessions on the server: signing out ends them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def start(self, session: Session) -> None:
        """A new session."""
        raise NotImplementedError

    def get(self, hash: str, now: datetime) -> Session | None:
        """A session that has not expired."""
        raise NotImplementedError

    def touch(self, hash: str, now: datetime, expires_at: datetime, data: Mapping[str, Any] | None = None) -> None:
        """Seen again; `data` replaces what it carries."""
        raise NotImplementedError

    def end(self, hash: str) -> None:
        """Sign out."""
        raise NotImplementedError

    def sweep(self, now: datetime) -> int:
        """Delete expired sessions; how many."""
        raise NotImplementedError
