"""The types of the demo day's material: shops, people, lines and scenarios, as compiled from lexicons/demo."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Bubble = tuple[str, str]
Line = tuple[Bubble, ...]
Lines = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """A question and the answer that fits it."""

    question: Lines
    answer: Lines


@dataclass(frozen=True, slots=True)
class Step:
    """One turn of a scenario: `lines`, or side `side` of a talk on `topic`, or the steps of `inner`. `wait` in seconds before it."""

    role: str = ""
    lines: Lines = ()
    topic: str = ""
    side: str = ""
    wait: tuple[float, float] | None = None
    chance: float = 1.0
    inner: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """An agent. `speed`: median seconds to a reply; `peak`: its factor at the peak; `welcome` … `emoji`: chances; `fault`: proneness
    to faults; `address`, `particle`: drawn at every mention; `habits`: how strongly a kind of fault is this person's own."""

    id: str
    name: str
    shops: tuple[str, ...]
    speed: float
    address: tuple[str, ...]
    particle: tuple[str, ...]
    habits: Mapping[str, float]
    peak: float = 1.3
    welcome: float = 1.0
    closing: float = 1.0
    invite: float = 0.5
    emoji: float = 0.0
    fault: float = 1.0


@dataclass(frozen=True, slots=True)
class Product:
    """An article: its fixed slots, its slots to draw from (each variant a set that fits together), and what customers ask of it."""

    variants: tuple[Mapping[str, tuple[str, ...]], ...]
    facts: Mapping[str, str]
    choices: Mapping[str, tuple[str, ...]]
    talks: Mapping[str, tuple[Talk, ...]]


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop. `automatic`: the role under which the source exports the automatic welcome; `lead`: id of the supervisor."""

    id: str
    channel: str
    weight: float
    automatic: str
    hello: Line
    lead: str
    facts: Mapping[str, str]
    stamps: tuple[str, ...]
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of chat. `group`: good, negative, risk or fault; `weight`: its share of the day; `csat`: lowest and highest rating.

    `expect` and `clear`: categories that should, and must not, be found; `habit`: which agents it happens to; `when`: day, peak or night;
    `order`: there is an order; `bot`: the machine welcomes; `welcome`, `closing`: the agent may; `opening`: a greeting or card may come
    first; `plain`: customers type without slips; `before`: beats of which one may come first; `beats`, `upto`: those that may follow.
    """

    name: str
    steps: tuple[Step, ...]
    group: str
    weight: float
    csat: tuple[int, int]
    shops: tuple[str, ...] = ()
    expect: tuple[str, ...] = ()
    clear: tuple[str, ...] = ()
    habit: str = ""
    when: str = "day"
    opening: bool = True
    order: bool = False
    bot: bool = True
    welcome: bool = False
    closing: bool = False
    plain: bool = False
    before: str = ""
    beats: str = ""
    upto: int = 0


@dataclass(frozen=True, slots=True)
class Persona:
    """How a customer types. `joiner`: what stands between bubbles (None keeps them apart); `marks`: punctuation is typed."""

    weight: float
    joiner: str | None
    marks: bool
    emoji: float
    typos: float


@dataclass(frozen=True, slots=True)
class Material:
    """Everything the demo day is made of. `hours`: 24 weights; `peaks`: the busiest hours."""

    shops: Mapping[str, Shop]
    people: tuple[Person, ...]
    scenarios: tuple[Scenario, ...]
    lines: Mapping[str, Lines]
    talks: Mapping[str, tuple[Talk, ...]]
    beats: Mapping[str, tuple[tuple[Step, ...], ...]]
    slots: Mapping[str, tuple[str, ...]]
    personas: tuple[Persona, ...]
    typos: Mapping[str, str]
    emoji: tuple[str, ...]
    hours: tuple[int, ...]
    peaks: frozenset[int]
