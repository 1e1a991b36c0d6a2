"""A small recipe: a slice of the agent's turns, so that a training takes a second or two."""
from __future__ import annotations

from dataclasses import replace

import pytest

from training.recipe import Recipe
from training.reply_quality import RECIPE


@pytest.fixture(scope="session")
def slice_of_replies() -> Recipe:
    """Every twelfth turn."""
    rows = RECIPE.rows()[::12]
    return replace(RECIPE, rows=lambda: rows, at_least=3)
