"""Who speaks, as a number: roles of a batch are compared as arrays and sets of numbers."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CUSTOMER, AGENT, BOT, SYSTEM = range(4)
SIDE_OF: Final[Mapping[str, int]] = {"customer": CUSTOMER, "agent": AGENT, "bot": BOT, "system": SYSTEM}
SIDES: Final[Mapping[str, frozenset[int]]] = {**{role: frozenset((side,)) for role, side in SIDE_OF.items()}, "any": frozenset(SIDE_OF.values())}
