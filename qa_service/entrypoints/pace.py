"""Rate limits of this machine: one clock a key in memory that all processes share, so a limit holds whatever process a request meets.

The algorithm is GCRA: one number a key, the time at which its allowance is whole again. Slots are found by hash; where a table is full of
strangers, the one that has been whole for longest gives way, which can only ever let more through. The lock between processes is one that
the kernel lets go of when its holder is killed.
"""
from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from typing import Final

_SLOTS: Final = 4096
_TRIES: Final = 8


class Pace:
    """`rate` requests a second and key, `burst` at once. Made before the processes fork."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst = burst
        self._gap = 1.0 / rate
        self._clock = clock
        self._threads = threading.Lock()
        self._processes, path = tempfile.mkstemp(prefix="qa-pace-")
        Path(path).unlink()
        weakref.finalize(self, os.close, self._processes)
        self._names = RawArray("Q", _SLOTS)
        self._whole_at = RawArray("d", _SLOTS)

    def wait(self, subject: str, cost: int = 1) -> float:
        """Seconds that `subject` has to wait; 0.0 when the request may pass, and is counted."""
        name = int.from_bytes(hashlib.blake2b(subject.encode(), digest_size=8).digest(), "big") or 1
        with self._alone():
            now = self._clock()
            slot = self._slot(name)
            whole_at = max(self._whole_at[slot], now) + self._gap * cost
            wait: float = whole_at - now - self._gap * max(self.burst, cost)
            if wait > 1e-9:
                return wait
            self._whole_at[slot] = whole_at
            return 0.0

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._threads:
            fcntl.lockf(self._processes, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._processes, fcntl.LOCK_UN)

    def _slot(self, name: int) -> int:
        """The slot of a name; a free or the stalest one for a new name."""
        slots = [(name + i) % _SLOTS for i in range(_TRIES)]
        for slot in slots:
            if self._names[slot] == name:
                return slot
        slot = min(slots, key=lambda s: self._whole_at[s] if self._names[s] else float("-inf"))
        self._names[slot], self._whole_at[slot] = name, 0.0
        return slot
