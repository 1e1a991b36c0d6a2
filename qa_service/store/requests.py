"""What requests leave behind: answers to be given again for the same Idempotency-Key, and counts for limits that all processes share."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import delete, select

from qa_service.store.engine import Database
from qa_service.store.rows import insert, upsert
from qa_service.store.scope import change_of_shop, of_shop, removal_of_shop
from qa_service.store.tables import replays, windows


@dataclass(frozen=True, slots=True)
class Replay:
    """What is known of an idempotency key.

    claimed   it is ours now: do the work, then `finish` (or `release` when it failed before doing anything)
    running   another request is at it: 409
    other     it was used for another request: 422
    done      `status`, `kind` (content type) and `body` of the first answer
    """

    state: Literal["claimed", "running", "other", "done"]
    status: int = 0
    kind: str = ""
    body: bytes = b""


class Replays:
    """Idempotency keys of a shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def claim(self, shop: str, key: str, fingerprint: str, now: datetime, *, stale_seconds: int = 60) -> Replay:
        """Claim a key for a request of this fingerprint. A claim that was never finished can be taken over after `stale_seconds`."""
        r = replays.c
        with self.database.write() as connection:
            row = {"shop": shop, "key": key, "fingerprint": fingerprint, "status": None, "kind": "", "body": None, "created_at": now}
            if insert(connection, replays, [row], ignoring=True):
                return Replay("claimed")
            found = connection.execute(of_shop(replays, shop).where(r.key == key).with_for_update()).one()
            if found.fingerprint != fingerprint:
                return Replay("other")
            if found.status is not None:
                return Replay("done", found.status, found.kind, found.body)
            if found.created_at > now - timedelta(seconds=stale_seconds):
                return Replay("running")
            connection.execute(change_of_shop(replays, shop).where(r.key == key).values(created_at=now))
            return Replay("claimed")

    def finish(self, shop: str, key: str, status: int, kind: str, body: bytes) -> None:
        """Keep the answer."""
        with self.database.write() as connection:
            connection.execute(change_of_shop(replays, shop).where(replays.c.key == key).values(status=status, kind=kind, body=body))

    def release(self, shop: str, key: str) -> None:
        """Give up a claim."""
        with self.database.write() as connection:
            connection.execute(removal_of_shop(replays, shop).where(replays.c.key == key, replays.c.status.is_(None)))

    def sweep(self, before: datetime) -> int:
        """Delete keys of before a time, of all shops; how many."""
        with self.database.write() as connection:
            return connection.execute(delete(replays).where(replays.c.created_at < before)).rowcount


class Windows:
    """Counts by subject (a key, an account, a network) in windows of time."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def hit(self, subject: str, seconds: int, now: datetime, n: int = 1) -> int:
        """Count `n` more in the current window of `seconds`; the count so far, these included."""
        with self.database.write() as connection:
            statement = upsert(connection, windows).values(subject=subject, began=_began(seconds, now), n=n)
            found = connection.execute(statement.on_conflict_do_update(
                index_elements=[windows.c.subject, windows.c.began], set_={"n": windows.c.n + statement.excluded.n}).returning(windows.c.n))
            return int(found.scalar_one())

    def count(self, subject: str, seconds: int, now: datetime) -> int:
        """The count of the current window."""
        with self.database.read() as connection:
            found = connection.execute(select(windows.c.n).where(windows.c.subject == subject, windows.c.began == _began(seconds, now))).scalar()
        return found or 0

    def sweep(self, before: datetime) -> int:
        """Delete windows of before a time; how many."""
        with self.database.write() as connection:
            return connection.execute(delete(windows).where(windows.c.began < int(before.timestamp()))).rowcount


def _began(seconds: int, now: datetime) -> int:
    return int(now.timestamp()) // seconds * seconds
