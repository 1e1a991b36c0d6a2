"""Transcripts of small chats, read with the words that ship."""
from __future__ import annotations

from collections.abc import Callable

import pytest

from qa_service.importers.plain import parse_plain
from qa_service.model.policy import Policy
from qa_service.rules.standard import Standard
from qa_service.text.transcript import Transcript

Read = Callable[[str], Transcript]


@pytest.fixture
def read(standard: Standard) -> Read:
    """Read a chat written as ``客: … / 服: …``, one message a line."""
    def go(chat: str) -> Transcript:
        return standard.reader.read([parse_plain(chat, "t")], [Policy("none")]).transcripts[0]
    return go
