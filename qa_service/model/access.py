"""Who may do what: permissions, the roles that bundle them, and whoever stands at a door."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

PERMISSIONS: Final[Mapping[str, str]] = {
    "evaluations:write": "提交会话并评分",
    "replies:check": "发送前检查回复",
    "conversations:read": "读取会话原文",
    "evaluations:read": "读取质检结果",
    "commitments:read": "读取承诺",
    "rules:read": "读取规则与质检标准",
    "metrics:read": "读取运行指标",
}
_READS: Final = frozenset(("conversations:read", "evaluations:read", "commitments:read", "rules:read"))
ROLES: Final[Mapping[str, frozenset[str]]] = {
    "agent": frozenset(("replies:check", "rules:read")),
    "reviewer": _READS | {"replies:check"},
    "supervisor": _READS | {"replies:check", "evaluations:write"},
    "admin": frozenset(PERMISSIONS),
}
ROLE_TITLES: Final[Mapping[str, str]] = {"agent": "客服", "reviewer": "质检员", "supervisor": "主管", "admin": "管理员"}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks: a key or a user of one shop, with what they may do. `id` names them in logs and never opens anything."""

    kind: str
    id: str
    shop: str
    permissions: frozenset[str]
