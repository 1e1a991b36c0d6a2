"""All rules that ship: proven, complete, each check used, each category priced."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from qa_service.model.finding import Finding
from qa_service.rules.build import CHECKS
from qa_service.rules.locate import lexicons_root
from qa_service.rules.pack import CATEGORIES, ROOT_CATEGORIES
from qa_service.rules.standard import Standard, load_standard, standard_digest
from qa_service.services.rule_docs import rules_document

DOCS = Path(__file__).resolve().parents[2] / "docs" / "rule-language.md"


def parts(check: Any) -> Iterator[str]:
    """The names of the checks that a check is made of."""
    if not is_dataclass(check) or isinstance(check, type):
        return
    yield from (name for name, cls in CHECKS.items() if isinstance(check, cls))
    for f in fields(check):
        value = getattr(check, f.name)
        for part in value if isinstance(value, tuple) else (value,):
            yield from parts(part)


def test_every_rule_passes_its_own_trial() -> None:
    assert [str(w) for w in load_standard(lexicons_root(), prove=True).warnings] == []


def test_ids_and_names_are_one_of_a_kind(standard: Standard) -> None:
    names = Counter(key for r in standard.rules for key in (r.id, r.name))
    assert [n for n, count in names.items() if count > 1] == []


def test_every_rule_has_its_examples_and_its_words(standard: Standard) -> None:
    thin = [r.id for r in standard.rules if not (r.hits and r.misses and r.why and r.suggest and r.source.get("title") and r.source.get("checked"))]
    assert thin == []


def test_every_check_is_used_by_a_rule_or_shown_by_a_documented_example(standard: Standard) -> None:
    used = {name for rule in standard.rules for name in parts(rule.check)}
    page = DOCS.read_text("utf-8")
    assert [name for name in CHECKS if name not in used and f"check: {name}" not in page] == []


def test_every_category_has_a_name_and_all_but_customer_risk_a_section(standard: Standard) -> None:
    for rule in standard.rules:
        assert rule.category.split(".")[0] in ROOT_CATEGORIES
        part = standard.scorecard.part_of(rule.category)
        assert (part is None) == rule.category.startswith("customer-risk"), rule.id


def test_every_category_of_the_contract_has_a_rule(standard: Standard) -> None:
    here = {r.category for r in standard.rules}
    roots = {c.split(".")[0] for c in here}
    assert set(CATEGORIES) - here == set()
    assert set(ROOT_CATEGORIES) - roots == set()


def test_customer_risk_costs_nothing_and_trials_cost_nothing(standard: Standard) -> None:
    for rule in standard.rules:
        finding = Finding(rule.id, rule.name, rule.category, rule.severity, rule.status, "", "", "", {}, (), "f")
        price = standard.scorecard.price(finding)
        assert price == 0 or (rule.status == "stable" and not rule.category.startswith("customer-risk")), rule.id


def test_every_rule_is_documented(standard: Standard) -> None:
    document = rules_document(standard.rules)
    for rule in standard.rules:
        assert f"### {rule.id} {rule.title}" in document
        assert rule.why in document


def test_every_rule_stands_where_it_says(standard: Standard) -> None:
    for rule in standard.rules:
        path, _, line = rule.where.rpartition(":")
        assert rule.id in Path(path).read_text("utf-8").splitlines()[int(line) - 1], rule.where


def test_the_digest_pins_every_file(house: Path) -> None:
    (house / "rules" / "a.yaml").write_text("rules: []\n", "utf-8")
    before = standard_digest(house)
    assert before == standard_digest(house)
    seen = {before}
    for change in ("rules/a.yaml", "scorecards/small.yaml", "policies/generic.yaml", "standard.yaml"):
        path = house / change
        path.write_text(path.read_text("utf-8") + "# x\n", "utf-8")
        seen.add(standard_digest(house))
    (house / "policies" / "shops" / "new.yaml").write_text("name: new\n", "utf-8")
    seen.add(standard_digest(house))
    seen.add(standard_digest(house, house / "standard.yaml"))
    assert len(seen) == 7
