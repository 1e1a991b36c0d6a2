"""One automaton for the literals of all packs: it reads a batch once and says which words stand where.

A phrase is compared as skeleton, so blanks, marks, emoji and invisible characters between its characters do not hide it. What is
lost so is won back by three guards: a single gap that is sentence punctuation, or any gap that is a platform code, is no evasion;
ASCII words keep their borders; and a hit inside a longer listed word (大麻 in 大麻烦) is dropped where the list says so.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

import ahocorasick_rs as ac
import numpy as np
import numpy.typing as npt

from qa_service.model.errors import RefusedStandard
from qa_service.text.normalise import CODE, SENTENCE, Batch, Codes, Index, skeleton_of, sound_of

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
    kinds: list[str] = field(default_factory=list)  # plain, sound (the form is a sound) or gate (no borders)
    _number: dict[tuple[str, str], int] = field(default_factory=dict)
    _equal: dict[tuple[tuple[str, ...], tuple[str, ...], bool | None], Words] = field(default_factory=dict)

    def add(self, phrases: Iterable[str], *, allow: Iterable[str] = (), sound: bool = False) -> Words:
        """Register a list. A phrase with nothing to match (only marks) is refused."""
        key = tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(allow)), sound
        if key not in self._equal:
            cleared_by = self.add(key[1]).id if key[1] else None
            entry = self._equal[key] = self._entry(key[0], cleared_by, sound)
            for phrase in entry.phrases:
                self._own(entry, self.number_of(phrase))
                if sound and len(skeleton_of(phrase)) >= _SOUND_MIN:
                    self._own(entry, self.number_of(phrase, by_sound=True))
        return self._equal[key]

    def add_gate(self, literals: tuple[str, ...]) -> Words:
        """Register literals (skeletons) that an expression needs: they count wherever they stand, inside longer ASCII words too."""
        key = literals, (), None
        if key not in self._equal:
            entry = self._equal[key] = self._entry(literals, None, False)
            for literal in literals:
                self._own(entry, self._numbered(literal, "gate" if _ascii_edge(literal) != (False, False) else "plain"))
        return self._equal[key]

    def number_of(self, phrase: str, *, by_sound: bool = False) -> int:
        """The number of a phrase, registered when new, without putting it on a list: for readers that weigh hits themselves."""
        form = sound_of(phrase) if by_sound else skeleton_of(phrase)
        if not form:
            raise RefusedStandard(f"短语 {phrase!r} 没有可匹配的文字")
        return self._numbered(form, "sound" if by_sound else "plain")

    def _numbered(self, form: str, kind: str) -> int:
        number = self._number.get((form, kind))
        if number is None:
            number = self._number[form, kind] = len(self.phrases)
            self.phrases.append(form)
            self.kinds.append(kind)
            self.owners.append([])
        return number

    def _entry(self, phrases: tuple[str, ...], allow: int | None, sound: bool) -> Words:
        entry = Words(len(self.words), phrases, allow, sound)
        self.words.append(entry)
        return entry

    def _own(self, entry: Words, number: int) -> None:
        if entry.id not in self.owners[number]:
            self.owners[number].append(entry.id)

    def compile(self) -> Matcher:
        """The automaton over everything added so far."""
        return Matcher(self)


@dataclass(slots=True)
class Lists:
    """Hits by phrase list: list id -> rows [low, high) of the three columns, in order of position."""

    rows: dict[int, tuple[int, int]]
    message: Index
    start: Index
    end: Index


class Matcher:
    """The compiled book. Pure: one instance serves any number of batches."""

    def __init__(self, book: PhraseBook) -> None:
        self.allow = {w.id: w.allow for w in book.words if w.allow is not None}
        self._owned = np.array([len(o) for o in book.owners] or [0], dtype=np.int64)
        self._owners = np.array([i for o in book.owners for i in o], dtype=np.int64)
        self._first_owner = np.concatenate(([0], np.cumsum(self._owned)))[:-1]
        self.phrases = tuple(book.phrases)
        self._plain_numbers, self._plain = _automaton(book, sound=False)
        self._sound_numbers, self._sound = _automaton(book, sound=True)
        self.needs_sound = self._sound is not None
        self._spelled: dict[int, tuple[str, ...]] = _spellings(book)
        edges = [_ascii_edge(p) if kind == "plain" else (False, False) for p, kind in zip(book.phrases, book.kinds, strict=True)]
        self._edge = np.array(edges or [(False, False)], dtype=bool).reshape(-1, 2)

    def match(self, batch: Batch) -> Hits:
        """All hits of all lists in the batch, overlapping ones included."""
        found = _find(self._plain, self._plain_numbers, batch.skeleton)
        if self._sound is not None:
            heard = _find(self._sound, self._sound_numbers, batch.sound)
            found = np.concatenate((found, heard[self._resembles(heard, batch)]))
            found = found[np.argsort(found[:, 2], kind="stable")]
        number, low, high = found.T
        start, end = batch.places[low], batch.places[high - 1] + 1
        keep = np.flatnonzero(~self._goes_on(number, low, high, batch) & _is_whole(start, end, high - low, batch))
        keep = keep[np.argsort(start[keep], kind="stable")]  # those that begin at one place stay in order of their ends
        start = start[keep]
        message = np.searchsorted(batch.starts, start, side="right") - 1
        base = batch.starts[message]
        return Hits(message, start - base, end[keep] - base, number[keep])

    def by_list(self, hits: Hits) -> Lists:
        """The hits sorted by phrase list; a phrase on several lists stands under each."""
        count = self._owned[hits.phrase]
        row = np.repeat(np.arange(len(count)), count)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        words = self._owners[self._first_owner[hits.phrase[row]] + nth]
        order = np.argsort(words, kind="stable")
        words, row = words[order], row[order]
        edges = np.flatnonzero(np.diff(words, prepend=-1))
        ends = [*edges[1:].tolist(), len(words)]
        rows = {at: (low, high) for at, low, high in zip(words[edges].tolist(), edges.tolist(), ends, strict=True)} if len(words) else {}
        return Lists(rows, hits.message[row], hits.start[row], hits.end[row])

    def _goes_on(self, number: Index, low: Index, high: Index, batch: Batch) -> npt.NDArray[np.bool_]:
        """ASCII letters and digits at the edge of a phrase must not go on beyond it: `vx` is not in `devx`."""
        edge = self._edge[number]
        codes, places = batch.codes, batch.places
        before, after = np.maximum(low - 1, 0), np.minimum(high, len(codes) - 1)
        left = edge[:, 0] & (low > 0) & (places[before] == places[low] - 1) & _of_one_word(codes[before], codes[low])
        right = edge[:, 1] & (places[after] == places[high - 1] + 1) & _of_one_word(codes[after], codes[high - 1])
        beyond: npt.NDArray[np.bool_] = left | right
        return beyond

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


def _ascii_edge(form: str) -> tuple[bool, bool]:
    """Whether a form begins and ends with an ASCII letter or digit."""
    return form[0].isascii() and form[0].isalnum(), form[-1].isascii() and form[-1].isalnum()


def _of_one_word(a: Codes, b: Codes) -> npt.NDArray[np.bool_]:
    """Whether both are ASCII letters (of a norm: lower case), or both ASCII digits."""
    return ((a - 97 < 26) & (b - 97 < 26)) | ((a - 48 < 10) & (b - 48 < 10))  # unsigned: what lies below is far above


def _automaton(book: PhraseBook, *, sound: bool) -> tuple[Index, ac.AhoCorasick | None]:
    numbers = [n for n, kind in enumerate(book.kinds) if (kind == "sound") is sound]
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
            number = book._number.get((sound_of(phrase), "sound"))
            if number is not None:
                out[number] = (*out.get(number, ()), skeleton_of(phrase))
    return out


def _find(automaton: ac.AhoCorasick | None, numbers: Index, text: str) -> Index:
    """(phrase number, low, high) of each hit, in order of `high`."""
    found = automaton.find_matches_as_indexes(text, overlapping=True) if automaton is not None and text else []
    out = np.fromiter(chain.from_iterable(found), dtype=np.int64, count=3 * len(found)).reshape(-1, 3)
    out[:, 0] = numbers[out[:, 0]]
    return out


def _is_whole(start: Index, end: Index, length: Index, batch: Batch) -> npt.NDArray[np.bool_]:
    """Whether what stands between the characters of a hit is decoration, not the end of a sentence or a platform code."""
    whole = np.ones(len(start), dtype=bool)
    gapped = np.flatnonzero(end - start != length)
    if len(gapped):
        low, high = start[gapped], end[gapped]
        codes, marks = (np.concatenate(([0], np.cumsum(batch.kinds == kind))) for kind in (CODE, SENTENCE))
        whole[gapped] = (codes[high] == codes[low]) & (marks[high] - marks[low] != 1)
    return whole


def longest(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of one message that are not inside a longer one, in order."""
    out: list[tuple[int, int]] = []
    reach = -1
    for span in sorted(spans, key=_by_reach):
        if span[1] > reach:
            out.append(span)
            reach = span[1]
    return out


def _by_reach(span: tuple[int, int]) -> tuple[int, int]:
    return span[0], -span[1]
