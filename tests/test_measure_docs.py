"""docs/measures.md is what the calculators say: `./qa -- measures --out docs/measures.md` writes it."""
from __future__ import annotations

from pathlib import Path

from qa_service.model.conversation import CHANNELS
from qa_service.services.measure_docs import measures_document
from qa_service.text.calculators import CALCULATORS
from qa_service.text.measures import MEASURES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "measures.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == measures_document(), "./qa -- measures --out docs/measures.md"


def test_every_calculator_says_version_window_cap_exclusions_source_and_date() -> None:
    assert len({c.name for c in CALCULATORS}) == len(CALCULATORS)
    for c in CALCULATORS:
        assert all((c.title, c.version, c.window, c.cap, c.exclusions, c.source, c.checked)), c.name
        assert (c.read is None) != (c.fold is None), c.name
        assert c.channels <= CHANNELS
        for words in (f"`{c.name}`", c.title, c.window, c.exclusions, c.source):
            assert words in measures_document()


def test_every_measure_is_on_it() -> None:
    assert [name for name in MEASURES if f"| `{name}` |" not in measures_document()] == []
