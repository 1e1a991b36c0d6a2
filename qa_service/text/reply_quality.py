"""What an agent's turn is, given the customer's turn it answers: an answer, a handling, a question back, patience, courtesy, or nothing."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from qa_service.text.model_file import Model
from qa_service.text.models import Floats, Index, logits, over_root, probabilities
from qa_service.text.normalise import SEPARATOR
from qa_service.text.sides import AGENT, CUSTOMER, SYSTEM

REPLY_LABELS: Final = ("answers", "solution", "asks", "holding", "courtesy", "empty", "perfunctory", "shirking", "impatient")
HELD_LABELS: Final = ("apology", "solution")
REPLY_KINDS: Final = (*REPLY_LABELS, "apology", "solution_offered")
"""What `check: label` can ask of a reply."""
LEAST: Final = 0.2  # a rule may ask for no smaller probability
_OR: Final = re.compile(r"或者?(?!许)|另外?一种(方案|办法|方式)")
_PAIRED: Final = (re.compile("要么"), re.compile("要不"), re.compile("也行|也可以|也成"))  # each word but the first is an "or"
_SAID: Final = re.compile(r"([两二2三3])(个|种|条)(方案|办法|方式|选择|处理|路|途径)")


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
        """REPLY_KINDS -> probability, for the turn that begins with this message of the batch."""
        row = self._row[message]
        return dict(zip(REPLY_KINDS, [*self.replies[row].tolist(), *self.holds[row].tolist()], strict=True))

    def probability(self, message: int, kind: str) -> float:
        """How likely the turn that begins with this message of the batch is (or holds) `kind`."""
        return float(self._column(kind)[self._row[message]])

    def sure_of(self, kind: str) -> float:
        """The probability from which on the model is right often enough (on its card)."""
        return self._model.threshold({"apology": "holds_apology", "solution_offered": "holds_solution"}.get(kind, kind))

    def likely(self, kind: str) -> Index:
        """First messages of the turns that could be `kind`: the lowest probability a rule may ask for is LEAST."""
        found: Index = self.first[self._column(kind) >= LEAST]
        return found

    def _column(self, kind: str) -> Floats:
        at = REPLY_KINDS.index(kind)
        of: Floats = self.replies[:, at] if at < len(REPLY_LABELS) else self.holds[:, at - len(REPLY_LABELS)]
        return of


def options_in(bares: Sequence[str], solution: bool) -> int:
    """How many ways out a turn (its skeletons) offers: the number it says itself, or one for a handling and one more for each "or"."""
    if not solution:
        return 0
    text = SEPARATOR.join(bares)
    said = _SAID.search(text)
    counted = 1 + len(_OR.findall(text)) + sum(max(0, len(word.findall(text)) - 1) for word in _PAIRED)
    return max(counted, (3 if said[1] in "三3" else 2) if said else 0)
