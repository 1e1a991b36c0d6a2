"""How alike two short Chinese texts are, by their sets of character pairs: offline, symmetric, 0 … 1 (cosine of the sets)."""
from __future__ import annotations

from math import sqrt

Profile = frozenset[str]


def profile(bare: str) -> Profile:
    """The character pairs of a skeleton; a single character stands for itself."""
    return frozenset(map("".join, zip(bare, bare[1:], strict=False))) if len(bare) > 1 else frozenset(bare)


def likeness(a: Profile, b: Profile) -> float:
    """Shared pairs over the geometric mean of both; 0 when one is empty."""
    return len(a & b) / sqrt(len(a) * len(b)) if a and b else 0.0
