"""A trained model as it is stored: a card (model.json), its n-grams (vocabulary.json) and whole-number weights (weights.npz). No pickle.

The card names the digest of both files and carries its own: a file that was changed, or belongs to another training, is refused by name.
"""
from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from qa_service.model.errors import RefusedStandard

FORMAT: Final = "qa-service/model/1"
SCALE: Final = 256  # a weight is stored in 1/256 of a logit
CARD, VOCABULARY, WEIGHTS = "model.json", "vocabulary.json", "weights.npz"
Weights = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Head:
    """One question a model answers: exactly one of `labels` (softmax), or yes or no to each of them (logistic)."""

    name: str
    kind: str
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """One model in memory. Columns are those of the heads, one after the other.

    grams      the known n-grams, a row each
    own        (grams, columns), for the text itself; in 1/256 of a logit, over the root of the number of known n-grams
    before     the same for the turn before it; no rows where the model does not read it
    phrases    (phrase labels, columns), for the evidence of the phrase lists `evidence`, squashed to −1 … 1; in 1/256
    bias       (columns,), in 1/256
    """

    name: str
    card: Mapping[str, Any]
    orders: tuple[int, ...]
    heads: tuple[Head, ...]
    grams: tuple[str, ...]
    own: Weights
    before: Weights
    evidence: tuple[str, ...]
    phrases: Weights
    bias: npt.NDArray[np.int32]

    def threshold(self, name: str) -> float:
        """A threshold of the card."""
        return float(self.card["thresholds"][name])


def card_digest(card: Mapping[str, Any]) -> str:
    """The digest a card carries: over everything else in it."""
    text = json.dumps({k: v for k, v in card.items() if k != "digest"}, ensure_ascii=False, sort_keys=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def bytes_digest(data: bytes) -> str:
    """``sha256:`` of a file's content."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def read_card(folder: Path) -> Mapping[str, Any]:
    """The card of the model in `folder`. RefusedStandard where it is not one, or was changed."""
    path = folder / CARD
    card = _json(_bytes(path, folder.name), path)
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise RefusedStandard(f"模型 {folder.name}: 不是 {FORMAT} 的模型卡", where=str(path))
    if card.get("name") != folder.name:
        raise RefusedStandard(f"模型 {folder.name}: 模型卡写的名字是 {card.get('name')!r}", where=str(path))
    _same(folder.name, "模型卡", str(card.get("digest")), card_digest(card), path)
    return card


def load_model(folder: Path) -> Model:
    """The model in `folder`. RefusedStandard names the model, the file and what differs."""
    card = read_card(folder)
    name = folder.name
    parts = {}
    for file in (VOCABULARY, WEIGHTS):
        parts[file] = _bytes(folder / file, name)
        _same(name, file, str(card["files"].get(file)), bytes_digest(parts[file]), folder / file)
    vocabulary = _json(parts[VOCABULARY], folder / VOCABULARY)
    try:
        with np.load(io.BytesIO(parts[WEIGHTS]), allow_pickle=False) as arrays:
            own, before, phrases, bias = (arrays[part] for part in ("own", "before", "phrases", "bias"))
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise RefusedStandard(f"模型 {name}: 权重读不出来: {error}", where=str(folder / WEIGHTS)) from None
    heads = tuple(Head(h["name"], h["kind"], tuple(h["labels"])) for h in card["heads"])
    model = Model(name, card, tuple(vocabulary["orders"]), heads, tuple(vocabulary["grams"]), own, before,
                  tuple(card["evidence"]), phrases, bias)
    _fits(model, folder)
    return model


def load_models(root: Path, names: Sequence[str]) -> dict[str, Model]:
    """The models of a Standard by name. RefusedStandard for one that is missing, too."""
    return {name: load_model(root / name) for name in names}


def _fits(model: Model, folder: Path) -> None:
    columns = sum(len(head.labels) for head in model.heads)
    rows = len(model.grams)
    for array, shapes, what in ((model.own, ((rows, columns),), "own"), (model.before, ((rows, columns), (0, columns)), "before"),
                                (model.phrases, ((len(model.evidence), columns),), "phrases"), (model.bias, ((columns,),), "bias")):
        if array.shape not in shapes:
            raise RefusedStandard(f"模型 {model.name}: {what} 的形状是 {array.shape},应为 {shapes[0]}", where=str(folder / WEIGHTS))


def _same(name: str, what: str, said: str, found: str, path: Path) -> None:
    if said != found:
        raise RefusedStandard(f"模型 {name}: {what} 与模型卡不符: 应为 {said[:23]}…,实为 {found[:23]}…", where=str(path),
                              fix="文件被改动或不是同一次训练的,请取回原文件,或用 qa-service train 重新训练")


def _bytes(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RefusedStandard(f"模型 {name}: 缺少 {path.name}: {error.strerror}", where=str(path),
                              fix=f"qa-service train {name} 可重新训练") from None


def _json(data: bytes, path: Path) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise RefusedStandard(f"模型 {path.parent.name}: {path.name} 不是 JSON: {error}", where=str(path)) from None
