"""docs/models.md is what the cards say: `./qa -- models --markdown --out docs/models.md` writes it."""
from __future__ import annotations

import json
from pathlib import Path

from qa_service.services.model_docs import card_page, models_document
from qa_service.text.chat_models import MODELS

ROOT = Path(__file__).resolve().parents[1]
CARDS = [json.loads((ROOT / "lexicons" / "models" / name / "model.json").read_text("utf-8")) for name in MODELS]


def test_the_page_is_up_to_date() -> None:
    written = (ROOT / "docs" / "models.md").read_text("utf-8")
    assert written == models_document(CARDS).rstrip("\n") + "\n", "./qa -- models --markdown --out docs/models.md"


def test_a_page_says_what_it_learnt_from_how_good_it_is_and_where_it_is_weak() -> None:
    for card in CARDS:
        page = card_page(card)
        assert card["weaknesses"]
        for words in (card["name"], card["title"], card["digest"], str(card["data"]["rows"]), *card["weaknesses"], *card["metrics"]):
            assert words in page
        for figures in card["metrics"].values():
            assert all(f"| {label} | {entry['rows']} | {entry['precision']} |" in page for label, entry in figures["labels"].items())
