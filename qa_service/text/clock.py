"""Time between two messages."""
from __future__ import annotations

from datetime import datetime


def seconds_between(a: datetime | None, b: datetime | None) -> float | None:
    """Seconds from a to b, never negative; None when a time is missing."""
    if a is None or b is None:
        return None
    return max(0.0, (b - a).total_seconds())
