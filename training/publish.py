"""A fitted model -> its files, byte for byte the same from the same weights; and whether it may take the place of the one before it."""
from __future__ import annotations

import io
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np

from qa_service.text.model_file import CARD, FORMAT, SCALE, VOCABULARY, WEIGHTS, bytes_digest, card_digest
from training.recipe import Fitted, Floats, Recipe, rounded

WORSE: Final = 0.005  # macro-F1 a new model may lose before it counts as worse
_LIBRARIES: Final = ("scikit-learn", "numpy", "scipy", "snownlp")


def files_of(recipe: Recipe, fitted: Fitted, temperature: Floats, said: Mapping[str, Any]) -> dict[str, bytes]:
    """File name -> content. `said`: what else the card says (data, metrics, thresholds)."""
    features = fitted.features
    grams, phrases = len(features.grams), len(recipe.evidence_labels)
    coef = rounded(fitted.coef * temperature)
    parts = {"own": coef[:grams], "before": coef[grams:2 * grams] if recipe.before else coef[:0], "phrases": coef[len(coef) - phrases:]}
    arrays = {name: np.clip(part, -32767, 32767).astype(np.int16) for name, part in parts.items()}
    packed = io.BytesIO()
    np.savez_compressed(packed, own=arrays["own"], before=arrays["before"], phrases=arrays["phrases"],
                        bias=rounded(fitted.bias * temperature).astype(np.int32))
    vocabulary = json.dumps({"orders": list(recipe.orders), "grams": features.grams}, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    files = {VOCABULARY: vocabulary.encode(), WEIGHTS: packed.getvalue()}
    card: dict[str, Any] = {
        "format": FORMAT, "name": recipe.name, "title": recipe.title,
        "heads": [{"name": h.name, "kind": h.kind, "labels": list(h.labels)} for h in recipe.heads], "evidence": list(recipe.evidence_labels),
        "recipe": {"orders": list(recipe.orders), "at_least": recipe.at_least, "strength": recipe.strength,
                   "trust": [list(t) for t in recipe.trust], "before": recipe.before,
                   "prior_at_least": recipe.prior_at_least, "prior_every": recipe.prior_every, "prior_weight": recipe.prior_weight,
                   "temperature": sorted(set(temperature.tolist())), "scale": SCALE, "grams": grams},
        "software": {name: version(name) for name in _LIBRARIES}, **said, "weaknesses": list(recipe.weaknesses),
        "files": {name: bytes_digest(data) for name, data in files.items()}}
    card["digest"] = card_digest(card)
    files[CARD] = (json.dumps(card, ensure_ascii=False, indent=1) + "\n").encode()
    return files


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of a model, the card last: a half-written model is refused, never served."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (VOCABULARY, WEIGHTS, CARD):
        (folder / name).write_bytes(files[name])


def compared(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> tuple[list[str], bool]:
    """Lines that set the cross-validated macro-F1 of two cards side by side, and whether the new one is worse on any head."""
    if old is None:
        return ["还没有旧模型,无需比较"], False
    lines, worse = [], False
    if old["data"]["digest"] != new["data"]["digest"]:
        lines.append("注意: 两个模型的项目数据不同,对比只供参考")
    for head, figures in new["metrics"].items():
        before, after = (float(card["metrics"].get(head, {}).get("macro_f1", [0.0])[0]) for card in (old, new))
        bad = after < before - WORSE
        worse = worse or bad
        lines.append(f"{head}: macro-F1 旧 {before:.3f} → 新 {after:.3f}{'  变差' if bad else ''}(交叉验证,{figures['rows']} 行)")
    return lines, worse
