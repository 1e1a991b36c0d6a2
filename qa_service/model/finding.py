"""What a rule found, where, and why; and what a shop promised."""
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

SEVERITIES: Final[tuple[str, ...]] = ("info", "minor", "major", "critical")
STATUSES: Final[tuple[str, ...]] = ("trial", "stable", "retired")
COMMITMENT_TYPES: Final[tuple[str, ...]] = (
    "reissue", "refund", "compensation", "exchange", "ship_by", "deliver_by", "callback", "verify", "order_change", "other")
TOPICS: Final[Mapping[str, str]] = {
    "product_spec": "商品规格", "price": "价格优惠", "shipping_time": "发货时效", "usage": "使用方法", "logistics": "物流异常",
    "quality": "商品质量", "wrong_item": "错发漏发", "return": "退换货", "refund": "退款", "complaint": "投诉", "invoice": "发票",
    "order_change": "订单修改", "other": "其他"}


@dataclass(frozen=True, slots=True)
class Span:
    """Evidence: half-open code-point offsets into the ORIGINAL text of message number `message` (0-based)."""

    message: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's hit in one conversation, with everything a person needs to judge it."""

    rule: str
    name: str
    category: str
    severity: str
    status: str
    title: str
    why: str
    suggest: str
    source: Mapping[str, str]
    spans: tuple[Span, ...]
    fingerprint: str
    confidence: float = 1.0
    needs_human: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Commitment:
    """A future act that the shop promised. `due` is resolved only where the chat has times; `status`: kept, contradicted or open."""

    type: str
    message: int
    start: int
    end: int
    text: str
    deadline_text: str | None = None
    due: datetime | None = None
    amount_text: str | None = None
    amount: float | None = None
    status: str = "open"


@dataclass(frozen=True, slots=True)
class Topic:
    """What one customer message is about: a label of TOPICS with a confidence 0 … 1."""

    message: int
    label: str
    confidence: float

    @property
    def title(self) -> str:
        """The label in Chinese."""
        return TOPICS[self.label]


@dataclass(frozen=True, slots=True)
class Mood:
    """Sentiment of one customer message: label positive, neutral or negative; score −1 … 1."""

    message: int
    label: str
    score: float


def fingerprint(rule: str, words: tuple[str, ...], nth: int) -> str:
    """Identity of a finding that survives a re-scan: rule and words, never the position. `nth` tells equal ones in one chat apart."""
    text = "\x1f".join((rule, str(nth), *words))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
