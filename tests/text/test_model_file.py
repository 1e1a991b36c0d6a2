"""A model's files: they load fast, and one that was changed or swapped is refused by name."""
from __future__ import annotations

import io
import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from qa_service.model.errors import RefusedStandard
from qa_service.rules.standard import load_standard, standard_digest
from qa_service.text.chat_models import MODELS
from qa_service.text.model_file import CARD, VOCABULARY, WEIGHTS, bytes_digest, card_digest, load_model


@pytest.fixture
def folder(lexicons: Path, tmp_path: Path) -> Path:
    """A copy of the sentiment model."""
    return Path(shutil.copytree(lexicons / "models" / "sentiment", tmp_path / "sentiment"))


def sign(folder: Path, **changes: object) -> None:
    """Write the card anew, with its digests in order."""
    card = json.loads((folder / CARD).read_text("utf-8")) | changes
    card["files"] = {name: bytes_digest((folder / name).read_bytes()) for name in (VOCABULARY, WEIGHTS)}
    card["digest"] = card_digest(card)
    (folder / CARD).write_text(json.dumps(card, ensure_ascii=False), "utf-8")


@pytest.mark.parametrize("name", MODELS)
def test_it_loads_within_fifty_milliseconds(lexicons: Path, name: str) -> None:
    def once() -> float:
        before = time.process_time()
        load_model(lexicons / "models" / name)
        return time.process_time() - before

    assert min(once() for _ in range(5)) <= 0.05


@pytest.mark.parametrize("file", [VOCABULARY, WEIGHTS])
def test_a_changed_file_is_refused_with_both_digests(folder: Path, file: str) -> None:
    data = bytearray((folder / file).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / file).write_bytes(data)
    with pytest.raises(RefusedStandard, match=f"模型 sentiment: {file} 与模型卡不符: 应为 sha256:.*实为 sha256:"):
        load_model(folder)


def test_a_changed_threshold_is_refused(folder: Path) -> None:
    card = (folder / CARD).read_text("utf-8")
    (folder / CARD).write_text(card.replace('"thresholds": {\n  "negative": 0.', '"thresholds": {\n  "negative": 0.1', 1), "utf-8")
    assert (folder / CARD).read_text("utf-8") != card
    with pytest.raises(RefusedStandard, match="模型 sentiment: 模型卡 与模型卡不符"):
        load_model(folder)


@pytest.mark.parametrize("file", [CARD, VOCABULARY, WEIGHTS])
def test_a_missing_file_is_refused(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(RefusedStandard, match=f"模型 sentiment: 缺少 {file}"):
        load_model(folder)


def test_the_files_of_another_model_are_refused(folder: Path, lexicons: Path) -> None:
    shutil.copy(lexicons / "models" / "consult_type" / WEIGHTS, folder / WEIGHTS)
    with pytest.raises(RefusedStandard, match=r"sentiment: weights\.npz 与模型卡不符"):
        load_model(folder)
    shutil.copy(lexicons / "models" / "consult_type" / CARD, folder / CARD)
    with pytest.raises(RefusedStandard, match="模型卡写的名字是 'consult_type'"):
        load_model(folder)


def test_weights_that_do_not_fit_are_refused_even_when_signed(folder: Path, lexicons: Path) -> None:
    shutil.copy(lexicons / "models" / "consult_type" / VOCABULARY, folder / VOCABULARY)
    sign(folder)
    with pytest.raises(RefusedStandard, match="own 的形状是"):
        load_model(folder)


def test_pickles_are_never_read(folder: Path) -> None:
    packed = io.BytesIO()
    np.savez(packed, own=np.array([{"a": 1}], dtype=object), before=np.zeros(0), phrases=np.zeros(0), bias=np.zeros(0))
    (folder / WEIGHTS).write_bytes(packed.getvalue())
    sign(folder)
    with pytest.raises(RefusedStandard, match="权重读不出来"):
        load_model(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "other"}'])
def test_what_is_no_card_is_refused(folder: Path, text: str) -> None:
    (folder / CARD).write_text(text, "utf-8")
    with pytest.raises(RefusedStandard, match="模型 sentiment: "):
        load_model(folder)


def test_a_standard_does_not_come_up_with_a_changed_model_and_its_digest_moves(lexicons: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(lexicons, tmp_path / "lexicons"))
    path = root / "models" / "reply_quality" / VOCABULARY
    path.write_bytes(path.read_bytes() + b" ")
    assert standard_digest(root) != standard_digest(lexicons)
    with pytest.raises(RefusedStandard, match="模型 reply_quality"):
        load_standard(root, prove=False)
