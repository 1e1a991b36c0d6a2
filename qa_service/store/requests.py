"""What requests leave behind: answers to be given again for the same Idempotency-Key, and counts for limits that all processes share."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from qa_service.store.engine import Database


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
        raise NotImplementedError

    def finish(self, shop: str, key: str, status: int, kind: str, body: bytes) -> None:
        """Keep the answer."""
        raise NotImplementedError

    def release(self, shop: str, key: str) -> None:
        """Give up a claim."""
        raise NotImplementedError

    def sweep(self, before: datetime) -> int:
        """Delete keys of before a time; how many."""
        raise NotImplementedError


class Windows:
    """Counts by subject (a key, an account, a network) in windows of time."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def hit(self, subject: str, seconds: int, now: datetime, n: int = 1) -> int:
        """Count `n` more in the current window of `seconds`; the count so far, these included."""
        raise NotImplementedError

    def count(self, subject: str, seconds: int, now: datetime) -> int:
        """The count of the current window."""
        raise NotImplementedError

    def sweep(self, before: datetime) -> int:
        """Delete windows of before a time; how many."""
        raise NotImplementedError
