"""What all tests share: the Standard that ships, and how hypothesis works here."""
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from qa_service.rules.locate import lexicons_root
from qa_service.rules.standard import Standard, load_standard

settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.fixture(scope="session")
def lexicons() -> Path:
    """The folder of the Standard that ships."""
    return lexicons_root()


@pytest.fixture(scope="session")
def standard(lexicons: Path) -> Standard:
    """The Standard that ships. Its trial is a test of its own (tests/rules), so it is not repeated here."""
    return load_standard(lexicons, prove=False)
