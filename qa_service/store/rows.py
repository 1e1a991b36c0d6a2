"""Rows in bulk, for both databases."""
from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Insert, Table, bindparam, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from qa_service.store.engine import Raced
from qa_service.store.facts import Additions
from qa_service.store.scope import removal_of_shop
from qa_service.store.tables import commitments, conversations, findings, tallies, topics

Rows = Sequence[Mapping[str, Any]]
_DERIVED: Final = (findings, commitments, topics)


def upsert(connection: Connection, table: Table) -> Any:
    """An INSERT that can have an ON CONFLICT."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def insert(connection: Connection, table: Table, rows: Rows, *, ignoring: bool = False, racing: bool = False) -> int:
    """Insert rows; how many were new. `ignoring` leaves rows that exist as they are; `racing` raises Raced where one does."""
    if not rows:
        return 0
    statement: Insert = table.insert()
    if ignoring or racing:
        statement = upsert(connection, table).on_conflict_do_nothing()
    done = connection.execute(statement, rows if len(rows) > 1 else rows[0], execution_options={"preserve_rowcount": True}).rowcount
    if racing and done != len(rows):
        raise Raced("另一个进程刚写入了同一个会话", fix="稍后再试")
    return done


def new_serials(connection: Connection, n: int) -> Iterable[int]:
    """`n` numbers that no chat has had."""
    if not n:
        return ()
    if connection.dialect.name == "sqlite":
        first = (connection.execute(select(func.max(conversations.c.serial))).scalar() or 0) + 1
        return range(first, first + n)
    return connection.execute(text("SELECT nextval('conversation_serial') FROM generate_series(1, :n)"), {"n": n}).scalars().all()


def update_heads(connection: Connection, heads: Rows) -> None:
    """Give heads new values."""
    if not heads:
        return
    names = [c.name for c in conversations.c if not c.primary_key]
    statement = conversations.update().where(
        conversations.c.shop == bindparam("of_shop"), conversations.c.id == bindparam("of_id")).values({n: bindparam(n) for n in names})
    connection.execute(statement, [{"of_shop": h["shop"], "of_id": h["id"], **{n: h[n] for n in names}} for h in heads])


def remove_rows(connection: Connection, keys: Iterable[tuple[str, str]]) -> None:
    """Take away what hangs on the evaluations of conversations (shop, id) that get another one."""
    for shop, ids in _by_shop(keys):
        for table in _DERIVED:
            connection.execute(removal_of_shop(table, shop).where(table.c.conversation.in_(ids)))


def _by_shop(keys: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    for shop, pairs in groupby(sorted(keys), key=lambda k: k[0]):
        yield shop, [id for _, id in pairs]


def add_to_tallies(connection: Connection, sums: Mapping[str, Additions]) -> None:
    """Add to the tallies of shops. Rows are locked in one order by everybody."""
    rows = [{"shop": shop, "day": day, "agent": agent, "kind": kind, "name": name, "n": n, "total": total, "squares": squares}
            for shop, of in sorted(sums.items())
            for (day, agent, kind, name), (n, total, squares) in sorted(of.items()) if n or total or squares]
    if not rows:
        return
    statement = upsert(connection, tallies)
    new = statement.excluded
    connection.execute(statement.on_conflict_do_update(
        index_elements=list(tallies.primary_key.columns),
        set_={c: tallies.c[c] + new[c] for c in ("n", "total", "squares")}), rows)
