"""Kept evaluations, and the three layers of score: machine, reviewer, final. Each is only added to, with author and time."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection, Row, Select, and_, func

from qa_service.model.errors import StaleRecord, UsageError
from qa_service.store.conversations import below
from qa_service.store.documents import document_of, unpack
from qa_service.store.engine import Database
from qa_service.store.facts import clean
from qa_service.store.pages import LIMIT, Page, Sorted, limited, page_of
from qa_service.store.rows import add_to_tallies
from qa_service.store.scope import change_of_shop, of_shop
from qa_service.store.standing import PEOPLE, best_of
from qa_service.store.tables import conversations, evaluations, findings, scores

Layer = Literal["machine", "reviewer", "final"]
_SHA: Final = "sha256:"
_HEX: Final = 64


@dataclass(frozen=True, slots=True)
class KeptEvaluation:
    """An evaluation. `line` is the JSON it was kept as, byte for byte. `total` in tenths."""

    conversation: str
    digest: str
    standard: str
    total: int
    grade: str
    auto_fail: bool
    scored_at: datetime
    line: bytes

    @property
    def id(self) -> str:
        """``<conversation digest>.<standard digest>`` without their ``sha256:``: the evaluation's public name."""
        return f"{self.digest.removeprefix(_SHA)}.{self.standard.removeprefix(_SHA)}"

    @property
    def document(self) -> Mapping[str, Any]:
        """As the wire has it."""
        return document_of(self.line)


@dataclass(frozen=True, slots=True)
class LayerScore:
    """A score in tenths by a machine or a person. `stale`: it was given to other content than the conversation now has."""

    layer: Layer
    total: int
    author: str
    reason: str
    at: datetime
    digest: str
    standard: str
    stale: bool


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A finding of a current evaluation, for lists: `agent` is who wrote the words, `text` the evidence."""

    conversation: str
    nth: int
    rule: str
    category: str
    severity: str
    status: str
    fingerprint: str
    message: int | None
    text: str
    confidence: float
    needs_human: bool
    agent: str
    at: datetime


_F: Final = findings.c
_NEWEST: Final = Sorted("findings", (_F.at, _F.conversation, _F.nth), falling=True)
_FINDING: Final = [findings.c[f.name] for f in fields(KeptFinding)]


class Evaluations:
    """The evaluations of a shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def current(self, shop: str, conversation: str) -> KeptEvaluation | None:
        """The evaluation of the current version under the Standard it was last scored by."""
        c, e = conversations.c, evaluations.c
        return self._one(of_shop(evaluations, shop).join(conversations, and_(c.shop == e.shop, c.digest == e.digest, c.standard == e.standard))
                         .where(c.id == conversation))

    def get(self, shop: str, digest: str, standard: str) -> KeptEvaluation | None:
        """By its key, old ones too. Both with ``sha256:``."""
        return self._one(of_shop(evaluations, shop).where(evaluations.c.digest == digest, evaluations.c.standard == standard))

    def by_id(self, shop: str, id: str) -> KeptEvaluation | None:
        """By its public name."""
        digest, _, standard = id.partition(".")
        if len(digest) != _HEX or len(standard) != _HEX:
            return None
        return self.get(shop, _SHA + digest, _SHA + standard)

    def _one(self, statement: Select[Any]) -> KeptEvaluation | None:
        with self.database.read() as connection:
            row = connection.execute(statement).first()
        return None if row is None else _evaluation(row)

    def history(self, shop: str, conversation: str) -> list[KeptEvaluation]:
        """Every evaluation of a conversation, of all its versions, in the order they were made."""
        with self.database.read() as connection:
            found = connection.execute(of_shop(evaluations, shop).where(evaluations.c.conversation == conversation)
                                       .order_by(evaluations.c.scored_at, evaluations.c.digest, evaluations.c.standard))
            return [_evaluation(row) for row in found]

    def layers(self, shop: str, conversation: str) -> list[LayerScore]:
        """Every score of a conversation: by machine, reviewer, and final, in the order they were given."""
        e, s = evaluations.c, scores.c
        with self.database.read() as connection:
            digest = connection.execute(of_shop(conversations, shop, conversations.c.digest).where(conversations.c.id == conversation)).scalar()
            machine = connection.execute(of_shop(evaluations, shop, e.total, e.digest, e.standard, e.scored_at).where(e.conversation == conversation)
                                         .order_by(e.scored_at)).all()
            people = connection.execute(of_shop(scores, shop).where(s.conversation == conversation).order_by(s.nth)).all()
        given = [LayerScore("machine", r.total, "", "", r.scored_at, r.digest, r.standard, r.digest != digest) for r in machine]
        given += [_layer(r, digest) for r in people]
        return sorted(given, key=lambda x: x.at)

    def add_layer(self, shop: str, conversation: str, layer: Layer, total: int, *, author: str, reason: str, now: datetime,
                  digest: str) -> LayerScore:
        """A score in tenths by a person on the current version. Raises StaleRecord when `digest` is no longer its current content."""
        if layer not in PEOPLE or not 0 <= total <= 1000 or not author:
            raise UsageError("人工评分需要 reviewer 或 final、0–100 分和评分人", where=conversation)
        c = conversations.c
        with self.database.write() as connection:
            head = connection.execute(of_shop(conversations, shop).where(c.id == conversation).with_for_update()).first()
            if head is None or head.digest != digest:
                raise StaleRecord("会话已有新内容,这次评分针对的是旧版本", where=conversation, fix="看过新版本再评")
            nth = (connection.execute(of_shop(scores, shop, func.max(scores.c.nth)).where(scores.c.conversation == conversation)).scalar() or 0) + 1
            row = {"shop": shop, "conversation": conversation, "nth": nth, "layer": layer, "total": total, "author": clean(author),
                   "reason": clean(reason, 4_000), "at": now, "digest": digest, "standard": head.standard}
            connection.execute(scores.insert(), row)
            self._stand(connection, shop, head)
        return LayerScore(layer, total, author, reason, now, digest, head.standard, False)

    def _stand(self, connection: Connection, shop: str, head: Row[Any]) -> None:
        """Let the score that counts follow."""
        standing = best_of(connection, shop, [head.id])[head.id][head.digest]
        connection.execute(change_of_shop(conversations, shop).where(conversations.c.id == head.id).values(standing=standing))
        more = (0, standing - head.standing, standing * standing - head.standing * head.standing)
        add_to_tallies(connection, {shop: {(head.day, head.agent, "standing", ""): more}})

    def findings(self, shop: str, *, rule: str | None = None, category: str | None = None, agent: str | None = None,
                 since: datetime | None = None, until: datetime | None = None, limit: int = LIMIT, after: str | None = None) -> Page[KeptFinding]:
        """Findings of current evaluations, newest chats first."""
        statement = of_shop(findings, shop, *_FINDING)
        for column, value in ((_F.rule, rule), (_F.agent, agent)):
            if value is not None:
                statement = statement.where(column == value)
        if category is not None:
            statement = statement.where(below(_F.category, category))
        if since is not None:
            statement = statement.where(_F.at >= since)
        if until is not None:
            statement = statement.where(_F.at < until)
        if after is not None:
            statement = statement.where(_NEWEST.after(after))
        with self.database.read() as connection:
            found = connection.execute(statement.order_by(*_NEWEST.clauses).limit(limited(limit) + 1)).all()
        return page_of(found, limit, _NEWEST, lambda row: KeptFinding(**row._mapping))


def _evaluation(row: Row[Any]) -> KeptEvaluation:
    return KeptEvaluation(row.conversation, row.digest, row.standard, row.total, row.grade, row.auto_fail, row.scored_at, unpack(row.document))


def _layer(row: Row[Any], digest: str | None) -> LayerScore:
    return LayerScore(cast("Layer", row.layer), row.total, row.author, row.reason, row.at, row.digest, row.standard, row.digest != digest)
