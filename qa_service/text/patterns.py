"""Regular expressions that a user may write: linear time by RE2, and the literals that every match must hold.

The literals feed the one phrase automaton, so that an expression is run only on messages that can match it.
RE2 has no look-around and no back-references; rules say "not" with operators instead.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

from qa_service.model.errors import RefusedStandard
from qa_service.text.normalise import skeleton_of

_MAX_LENGTH = 20_000
_MAX_LITERALS = 64
_MAX_CLAUSES = 3
# Characters that stand in so many messages that looking for them tells nothing: a clause with one of them is no clause.
_COMMON = frozenset("的您是我了好有亲不呢哦一以吗请还到么问你也都就在个这那0123456789abcdefghijklmnopqrstuvwxyz")
_OFTEN = 200  # uses after which an expression is compiled for `re` too
_SHORT_TEXT = 120  # characters: most of chat
_MOST_WORK = 200_000
_PIECE = 1_000
_FOREIGN = re.compile(r"\[\[|\[:\^?[a-z]+:\]|\{,|&&|\|\||--|~~")  # what `re` reads otherwise than RE2: classes, open counts, set operations to come
_FLAGS = re.compile(r"\(\?[a-zA-Z]")
_PARSER: Any = re._parser  # type: ignore[attr-defined]  # the parse tree of `re` is the only one the standard library offers


@dataclass(frozen=True, slots=True)
class Analysis:
    """What there is to know of an expression before it is used, to be kept between runs.

    clauses   see `required_clauses`
    bounded   whether `re` may run it (see `_is_bounded`)
    """

    clauses: tuple[tuple[str, ...], ...]
    bounded: bool


class Pattern:
    """One expression over the norm of a message. `analysis`: as it was known before; without it the expression is proven and analysed."""

    __slots__ = ("analysis", "source", "_linear", "_short", "_uses")

    def __init__(self, source: str, analysis: Analysis | None = None) -> None:
        self.source = source
        self._linear: Any = None if analysis else _compile(source)
        self._short: re.Pattern[str] | None = None
        self._uses = 0
        self.analysis = analysis or Analysis(required_clauses(source), _is_bounded(source))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Half-open code-point spans of the matches, empty ones left out; [] at the price of one search."""
        short = self._short
        if short is None or len(text) > _SHORT_TEXT:  # RE2 prepares the whole text at each call: one call for all matches
            return self._linear_spans(text)
        if short.search(text) is None:  # nearly always
            return []
        return [match.span() for match in short.finditer(text)]

    def _linear_spans(self, text: str) -> list[tuple[int, int]]:
        """By RE2, which compiles 20 times faster than `re` and finds 5 times slower: most expressions are hardly ever used."""
        if self._linear is None:
            self._linear = _compile(self.source)
        self._uses += 1
        if self._uses == _OFTEN and self.analysis.bounded:
            self._short = _for_short_texts(self.source)
        return [span for match in self._linear.finditer(text) if (span := match.span())[1] > span[0]]

    def __reduce__(self) -> tuple[type[Pattern], tuple[str, Analysis]]:
        return Pattern, (self.source, self.analysis)


class Remover:
    """An alternation that is cut out of many skeletons in one call. `$` is the end of a skeleton; `.` and `[^…\\n]` stay inside it."""

    __slots__ = ("_compiled", "_source")

    def __init__(self, source: str) -> None:
        self._source = source
        options = re2.Options()
        options.never_capture = True
        options.max_mem = 256 << 20
        options.log_errors = False
        try:
            self._compiled = re2.compile(f"(?m){source}", options)
        except re2.error as error:
            raise RefusedStandard(f"词库的正则不能用(RE2): {error}") from None

    def strip(self, bare: str) -> str:
        """One skeleton without the matches. A very long one is cut piece by piece: each match may look ahead to the end of its piece."""
        if len(bare) > _PIECE:
            return "".join(self.strip(bare[at:at + _PIECE]) for at in range(0, len(bare), _PIECE))
        return str(self._compiled.sub("", bare)) if bare else bare

    def strip_all(self, bares: Sequence[str]) -> list[str]:
        """Many skeletons without the matches: joined, cut once, split again."""
        if not bares:
            return []
        if max(map(len, bares)) > _PIECE:
            return [self.strip(bare) for bare in bares]
        return str(self._compiled.sub("", "\n".join(bares))).split("\n")

    def __reduce__(self) -> tuple[type[Remover], tuple[str]]:
        return Remover, (self._source,)


@cache
def _compile(source: str) -> Any:
    if len(source) > _MAX_LENGTH:
        raise RefusedStandard(f"正则表达式超过 {_MAX_LENGTH} 个字符", fix="拆成几条")
    options = re2.Options()
    options.max_mem = 64 << 20
    options.log_errors = False
    try:
        return re2.compile(source, options)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if error.args and isinstance(error.args[0], bytes) else str(error)
        raise RefusedStandard(f"正则表达式 {source!r} 不能用: {reason}", fix="RE2 语法: 无环视、无反向引用,重复次数 ≤ 1000") from None


@cache
def _tree(source: str) -> Any:
    """The parse tree of an expression; raises what `re` raises."""
    return _PARSER.parse(source, re.ASCII)


def _is_bounded(source: str) -> bool:
    """Whether the worst case of the expression in `re`, on a text of _SHORT_TEXT, is bounded: the ways to try it are counted."""
    if _FOREIGN.search(source) or _FLAGS.search(source):
        return False
    try:
        tree = _tree(source)
        if tree.getwidth()[0] == 0 or _work(list(tree)) > _MOST_WORK:
            return False  # (after an empty match the two go on differently)
        _for_short_texts(source)
    except (re.error, OverflowError, RecursionError, ValueError):
        return False
    return True


@cache
def _for_short_texts(source: str) -> re.Pattern[str]:
    """The same expression for `re`. They agree on bounded ones (leftmost, first alternative) but for `$` before a final line break: `\\Z`."""
    return re.compile(source.replace("$", r"\Z") if "$" in source and r"\$" not in source and "[$" not in source else source, re.ASCII)


def _work(tokens: list[Any]) -> int:
    """How many ways one start position can be tried, at most, on a text of _SHORT_TEXT; anything above _MOST_WORK means "too many"."""
    ways = 1
    for token in tokens:
        op, arg = str(token[0]), token[1]
        if op in ("MAX_REPEAT", "MIN_REPEAT"):
            ways *= _repeats(_work(list(arg[2])), int(arg[0]), min(int(arg[1]), _SHORT_TEXT))
        elif op == "SUBPATTERN":
            ways *= _work(list(arg[3]))
        elif op == "BRANCH":
            ways *= _choices([list(branch) for branch in arg[1]])
        if ways > _MOST_WORK:
            break
    return ways


def _repeats(ways: int, least: int, most: int) -> int:
    """Ways of least … most repeats of something that can be had in so many `ways`."""
    if ways == 1:
        return max(1, most - least + 1)
    return _MOST_WORK + 1 if most > 17 else sum(ways ** n for n in range(least, most + 1))


def _choices(branches: list[list[Any]]) -> int:
    """Ways of an alternation. Of plain words only those that begin one another can stand at the same place."""
    words = ["".join(chr(arg) for _, arg in branch) for branch in branches if all(str(op) == "LITERAL" for op, _ in branch)]
    others = [_work(branch) for branch in branches if any(str(op) != "LITERAL" for op, _ in branch)]
    return max((sum(word.startswith(other) for other in words) for word in words), default=0) + sum(others)


@cache
def required_clauses(source: str) -> tuple[tuple[str, ...], ...]:
    """Sets of skeleton literals, of each of which every match of `source` holds at least one; the most telling first, () when none is known."""
    if _FOREIGN.search(source):
        return ()
    try:
        tree = _tree(source)
    except (re.error, OverflowError, RecursionError, ValueError):
        return ()
    clauses = []
    for found in _required(list(tree)):
        literals = {skeleton_of(word) for word in found}
        if "" not in literals and _COMMON.isdisjoint(literals):
            clauses.append(tuple(sorted(literals)))
    clauses = sorted(dict.fromkeys(clauses), key=lambda c: (-min(map(len, c)), len(c)))
    return (*clauses[:1], *(c for c in clauses[1:_MAX_CLAUSES] if min(map(len, c)) > 1))


def _required(tokens: list[Any]) -> list[frozenset[str]]:
    """Literal sets of a sequence: each of them must occur."""
    choices: list[frozenset[str]] = []
    prefixes = frozenset({""})
    for token in tokens:
        exact = _exact(token)
        grown = frozenset(p + e for p in prefixes for e in exact) if exact else frozenset()
        if exact and len(grown) <= _MAX_LITERALS:
            prefixes = grown
            continue
        choices.append(prefixes)
        prefixes = exact if exact else frozenset({""})
        if not exact:
            choices += _inside(token)
    choices.append(prefixes)
    return [c for c in choices if c and "" not in c]


def _best(tokens: list[Any]) -> frozenset[str]:
    """The most telling literal set of a sequence: without common characters, then the one whose shortest member is longest."""
    return max(_required(tokens), key=lambda c: (_COMMON.isdisjoint(c), min(map(len, c)), -len(c)), default=frozenset())


def _exact(token: Any) -> frozenset[str]:
    """All strings a token can be, when they are few; otherwise nothing. Marks and blanks have no skeleton: nothing."""
    op, arg = str(token[0]), token[1]
    if op == "LITERAL":
        return frozenset({chr(arg)}) if skeleton_of(chr(arg)) else frozenset()
    if op == "IN":
        members = [str(o) for o, _ in arg]
        if set(members) == {"LITERAL"} and len(arg) <= 12:
            words = frozenset(chr(v) for _, v in arg)
            return words if all(map(skeleton_of, words)) else frozenset()
    if op == "SUBPATTERN":
        parts = [_exact(t) for t in arg[3]]
        return _product(parts)
    if op == "BRANCH":
        branches = [_product([_exact(t) for t in branch]) for branch in arg[1]]
        union = frozenset().union(*branches) if all(branches) else frozenset()
        return union if len(union) <= _MAX_LITERALS else frozenset()
    if op in ("MAX_REPEAT", "MIN_REPEAT") and arg[1] == 1 and arg[0] == 0:
        inner = _product([_exact(t) for t in arg[2]])
        return inner | {""} if inner else frozenset()
    return frozenset()


def _product(parts: list[frozenset[str]]) -> frozenset[str]:
    out = frozenset({""})
    for part in parts:
        if not part or len(out) * len(part) > _MAX_LITERALS:
            return frozenset()
        out = frozenset(a + b for a in out for b in part)
    return out


def _inside(token: Any) -> list[frozenset[str]]:
    """Literal sets that a token which is not a plain word still must hold."""
    op, arg = str(token[0]), token[1]
    if op == "SUBPATTERN":
        return _required(list(arg[3]))
    if op in ("MAX_REPEAT", "MIN_REPEAT") and arg[0] >= 1:
        return _required(list(arg[2]))
    if op == "BRANCH":
        branches = [_best(list(branch)) for branch in arg[1]]
        union: frozenset[str] = frozenset().union(*branches)
        if all(branches) and len(union) <= 4 * _MAX_LITERALS:
            return [union]
    return []
