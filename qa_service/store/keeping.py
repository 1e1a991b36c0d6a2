"""The one write path: conversations with their evaluations, for the command line, REST, hooks and jobs."""
from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final, Literal

from sqlalchemy import Connection

from qa_service.model.conversation import EMPTY, Conversation
from qa_service.model.errors import UsageError
from qa_service.model.wire import conversation_digest
from qa_service.store import search
from qa_service.store.documents import conversation_to_bytes, pack
from qa_service.store.engine import Database, Raced
from qa_service.store.facts import Additions, additions, commitment_rows, facts_of, finding_rows, head_values, merge, topic_rows
from qa_service.store.rows import add_to_tallies, insert, new_serials, remove_rows, update_heads
from qa_service.store.scope import check_key, of_shop
from qa_service.store.standing import Before, read_before
from qa_service.store.tables import agents, chunks, commitments, conversations, evaluations, findings, standards, topics, versions

Change = Literal["new", "changed", "rescored", "same"]
_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation and its evaluation: `evaluation` as the wire has it, `line` the same as JSON bytes."""

    conversation: Conversation
    evaluation: Mapping[str, Any]
    line: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping an entry came to. `version` counts from 1.

    new       not known before
    changed   other content than before: a new version, the old one stays
    rescored  the same content under another Standard: a new evaluation, the old one stays
    same      nothing to do
    """

    shop: str
    id: str
    digest: str
    standard: str
    change: Change
    version: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a run, kept with the entries in one transaction: kept a second time it changes nothing. `counts` is the caller's own."""

    shop: str
    run: str
    number: int
    counts: Mapping[str, int] = field(default=EMPTY)


@dataclass(frozen=True, slots=True)
class _Prepared:
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


class Keeping:
    """Keeps. The Standard must have been kept before (`Standards.keep`)."""

    def __init__(self, database: Database, zone: tzinfo) -> None:
        self.database = database
        self.zone = zone

    def keep(self, entries: Sequence[Entry], *, now: datetime, source: str, chunk: Chunk | None = None) -> list[Kept]:
        """All entries, or (on an error) none, in one transaction; what comes back is on the disk. In the order of the entries.

        Of one conversation the last to arrive is the current version. Some hundreds at a time are fastest. `source` says through which door
        (cli, api, import, hook). A chunk that was kept before gives an empty list. Raises InvalidRecord for a shop or id that no database can
        hold, UsageError for an unknown Standard.
        """
        prepared = [_prepare(entry) for entry in entries]
        for tries in range(_TRIES):
            try:
                with self.database.write() as connection:
                    if chunk is not None and not _begin_chunk(connection, chunk, now):
                        return []
                    _know_standards(connection, prepared)
                    sums: dict[str, Additions] = {}
                    kept = {n: k for group in _apart(prepared) for n, k in self._keep(connection, group, now, source, sums)}
                    add_to_tallies(connection, sums)
                return [kept[n] for n in range(len(prepared))]
            except Raced:  # two that bring the same new chat: the one that lost tries again
                if tries == _TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    def chunks_of(self, shop: str, run: str) -> dict[int, dict[str, int]]:
        """The chunks of a run that are done: number -> counts."""
        with self.database.read() as connection:
            found = connection.execute(of_shop(chunks, shop, chunks.c.number, chunks.c.counts).where(chunks.c.run == run))
            return {row.number: row.counts for row in found}

    def _keep(self, connection: Connection, group: Mapping[int, _Prepared], now: datetime, source: str,
              sums: dict[str, Additions]) -> list[tuple[int, Kept]]:
        """Entries of different conversations. What they add to the tallies goes into `sums`."""
        before = read_before(connection, {p.key: (p.digest, p.standard) for p in group.values()})
        kept = [(n, _change(p, before.get(p.key))) for n, p in group.items()]
        work = [_Work(group[n], before.get(group[n].key), k, now, self.zone) for n, k in kept if k.change != "same"]
        work.sort(key=lambda w: w.prepared.key)  # everybody locks in the same order
        if not work:
            return kept
        new, old = [w for w in work if w.before is None], [w for w in work if w.before is not None]
        for w, serial in zip(new, new_serials(connection, len(new)), strict=True):
            w.serial = serial
        insert(connection, conversations, [w.head(source, now) for w in new], racing=True)
        remove_rows(connection, [w.prepared.key for w in old])
        update_heads(connection, [w.head(source, now) for w in old])
        insert(connection, versions, [w.version_row(source, now) for w in work if w.kept.change != "rescored"])
        insert(connection, evaluations, [w.evaluation_row(now) for w in work], ignoring=True)
        self._insert_derived(connection, work)
        search.drop(connection, [w.indexed_before() for w in old if w.kept.change == "changed"])
        search.put(connection, [w.indexed() for w in work if w.kept.change != "rescored"])
        for w in work:
            w.add_to(sums.setdefault(w.prepared.conversation.shop, {}))
        return kept

    def _insert_derived(self, connection: Connection, work: Sequence[_Work]) -> None:
        for table, rows in ((findings, finding_rows), (commitments, commitment_rows), (topics, topic_rows)):
            insert(connection, table, [row for w in work for row in rows(w.prepared.conversation, w.prepared.evaluation, w.facts)])
        named = {(w.prepared.conversation.shop, w.facts.agent): w.facts.agent_name for w in work if w.facts.agent}
        insert(connection, agents, [{"shop": s, "id": a, "name": n} for (s, a), n in sorted(named.items())], ignoring=True)


class _Work:
    """One entry that changes something, and what it was before."""

    def __init__(self, prepared: _Prepared, before: Before | None, kept: Kept, now: datetime, zone: tzinfo) -> None:
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
        p = self.prepared
        return {"shop": p.conversation.shop, "id": p.conversation.id, "serial": self.serial, "version": self.kept.version, "digest": p.digest,
                "standard": p.standard, "source": source, "standing": self.standing, "received_at": self.received_at, "changed_at": now,
                **self.values}

    def version_row(self, source: str, now: datetime) -> dict[str, Any]:
        p = self.prepared
        return {"shop": p.conversation.shop, "conversation": p.conversation.id, "version": self.kept.version, "digest": p.digest,
                "source": source, "received_at": now, "document": p.document}

    def evaluation_row(self, now: datetime) -> dict[str, Any]:
        p = self.prepared
        return {"shop": p.conversation.shop, "digest": p.digest, "standard": p.standard, "conversation": p.conversation.id,
                "total": self.values["total"], "grade": self.values["grade"], "auto_fail": self.values["auto_fail"], "scored_at": now,
                "document": p.line}

    def indexed(self) -> search.Indexed:
        return search.Indexed(self.serial, self.prepared.conversation.shop, self.prepared.words)

    def indexed_before(self) -> search.Indexed:
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


def _prepare(entry: Entry) -> _Prepared:
    c, e = entry.conversation, entry.evaluation
    check_key(c.shop, c.id)
    digest = e["conversation"]["digest"]
    if digest != conversation_digest(c):
        raise UsageError("评分结果不是这个会话的", where=c.id)
    return _Prepared(c, e, pack(entry.line), digest, e["standard"]["digest"], pack(conversation_to_bytes(c)), search.words_of(c))


def _apart(prepared: Sequence[_Prepared]) -> Iterator[dict[int, _Prepared]]:
    """The entries by their number, in groups that hold no conversation twice: the first of each, then the second of those that have one.

    So every lock is taken with the first group, in the one order that all writers keep.
    """
    groups: list[dict[int, _Prepared]] = []
    seen: Counter[tuple[str, str]] = Counter()
    for n, p in enumerate(prepared):
        if seen[p.key] == len(groups):
            groups.append({})
        groups[seen[p.key]][n] = p
        seen[p.key] += 1
    yield from groups


def _change(p: _Prepared, before: Before | None) -> Kept:
    shop, id = p.key
    if before is None:
        return Kept(shop, id, p.digest, p.standard, "new", 1)
    if before.digest != p.digest:
        return Kept(shop, id, p.digest, p.standard, "changed", before.version + 1)
    return Kept(shop, id, p.digest, p.standard, "same" if before.standard == p.standard else "rescored", before.version)


def _begin_chunk(connection: Connection, chunk: Chunk, now: datetime) -> bool:
    row = {"shop": chunk.shop, "run": chunk.run, "number": chunk.number, "counts": dict(chunk.counts), "done_at": now}
    return insert(connection, chunks, [row], ignoring=True) == 1


def _know_standards(connection: Connection, prepared: Sequence[_Prepared]) -> None:
    for shop, standard in sorted({(p.conversation.shop, p.standard) for p in prepared}):
        if connection.execute(of_shop(standards, shop, standards.c.digest).where(standards.c.digest == standard)).first() is None:
            raise UsageError(f"店铺 {shop} 还没有保存质检标准 {standard}", fix="先用 Standards.keep 保存它")
