"""The scorecard: prices findings, never reads text. Integer tenths throughout; the waterfall adds up exactly.

total = 1000 + Σ lines = Σ points of the applicable sections. A section loses no more than it has; a bonus may lift it, a clamp or an
auto-fail (一票否决) is a line of its own, shared over the sections by largest remainder.
"""
from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from qa_service.model.conversation import EMPTY
from qa_service.model.errors import RefusedStandard
from qa_service.model.evaluation import Deduction, Score, Section
from qa_service.model.finding import SEVERITIES, TOPICS, Finding
from qa_service.rules.source import Entry, read_yaml
from qa_service.text.measures import MEASURES

FULL = 1000
_GRADES = ("excellent", "good", "pass", "fail")


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the card. `weight` in tenths; it applies when a topic occurs or a measure is over 0; with neither, always."""

    id: str
    title: str
    weight: int
    categories: tuple[str, ...]
    topics: tuple[str, ...] = ()
    measure: str = ""


class Terms(NamedTuple):
    """What a kind of finding means to the card: its price, its section ("" for none), and whether it fails the conversation."""

    price: int
    section: str
    fatal: bool


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Prices in tenths, positive = lost, by rule, then category (the longest prefix), then severity. `bonus`: by rule or category, gained."""

    name: str
    parts: tuple[Part, ...]
    by_severity: Mapping[str, int]
    by_category: Mapping[str, int]
    by_rule: Mapping[str, int]
    bonus: Mapping[str, int]
    grades: tuple[tuple[str, int], ...]
    fatal_rules: frozenset[str] = frozenset()
    fatal_categories: tuple[str, ...] = ()
    fatal_total: int = 0
    repeat_percent: int = 50
    repeat_times: int = 3
    rule_cap: int = FULL
    source: Mapping[str, Any] = field(default=EMPTY)
    _full_scores: dict[tuple[str, ...], Score] = field(default_factory=dict, init=False, repr=False, compare=False)
    _terms: dict[tuple[str, ...], Terms] = field(default_factory=dict, init=False, repr=False, compare=False)

    def price(self, finding: Finding) -> int:
        """Tenths that one finding costs (negative: a bonus). Trial findings and customer risk cost nothing."""
        if finding.status != "stable" or finding.category.startswith("customer-risk"):
            return 0
        gained = self.bonus.get(finding.rule, _by_prefix(self.bonus, finding.category))
        if gained is not None:
            return -gained
        lost = self.by_rule.get(finding.rule, _by_prefix(self.by_category, finding.category))
        return self.by_severity.get(finding.severity, 0) if lost is None else lost

    def part_of(self, category: str) -> Part | None:
        """The section a category belongs to: the longest matching prefix."""
        best: tuple[int, Part | None] = (-1, None)
        for part in self.parts:
            for prefix in part.categories:
                if (category == prefix or category.startswith(prefix + ".")) and len(prefix) > best[0]:
                    best = (len(prefix), part)
        return best[1]

    def score(self, findings: Sequence[Finding], topics: frozenset[str], measures: Mapping[str, float | int | None]) -> Score:
        """Price the findings of one conversation."""
        priced: dict[str, list[Finding]] = {}
        sections: dict[str, str] = {}
        fatal: list[Finding] = []
        for finding in findings:
            price, section, fails = self._terms_of(finding)
            if price and section:
                priced.setdefault(finding.rule, []).append(finding)
                sections[finding.rule] = section
            if fails:
                fatal.append(finding)
        applying = tuple([p.id for p in self.parts if self._applies(p, topics, measures)])
        if not priced and not fatal:
            return self._full(applying)
        weights = self._weights({*applying, *sections.values()})
        points = dict(weights)
        lines: list[Deduction] = []
        for rule in sorted(priced):
            section = sections[rule]
            lines.append(self._line(rule, priced[rule], section, points))
            points[section] += lines[-1].points
        over = sum(points.values()) - FULL
        if over > 0:
            lines.append(_shared("clamp", over, points))
        total = sum(points.values())
        if fatal and total > self.fatal_total:
            lines.append(_shared("auto-fail", total - self.fatal_total, points, tuple(f.fingerprint for f in fatal)))
        total = sum(points.values())
        return Score(total, "fail" if fatal else self._grade(total), bool(fatal), self._sections(weights, points), tuple(lines))

    def _terms_of(self, finding: Finding) -> Terms:
        key = finding.rule, finding.category, finding.severity, finding.status
        terms = self._terms.get(key)
        if terms is None:
            part = self.part_of(finding.category)
            terms = self._terms[key] = Terms(self.price(finding), part.id if part is not None else "", self.is_fatal(finding))
        return terms

    def _sections(self, weights: Mapping[str, int], points: Mapping[str, int]) -> tuple[Section, ...]:
        return tuple([Section(p.id, p.title, weights.get(p.id, 0), points.get(p.id, 0), p.id in weights) for p in self.parts])

    def is_fatal(self, finding: Finding) -> bool:
        """Whether a finding fails the conversation by itself."""
        return finding.status == "stable" and (finding.rule in self.fatal_rules or any(
            finding.category == c or finding.category.startswith(c + ".") for c in self.fatal_categories))

    def _weights(self, applying: Collection[str]) -> dict[str, int]:
        chosen = [p for p in self.parts if p.id in applying] or list(self.parts)
        return dict(zip((p.id for p in chosen), shares(FULL, [p.weight for p in chosen]), strict=True))

    def _full(self, applying: tuple[str, ...]) -> Score:
        """The score of a chat in which nothing was found: one for each set of sections that apply."""
        known = self._full_scores.get(applying)
        if known is None:
            weights = self._weights(applying)
            known = self._full_scores[applying] = Score(FULL, self._grade(FULL), False, self._sections(weights, weights), ())
        return known

    @staticmethod
    def _applies(part: Part, topics: frozenset[str], measures: Mapping[str, float | int | None]) -> bool:
        if part.topics and not topics.intersection(part.topics):
            return False
        return not part.measure or bool(measures.get(part.measure))

    def _line(self, rule: str, hits: list[Finding], section: str, points: Mapping[str, int]) -> Deduction:
        each = self._terms_of(hits[0]).price
        if each < 0:
            return Deduction(rule, section, -each, tuple(f.fingerprint for f in hits))
        wanted = each + sum(each * self.repeat_percent // 100 for _ in hits[1:self.repeat_times])
        lost = min(wanted, self.rule_cap, points[section])
        return Deduction(rule, section, -lost, tuple(f.fingerprint for f in hits), lost < wanted or len(hits) > self.repeat_times)

    def _grade(self, total: int) -> str:
        return next(name for name, least in self.grades if total >= least)


def _by_prefix(prices: Mapping[str, int], category: str) -> int | None:
    """The price of the longest prefix of a category ("a.b.c", "a.b", "a")."""
    while category:
        if category in prices:
            return prices[category]
        category = category.rpartition(".")[0]
    return None


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` split by `weights` into integers that add up to it (largest remainder; ties to the first)."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    out = [amount * w // whole for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for i in order[:amount - sum(out)]:
        out[i] += 1
    return out


def _shared(name: str, amount: int, points: dict[str, int], fingerprints: tuple[str, ...] = ()) -> Deduction:
    parts = shares(amount, list(points.values()))
    split = {section: -part for section, part in zip(points, parts, strict=True) if part}
    for section, part in split.items():
        points[section] += part
    return Deduction(name, None, -amount, fingerprints, name == "clamp", split)


def load_scorecard(path: Path) -> Scorecard:
    """Read a scorecard. Raises RefusedStandard with ``path:line``."""
    entry = read_yaml(path)
    data = entry.data
    known = {"name", "title", "source", "sections", "prices", "repeat", "cap", "auto_fail", "bonus", "grades"}
    if set(data) - known or not known - {"source", "bonus", "auto_fail", "repeat", "cap", "title"} <= set(data):
        raise RefusedStandard(f"评分卡的键应为 {'、'.join(sorted(known))}", where=entry.where())
    try:
        prices, repeat, fatal = data["prices"], data.get("repeat") or {}, data.get("auto_fail") or {}
        return Scorecard(
            str(data["name"]), tuple(_part(p, entry) for p in data["sections"]),
            _tenths(prices["severity"], entry), _tenths(prices.get("category"), entry), _tenths(prices.get("rule"), entry),
            _tenths(data.get("bonus"), entry), _grades(data["grades"], entry),
            frozenset(fatal.get("rules") or ()), tuple(fatal.get("categories") or ()), round(float(fatal.get("total", 0)) * 10),
            int(repeat.get("percent", 50)), int(repeat.get("times", 3)),
            round(float((data.get("cap") or {}).get("rule", 100)) * 10), data.get("source") or {})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RefusedStandard(f"评分卡不完整: {error!r}", where=entry.where()) from None


def _part(data: Mapping[str, Any], entry: Entry) -> Part:
    applies = data.get("applies") or {}
    part = Part(str(data["id"]), str(data["title"]), round(float(data["weight"]) * 10), tuple(data["categories"]),
                tuple(applies.get("topics") or ()), str(applies.get("measure") or ""))
    wrong = [t for t in part.topics if t not in TOPICS] + ([part.measure] if part.measure and part.measure not in MEASURES else [])
    if wrong or part.weight <= 0:
        raise RefusedStandard(f"评分项 {part.id}: 权重应为正数,applies 不认识 {wrong}", where=entry.where("sections"))
    return part


def _tenths(data: Mapping[str, Any] | None, entry: Entry) -> dict[str, int]:
    out = {str(k): round(float(v) * 10) for k, v in (data or {}).items()}
    if any(v < 0 for v in out.values()):
        raise RefusedStandard("价格不能是负数,加分写在 bonus", where=entry.where("prices"))
    return out


def _grades(data: Mapping[str, Any], entry: Entry) -> tuple[tuple[str, int], ...]:
    out = tuple(sorted(((str(k), round(float(v) * 10)) for k, v in data.items()), key=lambda x: -x[1]))
    if {k for k, _ in out} != set(_GRADES) or out[-1][1] != 0:
        raise RefusedStandard("等级应为 excellent、good、pass、fail,fail 从 0 分起", where=entry.where("grades"))
    return out


def lint_scorecard(card: Scorecard, rules: Mapping[str, str], path: Path) -> None:
    """Refuse a card that names rules or categories which no pack has. `rules`: id -> category."""
    for name in (*card.by_rule, *(n for n in card.bonus if n.isupper()), *card.fatal_rules):
        if name not in rules:
            raise RefusedStandard(f"评分卡提到不存在的规则 {name}", where=str(path))
    if set(card.by_severity) - set(SEVERITIES):
        raise RefusedStandard("评分卡提到不存在的严重程度", where=str(path))
    for rule, category in rules.items():
        if not category.startswith("customer-risk") and card.part_of(category) is None:
            raise RefusedStandard(f"规则 {rule} 的类别 {category} 不属于任何评分项", where=str(path))
