"""How an invented customer types: bubbles joined or apart, with or without punctuation, with a slip of the thumb."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from qa_service.services.demo_material import Bubble, Persona

_NO_MARKS: Final = str.maketrans(dict.fromkeys("，。！？、,.!?~:", " ") | {'"': None})
_MACHINE: Final = ("[", "咨询订单")


class Typist:
    """One customer's hands. A `careful` one makes no slips and adds no emoji, so that what a scenario is about stays legible."""

    def __init__(self, persona: Persona, typos: Mapping[str, str], emoji: Sequence[str], rng: Random, *, careful: bool) -> None:
        self._persona, self._typos, self._emoji, self._rng, self._careful = persona, typos, emoji, rng, careful

    def typed(self, bubbles: Sequence[Bubble]) -> list[Bubble]:
        """The bubbles as this customer would send them."""
        if self._persona.joiner is not None:
            bubbles = joined(bubbles, self._persona.joiner)
        return [(kind, self._text(text) if kind == "text" and not text.startswith(_MACHINE) else text) for kind, text in bubbles]

    def _text(self, text: str) -> str:
        persona, rng = self._persona, self._rng
        if not persona.marks:
            text = text.translate(_NO_MARKS).strip() or text
        if self._careful:
            return text
        if rng.random() < persona.typos:
            text = self._slip(text)
        if rng.random() < persona.emoji:
            text += rng.choice(self._emoji)
        return text

    def _slip(self, text: str) -> str:
        for right, wrong in self._typos.items():
            if right in text:
                return text.replace(right, wrong, 1)
        return text


def joined(bubbles: Sequence[Bubble], joiner: str) -> list[Bubble]:
    """Adjacent bubbles of text as one; pictures and cards stay by themselves."""
    out: list[Bubble] = []
    for kind, text in bubbles:
        if out and kind == "text" == out[-1][0]:
            out[-1] = (kind, out[-1][1] + joiner + text)
        else:
            out.append((kind, text))
    return out
