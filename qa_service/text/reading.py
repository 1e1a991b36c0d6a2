"""A batch as it was read: which phrase lists stand in which messages, and what is known of its conversations. One per batch, thrown away with it.

Messages are numbered through the batch, conversations by their place in it (a message's `home`). Whoever looks for something first asks
for a set of messages or conversations: sets of a batch are cheap, looking at one conversation is not.
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final

from qa_service.model.conversation import LANGUAGE_KINDS, Conversation, Message
from qa_service.text.normalise import SEPARATOR, Batch
from qa_service.text.phrases import Hits, Matcher
from qa_service.text.reply_quality import ReplyLabels
from qa_service.text.sides import SIDE_OF

if TYPE_CHECKING:
    from qa_service.text.transcript import Transcript

Span = tuple[int, int]
MARKS: Final = ("silent", "acknowledging", "holding")
"""What an agent's message can be: without content, only "understood", only a plea for patience."""
TRAITS: Final = (*MARKS, "negative", "waiting", "echoing", "numbered", "repeating customer", "repeating agent")
"""What a conversation can have: a message of a mark; a customer's message of negative sentiment; a customer who spoke last; an agent's
message whose content the customer had just used; eleven digits in a row; two messages of a role that begin or end alike."""
_NUMBERS: Final = re.compile("[0-9]{11}")


class Reading:
    """`sides[m]` and `homes[m]`: who wrote message m, and in which conversation; `first[n]`: the first message of conversation n;
    `spoken[m]`: whether it is language; `like[m]`: the first message of the batch with the same norm."""

    def __init__(self, conversations: Sequence[Conversation], messages: Sequence[Message], batch: Batch, hits: Hits, matcher: Matcher) -> None:
        self.norms = batch.norms
        self.bares = batch.bares
        self.conversations = conversations
        self.first = [0]
        self.homes: list[int] = []
        for number, conversation in enumerate(conversations):
            size = len(conversation.messages)
            self.first.append(self.first[-1] + size)
            self.homes += repeat(number, size)
        self.sides = [SIDE_OF[m.role] for m in messages]
        self.spoken = [m.kind in LANGUAGE_KINDS for m in messages]
        firsts: dict[str, int] = {}
        self.like = [firsts.setdefault(norm, m) for m, norm in enumerate(self.norms)]
        self.everywhere: AbstractSet[int] = frozenset(range(len(conversations)))
        self.transcripts: Sequence[Transcript] = ()
        self.replies: ReplyLabels  # what the model says of each agent turn
        self.marked: Mapping[str, AbstractSet[int]] = {}  # a name of MARKS -> messages
        self.traits: Mapping[str, AbstractSet[int]] = {}  # a name of TRAITS, "topic" or "reply" and a label -> conversations
        self._lists = matcher.by_list(hits)
        self._allow = matcher.allow
        self._spans: dict[int, Mapping[int, Sequence[Span]]] = {}
        self._standing: dict[int, AbstractSet[int]] = {}
        self.memo: dict[Any, Any] = {}  # what was found of anything, by the thing that was looked for

    def spans(self, words: int) -> Mapping[int, Sequence[Span]]:
        """Where a phrase list stands: message -> spans, those inside a longer allowed word left out."""
        found = self._spans.get(words)
        if found is None:
            found = self._spans[words] = self._collect(words)
        return found

    def standing(self, words: int) -> AbstractSet[int]:
        """The messages in which a phrase list stands (also where an allowed word clears it)."""
        found = self._standing.get(words)
        if found is None:
            low, high = self._lists.rows.get(words, (0, 0))
            found = self._standing[words] = frozenset(self._lists.message[low:high].tolist())
        return found

    def numbered(self) -> AbstractSet[int]:
        """The conversations with eleven digits in a row."""
        texts = SEPARATOR.join(self.norms)
        if _NUMBERS.search(texts) is None:
            return frozenset()
        return {self.homes[m] for m, norm in enumerate(self.norms) if _NUMBERS.search(norm)}

    def _collect(self, words: int) -> Mapping[int, Sequence[Span]]:
        low, high = self._lists.rows.get(words, (0, 0))
        part = slice(low, high)
        out: dict[int, list[Span]] = {}
        for m, start, end in zip(self._lists.message[part].tolist(), self._lists.start[part].tolist(), self._lists.end[part].tolist(), strict=True):
            if m in out:
                out[m].append((start, end))
            else:
                out[m] = [(start, end)]
        allow = self._allow.get(words)
        cleared = self.spans(allow) if allow is not None and out else {}
        for m in [m for m in out if m in cleared]:
            out[m] = [s for s in out[m] if not any(c[0] <= s[0] and s[1] <= c[1] for c in cleared[m])]
            if not out[m]:
                del out[m]
        return out
