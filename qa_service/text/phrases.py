"""One automaton for the literals of all packs: it reads a batch once and says which words stand where.

A phrase is compared as skeleton, so blanks, marks, emoji and invisible characters between its characters do not hide it. What is
lost so is won back by three guards: a single gap that is sentence punctuation, or any gap that is a platform code, is no evasion;
ASCII words keep their borders; and a hit inside a longer listed word (大麻 in 大麻烦) is dropped where the list says so.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import ahocorasick_rs as ac
import numpy as np
import numpy.typing as npt

from qa_service.model.errors import RefusedStandard
from qa_service.text.normalise import CODE, SENTENCE, Batch, Index, skeleton_of, sound_of

_SOUND_MIN = 3  # shorter words have too many homophones
Hit = tuple[int, int, int]  # (message, start, end): half-open code points of the message


@dataclass(frozen=True, slots=True)
class Words:
    """A list of phrases, known to the book by `id`. `sound`: also match by toneless pinyin. `allow`: list of longer words that clear a hit."""

    id: int
    phrases: tuple[str, ...]
    allow: int | None = None
    sound: bool = False


@dataclass(slots=True)
class Hits:
    """All hits in a batch, sorted by position: message, start and end (within the message), and the phrase number."""

    message: Index
    start: Index
    end: Index
    phrase: Index


@dataclass(slots=True)
class PhraseBook:
    """Collects lists of phrases, then compiles them into one automaton. Phrases are shared between lists, and so are equal lists."""

    words: list[Words] = field(default_factory=list)
    phrases: list[str] = field(default_factory=list)  # skeletons; the position is the phrase number
    owners: list[list[int]] = field(default_factory=list)  # phrase number -> ids of the lists that hold it
    _number: dict[tuple[str, bool], int] = field(default_factory=dict)
    _by_sound: list[bool] = field(default_factory=list)
    _equal: dict[tuple[tuple[str, ...], tuple[str, ...], bool], Words] = field(default_factory=dict)

    def add(self, phrases: Iterable[str], *, allow: Iterable[str] = (), sound: bool = False) -> Words:
        """Register a list. A phrase with nothing to match (only marks) is refused."""
        key = tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(allow)), sound
        if key in self._equal:
            return self._equal[key]
        cleared_by = self.add(key[1]).id if key[1] else None
        entry = self._equal[key] = Words(len(self.words), key[0], cleared_by, sound)
        self.words.append(entry)
        for phrase in entry.phrases:
            self._own(phrase, False, entry.id)
            if sound and len(skeleton_of(phrase)) >= _SOUND_MIN:
                self._own(phrase, True, entry.id)
        return entry

    def number_of(self, phrase: str, *, by_sound: bool = False) -> int:
        """The number of a phrase, registered when new, without putting it on a list: for readers that weigh hits themselves."""
        form = sound_of(phrase) if by_sound else skeleton_of(phrase)
        if not form:
            raise RefusedStandard(f"短语 {phrase!r} 没有可匹配的文字")
        number = self._number.get((form, by_sound))
        if number is None:
            number = self._number[form, by_sound] = len(self.phrases)
            self.phrases.append(form)
            self._by_sound.append(by_sound)
            self.owners.append([])
        return number

    def _own(self, phrase: str, by_sound: bool, list_id: int) -> None:
        owners = self.owners[self.number_of(phrase, by_sound=by_sound)]
        if list_id not in owners:
            owners.append(list_id)

    def compile(self) -> Matcher:
        """The automaton over everything added so far."""
        return Matcher(self)


SIDES = 3  # customer, agent, the rest


def key_of(words: Any, side: Any) -> Any:
    """A phrase list on one side of a conversation: what hits are sorted by, and what rules are chosen by."""
    return words * SIDES + side


@dataclass(slots=True)
class Spread:
    """Hits handed out: for each conversation, `key_of` -> rows [low, high) of the three columns, in order of position."""

    tables: list[dict[int, tuple[int, int]]]
    message: list[int]
    start: list[int]
    end: list[int]

    def hits(self, rows: tuple[int, int], first: int) -> dict[int, list[Hit]]:
        """The hits in `rows` by message; `first` is the number of the conversation's first message in the batch."""
        low, high = rows
        out: dict[int, list[Hit]] = {}
        for m, s, e in zip(self.message[low:high], self.start[low:high], self.end[low:high], strict=True):
            m -= first
            if m in out:
                out[m].append((m, s, e))
            else:
                out[m] = [(m, s, e)]
        return out


class Matcher:
    """The compiled book. Pure: one instance serves any number of batches."""

    def __init__(self, book: PhraseBook) -> None:
        self.allow = {w.id: w.allow for w in book.words if w.allow is not None}
        self._lists = max(1, len(book.words))
        self._owned = np.array([len(o) for o in book.owners] or [0], dtype=np.int64)
        self._owners = np.array([i for o in book.owners for i in o], dtype=np.int64)
        self._first_owner = np.concatenate(([0], np.cumsum(self._owned)))[:-1]
        self.phrases = tuple(book.phrases)
        self._plain_numbers, self._plain = _automaton(book, sound=False)
        self._sound_numbers, self._sound = _automaton(book, sound=True)
        self.needs_sound = self._sound is not None
        self._spelled: dict[int, tuple[str, ...]] = _spellings(book)
        ascii_edge = [(p[0].isascii() and p[0].isalnum(), p[-1].isascii() and p[-1].isalnum()) for p in book.phrases]
        self._edge = np.array(ascii_edge or [(False, False)], dtype=bool).reshape(-1, 2)

    def match(self, batch: Batch) -> Hits:
        """All hits of all lists in the batch, overlapping ones included."""
        plain = _find(self._plain, self._plain_numbers, batch.skeleton)
        if self._sound is not None:
            heard = _find(self._sound, self._sound_numbers, batch.sound)
            plain = np.concatenate((plain, heard[self._resembles(heard, batch)]))
        if not len(plain):
            none = np.empty(0, dtype=np.int64)
            return Hits(none, none, none, none)
        number, low, high = plain[:, 0], plain[:, 1], plain[:, 2]
        start, end = batch.places[low], batch.places[high - 1] + 1
        keep = self._borders(number, low, high, batch)
        gapped = np.flatnonzero(keep & (end - start != high - low))
        for i in gapped:
            keep[i] = _is_evasion(batch.kinds[start[i]:end[i]])
        number, start, end = number[keep], start[keep], end[keep]
        message = np.searchsorted(batch.starts, start, side="right") - 1
        order = np.lexsort((end, start))
        message, start, end, number = message[order], start[order], end[order], number[order]
        base = batch.starts[message]
        return Hits(message, start - base, end - base, number)

    def spread(self, hits: Hits, home: Index, side: Index, homes: int) -> Spread:
        """Sort the hits by conversation, list and side. `home`: the conversation of each message of the batch, 0 … `homes` − 1."""
        count = self._owned[hits.phrase]
        row = np.repeat(np.arange(len(count)), count)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        words = self._owners[self._first_owner[hits.phrase[row]] + nth]
        width = self._lists * SIDES
        key = home[hits.message[row]] * width + key_of(words, side[hits.message[row]])
        order = np.argsort(key, kind="stable")
        key, row = key[order], row[order]
        edges = np.flatnonzero(np.diff(key, prepend=-1))
        tables: list[dict[int, tuple[int, int]]] = [{} for _ in range(homes)]
        for at, low, high in zip(key[edges].tolist(), edges.tolist(), [*edges[1:].tolist(), len(key)][:len(edges)], strict=True):
            tables[at // width][at % width] = (low, high)
        return Spread(tables, hits.message[row].tolist(), hits.start[row].tolist(), hits.end[row].tolist())

    def _borders(self, number: Index, low: Index, high: Index, batch: Batch) -> npt.NDArray[np.bool_]:
        """ASCII letters and digits at the edge of a phrase must not go on beyond it: `vx` is not in `devx`."""
        keep = np.ones(len(number), dtype=bool)
        edge = self._edge[number]
        skeleton, places = batch.skeleton, batch.places
        for i in np.flatnonzero(edge.any(axis=1)):
            a, b = int(low[i]), int(high[i])
            if edge[i, 0] and a and places[a - 1] == places[a] - 1 and _ascii_word(skeleton[a - 1], skeleton[a]):
                keep[i] = False
            if edge[i, 1] and b < len(skeleton) and places[b] == places[b - 1] + 1 and _ascii_word(skeleton[b], skeleton[b - 1]):
                keep[i] = False
        return keep

    def _resembles(self, heard: Index, batch: Batch) -> npt.NDArray[np.bool_]:
        """A match by sound counts when at least half of its characters are the phrase's own and it is not the phrase itself."""
        keep = np.zeros(len(heard), dtype=bool)
        for i, (number, low, high) in enumerate(heard.tolist()):
            surface, spelled = batch.skeleton[low:high], self._spelled[number]
            for word in spelled:
                same = sum(a == b for a, b in zip(surface, word, strict=True))
                if same != len(word) and same * 2 >= len(word):
                    keep[i] = True
        return keep


def _ascii_word(outside: str, inside: str) -> bool:
    return outside.isascii() and ((outside.isalpha() and inside.isalpha()) or (outside.isdigit() and inside.isdigit()))


def _automaton(book: PhraseBook, *, sound: bool) -> tuple[Index, ac.AhoCorasick | None]:
    numbers = [n for n, by_sound in enumerate(book._by_sound) if by_sound is sound]
    if not numbers:
        return np.empty(0, dtype=np.int64), None
    automaton = ac.AhoCorasick([book.phrases[n] for n in numbers], matchkind=ac.MatchKind.Standard, store_patterns=False,
                               implementation=ac.Implementation.ContiguousNFA)
    return np.array(numbers, dtype=np.int64), automaton


def _spellings(book: PhraseBook) -> dict[int, tuple[str, ...]]:
    """For each phrase kept by sound, the words that sound so."""
    out: dict[int, tuple[str, ...]] = {}
    for entry in book.words:
        for phrase in entry.phrases if entry.sound else ():
            number = book._number.get((sound_of(phrase), True))
            if number is not None:
                out[number] = (*out.get(number, ()), skeleton_of(phrase))
    return out


def _find(automaton: ac.AhoCorasick | None, numbers: Index, text: str) -> Index:
    if automaton is None or not text:
        return np.empty((0, 3), dtype=np.int64)
    found = automaton.find_matches_as_indexes(text, overlapping=True)
    if not found:
        return np.empty((0, 3), dtype=np.int64)
    out = np.array(found, dtype=np.int64)
    out[:, 0] = numbers[out[:, 0]]
    return out


def _is_evasion(kinds: npt.NDArray[np.uint8]) -> bool:
    """Whether what stands between the characters of a phrase is decoration, not the end of a sentence or a platform code."""
    if (kinds == CODE).any():
        return False
    sentence = int((kinds == SENTENCE).sum())
    return sentence != 1


def longest(hits: Sequence[Hit]) -> list[Hit]:
    """Hits that are not inside a longer one of the same message, in order."""
    out: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h[0], h[1], -h[2])):
        if out and out[-1][0] == hit[0] and hit[2] <= out[-1][2]:
            continue
        out.append(hit)
    return out
