"""How many people a day needs, as the article works it out: chats a day / 150 … 200 chats a person, rounded up; and by the hour.

Its example: 500 a day / 180 = 2.8, so 3 people. An hour's share of a person is that of an eight-hour shift.
"""
from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

LIGHT, USUAL, HEAVY = 150, 180, 200  # chats a person can take a day
SHIFT: Final = 8  # hours
PEAKS: Final = ((10, 12), (20, 22))


class Hour(NamedTuple):
    """One hour: chats begun, people needed, people who answered."""

    hour: int
    chats: int
    needed: int
    present: int

    @property
    def missing(self) -> int:
        """People short (positive) or to spare (negative)."""
        return self.needed - self.present


def people(chats: int, each: int = USUAL) -> int:
    """ceil(chats / each)."""
    return math.ceil(chats / each)


def by_hour(chats: Sequence[int], present: Sequence[int]) -> list[Hour]:
    """The hours in which chats began; both sequences have 24 entries."""
    return [Hour(h, n, math.ceil(n * SHIFT / USUAL), present[h]) for h, n in enumerate(chats) if n]


def peak_share(chats: Sequence[int]) -> float | None:
    """Share of the chats that began in PEAKS; four of 24 hours would be 0.17 of an even day."""
    total = sum(chats)
    return sum(chats[h] for a, b in PEAKS for h in range(a, b)) / total if total else None


def busiest(chats: Sequence[int]) -> list[int]:
    """The four hours with most chats, by the clock."""
    ranked = sorted((h for h in range(24) if chats[h]), key=lambda h: (-chats[h], h))
    return sorted(ranked[:4])
