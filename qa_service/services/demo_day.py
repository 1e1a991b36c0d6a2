"""A believable day of Chinese e-commerce service, invented: the same material, seed, day and number always give the same chats.

Each chat's `meta` tells what was put into it: `scenario`, `group` (good, negative, risk, fault), `expect` (categories that should be found; a root such as
``promise`` stands for any category below it), `clear` (categories that must stay silent), and, as a source would give them, `order_id` and `csat` 1 … 5.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from math import log
from pathlib import Path
from random import Random
from typing import Final

from qa_service.model.conversation import Conversation, Message, Party
from qa_service.services.demo_material import Bubble, Line, Material, Person, Persona, Product, Scenario, Shop, Step, Talk
from qa_service.services.demo_reader import load_material

ZONE: Final = timezone(timedelta(hours=8))
OPENS_AT: Final = 8
_NO_MARKS: Final = str.maketrans(dict.fromkeys("，。！？、,.!?~:", " ") | {'"': None})
_RATED: Final = 0.62


def demo_day(material: Path, *, chats: int = 600, seed: int = 20251111, day: date = date(2025, 11, 11)) -> Iterator[Conversation]:
    """Yield `chats` conversations in the order of their first message. `material` is the folder lexicons/demo. Raises SourceError."""
    stock, rng = load_material(material), Random(seed)
    names = {"today": _spoken(day), "yesterday": _spoken(day - timedelta(days=1)), "tomorrow": _spoken(day + timedelta(days=1))}
    midnight = datetime.combine(day, time(), ZONE)
    desks = [_desks(stock, scenario) for scenario in stock.scenarios]
    personas = [persona.weight for persona in stock.personas]
    plan = [(_start(stock, scenario, rng), number)
            for number, (scenario, count) in enumerate(zip(stock.scenarios, quotas(stock.scenarios, chats), strict=True)) for _ in range(count)]
    for nth, (second, number) in enumerate(sorted(plan), 1):
        pairs, weights = desks[number]
        (shop, person), = rng.choices(pairs, weights)
        persona, = rng.choices(stock.personas, personas)
        chat = _Chat(stock, stock.scenarios[number], shop, person, persona, rng, names, midnight, second)
        yield chat.conversation(f"d{day:%y%m%d}-{nth:04d}")


def quotas(scenarios: Sequence[Scenario], chats: int) -> list[int]:
    """How many of the chats each scenario gets: by weight, largest remainders first, at least one each when there are enough chats."""
    least = 1 if chats >= len(scenarios) else 0
    shares = [s.weight * chats / sum(s.weight for s in scenarios) for s in scenarios]
    counts = [max(least, int(share)) for share in shares]
    order = sorted(range(len(scenarios)), key=lambda i: (counts[i] - shares[i], i))
    turn = 0
    while (missing := chats - sum(counts)) != 0:
        if missing > 0:
            counts[order[turn % len(order)]] += 1
        elif counts[order[-1 - turn % len(order)]] > least:
            counts[order[-1 - turn % len(order)]] -= 1
        turn += 1
    return counts


def _spoken(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _desks(stock: Material, scenario: Scenario) -> tuple[list[tuple[Shop, Person]], list[float]]:
    """Who may serve this scenario, and how likely: a fault finds the agent who has the habit."""
    pairs, weights = [], []
    for person in stock.people:
        for key in person.shops:
            if scenario.shops and key not in scenario.shops:
                continue
            weight = stock.shops[key].weight * (person.habits.get(scenario.habit, 0.5) if scenario.habit else 1.0)
            pairs.append((stock.shops[key], person))
            weights.append(weight * (person.fault if scenario.group == "fault" else 1.0))
    return pairs, weights


def _start(stock: Material, scenario: Scenario, rng: Random) -> int:
    """Seconds after midnight of the first message, by the day's shape."""
    hours = [hour for hour in range(24)
             if (hour < OPENS_AT) == (scenario.when == "night") and (scenario.when != "peak" or hour in stock.peaks)]
    hour, = rng.choices(hours, [stock.hours[h] for h in hours])
    return hour * 3600 + rng.randrange(3600)


class _Slots(dict[str, str]):
    """The slots of one chat: drawn when first asked for and then kept, except the agent's manner, which is drawn at every mention."""

    def __init__(self, fixed: Mapping[str, str], stock: Material, shop: Shop, person: Person, rng: Random) -> None:
        super().__init__(fixed)
        self._manner = {"qin": person.address, "o": person.particle, "stamp": shop.stamps}
        self._stock, self._rng = stock, rng

    def __missing__(self, key: str) -> str:
        rng, manner = self._rng, self._manner.get(key)
        if manner is not None:
            return rng.choice(manner)
        value = rng.choice(self._stock.slots[key])
        if "%" in value:
            value = "".join(rng.choice("0123456789") if char == "%" else char for char in value)
        self[key] = value
        return value


class _Chat:
    """One chat while it is being written. `_now` is seconds after midnight, never going back."""

    def __init__(self, stock: Material, scenario: Scenario, shop: Shop, person: Person, persona: Persona, rng: Random,
                 names: Mapping[str, str], midnight: datetime, start: int) -> None:
        product, variant = rng.choice(shop.products), rng.choice(shop.variants)
        fixed = {**names, **shop.facts, **product.facts, "me": person.name}
        for choices in (variant, product.choices):
            for key, values in choices.items():
                fixed[key] = rng.choice(values)
        self._slots = _Slots(fixed, stock, shop, person, rng)
        self._stock, self._scenario, self._shop, self._person, self._persona, self._rng = stock, scenario, shop, person, persona, rng
        self._product: Product = product
        self._midnight, self._now, self._last = midnight, float(start), ""
        self._slow = person.peak if start // 3600 in stock.peaks else 1.0
        self._messages: list[Message] = []
        self._talk: dict[str, Talk] = {}
        self._asked: set[int] = set()

    def conversation(self, identifier: str) -> Conversation:
        """Write the chat from its first to its last message."""
        rng, scenario = self._rng, self._scenario
        if scenario.opening == "customer" and scenario.welcome and not scenario.plain and rng.random() < 0.45:
            self._open()
        self._play(scenario.steps)
        if scenario.beats:
            for _ in range(rng.randint(0, scenario.upto)):
                self._play(rng.choice(self._stock.beats[scenario.beats]))
        if scenario.closing:
            self._close()
        meta: dict[str, object] = {"scenario": scenario.name, "group": scenario.group, "expect": list(scenario.expect), "clear": list(scenario.clear)}
        if scenario.order:
            meta["order_id"] = self._slots["order"]
        if rng.random() < _RATED:
            meta["csat"] = rng.randint(*scenario.csat)
        buyer = Party(f"u{rng.randrange(10_000):04d}", f"{rng.choice('abdhjlmstwxyz')}***{rng.randrange(10)}")
        return Conversation(identifier, tuple(self._messages), self._shop.id, self._shop.channel,
                            Party(self._person.id, self._person.name), buyer, meta)

    def _open(self) -> None:
        """A customer says hello or sends the article or order; some wait for an answer first."""
        rng, lines = self._rng, self._stock.lines
        name = "greet" if rng.random() < 0.65 else "ordercard" if self._scenario.order else "card"
        self._say("customer", rng.choice(lines[name]), None)
        if name == "greet" and self._scenario.when != "night" and rng.random() < 0.3:
            self._say("agent", rng.choice(lines["here"]), None)

    def _close(self) -> None:
        rng, lines, person = self._rng, self._stock.lines, self._person
        if rng.random() < 0.25:
            self._say("agent", rng.choice(lines["still"]), (15, 60))
        if self._last != "customer" and rng.random() < 0.8:
            self._say("customer", rng.choice(lines["thanks_warm" if rng.random() < 0.15 else "thanks"]), None)
        if rng.random() < person.closing:
            self._say("agent", rng.choice(lines["closing"]), None)
            if rng.random() < person.invite:
                self._say("agent", rng.choice(lines["invite"]), (2, 6))

    def _play(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if step.chance < 1 and self._rng.random() >= step.chance:
                continue
            if step.inner:
                self._play(step.inner)
            elif lines := self._lines(step):
                self._say(step.role, self._rng.choice(lines), step.wait)

    def _lines(self, step: Step) -> Sequence[Line]:
        if not step.topic:
            return step.lines
        if step.side == "a":
            talk = self._talk.get(step.topic)
            return talk.answer if talk else ()
        self._talk.pop(step.topic, None)
        pool = self._product.talks.get(step.topic) or self._stock.talks[step.topic]
        fresh = [talk for talk in pool if id(talk) not in self._asked]
        if not fresh:
            return ()
        talk = self._talk[step.topic] = self._rng.choice(fresh)
        self._asked.add(id(talk))
        return talk.question

    def _say(self, role: str, line: Line, wait: tuple[float, float] | None) -> None:
        """One line of one side: its bubbles, with what the desk adds around the first words of each side."""
        bubbles = [(kind, text.format_map(self._slots)) for kind, text in line]
        if role == "customer":
            bubbles = self._typed(bubbles)
        elif role == "agent":
            if self._now < OPENS_AT * 3600:
                self._now = OPENS_AT * 3600 + self._rng.uniform(20, 1500)
            if self._scenario.welcome and self._first(role) and self._rng.random() < self._person.welcome:
                hello = self._rng.choice(self._stock.lines["welcome"])
                bubbles = [(kind, text.format_map(self._slots)) for kind, text in hello] + bubbles
            if self._rng.random() < self._person.emoji:
                kind, text = bubbles[-1]
                bubbles[-1] = (kind, text + self._slots["stamp"]) if kind == "text" else (kind, text)
        for kind, text in bubbles:
            answered = role == "customer" and self._scenario.bot and self._first(role)
            self._put(role, kind, text, self._delay(role, text, wait))
            wait = None
            if answered:
                self._automatic()

    def _first(self, role: str) -> bool:
        """Whether this side has not spoken yet."""
        return all(message.role != role or message.meta for message in self._messages)

    def _automatic(self) -> None:
        """The automatic welcome, or the note that the shop is closed; some sources export it as if the agent had typed it."""
        if self._now < OPENS_AT * 3600:
            note = self._rng.choice(self._stock.lines["bot_night"])
            self._put("bot", *self._filled(note[0]), 1)
        else:
            self._put(self._shop.automatic, *self._filled(self._shop.hello[0]), self._rng.randint(1, 3))

    def _filled(self, bubble: Bubble) -> Bubble:
        return bubble[0], bubble[1].format_map(self._slots)

    def _delay(self, role: str, text: str, wait: tuple[float, float] | None) -> float:
        rng, size = self._rng, len(text)
        if not self._messages:
            return 0
        if wait is not None:
            return rng.uniform(*wait)
        if role == self._last:
            return min(25.0, 2 + 0.16 * size * rng.uniform(0.7, 1.5))
        if role == "customer":
            return min(150.0, max(3.0, rng.lognormvariate(log(15), 0.75) + 0.3 * size))
        if role == "system":
            return 1
        if rng.random() < 0.03:
            return rng.uniform(60, 150)
        return min(58 * self._slow, max(4.0, (rng.lognormvariate(log(self._person.speed), 0.45) + 0.12 * size) * self._slow))

    def _put(self, role: str, kind: str, text: str, delay: float) -> None:
        self._now += max(delay, 1.0) if self._messages else 0
        agent = ""
        if role == "lead":
            role, agent = "agent", self._shop.lead[0]
        elif role == "agent":
            agent = self._person.id
        at = self._midnight + timedelta(seconds=int(self._now))
        self._messages.append(Message(role, text, at, kind, agent))
        self._last = role

    def _typed(self, bubbles: list[Bubble]) -> list[Bubble]:
        """What the customer's habits make of a line: joined or apart, with or without punctuation, with a slip of the thumb."""
        persona, rng = self._persona, self._rng
        if persona.joiner is not None:
            bubbles = _joined(bubbles, persona.joiner)
        slips = not self._scenario.plain
        out: list[Bubble] = []
        for kind, text in bubbles:
            if kind == "text" and not text.startswith(("[", "咨询订单")):
                if not persona.marks:
                    text = text.translate(_NO_MARKS).strip() or text
                if slips and rng.random() < persona.typos:
                    text = self._slip(text)
                if slips and rng.random() < persona.emoji:
                    text += rng.choice(self._stock.emoji)
            out.append((kind, text))
        return out

    def _slip(self, text: str) -> str:
        for right, wrong in self._stock.typos.items():
            if right in text:
                return text.replace(right, wrong, 1)
        return text


def _joined(bubbles: Sequence[Bubble], joiner: str) -> list[Bubble]:
    """Adjacent bubbles of text as one; pictures and cards stay by themselves."""
    out: list[Bubble] = []
    for kind, text in bubbles:
        if out and kind == "text" == out[-1][0]:
            out[-1] = (kind, out[-1][1] + joiner + text)
        else:
            out.append((kind, text))
    return out
