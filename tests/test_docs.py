"""The pages say what is so: the rule of the README is a rule, its commands and settings exist, and both languages show the same."""
from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Final

import pytest

from qa_service.importers.detect import IMPORTERS
from qa_service.importers.splitting import SPLITTINGS, Splitting, load_splittings
from qa_service.rules.standard import load_standard

ROOT: Final = Path(__file__).resolve().parents[1]
PAGES: Final = ("README.md", "README.zh-CN.md")


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def without_comments(code: str) -> list[str]:
    return [re.sub(r"\s+# .*", "", line) for line in code.splitlines()]


@pytest.mark.parametrize("name", PAGES)
def test_the_rule_it_shows_comes_up_in_a_standard_and_passes_its_trial(name: str, tmp_path: Path) -> None:
    (pack,) = blocks(page(name), "yaml")
    root = tmp_path / "my-lexicons"
    shutil.copytree(ROOT / "lexicons", root)
    (root / "rules" / "my_shop.yaml").write_text(pack, "utf-8")
    rule = load_standard(root).by_id["MY01"]
    assert rule.hits
    assert len(rule.misses) == 2


def test_both_languages_show_the_same_rule_and_the_same_synopsis() -> None:
    english, chinese = (page(name) for name in PAGES)
    assert [without_comments(b) for b in blocks(english, "yaml")] == [without_comments(b) for b in blocks(chinese, "yaml")]
    assert blocks(english, "text")[0] == blocks(chinese, "text")[0]


@pytest.mark.parametrize("name", PAGES)
def test_the_commands_of_the_script_are_the_ones_it_has(name: str) -> None:
    text = subprocess.run([str(ROOT / "qa"), "help"], capture_output=True, encoding="utf-8", check=True).stdout
    known = set(re.findall(r"^  ([a-z]+) ", text, re.MULTILINE)) | {"score", "--"}
    shown = set(re.findall(r"\./qa (--|[a-z]+)", page(name)))
    assert {"demo", "test"} <= shown <= known


@pytest.mark.parametrize("name", PAGES)
def test_every_setting_is_documented(name: str) -> None:
    sources = [ROOT / "qa", *(ROOT / "qa_service").rglob("*.py")]
    settings = {word for path in sources for word in re.findall(r"\bQA_[A-Z_]+\b", path.read_text("utf-8"))}
    assert "QA_LEXICONS" in settings
    assert {s for s in settings if f"`{s}`" not in page(name)} == set()


def test_every_format_and_every_parameter_of_a_split_is_documented() -> None:
    text = page("docs/formats.md")
    assert {name for name in [*IMPORTERS, *SPLITTINGS, *(f.name for f in fields(Splitting))] if f"`{name}`" not in text} == set()


def test_the_sessions_file_that_is_shown_can_be_read(tmp_path: Path) -> None:
    (shown,) = blocks(page("docs/formats.md"), "yaml")
    path = tmp_path / "sessions.yaml"
    path.write_text(shown, "utf-8")
    assert set(load_splittings(str(path))) == {"wecom-archive", "wechat-kf"}


@pytest.mark.parametrize("name", [*PAGES, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_link_to_a_file_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", page(name))
    assert [link for link in links if not (ROOT / link).exists()] == []
