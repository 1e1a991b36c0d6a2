"""Labels that reviewers gave, as rows to learn from.

One JSON object a line: ``{"model": "sentiment", "text": "…", "before": "…", "label": "negative"}``. `before` may be left out; it is the turn
before a customer's line, or the customer's turn that an agent's turn answers (bubbles joined by a line break). For consult_type `label` may
be a list, the main type first; for reply_quality ``"apology": true`` and ``"solution": true`` may stand beside it.
"""
from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from training.recipe import Recipe
from training.rows import Row, make_rows, read_lines

WEIGHT: Final = 2.0  # a reviewer looked at this very line


def read_feedback(path: Path, recipe: Recipe) -> list[Row]:
    """The rows of a feedback file that are for this recipe. ValueError names the line that is wrong."""
    labels = recipe.heads[0].labels
    chosen = []
    for number, entry in enumerate(read_lines([path]), 1):
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str) or not entry["text"].strip() or "model" not in entry:
            raise ValueError(f"{path}:{number}: 应为含 model、text、label 的对象")
        if entry["model"] != recipe.name:
            continue
        given: list[Any] = entry["label"] if isinstance(entry.get("label"), list) else [entry.get("label")]
        wrong = [x for x in given if x not in labels]
        if wrong or not given:
            raise ValueError(f"{path}:{number}: label 应为 {'、'.join(labels)} 之一,得到 {wrong}")
        chosen.append(_as_line(entry, given, number))
    return make_rows(chosen, before="before", labels=("sentiment", "types", "label", "apology", "solution"), weight=WEIGHT)


def _as_line(entry: dict[str, Any], given: list[str], number: int) -> dict[str, Any]:
    """The line as the files of the project have it, whatever the model."""
    return {"text": entry["text"], "before": entry.get("before") or "", "sentiment": given[0], "types": given, "label": given[0],
            "apology": bool(entry.get("apology")), "solution": bool(entry.get("solution", given[0] == "solution")), "story": f"feedback-{number}"}
