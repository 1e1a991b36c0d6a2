"""The golden corpus: full evaluations, compared byte for byte. After a wanted change: ``python -m tests.golden``, and read the diff."""
from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from qa_service.engine.inspector import Inspector
from qa_service.rules.standard import Standard

HERE = Path(__file__).parent


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_script", HERE.parent / "golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GOLDEN = _script()


def test_there_are_enough_of_them() -> None:
    assert len(GOLDEN.chats()) >= 10


@pytest.mark.parametrize("path", GOLDEN.chats(), ids=lambda p: p.stem)
def test_an_evaluation_is_what_it_was(standard: Standard, path: Path) -> None:
    assert GOLDEN.rendered(Inspector(standard), GOLDEN.read(path)) == path.with_suffix(".json").read_text("utf-8")
