"""How alike two short Chinese texts are, by character pairs: offline, symmetric, 0 … 1 (cosine of pair counts)."""
from __future__ import annotations

from collections import Counter
from math import sqrt

Profile = tuple[dict[str, int], float]


def profile(bare: str) -> Profile:
    """Pair counts of a skeleton and their length; a single character counts as itself."""
    counts = Counter(bare[k:k + 2] for k in range(len(bare) - 1)) or Counter(bare)
    return dict(counts), sqrt(sum(n * n for n in counts.values()))


def likeness(a: Profile, b: Profile) -> float:
    """Cosine of two profiles; 0 for an empty one."""
    (x, long_x), (y, long_y) = a, b
    if not long_x or not long_y:
        return 0.0
    if len(x) > len(y):
        x, y = y, x
    return sum(n * y.get(pair, 0) for pair, n in x.items()) / (long_x * long_y)
