"""Policies: by channel, by shop, by override; inherited; checked."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from qa_service.model.conversation import Conversation, Message
from qa_service.model.errors import RefusedStandard
from qa_service.rules.policy import FACTS, Policies, load_policies
from qa_service.rules.rule import fact_fits
from qa_service.rules.standard import Standard


def folder(tmp_path: Path, files: Mapping[str, Mapping[str, Any]]) -> Path:
    for name, data in files.items():
        path = tmp_path / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return tmp_path


GENERIC = {"name": "generic", "channels": ["other", "web"], "facts": {"return_freight": "buyer", "no_reason_days": 7}}
FILES = {"generic": GENERIC, "tmall": {"name": "tmall", "channels": ["tmall"], "facts": {"return_freight": {"value": "seller", "source": "约定", "checked": "2026-11"}}},
         "shops/demo": {"name": "demo", "extends": "tmall", "facts": {"max_compensation": 99.5}}}


def chat(shop: str, channel: str) -> Conversation:
    return Conversation("1", (Message("agent", "好"),), shop, channel)


def test_the_shops_policy_goes_before_its_channels(tmp_path: Path) -> None:
    policies = load_policies(folder(tmp_path, FILES))
    assert policies.of(chat("demo", "jd")).name == "demo"
    assert policies.of(chat("x", "tmall")).name == "tmall"
    assert policies.of(chat("x", "web")).name == "generic"
    assert policies.of(chat("x", "jd")).name == "generic"


def test_a_policy_inherits_and_overrides(tmp_path: Path) -> None:
    demo = load_policies(folder(tmp_path, FILES)).by_shop["demo"]
    assert dict(demo.facts) == {"return_freight": "seller", "max_compensation": 99.5}
    assert demo.source["return_freight"] == {"source": "约定", "checked": "2026-11"}


def test_an_override_judges_every_chat(tmp_path: Path) -> None:
    root = folder(tmp_path / "p", FILES)
    mine = folder(tmp_path / "o", {"mine": {"name": "mine", "extends": "generic", "facts": {"no_reason_days": 15}}}) / "mine.yaml"
    policies = load_policies(root, mine)
    for conversation in (chat("demo", "tmall"), chat("x", "other")):
        assert policies.of(conversation).get("no_reason_days") == 15
        assert policies.of(conversation).get("return_freight") == "buyer"


@pytest.mark.parametrize(("change", "reason"), [
    ({"facts": {"free_tea": True}}, "未知的政策项 'free_tea'"), ({"facts": {"no_reason_days": "七"}}, "类型不对"), ({"facts": {"no_reason_days": True}}, "类型不对"), ({"facts": {"opened_returnable": 1}}, "类型不对"),
    ({"extends": "nobody"}, "没有名为 'nobody'"), ({"channels": ["amazon"]}, "'amazon' 不存在"), ({"channels": ["tmall"]}, "'tmall' 不存在或已有政策"), ({"shop": "x"}, "政策文件的键"), ({"name": None}, "政策文件的键")])
def test_refusals(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    data = {k: v for k, v in {"name": "zz", **change}.items() if v is not None}
    with pytest.raises(RefusedStandard, match=r"zz\.yaml:\d+") as caught:
        load_policies(folder(tmp_path, {**FILES, "zz": data}))
    assert reason in caught.value.why


def test_some_policy_must_be_for_all_the_others(tmp_path: Path) -> None:
    with pytest.raises(RefusedStandard, match="other"):
        load_policies(folder(tmp_path, {"tmall": FILES["tmall"]}))


@pytest.mark.parametrize(("fact", "wanted", "fits"), [
    ("seller", "seller", True), ("buyer", "seller", False), (None, "seller", False), (None, None, True), (4, [3, 4], True), (5, [3, 4], False), (24, {"under": 48}, True), (48, {"under": 48}, False),
    (50, {"over": 10, "under": 60}, True), (None, {"over": 1}, False), (True, {"over": 0}, False), ("x", {"over": 0}, False)])
def test_what_a_rule_wants_of_the_policy(fact: Any, wanted: Any, fits: bool) -> None:
    assert fact_fits(fact, wanted) is fits


def test_the_policies_that_ship_know_every_fact_they_state(standard: Standard) -> None:
    policies: Policies = standard.policies
    assert {"tmall", "jd", "other"} <= set(policies.by_channel)
    for policy in policies.by_channel.values():
        assert set(policy.facts) <= set(FACTS)
        for fact in policy.facts:
            assert policy.source[fact].get("checked"), f"{policy.name}: {fact} has no date"
