"""The table of code points that ships is what the libraries say."""
from __future__ import annotations

import numpy as np
import pytest

from qa_service.text.normalise import Tables, tables
from training.codepoints import PLACE, build, write


@pytest.fixture(scope="module")
def built() -> Tables:
    return build()


@pytest.mark.parametrize("name", ["norm", "kind", "skeleton", "sound"])
def test_the_shipped_table_is_what_is_built(built: Tables, name: str) -> None:
    shipped, made = getattr(tables(), name), getattr(built, name)
    assert shipped.dtype == made.dtype
    assert np.array_equal(shipped, made)
    assert not shipped.flags.writeable


def test_the_same_tables_are_the_same_bytes(built: Tables, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("tables") / "codepoints.npz"
    write(built, place)
    assert place.read_bytes() == PLACE.read_bytes()
