"""A believable day of Chinese e-commerce service, invented: the same material, seed, day and number always give the same chats.

Each chat's `meta` tells what was put into it: `scenario`, `group` (good, negative, risk, fault), `expect` (categories that should be
found; a root such as ``promise`` stands for any category below it), `clear` (categories that must stay silent), and, as a source would
give them, `order_id` and `csat` 1 … 5. A good chat may still lack a closing or an invitation, as real ones do.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Final

from qa_service.model.conversation import Conversation
from qa_service.services.demo_chat import OPENS_AT, Chat, Desk
from qa_service.services.demo_material import Material, Person, Scenario, Shop
from qa_service.services.demo_reader import load_material

ZONE: Final = timezone(timedelta(hours=8))


def demo_day(material: Path, *, chats: int = 600, seed: int = 20251111, day: date = date(2025, 11, 11)) -> Iterator[Conversation]:
    """Yield `chats` conversations in the order of their first message. `material` is the folder lexicons/demo. Raises SourceError."""
    stock, rng = load_material(material), Random(seed)
    names = {"today": _spoken(day), "yesterday": _spoken(day - timedelta(days=1)), "tomorrow": _spoken(day + timedelta(days=1))}
    midnight = datetime.combine(day, time(), ZONE)
    desks = [_desks(stock, scenario) for scenario in stock.scenarios]
    personas = [persona.weight for persona in stock.personas]
    counts = quotas(stock.scenarios, chats)
    plan = [(_start(stock, scenario, rng), number) for number, scenario in enumerate(stock.scenarios) for _ in range(counts[number])]
    for nth, (second, number) in enumerate(sorted(plan), 1):
        pairs, weights = desks[number]
        (shop, person), = rng.choices(pairs, weights)
        persona, = rng.choices(stock.personas, personas)
        desk = Desk(stock, stock.scenarios[number], shop, person, persona)
        yield Chat(desk, rng, names, midnight, second).conversation(f"d{day:%y%m%d}-{nth:04d}")


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
