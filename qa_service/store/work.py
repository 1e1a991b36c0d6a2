"""One conversation on its way into the store: what can be made ready before the transaction, and what it changes within."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

from qa_service.model.conversation import Conversation
from qa_service.model.errors import UsageError
from qa_service.model.wire import conversation_digest
from qa_service.store import search
from qa_service.store.documents import conversation_to_bytes, pack
from qa_service.store.facts import Additions, additions, facts_of, head_values, merge
from qa_service.store.scope import check_key
from qa_service.store.standing import Before

if TYPE_CHECKING:
    from qa_service.store.keeping import Entry, Kept


@dataclass(frozen=True, slots=True)
class Prepared:
    """An entry with what can be made ready before the transaction."""

    conversation: Conversation
    evaluation: Mapping[str, Any]
    line: bytes
    digest: str
    standard: str
    document: bytes
    words: list[str]

    @property
    def key(self) -> tuple[str, str]:
        """Shop and id."""
        return self.conversation.shop, self.conversation.id


def prepare(entry: Entry) -> Prepared:
    """Raises InvalidRecord for a key no database can hold, UsageError for an evaluation of something else."""
    c, e = entry.conversation, entry.evaluation
    check_key(c.shop, c.id)
    digest = e["conversation"]["digest"]
    if digest != conversation_digest(c):
        raise UsageError("评分结果不是这个会话的", where=c.id)
    return Prepared(c, e, pack(entry.line), digest, e["standard"]["digest"], pack(conversation_to_bytes(c)), search.words_of(c))


class Work:
    """One entry that changes something, and what it was before."""

    def __init__(self, prepared: Prepared, before: Before | None, kept: Kept, now: datetime, zone: tzinfo) -> None:
        self.prepared = prepared
        self.before = before
        self.kept = kept
        self.zone = zone
        self.received_at = now if before is None else before.received_at
        self.serial = 0 if before is None else before.serial
        self.facts = facts_of(prepared.conversation, self.received_at, zone)
        self.values = head_values(prepared.conversation, prepared.evaluation, self.facts)
        human = None if before is None else before.human.get(prepared.digest)
        self.standing: int = self.values["total"] if human is None else human

    def head(self, source: str, now: datetime) -> dict[str, Any]:
        """The row of its head."""
        p = self.prepared
        return {"shop": p.conversation.shop, "id": p.conversation.id, "serial": self.serial, "version": self.kept.version, "digest": p.digest,
                "standard": p.standard, "source": source, "standing": self.standing, "received_at": self.received_at, "changed_at": now,
                **self.values}

    def version_row(self, source: str, now: datetime) -> dict[str, Any]:
        """The row of its version."""
        p = self.prepared
        return {"shop": p.conversation.shop, "conversation": p.conversation.id, "version": self.kept.version, "digest": p.digest,
                "source": source, "received_at": now, "document": p.document}

    def evaluation_row(self, now: datetime) -> dict[str, Any]:
        """The row of its evaluation."""
        p = self.prepared
        return {"shop": p.conversation.shop, "digest": p.digest, "standard": p.standard, "conversation": p.conversation.id,
                "total": self.values["total"], "grade": self.values["grade"], "auto_fail": self.values["auto_fail"], "scored_at": now,
                "document": p.line}

    def indexed(self) -> search.Indexed:
        """What the search index is given."""
        return search.Indexed(self.serial, self.prepared.conversation.shop, self.prepared.words)

    def indexed_before(self) -> search.Indexed:
        """What the search index was given."""
        assert self.before is not None
        return search.Indexed(self.serial, self.prepared.conversation.shop, search.words_of(self.before.conversation))

    def add_to(self, sums: Additions) -> None:
        """What it adds to the tallies of its shop, less what it added before."""
        p = self.prepared
        merge(sums, additions(p.conversation, p.evaluation, self.facts, self.standing, self.zone), 1)
        if self.before is not None:
            b = self.before
            facts = facts_of(b.conversation, b.received_at, self.zone)
            merge(sums, additions(b.conversation, b.evaluation, facts, b.standing, self.zone), -1)
