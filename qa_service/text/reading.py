"""A batch as it was read: which phrase lists stand in which messages, and what expressions found there. One per batch, thrown away with it."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from qa_service.model.conversation import LANGUAGE_KINDS, Conversation, Message
from qa_service.text.normalise import Batch
from qa_service.text.phrases import Hit, Hits, Matcher
from qa_service.text.reply_quality import REPLY_KINDS, ReplyLabels

SIDE_OF: Final[Mapping[str, int]] = {"customer": 0, "agent": 1}  # everything else is 2
SIDES: Final[Mapping[str, frozenset[int]]] = {
    "customer": frozenset((0,)), "agent": frozenset((1,)), "bot": frozenset((2,)), "system": frozenset((2,)), "any": frozenset((0, 1, 2))}
Found = Mapping[int, Sequence[Hit]]
NOTHING: Final[Found] = {}
TRAITS: Final = ("silent", "held", "acknowledged", "timed", "negative", "waiting", *(f"reply.{kind}" for kind in REPLY_KINDS))
"""What a conversation can have besides words: an agent's message without content, one that only asks for patience, one that only says
"understood"; times; a customer's message of negative sentiment; a customer who spoke last; an agent turn that may be this or that (reply.*)."""


class Reading:
    """Messages are numbered through the batch; a Hit carries the number of its message in its own conversation."""

    def __init__(self, conversations: Sequence[Conversation], messages: Sequence[Message], batch: Batch, hits: Hits, matcher: Matcher) -> None:
        self.norms = batch.norms
        self.bares = batch.bares
        self.first = [0]
        for conversation in conversations:
            self.first.append(self.first[-1] + len(conversation.messages))
        self.homes: list[int] = np.repeat(np.arange(len(conversations)), np.diff(self.first)).tolist()
        self.sides: list[int] = [SIDE_OF.get(m.role, 2) for m in messages]
        side = np.array(self.sides, dtype=np.int64)
        spoken = np.array([m.kind in LANGUAGE_KINDS for m in messages], dtype=bool)
        self.twins = _twins(self.sides, spoken.tolist(), self.norms)
        first_of_its_kind = np.zeros(len(messages), dtype=bool)
        first_of_its_kind[list(self.twins)] = True
        self._masks: list[npt.NDArray[np.bool_]] = [spoken & first_of_its_kind & (side == n) for n in range(3)]
        self._lists = matcher.by_list(hits)
        self._allow = matcher.allow
        self._hits: dict[int, Found] = {}
        self.memo: dict[Any, Any] = {}  # what texts found, by the text
        self.replies: ReplyLabels  # what the model says of each agent turn
        self.traits: dict[str, frozenset[int]] = {}  # TRAITS -> the conversations that have one

    def hits(self, words: int) -> Found:
        """Where a phrase list stands: message -> hits, those inside a longer allowed word left out."""
        found = self._hits.get(words)
        if found is None:
            found = self._hits[words] = self._collect(words)
        return found

    def candidates(self, lists: Iterable[int], side: int) -> list[int]:
        """Messages of a side in which every one of the phrase lists stands; of equal ones (`twins`) only the first."""
        mask = self._masks[side]
        for words in lists:
            low, high = self._lists.rows.get(words, (0, 0))
            if low == high:
                return []
            here = np.zeros(len(mask), dtype=bool)
            here[self._lists.message[low:high]] = True
            mask = mask & here
        return mask.nonzero()[0].tolist()

    def _collect(self, words: int) -> Found:
        rows = self._lists.rows.get(words)
        if rows is None:
            return NOTHING
        part = slice(*rows)
        out: dict[int, list[Hit]] = {}
        for m, s, e in zip(self._lists.message[part].tolist(), self._lists.start[part].tolist(), self._lists.end[part].tolist(), strict=True):
            hit = (m - self.first[self.homes[m]], s, e)
            if m in out:
                out[m].append(hit)
            else:
                out[m] = [hit]
        allow = self._allow.get(words)
        cleared = self.hits(allow) if allow is not None else NOTHING
        for m in [m for m in out if m in cleared]:
            out[m] = [h for h in out[m] if not any(c[1] <= h[1] and h[2] <= c[2] for c in cleared[m])]
            if not out[m]:
                del out[m]
        return out


def _twins(sides: Sequence[int], spoken: Sequence[bool], norms: Sequence[str]) -> dict[int, list[int]]:
    """Equal messages of one side: the first of them -> all of them."""
    firsts: dict[tuple[int, bool, str], int] = {}
    twins: dict[int, list[int]] = {}
    for m, key in enumerate(zip(sides, spoken, norms, strict=True)):
        first = firsts.setdefault(key, m)
        if first == m:
            twins[m] = [m]
        else:
            twins[first].append(m)
    return twins
