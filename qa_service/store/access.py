"""Who may come in: API keys, users with their shops and roles, sessions. Secrets come in hashed; this module never sees one."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update

from qa_service.model.errors import UsageError
from qa_service.store.engine import Database
from qa_service.store.rows import insert, upsert
from qa_service.store.scope import change_of_shop, of_shop, removal_of_shop
from qa_service.store.tables import api_keys, members, sessions, users


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
        k = api_keys.c
        with self.database.write() as connection:
            usable = connection.execute(of_shop(api_keys, shop, k.id).where(
                k.title == title, k.revoked_at.is_(None), or_(k.expires_at.is_(None), k.expires_at > now)).with_for_update()).all()
            if len(usable) >= live:
                raise UsageError(f"店铺 {shop} 已有 {len(usable)} 个名为 {title!r} 的有效密钥", fix="先吊销一个旧的")
            connection.execute(api_keys.insert(), {
                "shop": shop, "id": id, "prefix": prefix, "hash": hash, "title": title, "scopes": list(scopes), "created_at": now,
                "expires_at": expires_at, "revoked_at": None, "used_at": None})
        return ApiKey(shop, id, prefix, hash, title, tuple(scopes), now, expires_at, None, None)

    def find(self, prefix: str) -> ApiKey | None:
        """The key of a prefix, whatever its shop: the one look-up that comes before the shop is known. Also revoked and expired ones."""
        with self.database.read() as connection:
            row = connection.execute(select(api_keys).where(api_keys.c.prefix == prefix)).first()
        return None if row is None else _api_key(row)

    def used(self, shop: str, id: str, now: datetime) -> None:
        """Note that a key was used; at most one write a minute."""
        k = api_keys.c
        stale = or_(k.used_at.is_(None), k.used_at < now - timedelta(minutes=1))
        with self.database.read() as connection:
            if connection.execute(of_shop(api_keys, shop, k.id).where(k.id == id, stale)).first() is None:
                return
        with self.database.write() as connection:
            connection.execute(change_of_shop(api_keys, shop).where(k.id == id, stale).values(used_at=now))

    def revoke(self, shop: str, id: str, now: datetime) -> bool:
        """End a key; whether there was a live one."""
        k = api_keys.c
        with self.database.write() as connection:
            return connection.execute(change_of_shop(api_keys, shop).where(k.id == id, k.revoked_at.is_(None)).values(revoked_at=now)).rowcount == 1

    def list(self, shop: str) -> list[ApiKey]:
        """All keys of a shop, newest first."""
        with self.database.read() as connection:
            found = connection.execute(of_shop(api_keys, shop).order_by(api_keys.c.created_at.desc(), api_keys.c.id))
            return [_api_key(row) for row in found]


def _api_key(row: Row[Any]) -> ApiKey:
    return ApiKey(**{**row._mapping, "scopes": tuple(row.scopes)})


class Users:
    """Users and what they may do in each shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, *, id: str, name: str, title: str, password: str, now: datetime) -> User:
        """A new person. Raises UsageError where the name is taken."""
        row = {"id": id, "name": name, "title": title, "password": password, "created_at": now, "disabled_at": None}
        with self.database.write() as connection:
            if not insert(connection, users, [row], ignoring=True):
                raise UsageError(f"已有名为 {name!r} 的用户", fix="换一个用户名")
        return User(**row)  # type: ignore[arg-type]

    def find(self, name: str) -> User | None:
        """By the name they sign in with."""
        return self._one(name=name)

    def get(self, id: str) -> User | None:
        """By id."""
        return self._one(id=id)

    def _one(self, **key: str) -> User | None:
        with self.database.read() as connection:
            row = connection.execute(select(users).filter_by(**key)).first()
        return None if row is None else User(**row._mapping)

    def count(self) -> int:
        """How many there are: 0 asks for the first admin."""
        with self.database.read() as connection:
            return connection.execute(select(func.count()).select_from(users)).scalar_one()

    def set_password(self, id: str, password: str) -> None:
        """A new hash; all sessions of the person end."""
        self._change(id, password=password)

    def disable(self, id: str, now: datetime) -> None:
        """Shut a person out; all their sessions end."""
        self._change(id, disabled_at=now)

    def _change(self, id: str, **values: Any) -> None:
        with self.database.write() as connection:
            if not connection.execute(update(users).where(users.c.id == id).values(**values)).rowcount:
                raise UsageError(f"没有用户 {id!r}")
            connection.execute(delete(sessions).where(sessions.c.user == id))

    def admit(self, shop: str, user: str, role: str, agent: str = "") -> None:
        """Give or change a role in a shop."""
        with self.database.write() as connection:
            connection.execute(upsert(connection, members).values(shop=shop, user=user, role=role, agent=agent).on_conflict_do_update(
                index_elements=[members.c.shop, members.c.user], set_={"role": role, "agent": agent}))

    def dismiss(self, shop: str, user: str) -> bool:
        """Take the role in a shop away; whether there was one."""
        with self.database.write() as connection:
            return connection.execute(removal_of_shop(members, shop).where(members.c.user == user)).rowcount == 1

    def member(self, shop: str, user: str) -> Member | None:
        """The role of a person in a shop."""
        with self.database.read() as connection:
            row = connection.execute(of_shop(members, shop).where(members.c.user == user)).first()
        return None if row is None else Member(**row._mapping)

    def shops_of(self, user: str) -> list[Member]:
        """Every shop of a person."""
        with self.database.read() as connection:
            found = connection.execute(select(members).where(members.c.user == user).order_by(members.c.shop))
            return [Member(**row._mapping) for row in found]

    def members(self, shop: str) -> list[tuple[User, Member]]:
        """Everybody of a shop, by name."""
        with self.database.read() as connection:
            found = connection.execute(of_shop(members, shop, *users.c, members.c.shop, members.c.role, members.c.agent)
                                       .join(users, users.c.id == members.c.user).order_by(users.c.name))
            return [(User(r.id, r.name, r.title, r.password, r.created_at, r.disabled_at), Member(r.shop, r.id, r.role, r.agent)) for r in found]


class Sessions:
    """Sessions on the server: signing out ends them."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def start(self, session: Session) -> None:
        """A new session."""
        with self.database.write() as connection:
            connection.execute(sessions.insert(), {
                "hash": session.hash, "user": session.user, "created_at": session.created_at, "seen_at": session.seen_at,
                "expires_at": session.expires_at, "data": dict(session.data)})

    def get(self, hash: str, now: datetime) -> Session | None:
        """A session that has not expired."""
        with self.database.read() as connection:
            row = connection.execute(select(sessions).where(sessions.c.hash == hash, sessions.c.expires_at > now)).first()
        return None if row is None else Session(**row._mapping)

    def touch(self, hash: str, now: datetime, expires_at: datetime, data: Mapping[str, Any] | None = None) -> None:
        """Seen again; `data` replaces what it carries."""
        values: dict[str, Any] = {"seen_at": now, "expires_at": expires_at} | ({} if data is None else {"data": dict(data)})
        with self.database.write() as connection:
            connection.execute(update(sessions).where(sessions.c.hash == hash).values(**values))

    def end(self, hash: str) -> None:
        """Sign out."""
        with self.database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.hash == hash))

    def sweep(self, now: datetime) -> int:
        """Delete expired sessions; how many."""
        with self.database.write() as connection:
            return connection.execute(delete(sessions).where(sessions.c.expires_at <= now)).rowcount
