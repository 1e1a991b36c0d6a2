"""`personal_data`: numbers of people in what the shop writes: mobile, identity card (check digit), bank card (Luhn)."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from qa_service.checks.base import Gate, Match, Scope, Whole, trait
from qa_service.text.phrases import Hit
from qa_service.text.transcript import Transcript

_FORMS: Final = {
    "mobile": re.compile(r"(?<![0-9a-z])1[3-9][0-9]{9}(?![0-9a-z])"),
    "identity": re.compile(r"(?<![0-9a-z])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9x](?![0-9a-z])"),
    "bank_card": re.compile(r"(?<![0-9a-z])[3-6][0-9]{15,18}(?![0-9a-z])")}
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class PersonalData(Whole):
    """One match per number of a person. `unknown`: only numbers that the customer did not write in this chat before (a leak)."""

    kinds: tuple[str, ...] = ("mobile", "identity", "bank_card")
    unknown: bool = False
    where: Scope = field(default_factory=Scope)

    def gate(self) -> Gate:
        """Digits in a row."""
        return trait("numbered")

    def __call__(self, t: Transcript) -> Iterable[Match]:
        for i in self.where.messages(t):
            text = t.norm(i)
            if len(text) < 11:
                continue
            for kind in self.kinds:
                for found in _FORMS[kind].finditer(text):
                    if _valid(kind, found.group()) and not (self.unknown and self._known(t, i, found.group())):
                        hit: Hit = (i, found.start(), found.end())
                        yield Match((hit,))

    def _known(self, t: Transcript, i: int, number: str) -> bool:
        return any(number in t.norm(k) for k in range(i) if t.messages[k].role == "customer")


def _valid(kind: str, number: str) -> bool:
    if kind == "identity":
        total = sum(int(d) * w for d, w in zip(number[:17], _WEIGHTS, strict=True))
        return "10x98765432"[total % 11] == number[17]
    if kind == "bank_card":
        digits = [int(d) for d in reversed(number)]
        return (sum(digits[0::2]) + sum(d // 5 + d * 2 % 10 for d in digits[1::2])) % 10 == 0
    return True
