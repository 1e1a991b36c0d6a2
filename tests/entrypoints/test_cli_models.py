"""The commands of the models: their cards, and the training they hand over to."""
from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import qa_service.bootstrap as bootstrap


def test_models_prints_every_card_or_one(run: Any) -> None:
    ran = run("models")
    assert ran.code == 0
    assert [line for line in ran.out.splitlines() if line.startswith("## ")] == [
        "## 客户情绪 `sentiment`", "## 咨询类型 `consult_type`", "## 答复质量 `reply_quality`"]
    assert run("models", "sentiment").out in ran.out
    assert run("models", "nothing").code == 2


def test_models_writes_the_document(run: Any, tmp_path: Path) -> None:
    assert run("models", "--markdown", "--out", "models.md").code == 0
    assert (tmp_path / "models.md").read_text("utf-8").startswith("# 模型")


def test_models_refuses_a_changed_one(run: Any, small: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(small, tmp_path / "mine"))
    path = root / "models" / "sentiment" / "vocabulary.json"
    path.write_bytes(path.read_bytes().replace("退".encode(), "进".encode(), 1))
    ran = run("models", "--standard", root)
    assert ran.code == 2
    assert "模型 sentiment: vocabulary.json 与模型卡不符" in ran.err


def test_train_hands_over_to_the_recipes(run: Any) -> None:
    ran = run("train", "nothing")
    assert ran.code == 2
    assert "sentiment" in ran.err


def test_train_says_so_where_only_the_package_is_installed(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "__file__", str(tmp_path / "site" / "qa_service" / "bootstrap.py"))
    ran = run("train", "sentiment")
    assert ran.code == 2
    assert "training/" in ran.err
