"""What became of a chat: satisfaction, bad review, order, refund, repurchase, where the chats' `meta` or a joined table tells. And what goes with it.

For each rule the correlation (Pearson's r) between "this rule hit" and the outcome. That is no cause, and says nothing of small numbers.
"""
from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from qa_service.model.errors import SourceError

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "csat": ("csat", "满意度", "评分", "满意度评分"),
    "bad_review": ("bad_review", "差评", "是否差评"),
    "ordered": ("ordered", "order_placed", "下单", "是否下单", "成交"),
    "refund": ("refund", "refunded", "退款", "是否退款"),
    "repurchase": ("repurchase", "复购", "是否复购", "老客")}
TITLES: Final[Mapping[str, str]] = {"csat": "满意度(1–5 均值)", "bad_review": "差评率", "ordered": "咨询转化率", "refund": "退款率", "repurchase": "复购率"}
GOALS: Final[Mapping[str, str]] = {"csat": "", "bad_review": "≤ 1%", "ordered": "≥ 30%", "refund": "", "repurchase": "≥ 20%"}
LEAST, LEAST_HITS = 30, 5
_YES: Final = frozenset(("是", "有", "1", "true", "yes", "y", "已下单", "已退款", "差评", "√"))
_NO: Final = frozenset(("否", "无", "0", "false", "no", "n", "未下单", "未退款", "", "×"))
_IDS: Final = ("会话id", "会话编号", "conversation_id", "id", "会话")
Outcomes = Mapping[str, float]
Table = Mapping[str, Outcomes]


def outcomes_of(meta: Mapping[str, Any]) -> Outcomes:
    """The outcomes a mapping tells, by name: csat 1 … 5, all others 0 or 1. What cannot be understood is left out."""
    out: dict[str, float] = {}
    lowered = {str(k).strip().lower(): v for k, v in meta.items()}
    for name, aliases in NAMES.items():
        value = next((lowered[a] for a in aliases if a in lowered), None)
        read = None if value is None else _csat(value) if name == "csat" else _flag(value)
        if read is not None:
            out[name] = read
    return out


def _csat(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if 1 <= number <= 5 else None


def _flag(value: object) -> float | None:
    if isinstance(value, bool | int | float):
        return float(value > 0)
    text = str(value).strip().lower()
    return 1.0 if text in _YES else 0.0 if text in _NO else None


def read_outcomes(path: Path) -> Table:
    """A CSV table (UTF-8 or GB18030) with a column of conversation ids: id -> outcomes. Raises SourceError."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise SourceError(f"读不出来: {error.strerror}", where=str(path)) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "replace")
    rows = csv.DictReader(io.StringIO(text, newline=""))
    key = next((n for n in rows.fieldnames or () if n.strip().lower() in _IDS), None)
    known = {a for aliases in NAMES.values() for a in aliases}
    if key is None or not any(n.strip().lower() in known for n in rows.fieldnames or ()):
        raise SourceError("表里没有会话ID列,或没有认得的结果列", where=str(path), fix=f"需要 会话ID,以及 {'、'.join(a[1] for a in NAMES.values())} 之一")
    return {row[key]: outcomes_of({k: v for k, v in row.items() if k is not None}) for row in rows if row[key]}


@dataclass(slots=True)
class OutcomeTally:
    """One outcome over the chats that know it: sums for its mean, for its correlation with the score and with each rule."""

    n: int = 0
    total: float = 0.0
    squares: float = 0.0
    scores: float = 0.0
    score_squares: float = 0.0
    products: float = 0.0
    rules: Counter[str] = field(default_factory=Counter)
    rule_totals: dict[str, float] = field(default_factory=dict)

    def add(self, value: float, score: float, rules: Iterable[str]) -> None:
        """One chat: its outcome, its score, the rules that hit."""
        self.n += 1
        self.total += value
        self.squares += value * value
        self.scores += score
        self.score_squares += score * score
        self.products += value * score
        for rule in rules:
            self.rules[rule] += 1
            self.rule_totals[rule] = self.rule_totals.get(rule, 0.0) + value

    @property
    def mean(self) -> float | None:
        """Mean outcome; of a yes or no its share."""
        return self.total / self.n if self.n else None

    @property
    def with_score(self) -> float | None:
        """Correlation with the score; None for few chats, or where either never changes."""
        return None if self.n < LEAST else _pearson(self.n, self.total, self.squares, self.scores, self.score_squares, self.products)

    @property
    def noise(self) -> float:
        """Two standard errors of a correlation that is not there."""
        return 2 / math.sqrt(self.n) if self.n else 1.0

    def with_rules(self) -> list[tuple[str, int, float, float]]:
        """(rule, chats hit, mean outcome of those, correlation), the strongest first.

        Left out: rules that hit, or missed, too few chats, and correlations that chance gives easily among some eighty rules (`noise`).
        """
        out = []
        for rule, hit in self.rules.items():
            if self.n < LEAST or hit < LEAST_HITS or self.n - hit < LEAST_HITS:
                continue
            r = _pearson(self.n, self.total, self.squares, hit, hit, self.rule_totals[rule])
            if r is not None and abs(r) > 1.5 * self.noise:
                out.append((rule, hit, self.rule_totals[rule] / hit, r))
        return sorted(out, key=lambda x: (-abs(x[3]), x[0]))


def _pearson(n: int, y: float, yy: float, x: float, xx: float, xy: float) -> float | None:
    spread = (n * xx - x * x) * (n * yy - y * y)
    return None if spread <= 1e-9 else max(-1.0, min(1.0, (n * xy - x * y) / math.sqrt(spread)))
