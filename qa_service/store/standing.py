"""How conversations stand before a write changes them: read and locked in one order, with all that the change must take back."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, and_

from qa_service.model.conversation import Conversation
from qa_service.store.documents import conversation_of, document_of, unpack
from qa_service.store.scope import of_shop
from qa_service.store.tables import conversations, evaluations, scores, versions

Key = tuple[str, str]  # shop, id
PEOPLE: Final = ("reviewer", "final")  # a later one outranks an earlier one


@dataclass(frozen=True)
class Before:
    """A conversation as kept. `human`: content digest -> the score in tenths that people gave it and that counts."""

    digest: str
    standard: str
    version: int
    serial: int
    standing: int
    received_at: datetime
    version_document: bytes
    evaluation_document: bytes
    human: Mapping[str, int]

    @cached_property
    def conversation(self) -> Conversation:
        """Its current version."""
        return conversation_of(unpack(self.version_document))

    @cached_property
    def evaluation(self) -> dict[str, Any]:
        """Its current evaluation as the wire has it."""
        return document_of(unpack(self.evaluation_document))


def read_before(connection: Connection, wanted: Mapping[Key, tuple[str, str]]) -> dict[Key, Before]:
    """Those of the keys that are known, locked for this transaction. What is wanted of each (content and Standard digest) already: no documents."""
    out = {}
    for shop, pairs in groupby(sorted(wanted), key=lambda k: k[0]):
        ids = [id for _, id in pairs]
        c = conversations.c
        heads = connection.execute(
            of_shop(conversations, shop, c.id, c.digest, c.standard, c.version, c.serial, c.standing, c.received_at)
            .where(c.id.in_(ids)).order_by(c.id).with_for_update()).all()
        if not heads:
            continue
        known = [h.id for h in heads if (h.digest, h.standard) != wanted[shop, h.id]]
        texts = _version_documents(connection, shop, known)
        lines = _evaluation_documents(connection, shop, known)
        human = best_of(connection, shop, known)
        for h in heads:
            out[shop, h.id] = Before(h.digest, h.standard, h.version, h.serial, h.standing, h.received_at, texts.get(h.id, b""),
                                     lines.get(h.id, b""), human.get(h.id, {}))
    return out


def _version_documents(connection: Connection, shop: str, ids: Sequence[str]) -> dict[str, bytes]:
    c, v = conversations.c, versions.c
    found = connection.execute(
        of_shop(conversations, shop, c.id, v.document)
        .join(versions, and_(v.shop == c.shop, v.conversation == c.id, v.version == c.version)).where(c.id.in_(ids)))
    return {row.id: row.document for row in found}


def _evaluation_documents(connection: Connection, shop: str, ids: Sequence[str]) -> dict[str, bytes]:
    c, e = conversations.c, evaluations.c
    found = connection.execute(
        of_shop(conversations, shop, c.id, e.document)
        .join(evaluations, and_(e.shop == c.shop, e.digest == c.digest, e.standard == c.standard)).where(c.id.in_(ids)))
    return {row.id: row.document for row in found}


def best_of(connection: Connection, shop: str, ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Conversation -> content digest -> the score in tenths by people that counts: the last one of the highest layer."""
    s = scores.c
    found = connection.execute(
        of_shop(scores, shop, s.conversation, s.nth, s.layer, s.total, s.digest).where(s.conversation.in_(ids)).order_by(s.conversation, s.nth))
    best: dict[str, dict[str, tuple[int, int]]] = {}
    for row in found:
        rank = PEOPLE.index(row.layer)
        of = best.setdefault(row.conversation, {})
        if row.digest not in of or rank >= of[row.digest][0]:
            of[row.digest] = rank, row.total
    return {id: {digest: total for digest, (_, total) in of.items()} for id, of in best.items()}
