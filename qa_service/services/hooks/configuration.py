"""Which helpdesks may send webhooks for which shop, and what they sign with: a TOML file, named by QA_HOOKS.

    [[hook]]
    shop = "demo"
    source = "chatwoot"                    # chatwoot qiyu meiqia zendesk generic
    secrets = ["the secret of the helpdesk"]   # two, while one replaces the other
    channel = "web"                        # optional: where the source names no channel
"""
from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from qa_service.model.conversation import CHANNELS
from qa_service.model.errors import UsageError
from qa_service.services.hooks.mapping import mapped
from qa_service.services.hooks.signatures import VERIFY
from qa_service.services.hooks.sources import SOURCES, Source

SHORTEST_SECRET: Final = 16
_KEYS: Final = frozenset(("shop", "source", "secrets", "channel", "map"))


@dataclass(frozen=True, slots=True)
class Hook:
    """One helpdesk of one shop."""

    shop: str
    name: str
    source: Source
    secrets: tuple[str, ...] = field(repr=False)
    channel: str | None = None


Hooks = Mapping[tuple[str, str], Hook]


def load_hooks(path: Path | None) -> Hooks:
    """(source, shop) -> hook; none without a file. Raises UsageError."""
    if path is None:
        return {}
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"QA_HOOKS 不能用: {error}", where=str(path)) from None
    entries = data.get("hook", [])
    if set(data) - {"hook"} or not isinstance(entries, list):
        raise UsageError("QA_HOOKS 里只应有 [[hook]]", where=str(path))
    hooks: dict[tuple[str, str], Hook] = {}
    for number, entry in enumerate(entries, 1):
        hook = _hook(entry, f"{path}: 第 {number} 个 [[hook]]")
        if (hook.name, hook.shop) in hooks:
            raise UsageError(f"店铺 {hook.shop} 的 {hook.name} 写了两次", where=str(path))
        hooks[hook.name, hook.shop] = hook
    return hooks


def _hook(entry: Any, where: str) -> Hook:
    unknown = set(entry) - _KEYS if isinstance(entry, dict) else {"?"}
    if unknown:
        raise UsageError(f"不认识的键 {'、'.join(sorted(unknown))}", where=where, fix=f"可用: {'、'.join(sorted(_KEYS))}")
    shop, name, secrets, channel = entry.get("shop"), entry.get("source"), entry.get("secrets"), entry.get("channel")
    if not isinstance(shop, str) or not shop or name not in VERIFY:
        raise UsageError("每个 [[hook]] 要有 shop,source 应为 " + "、".join(VERIFY), where=where)
    if not isinstance(secrets, list) or not 1 <= len(secrets) <= 2 or not all(isinstance(s, str) and len(s) >= SHORTEST_SECRET for s in secrets):
        raise UsageError(f"secrets 应为一或两个至少 {SHORTEST_SECRET} 个字符的密钥", where=where, fix="从客服系统复制,或用 openssl rand -hex 32 生成")
    if channel is not None and channel not in CHANNELS:
        raise UsageError(f"没有渠道 {channel!r}", where=where, fix=f"可用: {'、'.join(sorted(CHANNELS))}")
    source = mapped(entry.get("map"), where).source() if name == "generic" else SOURCES[name]
    return Hook(shop, name, source, tuple(secrets), channel)
