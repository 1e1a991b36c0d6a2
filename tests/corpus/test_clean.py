"""Good service: chats in which no stable rule may cost the agent a point."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qa_service.engine.inspector import Inspector
from qa_service.importers.plain import parse_plain
from qa_service.rules.standard import Standard

CLEAN = sorted((Path(__file__).parent / "clean").glob("*.txt"))


@pytest.fixture(scope="module")
def inspector(standard: Standard) -> Inspector:
    return Inspector(standard)


def test_there_are_enough_of_them() -> None:
    assert len(CLEAN) >= 25


@pytest.mark.parametrize("path", CLEAN, ids=lambda p: p.stem)
@pytest.mark.parametrize("channel", ["tmall", "jd"])
def test_good_service_costs_nothing(inspector: Inspector, path: Path, channel: str) -> None:
    chat = "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    evaluation = inspector.evaluate(replace(parse_plain(chat, path.stem), channel=channel))
    card = inspector.standard.scorecard
    priced = [(f.rule, f.title, [s.text for s in f.spans]) for f in evaluation.findings if card.price(f) > 0]
    assert priced == []
    assert evaluation.score.total == 1000
