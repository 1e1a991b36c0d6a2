"""Who stands at the door, and may they come in? Deny by default: a route that does not say which permission it wants stops the start."""
from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, TypeVar

from flask import Flask, g, request

from qa_service.entrypoints.pace import Pace
from qa_service.entrypoints.problems import Problem
from qa_service.model.access import PERMISSIONS, Identity

PUBLIC: Final = "public"
SIGNED: Final = "signed"
"""The route checks a signature of its own: webhooks in."""
_ATTRIBUTE: Final = "qa_permission"
View = TypeVar("View", bound=Callable[..., Any])


class Doorkeeper(Protocol):
    """Turns a key into who holds it; None when it opens nothing."""

    def __call__(self, secret: str) -> Identity | None: ...


def allow(permission: str) -> Callable[[View], View]:
    """Declares what a route wants: one of PERMISSIONS, PUBLIC or SIGNED."""
    if permission not in PERMISSIONS and permission not in (PUBLIC, SIGNED):
        raise ValueError(f"no permission is called {permission!r}")

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, permission)
        return view
    return mark


def permissions_of(app: Flask) -> Mapping[tuple[str, str], str]:
    """(method, route) -> permission of every route. Raises RuntimeError for a route that declares none."""
    found = {}
    for rule in app.url_map.iter_rules():
        permission = getattr(app.view_functions[rule.endpoint], _ATTRIBUTE, None)
        if permission is None:
            raise RuntimeError(f"route {rule.rule} ({rule.endpoint}) declares no permission: mark its view with @allow(…)")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            found[method, rule.rule] = permission
    return found


def stand_guard(app: Flask, doorkeeper: Doorkeeper, pace: Pace, strangers: Pace) -> None:
    """Check every request of the app. `pace` is that of a key, `strangers` that of an address without a valid one."""
    permissions_of(app)

    def check() -> None:
        if request.url_rule is None or request.method == "OPTIONS":
            return
        permission = getattr(app.view_functions[request.url_rule.endpoint], _ATTRIBUTE)
        address = f"address:{request.remote_addr}"
        if permission == PUBLIC:
            return
        if permission == SIGNED:
            _keep_pace(pace, address)
            return
        identity = _identity(doorkeeper)
        if identity is None:
            _keep_pace(strangers, address)
            raise Problem("unauthorized", headers={"WWW-Authenticate": 'Bearer realm="qa-service"'})
        g.identity = identity
        _keep_pace(pace, f"{identity.shop}:{identity.id}")
        if permission not in identity.permissions:
            raise Problem("forbidden", f"需要权限 {permission}({PERMISSIONS[permission]})")

    app.before_request(check)


def _identity(doorkeeper: Doorkeeper) -> Identity | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return doorkeeper(secret.strip()) if scheme.lower() == "bearer" else None


def _keep_pace(pace: Pace, subject: str) -> None:
    wait = pace.wait(subject)
    if wait:
        seconds = math.ceil(wait)
        raise Problem("too-many-requests", f"请在 {seconds} 秒后再试", headers={"Retry-After": str(seconds)})


def whoever() -> Identity:
    """Who makes this request; only for routes that want a permission."""
    identity: Identity = g.identity
    return identity
