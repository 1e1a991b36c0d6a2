"""A training: the same bytes twice, figures that add up, and nothing worse published unasked."""
from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import training.__main__ as command
from qa_service.text.model_file import CARD, card_digest, load_model
from training.build import build
from training.feedback import read_feedback
from training.metrics import judged
from training.publish import compared, write
from training.recipe import Recipe

ROOT = Path(__file__).resolve().parents[2]
AGAIN = """
import sys
from dataclasses import replace
from hashlib import sha256
from training.build import build
from training.reply_quality import RECIPE
rows = RECIPE.rows()[::12]
files = build(replace(RECIPE, rows=lambda: rows, at_least=3))
print(*(f"{name}={sha256(data).hexdigest()}" for name, data in sorted(files.items())))
"""


@pytest.fixture(scope="session")
def files(slice_of_replies: Recipe) -> dict[str, bytes]:
    return build(slice_of_replies)


def test_another_process_on_another_hash_seed_makes_the_same_bytes(files: dict[str, bytes]) -> None:
    from hashlib import sha256

    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "1"}
    said = subprocess.run([sys.executable, "-c", AGAIN], env=environment, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
    assert said.split() == [f"{name}={sha256(data).hexdigest()}" for name, data in sorted(files.items())]


def test_what_was_trained_can_be_served(files: dict[str, bytes], tmp_path: Path) -> None:
    write(tmp_path / "reply_quality", files)
    model = load_model(tmp_path / "reply_quality")
    assert model.own.shape == (len(model.grams), 11)
    assert model.card["metrics"]["reply"]["accuracy"][0] > 0.4
    low, high = model.card["metrics"]["reply"]["accuracy"][1:]
    assert low < model.card["metrics"]["reply"]["accuracy"][0] < high


def test_figures_of_a_known_table() -> None:
    gold, found = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 1, 0])
    said = judged(("a", "b", "c"), gold, found, range(6))
    assert said["confusion"] == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert said["accuracy"][0] == round(4 / 6, 3)
    assert said["labels"]["a"] == {"rows": 3, "precision": 0.667, "recall": 0.667, "f1": 0.667}
    assert said["macro_f1"][0] == round((2 / 3 + 0.8 + 0.0) / 3, 3)


@pytest.fixture
def published(files: dict[str, bytes], tmp_path: Path) -> Path:
    """A folder that holds a model with figures too good to be beaten."""
    card = json.loads(files[CARD])
    card["metrics"]["reply"]["macro_f1"][0] = 0.99
    card["digest"] = card_digest(card)
    write(tmp_path / "models" / "reply_quality", {**files, CARD: json.dumps(card, ensure_ascii=False).encode()})
    return tmp_path / "models"


def test_a_worse_model_is_published_only_by_force(published: Path, slice_of_replies: Recipe, monkeypatch: pytest.MonkeyPatch,
                                                 capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(command.RECIPES, "reply_quality", slice_of_replies)
    before = (published / "reply_quality" / CARD).read_bytes()
    assert command.main(["reply_quality", "--out", str(published)]) == 1
    assert (published / "reply_quality" / CARD).read_bytes() == before
    said = capsys.readouterr()
    assert "变差" in said.out
    assert "--force" in said.err
    assert command.main(["reply_quality", "--out", str(published), "--force"]) == 0
    assert (published / "reply_quality" / CARD).read_bytes() != before


def test_two_cards_are_set_side_by_side(files: dict[str, bytes]) -> None:
    card = json.loads(files[CARD])
    assert compared(None, card) == (["还没有旧模型,无需比较"], False)
    lines, worse = compared(card, card)
    assert not worse
    assert len(lines) == 2
    lines, worse = compared({**card, "data": {"digest": "sha256:0"}}, card)
    assert "只供参考" in lines[0]


def test_feedback_is_learnt_from(slice_of_replies: Recipe, files: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "feedback.jsonl"
    said = {"model": "reply_quality", "text": "这您得去问厂家", "before": "遥控器坏了怎么办", "label": "shirking"}
    path.write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in (said, {**said, "model": "sentiment", "label": "negative"})), "utf-8")
    rows = read_feedback(path, slice_of_replies)
    assert [(r.raw, r.labels["label"], r.weight) for r in rows] == [("这您得去问厂家", "shirking", 2.0)]
    card, old = json.loads(build(slice_of_replies, rows)[CARD]), json.loads(files[CARD])
    assert card["data"]["feedback"]["rows"] == 1
    assert card["data"]["digest"] == old["data"]["digest"]
    assert card["files"] != old["files"]


@pytest.mark.parametrize("line", ['{"model": "reply_quality", "label": "empty"}', '{"model": "reply_quality", "text": "嗯", "label": "bad"}', "[1]"])
def test_feedback_that_cannot_be_used_is_named(slice_of_replies: Recipe, line: str, tmp_path: Path) -> None:
    (tmp_path / "f.jsonl").write_text(line + "\n", "utf-8")
    with pytest.raises(ValueError, match=r"f\.jsonl:1: "):
        read_feedback(tmp_path / "f.jsonl", replace(slice_of_replies))


def test_an_unknown_recipe_or_file_is_exit_code_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["sentiment", "--with", str(tmp_path / "none.jsonl"), "--out", str(tmp_path)]) == 2
    assert "错误" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        command.main(["nothing"])
    assert left.value.code == 2
