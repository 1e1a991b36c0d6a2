"""Shop policies from YAML: one file a channel family, and one a shop where it promises something else."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa_service.model.conversation import CHANNELS, Conversation
from qa_service.model.errors import RefusedStandard
from qa_service.model.policy import Policy
from qa_service.rules.source import Entry, read_yaml

# Every fact a policy may state, with the type of its value.
FACTS: Mapping[str, type | tuple[type, ...]] = {
    "return_freight": str,            # who pays the return leg of a no-reason return: seller | buyer
    "authenticity": int,              # 假一赔N: N, 0 = not offered
    "no_reason_days": int,            # days of 无理由退货
    "opened_returnable": bool,        # goods opened for inspection can still be returned
    "max_compensation": (int, float),  # 元 an agent may grant on their own
    "ship_within_hours": int,         # hours from payment to shipment
    "refund_within_hours": int,       # hours from receipt of the return to the refund
    "price_protection_days": int,
    "review_within_hours": int,
    "dispute_within_hours": int,
    "not_offered": list}              # commitment types the shop does not offer


@dataclass(frozen=True, slots=True)
class Policies:
    """All policies of a Standard. `by_channel` always has "other"."""

    by_channel: Mapping[str, Policy]
    by_shop: Mapping[str, Policy]
    override: Policy | None = None

    def of(self, conversation: Conversation) -> Policy:
        """The policy a conversation is judged by: the override, its shop's, its channel's, the generic one."""
        return (self.override or self.by_shop.get(conversation.shop) or self.by_channel.get(conversation.channel)
                or self.by_channel["other"])


def load_policies(folder: Path, override: Path | None = None) -> Policies:
    """Read ``*.yaml`` and ``shops/*.yaml``. Raises RefusedStandard."""
    by_name: dict[str, Policy] = {}
    by_channel: dict[str, Policy] = {}
    for path in sorted(folder.glob("*.yaml")):
        entry = read_yaml(path)
        policy = _policy(entry, by_name)
        by_name[policy.name] = policy
        for channel in entry.data.get("channels") or ():
            if channel not in CHANNELS or channel in by_channel:
                raise RefusedStandard(f"渠道 {channel!r} 不存在或已有政策", where=entry.where("channels"))
            by_channel[channel] = policy
    if "other" not in by_channel:
        raise RefusedStandard("没有一份政策适用于渠道 other", where=str(folder))
    by_shop = {path.stem: _policy(read_yaml(path), by_name) for path in sorted((folder / "shops").glob("*.yaml"))}
    return Policies(by_channel, by_shop, _policy(read_yaml(override), by_name) if override else None)


def _policy(entry: Entry, known: Mapping[str, Policy]) -> Policy:
    data = entry.data
    unknown = set(data) - {"name", "title", "channels", "extends", "facts"}
    if unknown or not isinstance(data.get("name"), str):
        raise RefusedStandard(f"政策文件的键应为 name、title、channels、extends、facts,得到 {'、'.join(map(str, data))}", where=entry.where())
    base = Policy(data["name"])
    if data.get("extends"):
        if data["extends"] not in known:
            raise RefusedStandard(f"没有名为 {data['extends']!r} 的政策可以继承", where=entry.where("extends"), fix=f"可用: {'、'.join(known)}")
        base = replace(known[data["extends"]], name=data["name"])
    facts, source = dict(base.facts), dict(base.source)
    for key, stated in (data.get("facts") or {}).items():
        value, note = (stated.get("value"), {k: str(v) for k, v in stated.items() if k != "value"}) if isinstance(stated, dict) else (stated, {})
        _check_fact(entry, key, value)
        facts[key], source[key] = value, note
    return Policy(base.name, facts, source)


def _check_fact(entry: Entry, key: Any, value: Any) -> None:
    if key not in FACTS:
        raise RefusedStandard(f"未知的政策项 {key!r}", where=entry.where("facts"), fix=f"可用: {'、'.join(FACTS)}")
    kind = FACTS[key]
    if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
        raise RefusedStandard(f"政策项 {key} 的值 {value!r} 类型不对", where=entry.where("facts"))
