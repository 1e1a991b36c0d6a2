"""Everything said of one conversation under one Standard. Points are integer tenths until they are written out."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa_service.model.conversation import EMPTY
from qa_service.model.finding import Commitment, Finding, Mood, Topic


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a scorecard as scored. `weight` and `points` in tenths; a section that does not apply has weight and points 0."""

    id: str
    title: str
    weight: int
    points: int
    applicable: bool


@dataclass(frozen=True, slots=True)
class Deduction:
    """One line of the waterfall from 100 to the total. `points` in tenths, negative for a loss, positive for a bonus.

    `section` is None for a clamp or an auto-fail; `shares` then says how its points fall on the sections.
    """

    rule: str
    section: str | None
    points: int
    fingerprints: tuple[str, ...] = ()
    capped: bool = False
    shares: Mapping[str, int] = field(default=EMPTY)


@dataclass(frozen=True, slots=True)
class Score:
    """total = 1000 + Σ deductions.points = Σ points of the applicable sections (tenths). Both hold exactly."""

    total: int
    grade: str
    auto_fail: bool
    sections: tuple[Section, ...]
    deductions: tuple[Deduction, ...]


@dataclass(frozen=True, slots=True)
class StandardRef:
    """Which Standard judged: name, version and the digest that pins packs, scorecard, policy, words and models."""

    name: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of one conversation under one Standard: a pure function of both."""

    conversation_id: str
    shop: str
    conversation_digest: str
    standard: StandardRef
    score: Score
    findings: tuple[Finding, ...]
    commitments: tuple[Commitment, ...]
    topics: tuple[Topic, ...]
    moods: tuple[Mood, ...]
    trend: float
    measures: Mapping[str, float | int | None]
    notes: tuple[str, ...]
    turned: int | None = None
    """The customer's message from which on the chat feels otherwise than before."""
