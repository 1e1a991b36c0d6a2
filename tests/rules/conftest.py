"""Standards of our own: one good rule to spoil, and a small house around it."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from qa_service.rules.standard import Standard, load_standard

Load = Callable[..., Standard]

GOOD: Mapping[str, Any] = {
    "id": "ZZ01", "name": "zz-wechat", "title": "引导加微信", "category": "promise.off-platform", "check": "phrase", "with": {"any": ["加微信", "加v"]},
    "severity": "major", "status": "stable", "why": "离开平台没有保障", "suggest": "请在平台内沟通", "source": {"title": "平台规则", "checked": "2026-11"},
    "hits": ["客: 在吗\n服: ⟦加微信⟧聊"], "misses": ["客: 加微信吗\n服: 不可以的"]}
CARD = {"name": "small", "sections": [
    {"id": "all", "title": "全部", "weight": 100, "categories": ["empty-reply", "courtesy", "promise", "timeliness", "recovery", "process", "privacy"]}],
    "prices": {"severity": {"info": 0, "minor": 3, "major": 10, "critical": 20}}, "grades": {"excellent": 90, "good": 80, "pass": 60, "fail": 0}}


@pytest.fixture
def house(tmp_path: Path, lexicons: Path) -> Path:
    """A folder with the words and models that ship, a small card and one policy; no packs yet."""
    root = tmp_path / "standard"
    for part in ("rules", "scorecards", "policies/shops", "words"):
        (root / part).mkdir(parents=True)
    for path in (lexicons / "words").iterdir():
        (root / "words" / path.name).symlink_to(path)
    (root / "models").symlink_to(lexicons / "models")
    (root / "standard.yaml").write_text("name: small\nversion: '1'\nscorecard: small\n", "utf-8")
    write(root / "scorecards" / "small.yaml", CARD)
    write(root / "policies" / "generic.yaml", {"name": "generic", "channels": ["other"], "facts": {"return_freight": "buyer", "max_compensation": 20}})
    return root


def write(path: Path, data: object) -> None:
    path.write_text(data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")


@pytest.fixture
def load(house: Path) -> Load:
    """``load(rule, …, conditions=…)``: the Standard of these rules; a rule is what is changed in GOOD (`...` takes a key away)."""
    def go(*changes: Mapping[str, Any], conditions: Mapping[str, Any] | None = None, prove: bool = True) -> Standard:
        rules = [{k: v for k, v in {**GOOD, **change}.items() if v is not ...} for change in changes or ({},)]
        write(house / "rules" / "mine.yaml", {"pack": {"name": "mine"}, **({"conditions": dict(conditions)} if conditions else {}), "rules": rules})
        return load_standard(house, prove=prove)
    return go
