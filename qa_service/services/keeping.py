"""Keep what was scored: the one way from an evaluation into the store, behind the command line, REST, hooks and jobs."""
from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from qa_service.engine.inspector import Inspector
from qa_service.model.conversation import Conversation
from qa_service.model.errors import UsageError
from qa_service.model.wire import conversation_from_dict, evaluation_to_dict
from qa_service.rules.standard import POLICY, Standard, digest_of, load_standard, standard_files
from qa_service.store.keeping import Chunk, Entry, Kept
from qa_service.store.scope import check_key
from qa_service.store.store import Store

Clock = Callable[[], datetime]


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Keeper:
    """Keeps evaluations of one Standard that came through one door. The Standard itself is kept with the first of each shop."""

    store: Store
    standard: Standard
    policy: Path | None = None
    source: str = "cli"
    clock: Clock = now
    _shops: set[str] = field(default_factory=set)

    def check(self, conversation: Conversation) -> None:
        """Raises InvalidRecord where a conversation cannot be kept: ask before scoring it."""
        check_key(conversation.shop, conversation.id)

    def keep(self, conversations: Sequence[Conversation], lines: Sequence[bytes], *, documents: Sequence[Mapping[str, Any]] | None = None,
             chunk: Chunk | None = None) -> list[Kept]:
        """Conversations and their evaluations as JSON `lines` (and as `documents`, where those are at hand); on the disk when it returns."""
        for shop in {c.shop for c in conversations} - self._shops:
            self._keep_standard(shop)
        if documents is None:
            documents = [orjson.loads(line) for line in lines]
        entries = [Entry(c, d, line) for c, d, line in zip(conversations, documents, lines, strict=True)]
        return self.store.keeping.keep(entries, now=self.clock(), source=self.source, chunk=chunk)

    def _keep_standard(self, shop: str) -> None:
        """Its files as they are now must be those it was loaded from: else no one could explain its evaluations."""
        if not self.store.standards.has(shop, self.standard.ref.digest):
            files = standard_files(self.standard.root, self.policy)
            if digest_of(files) != self.standard.ref.digest:
                raise UsageError("质检标准的文件在加载之后被改过", where=str(self.standard.root), fix="重新运行,按新的标准评分")
            self.store.standards.keep(shop, self.standard.ref, files, now=self.clock())
        self._shops.add(shop)


def evaluate_and_keep(inspector: Inspector, keeper: Keeper, conversations: Sequence[Conversation]) -> list[tuple[Kept, bytes]]:
    """Score conversations and keep them: for each what became of it and its evaluation as JSON. Raises InvalidRecord, StoreError."""
    for conversation in conversations:
        keeper.check(conversation)
    documents = [evaluation_to_dict(e) for e in inspector.evaluate_many(conversations)]
    lines = [orjson.dumps(d) for d in documents]
    return list(zip(keeper.keep(conversations, lines, documents=documents), lines, strict=True))


def score_again(store: Store, shop: str, digest: str, standard: str) -> bytes:
    """Make a kept evaluation anew, from the kept conversation under the kept Standard: the same bytes, or something is wrong.

    Raises UsageError where either is not there, or where this program segments text differently and so has no such Standard.
    """
    version = store.conversations.by_digest(shop, digest)
    if version is None:
        raise UsageError(f"店铺 {shop} 没有这个会话", where=digest)
    with tempfile.TemporaryDirectory(prefix="qa-standard-") as folder:
        root = Path(folder)
        store.standards.write_to(shop, standard, root)
        policy = root / POLICY
        kept = load_standard(root, policy=policy if policy.is_file() else None, prove=False)
        if kept.ref.digest != standard:
            raise UsageError("这份质检标准是用另一个版本的分词库做的", where=standard, fix=f"用保存它的版本重现;本机得到 {kept.ref.digest}")
        evaluation = Inspector(kept).evaluate(conversation_from_dict(version.document))
    return orjson.dumps(evaluation_to_dict(evaluation))
