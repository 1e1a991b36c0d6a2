"""Small sums that merge exactly: all integers (tenths of a point, tenths of a second), so that adding in parts gives the same numbers."""
from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Generic, TypeVar

T = TypeVar("T")
Key = tuple[Any, ...]
LIMITS: Final = (15, 30, 180)
EDGES: Final = (3, 6, 10, 15, 20, 25, 30, 45, 60, 90, 120, 180, 300, 600, 1800)
_T95: Final = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10, 2.09, 2.09)


@dataclass(slots=True)
class Moments:
    """Count, sum and sum of squares of scores in tenths."""

    n: int = 0
    total: int = 0
    squares: int = 0

    def add(self, tenths: int) -> None:
        """One more score."""
        self.n += 1
        self.total += tenths
        self.squares += tenths * tenths

    def merge(self, other: Moments) -> None:
        """All scores of another."""
        self.n += other.n
        self.total += other.total
        self.squares += other.squares

    @property
    def mean(self) -> float | None:
        """Mean in points; None without scores."""
        return self.total / self.n / 10 if self.n else None

    @property
    def sd(self) -> float | None:
        """Sample standard deviation in points; None below two scores."""
        if self.n < 2:
            return None
        return math.sqrt(max(0, self.squares * self.n - self.total * self.total) / (self.n * (self.n - 1))) / 10

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the mean (Student's t), within 0 … 100; None below two scores."""
        mean, sd = self.mean, self.sd
        if mean is None or sd is None:
            return None
        df = self.n - 1
        half = (_T95[df - 1] if df <= len(_T95) else 1.96 + 2.5 / df) * sd / math.sqrt(self.n)
        return max(0.0, mean - half), min(100.0, mean + half)


@dataclass(slots=True)
class Waits:
    """First responses: how many came within each of EDGES (seconds), and later; `tenths` is their sum in tenths of a second."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(EDGES) + 1))
    tenths: int = 0

    def add(self, seconds: float | None) -> None:
        """One first response; None is no response."""
        if seconds is None:
            return
        self.buckets[bisect_left(EDGES, seconds)] += 1
        self.tenths += round(seconds * 10)

    def merge(self, other: Waits) -> None:
        """All first responses of another."""
        self.buckets = [a + b for a, b in zip(self.buckets, other.buckets, strict=True)]
        self.tenths += other.tenths

    @property
    def answered(self) -> int:
        """Chats with a first response."""
        return sum(self.buckets)

    def within(self, limit: int) -> int:
        """Chats answered within one of EDGES."""
        return sum(self.buckets[:EDGES.index(limit) + 1])

    @property
    def bands(self) -> list[int]:
        """Chats by LIMITS: within the first, from each to the next, beyond the last."""
        counts = [0, *(self.within(limit) for limit in LIMITS), self.answered]
        return [b - a for a, b in pairwise(counts)]

    @property
    def median(self) -> float | None:
        """Median seconds of those answered, straight-lined between EDGES; None without any, and where it lies beyond the last edge."""
        half, below, start = self.answered / 2, 0, 0
        for edge, n in zip(EDGES, self.buckets, strict=False):
            if n and below + n >= half:
                return start + (edge - start) * (half - below) / n
            below, start = below + n, edge
        return None

    @property
    def mean(self) -> float | None:
        """Mean seconds of those answered."""
        return self.tenths / 10 / self.answered if self.answered else None


@dataclass(slots=True)
class Responses:
    """First responses of the chats in which a customer spoke and times are known.

    Nominal: any human words. Effective: words that say something.
    """

    asked: int = 0
    nominal: Waits = field(default_factory=Waits)
    effective: Waits = field(default_factory=Waits)

    def add(self, nominal: float | None, effective: float | None) -> None:
        """One chat."""
        self.asked += 1
        self.nominal.add(nominal)
        self.effective.add(effective)

    def merge(self, other: Responses) -> None:
        """All chats of another."""
        self.asked += other.asked
        self.nominal.merge(other.nominal)
        self.effective.merge(other.effective)

    def share(self, waits: Waits, limit: int | None = None) -> float | None:
        """Share 0 … 1 of the chats answered (within `limit`); None without chats."""
        if not self.asked:
            return None
        return (waits.answered if limit is None else waits.within(limit)) / self.asked


@dataclass(slots=True)
class Least(Generic[T]):
    """The `limit` items with the least keys. Keys differ from one another, so the order of arrival does not matter."""

    limit: int
    entries: list[tuple[Key, T]] = field(default_factory=list)

    def has_room(self, key: Key) -> bool:
        """Whether an item of this key would be kept: ask before building it."""
        return len(self.entries) < self.limit or key < self.entries[-1][0]

    def add(self, key: Key, item: T) -> None:
        """Keep the item if its key is small enough."""
        if self.has_room(key):
            insort(self.entries, (key, item), key=lambda e: e[0])
            del self.entries[self.limit:]

    def merge(self, other: Least[T], rekey: Callable[[Key], Key]) -> None:
        """Take over the items of another, their keys changed by `rekey` (such as a later place in the input)."""
        for key, item in other.entries:
            self.add(rekey(key), item)

    def items(self) -> list[T]:
        """The items kept, least key first."""
        return [item for _, item in self.entries]
