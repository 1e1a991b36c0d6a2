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
    """Two of the numbered texts that begin or end with the same two characters and whose likeness reaches `floor`: (earlier, later, likeness).

    Ordered by the later, then the earlier one; at most `far` texts apart.
    """
    out: list[tuple[int, int, float]] = []
    begun: dict[str, list[int]] = {}
    ended: dict[str, list[int]] = {}
    for k, (late, bare) in enumerate(bares):
        head, tail = begun.setdefault(bare[:2], []), ended.setdefault(bare[-2:], [])
        for j in sorted({*head[-far:], *tail[-far:]}):
            early, other = bares[j]
            if k - j <= far and (same := 1.0 if other == bare else likeness(profile(other), profile(bare))) >= floor:
                out.append((early, late, same))
        head.append(k)
        tail.append(k)
    return out
