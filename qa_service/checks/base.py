"""What every check shares: what it gets (a Transcript), what it gives (Matches), where it looks (Scope), what it steps over (Guard)."""
from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from qa_service.model.errors import RefusedStandard
from qa_service.text.measures import seconds_between
from qa_service.text.patterns import Pattern
from qa_service.text.phrases import SIDES, Hit, Words, key_of, longest
from qa_service.text.transcript import SIDE_OF, Transcript

ALWAYS: Final = None  # `literals()` of a check that can fire on any conversation


@dataclass(frozen=True, slots=True)
class Match:
    """One hit of a check: its evidence, the first span the main one. An empty tuple of spans means the conversation as a whole."""

    spans: tuple[Hit, ...]
    confidence: float = 1.0
    detail: str = ""


class Check(Protocol):
    """A way of looking. Frozen; its fields are its parameters in YAML."""

    def __call__(self, t: Transcript) -> Iterable[Match]:
        """Every match in the conversation, in order."""
        ...

    def literals(self) -> frozenset[int] | None:
        """Phrase lists on a side (`key_of`) of which a conversation must hold one for the check to fire; None when there are none."""
        ...


@dataclass(frozen=True, slots=True)
class Shared:
    """A named condition: the same check wherever its name stands, run once in a conversation."""

    name: str
    check: Check

    def literals(self) -> frozenset[int] | None:
        """Those of the check."""
        return self.check.literals()

    def __call__(self, t: Transcript) -> Iterable[Match]:
        found = t.memo.get(id(self))
        if found is None:
            gate = self.check.literals()
            dark = gate is not None and gate.isdisjoint(t.lists)
            found = t.memo[id(self)] = () if dark else tuple(self.check(t))
        return found


@dataclass(frozen=True, slots=True)
class Text:
    """What to look for in a message: phrases (as skeleton), expressions (over the norm), or both. `gates`: literals of each expression."""

    words: Words | None = None
    patterns: tuple[Pattern, ...] = ()
    gates: tuple[Words | None, ...] = ()

    def literals(self, role: str) -> frozenset[int] | None:
        """The phrase lists of which one must occur on the side of `role`; None when an expression has no literal."""
        ids = [self.words.id] if self.words else []
        for gate in self.gates:
            if gate is None:
                return ALWAYS
            ids.append(gate.id)
        sides = range(SIDES) if role == "any" else (SIDE_OF.get(role, 2),)
        return frozenset(key_of(i, side) for i in ids for side in sides)

    def at(self, t: Transcript, i: int) -> Sequence[Hit]:
        """Where it stands in message i: sorted, a hit inside a longer one left out. Remembered: rules share texts."""
        memo = t.memo.get(id(self))
        if memo is None:
            memo = t.memo[id(self)] = {}
        found = memo.get(i)
        if found is None:
            found = memo[i] = self._look(t, i)
        return found  # type: ignore[no-any-return]

    def _look(self, t: Transcript, i: int) -> list[Hit]:
        side = t.sides[i]
        found = list(t.at(key_of(self.words.id, side)).get(i, ())) if self.words else []
        for pattern, gate in zip(self.patterns, self.gates, strict=True):
            if gate is None or i in t.at(key_of(gate.id, side)):
                found += [(i, start, end) for start, end in pattern.finditer(t.norm(i))]
        return longest(found) if len(found) > 1 else found

    def hits(self, t: Transcript, candidates: Iterable[int]) -> list[Hit]:
        """Where it stands in the candidate messages, in their order."""
        return [hit for i in candidates for hit in self.at(t, i)]

    def occurs(self, t: Transcript, i: int) -> bool:
        """Whether it stands in message i."""
        return bool(self.at(t, i))


@dataclass(frozen=True, slots=True)
class Scope:
    """Which messages a check looks at.

    role         who speaks: customer, agent, bot, any
    first, last  only the first / last N messages of that role
    range        only the messages of that role from number a to number b, both included: [2, 5]; negative numbers count from the end: [1, -2]
    after_wait   only messages that came more than so many seconds after the message they answer
    asked        only replies to customer messages about one of these topics
    answers      "concrete": only replies to a concrete question, request or problem
    """

    role: str = "agent"
    first: int = 0
    last: int = 0
    range: tuple[int, ...] = ()
    after_wait: float = 0.0
    asked: tuple[str, ...] = ()
    answers: str = ""

    def __post_init__(self) -> None:
        if self.range and (len(self.range) != 2 or 0 in self.range):
            raise RefusedStandard(f"range 应为两个不为 0 的数 [从, 到],得到 {list(self.range)}", fix="例: [2, 5] 或 [1, -2]")

    def messages(self, t: Transcript, among: Collection[int] | None = None) -> Sequence[int]:
        """Numbers of the admitted messages, in order; only those that are language. `among`: look at these alone."""
        counted = bool(self.first or self.last or self.range)
        pool = range(len(t.messages)) if among is None or counted else sorted(among)
        chosen = [i for i in pool if (t.messages[i].role == self.role or self.role == "any") and t.spoken(i)]
        if self.first:
            chosen = chosen[:self.first]
        if self.last:
            chosen = chosen[-self.last:]
        if self.range:
            low, high = (n - 1 if n > 0 else len(chosen) + n for n in self.range)
            chosen = chosen[max(0, low):max(0, high + 1)]
        if among is not None and counted:
            chosen = [i for i in chosen if i in among]
        if self.asked or self.answers:
            chosen = [i for i in chosen if self._fits(t, i)]
        if self.after_wait:
            chosen = [i for i in chosen if (wait_before(t, i) or 0.0) > self.after_wait]
        return chosen

    def _fits(self, t: Transcript, i: int) -> bool:
        asked = asked_by(t, i)
        if self.answers == "concrete" and not t.concrete(asked):
            return False
        return not self.asked or any(topic.label in self.asked for a in asked for topic in t.topics_of(a)[:2])


def lit(t: Transcript, literals: frozenset[int] | None) -> set[int] | None:
    """The messages in which one of the literals stands; None when there are no literals to go by."""
    return None if literals is None else {i for key in literals if key in t.lists for i in t.at(key)}


def asked_by(t: Transcript, i: int) -> tuple[int, ...]:
    """The customer messages that agent message i answers."""
    reply = t.reply_of.get(i)
    return reply.asked if reply is not None else ()


def wait_before(t: Transcript, i: int) -> float | None:
    """Seconds from the first waiting message of the other side to message i, when i is the first of its turn."""
    role = t.messages[i].role
    for k, turn in enumerate(t.turns):
        if turn.first == i and k and t.turns[k - 1].role != role:
            return seconds_between(t.messages[t.turns[k - 1].first].at, t.messages[i].at)
    return None


_CLAUSE_END: Final = re.compile(r"[,。!?;~\n…\ufffc\ufffd]| {1,}")
_NEGATION: Final = re.compile(r"不|没|无|别|勿|莫|未|禁|拒绝|杜绝|谨防|请勿|避免|严禁|而不|非")
_QUESTION: Final = re.compile(r"吗|么(?!么)|[?]|是不是|能不能|可不可以|有没有|要不要|会不会|呢[?]|多少|怎么|什么时候|哪")
_CONDITION: Final = re.compile(r"如果|如有|要是|假如|若|万一|的话|一旦|除非|只要")
_QUOTE: Final = re.compile(r"[\"'《]")


@dataclass(frozen=True, slots=True)
class Guard:
    """What makes a hit harmless: how it is said. `skip` and `only` name: negated, question, condition, quoted.

    reach: how many characters before the hit, inside its clause, a negation still governs it.
    """

    skip: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    reach: int = 6

    def admits(self, t: Transcript, hit: Hit) -> bool:
        """Whether the hit stands as the rule wants it."""
        return not any(_TESTS[name](t, hit, self.reach) for name in self.skip) and all(_TESTS[name](t, hit, self.reach) for name in self.only)


def clause(t: Transcript, hit: Hit) -> tuple[int, int]:
    """Span of the clause around a hit (marks and blanks end a clause)."""
    i, start, end = hit
    text = t.norm(i)
    low = 0
    for mark in _CLAUSE_END.finditer(text, max(0, start - 60), start):
        low = mark.end()
    after = _CLAUSE_END.search(text, end)
    return low, min(after.end() if after else len(text), end + 60)


def _negated(t: Transcript, hit: Hit, reach: int) -> bool:
    low, _ = clause(t, hit)
    before = t.norm(hit[0])[max(low, hit[1] - reach):hit[1]]
    return _NEGATION.search(before) is not None


def _question(t: Transcript, hit: Hit, reach: int) -> bool:
    low, high = clause(t, hit)
    text = t.norm(hit[0])
    return _QUESTION.search(text[hit[2]:high]) is not None or _QUESTION.search(text[max(low, hit[1] - reach):hit[1]]) is not None


def _condition(t: Transcript, hit: Hit, reach: int) -> bool:
    low, high = clause(t, hit)
    return _CONDITION.search(t.norm(hit[0])[max(low, hit[1] - 2 * reach):high]) is not None


def _quoted(t: Transcript, hit: Hit, reach: int) -> bool:
    """In quotation marks, or the words of the customer just before."""
    i, start, end = hit
    text = t.norm(i)
    if start and end < len(text) and _QUOTE.match(text[start - 1]) and _QUOTE.search(text[end:end + 2]):
        return True
    said = text[start:end]
    return t.messages[i].role == "agent" and any(said in t.norm(a) for a in asked_by(t, i))


_TESTS: Final = {"negated": _negated, "question": _question, "condition": _condition, "quoted": _quoted}
GUARDS: Final = frozenset(_TESTS)


def whole(t: Transcript, i: int) -> Hit:
    """The span of a whole message."""
    return i, 0, len(t.messages[i].text)


def either(*literals: frozenset[int] | None) -> frozenset[int] | None:
    """Literals of a check that fires when any of its parts can."""
    out: frozenset[int] = frozenset()
    for part in literals:
        if part is None:
            return ALWAYS
        out |= part
    return out


def both(*literals: frozenset[int] | None) -> frozenset[int] | None:
    """Literals of a check that needs all of its parts: the smallest set is enough."""
    known = [part for part in literals if part is not None]
    return min(known, key=len) if known else ALWAYS
