"""Judge conversations that come in by request or hook, and keep them: the use case behind REST and webhooks."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from qa_service.engine.inspector import Inspector
from qa_service.model.conversation import Conversation
from qa_service.model.wire import evaluation_to_dict
from qa_service.store.keeping import Entry, Kept
from qa_service.store.store import Store

_CHUNK: Final = 200
"""Conversations a transaction: long ones keep other writers waiting."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An evaluation, its JSON bytes as every door gives them, and (where it was kept) what that came to."""

    document: dict[str, Any]
    line: bytes
    kept: Kept | None = None

    @property
    def id(self) -> str:
        """The evaluation's public name."""
        return evaluation_id(self.document["conversation"]["digest"], self.document["standard"]["digest"])


def evaluation_id(digest: str, standard: str) -> str:
    """``<conversation digest>.<standard digest>`` without their ``sha256:``."""
    return f"{digest.removeprefix('sha256:')}.{standard.removeprefix('sha256:')}"


@dataclass(slots=True)
class Judging:
    """Judges by one Standard, and keeps in one store."""

    inspector: Inspector
    store: Callable[[], Store]
    now: Callable[[], datetime]
    _introduced: set[str] = field(default_factory=set)

    def judge(self, conversations: Sequence[Conversation]) -> list[Judged]:
        """Only judge. Nothing is kept."""
        documents = [evaluation_to_dict(e) for e in self.inspector.evaluate_many(conversations)]
        return [Judged(document, orjson.dumps(document)) for document in documents]

    def judge_and_keep(self, conversations: Sequence[Conversation], source: str) -> list[Judged]:
        """Judge and keep; what comes back is on the disk. In the order of the conversations, which are all of one shop."""
        out: list[Judged] = []
        for first in range(0, len(conversations), _CHUNK):
            part = conversations[first:first + _CHUNK]
            judged = self.judge(part)
            self._introduce(part[0].shop)
            entries = [Entry(c, j.document, j.line) for c, j in zip(part, judged, strict=True)]
            kept = self.store().keeping.keep(entries, now=self.now(), source=source)
            out += [Judged(j.document, j.line, k) for j, k in zip(judged, kept, strict=True)]
        return out

    def _introduce(self, shop: str) -> None:
        """The Standard is kept whole, once a shop, before what it judged."""
        if shop not in self._introduced:
            standard = self.inspector.standard
            self.store().standards.keep(shop, standard.ref, {}, now=self.now())
            self._introduced.add(shop)
