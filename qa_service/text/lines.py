"""What a single line says, whoever looks: how much of it is courtesy, whether it asks for patience, whether it asks something.

A line is remembered once looked at: the same few hundred lines make up much of a day.
"""
from __future__ import annotations

from collections.abc import Iterable

from qa_service.text.lexicon import Lexicon

SHORT = 60  # characters of a short line: a longer one is never only courtesy that asks for patience
_REMEMBERED = 50_000  # lines


class Lines:
    """The lexicon at work on skeletons ("bare" lines)."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self._courtesy = lexicon.removers["courtesy.courtesy"]
        self._particles = lexicon.group("courtesy.particles")
        self._acknowledgement = lexicon.group("courtesy.acknowledgement")
        self._holding_hint = lexicon.group("courtesy.holding_hint")
        self._holding = lexicon.removers["courtesy.holding"]
        self._greeting = lexicon.group("asking.greeting")
        self._asks = tuple(lexicon.group(f"asking.{kind}") for kind in ("question", "request", "problem"))
        self._residues: dict[str, str] = {}
        self._concrete: dict[str, bool] = {}
        self._held: dict[str, bool] = {}
        self._acknowledges: dict[str, bool] = {}

    def residue(self, bare: str) -> str:
        """A skeleton without courtesy and particles."""
        known = self._residues.get(bare)
        if known is None:
            known = self._residues[bare] = self._particles.sub("", self._courtesy.strip(bare))
        return known

    def is_holding(self, bare: str) -> bool:
        """Whether a skeleton asks for patience and says nothing else."""
        known = self._held.get(bare)
        if known is None:
            left = self._holding.strip(bare)
            known = self._held[bare] = left != bare and not self.residue(left)
        return known

    def is_acknowledgement(self, bare: str) -> bool:
        """Whether a skeleton says "understood" and nothing else."""
        known = self._acknowledges.get(bare)
        if known is None:
            said = self.residue(bare)
            known = self._acknowledges[bare] = bool(said) and not self._acknowledgement.sub("", said)
        return known

    def is_concrete(self, bare: str, norm: str) -> bool:
        """Whether a customer's line asks, requests or reports something in particular."""
        known = self._concrete.get(norm)
        if known is None:
            said = self._greeting.sub("", bare)
            known = self._concrete[norm] = len(self._particles.sub("", said)) >= 2 and (
                "?" in norm or any(kind.search(said) for kind in self._asks))
        return known

    def learn(self, bares: Iterable[str]) -> None:
        """Residue of each of these skeletons, and whether it only asks for patience: each looked at once, all in one call."""
        self._forget()
        ordered = sorted(bare for bare in bares if bare not in self._residues)
        left = self._particles.sub("", "\n".join(self._courtesy.strip_all(ordered))).split("\n") if ordered else []
        self._residues.update(zip(ordered, left, strict=True))
        holding = [b for b in ordered if len(b) <= SHORT and self._holding_hint.search(b)]
        parts = self._holding.strip_all(holding)
        rests = self._courtesy.strip_all(parts)
        self._held.update((bare, part != bare and not self._particles.sub("", rest))
                          for bare, part, rest in zip(holding, parts, rests, strict=True))
        self._held.update((bare, False) for bare in ordered if bare not in self._held)

    def _forget(self) -> None:
        """Let go of what is remembered before it grows large."""
        if len(self._residues) > _REMEMBERED:
            self._residues.clear()
            self._held.clear()
            self._acknowledges.clear()
        if len(self._concrete) > _REMEMBERED:
            self._concrete.clear()
