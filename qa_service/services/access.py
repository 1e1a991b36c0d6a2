"""API keys and users: made, found, ended. Secrets leave here once, when they are made, and are kept only as hashes."""
from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from qa_service.model.access import PERMISSIONS, ROLES, Identity
from qa_service.model.errors import UsageError
from qa_service.services.passwords import hash_password, new_password
from qa_service.store.access import ApiKey, User
from qa_service.store.store import Store

_KEY: Final = re.compile(r"qak_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_USED_EVERY: Final = timedelta(minutes=1)
MOST_DAYS: Final = 3650


def new_key(store: Store, shop: str, title: str, scopes: Collection[str], now: datetime, *, days: int | None = None) -> tuple[str, ApiKey]:
    """A key of a shop: its secret, to be shown once, and what is kept. Two of one title may be live, for rotation. Raises UsageError."""
    if not shop or not title:
        raise UsageError("密钥需要店铺与用途", fix="qa-service key add --shop 店铺 --title 用途")
    unknown = sorted(set(scopes) - PERMISSIONS.keys())
    if unknown or not scopes:
        raise UsageError(f"没有权限 {'、'.join(unknown)}" if unknown else "密钥至少要有一个权限", fix=f"可用: {'、'.join(PERMISSIONS)}")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise UsageError(f"有效天数应为 1–{MOST_DAYS}")
    prefix = secrets.token_hex(6)
    secret = f"qak_{prefix}_{secrets.token_urlsafe(32)}"
    kept = store.keys.add(shop, id=secrets.token_hex(8), prefix=prefix, hash=_hash(secret), title=title,
                          scopes=[name for name in PERMISSIONS if name in scopes], now=now, expires_at=now + timedelta(days=days) if days else None)
    return secret, kept


def identity_of(store: Store, secret: str, now: datetime) -> Identity | None:
    """Whom a key opens the door for; None for one that is wrong, revoked or expired."""
    shape = _KEY.fullmatch(secret)
    key = store.keys.find(shape.group(1)) if shape else None
    if key is None or not hmac.compare_digest(key.hash, _hash(secret)):
        return None
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        return None
    if key.used_at is None or now - key.used_at >= _USED_EVERY:
        store.keys.used(key.shop, key.id, now)
    return Identity("key", key.id, key.shop, frozenset(key.scopes) & PERMISSIONS.keys())


def _hash(secret: str) -> str:
    """256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def add_user(store: Store, name: str, shop: str, role: str, now: datetime, *, title: str = "", agent: str = "",
             password: str | None = None) -> tuple[User, str | None]:
    """A person with a role in a shop; a known person gets the role in one more shop. The password made for them, to be shown once, or None."""
    if not re.fullmatch(r"[\w.@+-]{2,64}", name):
        raise UsageError(f"用户名 {name[:40]!r} 不能用", fix="2–64 个字母、数字、汉字或 . _ @ + -")
    if role not in ROLES:
        raise UsageError(f"没有角色 {role[:40]!r}", fix=f"可用: {'、'.join(ROLES)}")
    if not shop:
        raise UsageError("没有指定店铺", fix="用 --shop 指定")
    user, made = store.users.find(name), None
    if user is None:
        made = new_password() if password is None else None
        user = store.users.add(id=secrets.token_hex(8), name=name, title=title or name, password=hash_password(password or made or ""), now=now)
    store.users.admit(shop, user.id, role, agent)
    return user, made
