"""SnowNLP as shipped: the yardstick an evaluation sets beside our own sentiment. Never a judge: it takes most neutral chat for negative.

The library is slow to load (seconds) and reads with its own segmenter, so it is imported when it is asked for.
"""
from __future__ import annotations

from collections.abc import Sequence


def snownlp_scores(texts: Sequence[str]) -> list[float]:
    """Its probability of positive for each text, 0 … 1; 0.5 for a text without words, on which the library fails."""
    from snownlp import SnowNLP

    out = []
    for text in texts:
        try:
            out.append(float(SnowNLP(text).sentiments) if text.strip() else 0.5)
        except ZeroDivisionError:
            out.append(0.5)
    return out
