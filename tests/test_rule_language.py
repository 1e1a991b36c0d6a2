"""The page on the rule language runs: every YAML block of it is loaded and proven, and nothing a rule may say is left out."""
from __future__ import annotations

import re
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Final

import pytest
import yaml

from qa_service.checks.base import GUARDS, Guard, Scope
from qa_service.rules.build import CHECKS
from qa_service.rules.pack import _KNOWN, ROOT_CATEGORIES
from qa_service.rules.policy import FACTS, load_policies
from qa_service.rules.standard import Standard, load_standard
from qa_service.text.measures import MEASURES

PAGE: Final = (Path(__file__).resolve().parents[1] / "docs" / "rule-language.md").read_text("utf-8")
BLOCKS: Final = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PACKS: Final = [b for b in BLOCKS if "rules" in yaml.safe_load(b)]
POLICIES: Final = [b for b in BLOCKS if "facts" in yaml.safe_load(b)]


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory, lexicons: Path) -> Standard:
    """The Standard of the page's examples alone, each proven by its own trial."""
    root = tmp_path_factory.mktemp("page") / "lexicons"
    shutil.copytree(lexicons, root, ignore=shutil.ignore_patterns("rules", "demo"))
    card = root / "scorecards" / "default.yaml"
    data = yaml.safe_load(card.read_text("utf-8"))
    data["prices"]["rule"], data["bonus"] = {}, {}
    data["auto_fail"]["rules"] = []
    card.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    (root / "rules").mkdir()
    for n, block in enumerate(PACKS):
        (root / "rules" / f"block_{n:02}.yaml").write_text(block, "utf-8")
    return load_standard(root)


def section(name: str) -> str:
    """The text of the section of one check."""
    found = re.search(rf"^### 4\.\d+ `{name}` .*?(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"no section for {name}"
    return found.group()


def test_every_block_is_a_pack_or_a_policy() -> None:
    assert len(PACKS) + len(POLICIES) == len(BLOCKS)
    assert len(PACKS) >= len(CHECKS)


def test_every_example_passes_its_own_trial(taught: Standard) -> None:
    assert taught.warnings == ()
    assert len(taught.rules) >= 20
    assert all(r.hits and r.misses for r in taught.rules)


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_has_a_section_with_an_example_and_every_parameter(name: str) -> None:
    text = section(name)
    assert f"check: {name}\n" in text
    assert [f.name for f in fields(CHECKS[name]) if f"`{f.name}" not in text and f"{f.name}:" not in text] == []


def test_every_parameter_of_place_and_manner_is_described() -> None:
    named = [f.name for cls in (Scope, Guard) for f in fields(cls)]
    assert [n for n in (*named, *GUARDS) if f"`{n}`" not in PAGE] == []


def test_every_key_of_a_rule_every_category_measure_and_fact_is_named() -> None:
    for word in (*_KNOWN, *ROOT_CATEGORIES, *MEASURES, *FACTS):
        assert f"`{word}`" in PAGE, word


def test_the_examples_of_the_comparison_exist(taught: Standard) -> None:
    table = PAGE[PAGE.index("## 5."):PAGE.index("```yaml", PAGE.index("## 5."))]
    rows = [row for row in table.splitlines() if row.startswith("|")][2:]
    assert len(rows) >= 20
    for row in rows:
        shown = re.findall(r"DX\d\d", row)
        assert shown, row
        assert set(shown) <= set(taught.by_id), row


@pytest.mark.parametrize("block", POLICIES)
def test_the_policies_of_the_page_load(block: str, lexicons: Path, tmp_path: Path) -> None:
    path = tmp_path / "my-shop.yaml"
    path.write_text(block, "utf-8")
    policy = load_policies(lexicons / "policies", path).override
    assert policy is not None
    assert policy.get("return_freight") == "seller"
    assert policy.get("max_compensation") == 30
