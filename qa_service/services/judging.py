"""Judge conversations that come in by request or hook, and keep them: the use case behind REST and webhooks."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import orjson

from qa_service.engine.inspector import Inspector
from qa_service.model.conversation import Conversation
from qa_service.model.wire import evaluation_to_dict
from qa_service.services.keeping import Keeper
from qa_service.services.together import Together
from qa_service.store.keeping import Kept
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


class Judging:
    """Judges by one Standard, and keeps in one store. Requests that come at the same time are judged, and kept, together."""

    def __init__(self, inspector: Inspector, store: Callable[[], Store], now: Callable[[], datetime], policy: Path | None = None) -> None:
        self.inspector = inspector
        self.store = store
        self.now = now
        self.policy = policy
        self._keepers: dict[str, Keeper] = {}
        self._judge = Together(self._judge_all, _CHUNK)
        self._keep = Together(self._keep_all, _CHUNK)

    def judge(self, conversations: Sequence[Conversation]) -> list[Judged]:
        """Only judge. Nothing is kept."""
        out: list[Judged] = []
        for first in range(0, len(conversations), _CHUNK):
            out += self._judge(conversations[first:first + _CHUNK])
        return out

    def judge_and_keep(self, conversations: Sequence[Conversation], source: str) -> list[Judged]:
        """Judge and keep; what comes back is on the disk. In the order of the conversations. Raises InvalidRecord, StoreError."""
        keeper = self._keeper(source)
        for conversation in conversations:
            keeper.check(conversation)
        out: list[Judged] = []
        for first in range(0, len(conversations), _CHUNK):
            part = conversations[first:first + _CHUNK]
            out += self._keep([(source, c, j) for c, j in zip(part, self.judge(part), strict=True)])
        return out

    def _judge_all(self, conversations: Sequence[Conversation]) -> list[Judged]:
        documents = [evaluation_to_dict(e) for e in self.inspector.evaluate_many(conversations)]
        return [Judged(document, orjson.dumps(document)) for document in documents]

    def _keep_all(self, items: Sequence[tuple[str, Conversation, Judged]]) -> list[Judged]:
        """One transaction for each run of the same door."""
        out: list[Judged] = []
        for source, run in groupby(items, key=lambda item: item[0]):
            part = list(run)
            kept = self._keeper(source).keep([c for _, c, _ in part], [j.line for _, _, j in part], documents=[j.document for _, _, j in part])
            out += [Judged(j.document, j.line, k) for (_, _, j), k in zip(part, kept, strict=True)]
        return out

    def _keeper(self, source: str) -> Keeper:
        """That of a door, over the store as it is open in this process."""
        store = self.store()
        keeper = self._keepers.get(source)
        if keeper is None or keeper.store is not store:
            keeper = self._keepers[source] = Keeper(store, self.inspector.standard, self.policy, source, self.now)
        return keeper
