"""One invented chat while it is being written: what is said, how each side types it, and how long everyone takes."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log
from random import Random
from typing import Final

from qa_service.model.conversation import Conversation, Message, Party
from qa_service.services.demo_material import Bubble, Line, Material, Person, Persona, Scenario, Shop, Step, Talk
from qa_service.services.demo_typist import Typist

OPENS_AT: Final = 8
_RATED: Final = 0.62


@dataclass(frozen=True, slots=True)
class Desk:
    """Who meets whom over what."""

    stock: Material
    scenario: Scenario
    shop: Shop
    person: Person
    persona: Persona


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


class Chat:
    """One chat while it is being written. `_now` is seconds after midnight, never going back."""

    def __init__(self, desk: Desk, rng: Random, names: Mapping[str, str], midnight: datetime, start: int) -> None:
        stock, shop, person = desk.stock, desk.shop, desk.person
        product = rng.choice(shop.products)
        fixed = {**names, **shop.facts, **product.facts, "me": person.name, "till": _till(start)}
        for choices in (rng.choice(product.variants), product.choices):
            for key, values in choices.items():
                fixed[key] = rng.choice(values)
        fixed["colour2"] = rng.choice([other for other in product.choices["color"] if other != fixed["color"]])
        self._slots = _Slots(fixed, stock, shop, person, rng)
        self._stock, self._scenario, self._shop, self._person = stock, desk.scenario, shop, person
        self._rng, self._product = rng, product
        self._typist = Typist(desk.persona, stock.typos, stock.emoji, rng, careful=desk.scenario.plain)
        self._midnight, self._now, self._last = midnight, float(start), ""
        self._slow = person.peak if start // 3600 in stock.peaks else 1.0
        self._messages: list[Message] = []
        self._spoke: set[str] = set()
        self._talk: dict[str, Talk] = {}
        self._asked: set[int] = set()

    def conversation(self, identifier: str) -> Conversation:
        """Write the chat from its first to its last message."""
        rng, scenario = self._rng, self._scenario
        if scenario.opening and scenario.welcome and not scenario.plain and rng.random() < 0.45:
            self._open()
        if scenario.before and not scenario.order and rng.random() < 0.4:
            self._play(rng.choice(self._stock.beats[scenario.before]))
        self._play(scenario.steps)
        if scenario.beats:
            for _ in range(rng.randint(0, scenario.upto)):
                self._play(rng.choice(self._stock.beats[scenario.beats]))
        if scenario.closing:
            self._close()
        meta: dict[str, object] = {
            "scenario": scenario.name, "group": scenario.group, "expect": list(scenario.expect), "clear": list(scenario.clear)}
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
        self._asked.add(id(lines[name]))
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
            if step.lines is self._stock.lines["ordercard"]:
                if id(step.lines) in self._asked:
                    return ()
                self._asked.add(id(step.lines))
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
            bubbles = self._typist.typed(bubbles)
        elif role == "agent":
            if self._now < OPENS_AT * 3600:
                self._now = OPENS_AT * 3600 + self._rng.uniform(20, 1500)
            if self._scenario.welcome and role not in self._spoke and self._rng.random() < self._person.welcome:
                hello = self._rng.choice(self._stock.lines["welcome"])
                bubbles = [(kind, text.format_map(self._slots)) for kind, text in hello] + bubbles
            if not self._scenario.plain and self._rng.random() < self._person.emoji:
                kind, text = bubbles[-1]
                bubbles[-1] = (kind, text + self._slots["stamp"]) if kind == "text" else (kind, text)
        for kind, text in bubbles:
            answered = role == "customer" and self._scenario.bot and role not in self._spoke
            self._put(role, kind, text, self._delay(role, text, wait))
            self._spoke.add(role)
            wait = None
            if answered:
                self._automatic()
                self._last = role if len(bubbles) > 1 else "bot"

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
            role, agent = "agent", self._shop.lead
        elif role == "agent":
            agent = self._person.id
        at = self._midnight + timedelta(seconds=int(self._now))
        self._messages.append(Message(role, text, at, kind, agent))
        self._last = role


def _till(start: int) -> str:
    """A time later on the day that an agent may name."""
    hour = start / 3600
    return next((words for until, words in ((10.5, "中午12点前"), (15, "下午5点前"), (18.5, "晚上8点前")) if hour < until), "24点前")
