"""Reads the demo day's material: YAML, once, compiled into tuples.

A value of YAML text holds one variant per line; in a line ``|`` parts bubbles, ``<image>`` and the like name a bubble's kind,
``{slot}`` is filled per chat. Everything is checked while it is read: an unknown slot, list, shop or key raises SourceError naming
the file or the text.
"""
from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Formatter
from typing import Any, Final

import yaml

from qa_service.model.conversation import KINDS
from qa_service.model.errors import SourceError
from qa_service.services.demo_material import Bubble, Lines, Material, Person, Persona, Product, Scenario, Shop, Step, Talk

ROLES: Final[Mapping[str, str]] = {"c": "customer", "a": "agent", "m": "lead", "b": "bot", "s": "system"}
SPOKEN_SLOTS: Final = frozenset(("me", "qin", "o", "stamp", "today", "yesterday", "tomorrow", "till", "colour2"))
_LIST_NAME: Final = re.compile(r"[a-z_]+")
_KIND: Final = re.compile(r"<(\w+)>(.*)", re.DOTALL)
_STEP_KEYS: Final = frozenset((*ROLES, "wait", "chance", "do"))


def load_material(folder: Path) -> Material:
    """Read ``shops customers slots lines talks beats scenarios_*`` (.yaml) of `folder`. Raises SourceError."""
    trade, slots, customers = (_read(folder / f"{name}.yaml") for name in ("shops", "slots", "customers"))
    try:
        reader = _Reader(SPOKEN_SLOTS | set(slots) | _common_slots(trade["shops"].values()))
        shops = {key: reader.shop(key, raw) for key, raw in trade["shops"].items()}
        reader.lists = {key: reader.variants(text) for key, text in _read(folder / "lines.yaml").items()}
        talks = reader.talks(_read(folder / "talks.yaml"))
        reader.topics = frozenset(talks) | frozenset(t for s in shops.values() for p in s.products for t in p.talks)
        beats = {key: tuple(reader.steps(steps) for steps in raw) for key, raw in _read(folder / "beats.yaml").items()}
        scenarios = tuple(
            reader.scenario(name, {**file["defaults"], **raw}, shops, beats)
            for file in map(_read, sorted(folder.glob("scenarios_*.yaml"))) for name, raw in file["scenarios"].items())
        return Material(
            shops, tuple(_person(raw) for raw in trade["people"].values()), scenarios, reader.lists, talks, beats,
            {key: tuple(values) for key, values in slots.items()}, tuple(Persona(**raw) for raw in customers["personas"]),
            customers["typos"], tuple(customers["emoji"]), tuple(trade["hours"]), frozenset(trade["peaks"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(f"演示素材不完整或写错: {error!r}", where=str(folder)) from error


def _read(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceError(f"演示素材读不出来: {error}", where=str(path)) from error
    if not isinstance(data, dict):
        raise SourceError("演示素材应为 YAML 映射", where=str(path))
    return data


def _common_slots(shops: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Slots that every article of every shop can fill."""
    sets = [frozenset(("title", *shop["facts"], *variant, *product)) - {"faq", "variants"}
            for shop in shops for product in shop["products"] for variant in product.get("variants", shop["variants"])]
    return frozenset.intersection(*sets)


def _person(raw: Mapping[str, Any]) -> Person:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
    return Person(**fields)


def _range(text: str) -> tuple[float, float]:
    low, high = text.split("-")
    return float(low), float(high)


class _Reader:
    """Compiles text and steps, and refuses what could not be filled later."""

    def __init__(self, slots: frozenset[str]) -> None:
        self._slots = slots
        self.lists: dict[str, Lines] = {}
        self.topics: frozenset[str] = frozenset()

    def variants(self, text: str) -> Lines:
        """One line per variant."""
        return tuple(tuple(self._bubble(part) for part in line.split("|")) for line in text.splitlines() if line.strip())

    def _bubble(self, text: str) -> Bubble:
        for _, slot, _, _ in Formatter().parse(text):
            if slot is not None and slot not in self._slots:
                raise SourceError(f"未知的填空 {{{slot}}}", where=text)
        marked = _KIND.fullmatch(text)
        if marked and marked[1] not in KINDS:
            raise SourceError(f"未知的消息类型 <{marked[1]}>", where=text)
        return (marked[1], marked[2]) if marked else ("text", text)

    def talks(self, raw: Mapping[str, Any]) -> dict[str, tuple[Talk, ...]]:
        """Topic -> its questions with their answers."""
        return {topic: tuple(Talk(self.variants(t["q"]), self.variants(t["a"])) for t in talks) for topic, talks in raw.items()}

    def shop(self, key: str, raw: Mapping[str, Any]) -> Shop:
        """A shop; its common questions are joined to those of each of its products."""
        shared, products = self.talks(raw["faq"]), []
        for item in raw["products"]:
            own = self.talks(item.get("faq", {}))
            variants = tuple({k: tuple(v) for k, v in variant.items()} for variant in item.get("variants", raw["variants"]))
            products.append(Product(variants, {k: v for k, v in item.items() if isinstance(v, str)},
                                    {k: tuple(v) for k, v in item.items() if isinstance(v, list) and k != "variants"},
                                    {topic: own.get(topic, ()) + shared.get(topic, ()) for topic in own | shared}))
        return Shop(key, raw["channel"], raw["weight"], raw["automatic"], self.variants(raw["hello"])[0],
                    raw["lead"]["id"], {**raw["facts"], "title": raw["title"]}, tuple(raw["stamps"]), tuple(products))

    def steps(self, raw: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
        """The steps of a scenario or beat."""
        return tuple(self._step(step) for step in raw)

    def _step(self, raw: Mapping[str, Any]) -> Step:
        if unknown := set(raw) - _STEP_KEYS:
            raise SourceError(f"步骤里有未知的键 {sorted(unknown)}", where=str(dict(raw)))
        wait, chance = _range(raw["wait"]) if "wait" in raw else None, float(raw.get("chance", 1))
        if "do" in raw:
            return Step(wait=wait, chance=chance, inner=self.steps(raw["do"]))
        (key,) = set(raw) & set(ROLES)
        text = str(raw[key])
        if text.startswith("@"):
            topic, side = text[1:].split(".")
            if topic not in self.topics or side not in "qa":
                raise SourceError("未知的问答", where=text)
            return Step(ROLES[key], topic=topic, side=side, wait=wait, chance=chance)
        if _LIST_NAME.fullmatch(text):
            return Step(ROLES[key], self.lists[text], wait=wait, chance=chance)
        return Step(ROLES[key], self.variants(text), wait=wait, chance=chance)

    def scenario(self, name: str, raw: dict[str, Any], shops: Mapping[str, Shop], beats: Mapping[str, object]) -> Scenario:
        """A scenario; `polite` is short for welcome and closing."""
        steps, polite, more = self.steps(raw.pop("steps")), raw.pop("polite", False), raw.pop("more", None)
        low, high = _range(raw.pop("csat"))
        named = {more["from"]} if more else set()
        if not named | {raw.get("before", next(iter(beats)))} <= set(beats) or not set(raw.get("shops", ())) <= set(shops):
            raise SourceError("未知的店铺或插曲", where=name)
        rest = {key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()}
        return Scenario(name, steps, csat=(int(low), int(high)), **{"welcome": polite, "closing": polite, **rest},
                        beats=more["from"] if more else "", upto=more["upto"] if more else 0)
