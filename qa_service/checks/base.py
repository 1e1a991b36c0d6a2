"""What every check shares: what it gets (a Transcript), what it gives (Matches), where it looks (Scope), what it steps over (Guard)."""
from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from qa_service.model.errors import RefusedStandard
from qa_service.text.clock import seconds_between
from qa_service.text.patterns import Pattern
from qa_service.text.phrases import Hit, Words, longest
from qa_service.text.reading import NOTHING, SIDE_OF, TRAITS, Found, Reading
from qa_service.text.transcript import Transcript


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

    def gate(self) -> Gate:
        """What a conversation must hold for the check to be worth running."""
        ...


@dataclass(frozen=True, slots=True)
class Shared:
    """A named condition: the same check wherever its name stands, run once in a conversation."""

    name: str
    check: Check

    def gate(self) -> Gate:
        """That of the check."""
        return self.check.gate()

    def __call__(self, t: Transcript) -> Iterable[Match]:
        found = t.memo.get(id(self))
        if found is None:
            found = t.memo[id(self)] = tuple(self.check(t))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """What to look for in a message: phrases (as skeleton), expressions (over the norm), or both. Two texts are equal when they are one.

    gates   for each expression the phrase lists that must all stand in a message before it is tried there
    late    only asked of messages that hit already: looked for message by message, not in the whole batch
    """

    words: Words | None = None
    patterns: tuple[Pattern, ...] = ()
    gates: tuple[tuple[Words, ...], ...] = ()
    late: bool = False

    def found(self, reading: Reading, side: int) -> Found:
        """Where it stands on one side of a whole batch: message of the batch -> hits, sorted, none inside a longer one."""
        known: Found | None = reading.memo.get((self, side))
        if known is None:
            known = reading.memo[self, side] = self._scan(reading, side)
        return known

    def _scan(self, reading: Reading, side: int) -> Found:
        phrases = reading.hits(self.words.id) if self.words else NOTHING
        found = {m: list(hits) for m, hits in phrases.items() if reading.sides[m] == side}
        for pattern, gates in zip(self.patterns, self.gates, strict=True):
            for first, spans in pattern.scan(reading.norms, reading.candidates([g.id for g in gates], side)):
                for m in reading.twins[first]:
                    local = m - reading.first[reading.homes[m]]
                    found.setdefault(m, []).extend([(local, start, end) for start, end in spans])
        return {m: longest(hits) if len(hits) > 1 else hits for m, hits in found.items()}

    def at(self, t: Transcript, i: int) -> Sequence[Hit]:
        """Where it stands in message i."""
        reading, m = t.reading, t.first + i
        if not self.late:
            return self.found(reading, reading.sides[m]).get(m, ())
        known: dict[int, Sequence[Hit]] = reading.memo.setdefault((self, -1), {})
        hits = known.get(m)
        if hits is None:
            hits = known[m] = self._look(t, i, m)
        return hits

    def _look(self, t: Transcript, i: int, m: int) -> list[Hit]:
        found = list(t.reading.hits(self.words.id).get(m, ())) if self.words else []
        for pattern in self.patterns:
            found += [(i, start, end) for start, end in pattern.spans(t.norm(i))]
        return longest(found) if len(found) > 1 else found

    def messages(self, t: Transcript, role: str) -> list[int]:
        """The messages of a role in which it stands."""
        reading, first = t.reading, t.first
        if self.late:
            return [i for i in t.spoken_by(role) if self.at(t, i)]
        if role == "any":
            sides = [self.found(reading, side) for side in range(3)]
            return [i for i in t.spoken_by(role) if first + i in sides[reading.sides[first + i]]]
        found = self.found(reading, SIDE_OF.get(role, 2))
        return [i for i in t.spoken_by(role) if first + i in found] if found else []

    def hits(self, t: Transcript, candidates: Iterable[int]) -> list[Hit]:
        """Where it stands in the candidate messages, in their order."""
        return [hit for i in candidates for hit in self.at(t, i)]

    def occurs(self, t: Transcript, i: int) -> bool:
        """Whether it stands in message i."""
        return bool(self.at(t, i))


Need = tuple[Text, str] | str
"""A text in a message of a role, or a trait (see reading.TRAITS)."""
Gate = tuple[frozenset[Need], ...]
"""Clauses that must all be met; a clause is met by any of its needs. () is always met."""
ALWAYS: Final[Gate] = ()


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
# What only looks like a denial: 不过亲, 不好意思, 不用担心, 没事, 别家, 非常.
_NEGATION: Final = re.compile(r"不(?!过(?![敏关期])|好意思|[用要必]担心|[用要必]着急|客气|会的(?!话)|仅|但|光|管|论)|没(?!事|关系|问题)|无(?!论)|别(?!担心|着急|急|怕|家|的)"
                             r"|勿|莫|未|禁|拒绝|杜绝|谨防|避免|严禁|非(?!常)")
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
        if not self.skip and not self.only:
            return True
        return not any(_TESTS[name](t, hit, self.reach) for name in self.skip) and all(_TESTS[name](t, hit, self.reach) for name in self.only)


def clause(t: Transcript, hit: Hit) -> tuple[int, int]:
    """Span of the clause around a hit (marks and blanks end a clause)."""
    i, start, end = hit
    text = t.norm(i)
    low = 0
    for mark in _CLAUSE_END.finditer(text, max(0, start - 60), start):
        low = mark.end()
    after = _CLAUSE_END.search(text, end, end + 60)
    return low, after.end() if after else min(len(text), end + 60)


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


def either(*gates: Gate) -> Gate:
    """Gate of a check that fires when any of its parts can."""
    clauses: list[frozenset[Need]] = [gate[0] for gate in gates if gate]
    return (frozenset().union(*clauses),) if gates and len(clauses) == len(gates) else ALWAYS


def both(*gates: Gate) -> Gate:
    """Gate of a check that needs all of its parts."""
    return tuple(dict.fromkeys(clause for gate in gates for clause in gate))


def trait(name: str) -> Gate:
    """Gate of a check that needs a trait."""
    assert name in TRAITS
    return (frozenset((name,)),)


def texts_of(texts: Iterable[Text], role: str) -> Gate:
    """Gate of a check that needs one of these texts on the side of `role`."""
    return (frozenset((text, role) for text in texts),)
