"""Character n-grams of a whole batch of texts, weighed by array arithmetic: no loop over messages.

A text is folded to what the n-grams are made of (marks and blanks dropped, a number is one "0", a long run of one character two of
it). Texts are laid side by side with a border between them; an n-gram is known by a rolling 64-bit hash of its code points, looked up
in a table of slots and compared with the full hash, so that nothing but a known n-gram ever counts. An n-gram may hold a border at its
ends (the text begins or ends so); one across a border is nobody's and therefore unknown.

Weights are whole numbers (1/256 of a logit), so their sums are exact whatever the order or the batch.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from qa_service.text.normalise import CODE, DIGIT, EMOJI, HAN, LETTER, SEPARATOR, SIGN, tables

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int32]
Sums = npt.NDArray[np.float32]
Index = npt.NDArray[np.int64]

_BORDER: Final = ord(SEPARATOR)
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)  # of the rolling hash: the golden ratio, as Knuth has it
_SLOTS: Final = (np.uint64(0xD6E8FEB86659FD93), np.uint64(0xA0761D6478BD642F), np.uint64(0xE7037ED1A0B428DB), np.uint64(0x8EBC6AF09C88C6E3))
_KEPT: Final = (HAN, LETTER, SIGN, EMOJI, CODE)


@cache
def _folding() -> npt.NDArray[np.uint32]:
    """Code point of a norm -> the code point it counts as; 0 is dropped."""
    table = tables()
    fold = np.where(np.isin(table.kind, _KEPT), np.arange(len(table.kind), dtype=np.uint32), np.uint32(0))
    fold[table.kind == DIGIT] = ord("0")
    for mark in "?!":
        fold[ord(mark)] = ord(mark)
    fold[_BORDER] = _BORDER
    fold.flags.writeable = False
    return fold


@dataclass(frozen=True, slots=True)
class Folded:
    """Texts side by side: `codes` with a border before the first and after each, and the text each position belongs to."""

    codes: npt.NDArray[np.uint32]
    home: Index


def fold(norms: Sequence[str]) -> Folded:
    """Normalised texts -> what n-grams are made of."""
    joined = SEPARATOR.join(["", *norms, ""])
    codes = _folding()[np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)]
    codes = codes[codes != 0]
    again = codes[1:] == codes[:-1]
    digit = codes[1:] == ord("0")
    drop = np.zeros(len(codes), dtype=bool)
    drop[1:] = again & digit
    drop[2:] |= again[1:] & again[:-1] & (codes[2:] != _BORDER)
    codes = codes[~drop]
    return Folded(codes, np.cumsum(codes == _BORDER) - 1)


def fold_text(norm: str) -> str:
    """One text folded: what an explanation shows, and what a recipe cuts its n-grams from."""
    return fold([norm]).codes[1:-1].tobytes().decode("utf-32-le")


def cut(folded: str, orders: Sequence[int]) -> list[str]:
    """The n-grams of one folded text (bubbles of a turn apart by SEPARATOR), the slow and obvious way. The border is part of them."""
    out = []
    for bubble in folded.split(SEPARATOR):
        text = SEPARATOR + bubble + SEPARATOR
        out += [text[i:i + n] for n in orders for i in range(len(text) - n + 1) if n > 1 or text[i] != SEPARATOR]
    return out


def keys_of(grams: Sequence[str]) -> Keys:
    """The hash of each n-gram."""
    out = np.zeros(len(grams), dtype=np.uint64)
    lengths = np.fromiter(map(len, grams), dtype=np.int64, count=len(grams))
    codes = np.frombuffer("".join(grams).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    starts = np.cumsum(lengths) - lengths
    for n in range(int(lengths.max(initial=0))):
        at = np.flatnonzero(lengths > n)
        out[at] = out[at] * _STEP + codes[starts[at] + n]
    return out


class Table:
    """Known n-grams -> rows of whole-number weights; row 0 is zeros. Built in a few milliseconds, read by any number of batches.

    `keys`: one hash a row. `weights`: (rows, columns), in 1/256.
    """

    def __init__(self, keys: Keys, weights: npt.NDArray[np.int16], orders: Sequence[int]) -> None:
        self.orders = tuple(orders)
        self.columns = weights.shape[1]
        self._keys: Keys = np.concatenate((np.zeros(1, dtype=np.uint64), keys))
        self._weights: Sums = np.zeros((len(keys) + 1, self.columns), dtype=np.float32)
        self._weights[1:] = weights
        bits = max(8, len(keys).bit_length() + 3)
        self._shift = np.uint64(64 - bits)
        self._levels: list[Rows] = []
        rows = np.arange(1, len(keys) + 1, dtype=np.int32)
        while len(rows) or not self._levels:
            if len(self._levels) == len(_SLOTS):
                raise ValueError("n-grams with equal hashes")
            level = np.zeros(1 << bits, dtype=np.int32)
            slots = self._slot(self._keys[rows], len(self._levels))
            level[slots] = rows
            self._levels.append(level)
            rows = rows[level[slots] != rows]  # their slot was taken: they go one level down

    def _slot(self, keys: Keys, level: int) -> Keys:
        slot: Keys = (keys * _SLOTS[level]) >> self._shift
        return slot

    def _look_up(self, grams: Keys) -> Rows:
        """The row of each n-gram, 0 for an unknown one."""
        row = self._levels[0][self._slot(grams, 0)]
        wrong = self._keys[row] != grams
        below = np.flatnonzero(wrong & (row != 0))
        row[wrong] = 0
        for number, level in enumerate(self._levels[1:], 1):
            other = level[self._slot(grams[below], number)]
            right = self._keys[other] == grams[below]
            row[below[right]] = other[right]
            below = below[~right & (other != 0)]
        return row

    def rows(self, folded: Folded) -> list[Rows]:
        """For each order the row of the n-gram that begins at each position; 0 where it is unknown."""
        codes = folded.codes.astype(np.uint64)
        grams, out = codes, []
        for n in range(1, max(self.orders) + 1):
            if n > 1:
                grams = grams[:-1] * _STEP + codes[n - 1:]
            if n in self.orders:
                row = np.zeros(len(codes), dtype=np.int32)
                row[:len(grams)] = self._look_up(grams)
                out.append(row)
        return out

    def score(self, folded: Folded) -> tuple[Sums, Index]:
        """Sums of the weights of each text (texts, columns), in 1/256, and the number of known n-grams each holds."""
        rows = self.rows(folded)
        known = sum((row != 0).astype(np.int64) for row in rows)
        at = np.flatnonzero(known)
        texts = int(folded.home[-1])
        total = np.zeros((texts, self.columns), dtype=np.float32)
        count = np.bincount(folded.home[at], known[at], minlength=texts).astype(np.int64)
        if len(at):
            weights = np.take(self._weights, rows[0][at], axis=0)
            for row in rows[1:]:
                weights += np.take(self._weights, row[at], axis=0)
            home = folded.home[at]
            edges = np.flatnonzero(np.diff(home, prepend=-1))
            total[home[edges]] = np.add.reduceat(weights, edges, axis=0)
        return total, count

    def weights_of(self, row: Rows) -> Sums:
        """The weights of some rows, in 1/256."""
        chosen: Sums = self._weights[row]
        return chosen
