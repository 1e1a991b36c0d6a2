"""The first start of a service: an admin and a key, shown once. And what no service starts with: secrets that everybody knows."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qa_service.model.access import ROLES
from qa_service.services.access import add_user, new_key
from qa_service.store.store import Store

ADMIN: Final = "admin"
_KNOWN: Final = frozenset((
    "admin", "changeme", "change-me", "default", "demo", "example", "password", "passwd", "postgres", "qa", "qa-service", "qa_service", "root", "secret",
    "test", "123456", "12345678", "123456789", "密码", "请修改"))
_SHORTEST: Final = 16
_IN_ADDRESS: Final = re.compile(r"://[^:/@]*:([^@]*)@")


@dataclass(frozen=True, slots=True)
class First:
    """What the first start made."""

    name: str
    password: str
    key: str


def first_start(store: Store, shop: str, now: datetime) -> First | None:
    """The first admin of `shop`, with a key of the same permissions; None where there are users already."""
    if store.users.count():
        return None
    user, password = add_user(store, ADMIN, shop, ADMIN, now, title="管理员")
    assert password is not None
    secret, _ = new_key(store, shop, "首次启动", ROLES[ADMIN], now)
    return First(user.name, password, secret)


def weak_secrets(settings: Mapping[str, str]) -> list[str]:
    """The settings whose secret is one that everybody knows, or too short to be one."""
    weak = []
    for name, value in settings.items():
        in_address = _IN_ADDRESS.search(value)
        if in_address and in_address.group(1).lower() in _KNOWN:
            weak.append(name)
        if value and name.endswith(("_KEY", "_SECRET")) and (len(value) < _SHORTEST or value.lower() in _KNOWN or len(set(value)) < 6):
            weak.append(name)
    return weak
