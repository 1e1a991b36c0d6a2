"""Which conversations a run has already taken in: flat in memory (16 bytes a conversation and some air), exact to 2⁻⁶⁴ a pair."""
from __future__ import annotations

from array import array
from enum import Enum
from typing import Final

_START: Final = 1 << 10
_BITS: Final = (1 << 64) - 1


class Standing(Enum):
    """What the ledger knows of a conversation that comes in."""

    NEW = "new"
    SAME = "same"
    OTHER = "other"


def mark(content: bytes) -> int:
    """64 bits that stand for `content`, never 0. They are this process's own (SipHash with its key): good for one run, not to be kept."""
    return hash(content) & _BITS or 1


class Ledger:
    """Identity -> content, both as 64-bit marks, in one open-addressed table that doubles when 60 % full."""

    def __init__(self) -> None:
        self._keys = array("Q", bytes(8 * _START))
        self._values = array("Q", bytes(8 * _START))
        self._used = 0

    def __len__(self) -> int:
        return self._used

    def __contains__(self, key: int) -> bool:
        return bool(self._keys[self._slot(self._keys, key)])

    def add(self, key: int, value: int = 1) -> Standing:
        """Enter a conversation: NEW when its identity was unknown, SAME or OTHER by its content when it was known."""
        slot = self._slot(self._keys, key)
        if self._keys[slot]:
            return Standing.SAME if self._values[slot] == value else Standing.OTHER
        self._keys[slot], self._values[slot] = key, value
        self._used += 1
        if self._used * 5 > len(self._keys) * 3:
            self._grow()
        return Standing.NEW

    @staticmethod
    def _slot(keys: array[int], key: int) -> int:
        mask = len(keys) - 1
        slot = key & mask
        while keys[slot] and keys[slot] != key:
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        size = 2 * len(self._keys)
        keys, values = array("Q", bytes(8 * size)), array("Q", bytes(8 * size))
        for key, value in zip(self._keys, self._values, strict=True):
            if key:
                slot = self._slot(keys, key)
                keys[slot], values[slot] = key, value
        self._keys, self._values = keys, values
