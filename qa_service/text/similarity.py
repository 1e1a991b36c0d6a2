"""How alike two short Chinese texts are, by their sets of character pairs: offline, symmetric, 0 … 1 (cosine of the sets)."""
from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt

Profile = frozenset[tuple[str, str]]


def profile(bare: str) -> Profile:
    """The character pairs of a skeleton; a single character stands for itself."""
    return frozenset(pairwise(bare)) if len(bare) > 1 else frozenset(((bare, ""),) if bare else ())


def likeness(a: Profile, b: Profile) -> float:
    """Shared pairs over the geometric mean of both; 0 when one is empty."""
    return len(a & b) / sqrt(len(a) * len(b)) if a and b else 0.0


def alike_pairs(bares: Sequence[tuple[int, str]], floor: float, far: int) -> list[tuple[int, int, float]]:
    """Every two of the numbered texts, at most `far` apart in the list, whose likeness reaches `floor`: (earlier, later, likeness).

    Texts of very different length are not compared: with n and m pairs the likeness is at most sqrt(min / max).
    """
    profiles = [(number, mine, len(mine)) for number, bare in bares if (mine := profile(bare))]
    low = floor * floor
    out = []
    for k, (late, mine, size) in enumerate(profiles):
        least, most = size * low, size / low
        for early, other, length in profiles[max(0, k - far):k]:
            if least <= length <= most and (same := likeness(other, mine)) >= floor:
                out.append((early, late, same))
    return out
