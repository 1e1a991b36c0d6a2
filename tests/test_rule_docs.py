"""docs/rules.md is what the packs say: `./qa -- rules docs --out docs/rules.md` writes it."""
from __future__ import annotations

from pathlib import Path

from qa_service.rules.pack import ROOT_CATEGORIES
from qa_service.rules.standard import Standard
from qa_service.services.rule_docs import rule_page, rules_document

PAGE = Path(__file__).resolve().parents[1] / "docs" / "rules.md"


def test_the_page_is_up_to_date(standard: Standard) -> None:
    assert PAGE.read_text("utf-8") == rules_document(standard.rules).rstrip("\n") + "\n", "./qa -- rules docs --out docs/rules.md"


def test_every_rule_is_on_it_once(standard: Standard) -> None:
    lines = rules_document(standard.rules).splitlines()
    headings = [line.split()[1] for line in lines if line.startswith("### ")]
    assert sorted(headings) == sorted(r.id for r in standard.rules)
    assert {line.split()[1] for line in lines if line.startswith("## ")} <= set(ROOT_CATEGORIES.values())


def test_a_page_says_what_why_how_and_from_where(standard: Standard) -> None:
    for rule in standard.rules:
        page = rule_page(rule)
        for words in (rule.title, rule.why, rule.suggest, rule.name, rule.source["title"]):
            assert str(words) in page
        assert page.count("```") == 2 * (bool(rule.hits) + bool(rule.misses) + bool(rule.known_misses))
