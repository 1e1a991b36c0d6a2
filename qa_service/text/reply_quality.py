"""What an agent's turn is, given the customer's turn it answers: an answer, a handling, a question back, patience, courtesy, or nothing."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from qa_service.text.model_file import Model
from qa_service.text.models import Floats, Index, logits, over_root, probabilities

REPLY_LABELS: Final = ("answers", "solution", "asks", "holding", "courtesy", "empty", "perfunctory", "shirking", "impatient")
HELD_LABELS: Final = ("apology", "solution")
AGENT, CUSTOMER, SYSTEM = 1, 0, 3


@dataclass(frozen=True, slots=True)
class Units:
    """The agent's turns of a batch, numbered, as `Transcript.replies` has them.

    answer  the number of the turn each message belongs to, -1 for none
    asked   the number of the turn that answers each customer message, -1 for none
    first   the first message of each turn
    """

    answer: Index
    asked: Index
    first: Index


def units(roles: Index, homes: Index) -> Units:
    """Turns from the role (AGENT, CUSTOMER, SYSTEM, anything else) and the conversation of each message of a batch."""
    kept = np.flatnonzero(roles != SYSTEM)
    role, home = roles[kept], homes[kept]
    begins = np.ones(len(kept), dtype=bool)
    begins[1:] = (role[1:] != role[:-1]) | (home[1:] != home[:-1])
    begins &= role == AGENT
    first = kept[begins]
    number = np.cumsum(begins) - 1
    answer, asked = np.full(len(roles), -1), np.full(len(roles), -1)
    speaks = role == AGENT
    answer[kept[speaks]] = number[speaks]
    waits = np.flatnonzero((role == CUSTOMER) & (number + 1 < len(first)))
    waits = waits[homes[first[number[waits] + 1]] == home[waits]] if len(first) else waits
    asked[kept[waits]] = number[waits] + 1
    return Units(answer, asked, first)


def added_up(sums: Floats, known: Floats, messages: Index, unit: Index, count: int) -> Floats:
    """Sums of messages added up over the units they belong to, over the root of the number of n-grams known in the unit."""
    inside = unit[messages] >= 0
    at = unit[messages][inside]
    total = np.zeros((count, sums.shape[1] + 1))
    if len(at):
        edges = np.flatnonzero(np.diff(at, prepend=-1))
        total[at[edges]] = np.add.reduceat(np.column_stack((sums, known))[inside], edges, axis=0)
    return over_root(total[:, :-1], total[:, -1])


class ReplyLabels:
    """What the model says of each agent's turn of a batch; a turn is named by its first message."""

    def __init__(self, model: Model, first: Index, own: Floats, asked: Floats) -> None:
        self._model = model
        self.first = first
        of = probabilities(model.heads, logits(model, own, asked))
        self.replies, self.holds = of["reply"], of["holds"]
        self._row = {message: row for row, message in enumerate(first.tolist())}

    def of(self, message: int) -> dict[str, float]:
        """REPLY_LABELS -> probability, for the turn that begins with this message of the batch."""
        return dict(zip(REPLY_LABELS, self.replies[self._row[message]].tolist(), strict=True))

    def probability(self, message: int, label: str) -> float:
        """How likely the turn that begins with this message of the batch is `label`, or (apology, solution_offered) holds it."""
        row = self._row[message]
        if label in ("apology", "solution_offered"):
            return float(self.holds[row, 0 if label == "apology" else 1])
        return float(self.replies[row, REPLY_LABELS.index(label)])

    def likely(self, label: str, at_least: float) -> Index:
        """First messages of the turns that are `label` with this probability or a higher one."""
        of = self.holds[:, 0 if label == "apology" else 1] if label in ("apology", "solution_offered") else self.replies[:, REPLY_LABELS.index(label)]
        return self.first[of >= at_least]
