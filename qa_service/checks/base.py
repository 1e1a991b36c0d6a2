"""What every check shares: what it gets (a Transcript), what it gives (Matches), where it looks (Scope), what it steps over (Guard)."""
from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol

from qa_service.model.errors import RefusedStandard
from qa_service.text.clock import seconds_between
from qa_service.text.patterns import Pattern
from qa_service.text.phrases import Hit, Words, longest
from qa_service.text.reading import Reading
from qa_service.text.sides import SIDES
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

    def stands_in(self, t: Transcript, window: Collection[int]) -> bool:
        """Whether a match has its main evidence in one of these messages: what a rule asks that only wants to know."""
        ...

    def gate(self) -> Gate:
        """What a conversation must hold for the check to be worth running."""
        ...


class Whole:
    """A check that reads the whole conversation to know what stands in a part of it."""

    __slots__ = ()

    def stands_in(self: Check, t: Transcript, window: Collection[int]) -> bool:
        """See Check."""
        return bool(window) and any(m.spans[0][0] in window for m in self(t) if m.spans)


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

    def stands_in(self, t: Transcript, window: Collection[int]) -> bool:
        """From what was found, where somebody asked before; else only as much is read as is asked."""
        found = t.memo.get(id(self))
        return self.check.stands_in(t, window) if found is None else any(m.spans[0][0] in window for m in found if m.spans)


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """What to look for in a message: phrases (as skeleton), expressions (over the norm), or both. Two texts are equal when they are one.

    gates   for each expression the phrase lists that must all stand in a message before it is tried there
    """

    words: Words | None = None
    patterns: tuple[Pattern, ...] = ()
    gates: tuple[tuple[Words, ...], ...] = ()
    _stands: dict[str, Stands] = field(default_factory=dict, init=False, repr=False)

    def stands(self, role: str) -> Stands:
        """That it stands in a message of a role, as a need."""
        return self._stands.setdefault(role, Stands(self, role))

    def trace(self, reading: Reading) -> Trace:
        """What is known of it in a batch."""
        trace: Trace | None = reading.memo.get(self)
        if trace is None:
            trace = reading.memo[self] = Trace(self, reading)
        return trace

    def at(self, t: Transcript, i: int) -> Sequence[Hit]:
        """Where it stands in message i: sorted, none inside a longer one."""
        return [(i, start, end) for start, end in self.trace(t.reading).spans(t.first + i)]

    def messages(self, t: Transcript, role: str) -> list[int]:
        """The messages of a role in which it stands."""
        trace, first = self.trace(t.reading), t.first
        return [i for i in t.spoken_by(role) if trace.spans(first + i)]

    def hits(self, t: Transcript, candidates: Iterable[int]) -> list[Hit]:
        """Where it stands in the candidate messages, in their order."""
        return [hit for i in candidates for hit in self.at(t, i)]

    def occurs(self, t: Transcript, i: int) -> bool:
        """Whether it stands in message i."""
        return bool(self.trace(t.reading).spans(t.first + i))


class Trace:
    """A text in one batch: where it may stand, and where it was found to stand.

    candidates   messages in which it may stand; None where nothing can be ruled out
    """

    __slots__ = ("candidates", "_known", "_phrases", "_reading", "_tried")

    def __init__(self, text: Text, reading: Reading) -> None:
        self._reading = reading
        self._known: dict[int, Sequence[tuple[int, int]]] = {}
        self._phrases = text.words
        self._tried: list[tuple[Pattern, AbstractSet[int] | None]] = []
        parts: list[AbstractSet[int] | None] = [reading.standing(text.words.id)] if text.words else []
        for pattern, lists in zip(text.patterns, text.gates, strict=True):
            every: AbstractSet[int] | None = None
            for words in lists:
                every = reading.standing(words.id) if every is None else every & reading.standing(words.id)
            if every is None or every:
                self._tried.append((pattern, every))
                parts.append(every)
        every_part = [part for part in parts if part is not None]
        self.candidates = None if len(every_part) < len(parts) else frozenset().union(*every_part)

    def spans(self, m: int) -> Sequence[tuple[int, int]]:
        """Spans in message m of the batch: sorted, none inside a longer one."""
        candidates = self.candidates
        if candidates is not None and m not in candidates:
            return ()
        like = self._reading.like[m]
        known = self._known.get(like)
        if known is None:
            known = self._known[like] = self._look(like)
        return known

    def _look(self, m: int) -> Sequence[tuple[int, int]]:
        found = list(self._reading.spans(self._phrases.id).get(m, ())) if self._phrases else []
        norm = self._reading.norms[m]
        for pattern, where in self._tried:
            if where is None or m in where:
                found += pattern.spans(norm)
        return longest(found) if len(found) > 1 else found


class Need(Protocol):
    """Something that a conversation must have. Hashable: equal needs are looked for once in a batch."""

    @property
    def sure(self) -> bool:
        """Whether a glance is all there is to tell."""
        ...

    def homes(self, reading: Reading) -> AbstractSet[int]:
        """The conversations of the batch that may have it, as far as a glance tells."""
        ...

    def holds(self, t: Transcript) -> bool:
        """Whether a conversation that may have it does."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Stands:
    """A text in a message of a role: one for each text and role (`Text.stands`)."""

    text: Text
    role: str

    @property
    def sure(self) -> bool:
        """Phrases are, expressions and what an allowed word may clear are not."""
        return not self.text.patterns and self.text.words is not None and self.text.words.allow is None

    def homes(self, reading: Reading) -> AbstractSet[int]:
        """From the literals."""
        candidates = self.text.trace(reading).candidates
        if candidates is None:
            return reading.everywhere
        found: dict[int, list[int]] = {}
        homes, side, spoken, wanted = reading.homes, reading.sides, reading.spoken, SIDES[self.role]
        for m in candidates:
            if side[m] in wanted and spoken[m]:
                found.setdefault(homes[m], []).append(m)
        reading.memo[self] = found
        return found.keys()

    def holds(self, t: Transcript) -> bool:
        """Looked up."""
        trace, first = self.text.trace(t.reading), t.first
        found: Mapping[int, Sequence[int]] | None = t.reading.memo.get(self)
        messages = [first + i for i in t.spoken_by(self.role)] if found is None else found.get(t.home, ())
        return any(map(trace.spans, messages))


@dataclass(frozen=True, slots=True)
class Trait:
    """What a glance at the whole batch tells: a name of reading.TRAITS."""

    name: str
    sure: ClassVar[bool] = True

    def homes(self, reading: Reading) -> AbstractSet[int]:
        """As it was read."""
        return reading.traits[self.name]

    def holds(self, t: Transcript) -> bool:
        """The glance was enough."""
        return True


@dataclass(frozen=True, slots=True)
class Has:
    """What a layer of the conversation tells."""

    test: Callable[[Transcript], object]
    sure: ClassVar[bool] = False

    def homes(self, reading: Reading) -> AbstractSet[int]:
        """Any."""
        return reading.everywhere

    def holds(self, t: Transcript) -> bool:
        """The layer is asked."""
        return bool(self.test(t))


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

    @property
    def is_plain(self) -> bool:
        """Whether the role is all that is asked."""
        return not (self.first or self.last or self.range or self.after_wait or self.asked or self.answers)

    def messages(self, t: Transcript, among: Collection[int] | None = None) -> Sequence[int]:
        """Numbers of the admitted messages, in order; only those that are language. `among`: look at these alone."""
        counted = bool(self.first or self.last or self.range)
        chosen = list(t.spoken_by(self.role))
        if among is not None and not counted:
            chosen = [i for i in chosen if i in among]
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
    return (frozenset((Trait(name),)),)


def has(test: Callable[[Transcript], object]) -> Gate:
    """Gate of a check that needs something a layer tells. Equal gates need the same function."""
    return (frozenset((Has(test),)),)


def texts_of(texts: Iterable[Text], role: str) -> Gate:
    """Gate of a check that needs one of these texts on the side of `role`."""
    return (frozenset(text.stands(role) for text in texts),)
