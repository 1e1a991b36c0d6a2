"""Where a day's chats and their evaluations come from: pairs, in any order. Files today; a store only has to give the same pairs."""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import orjson

from qa_service.importers.base import Intake, ReadOptions
from qa_service.importers.detect import open_records
from qa_service.importers.files import expand_inputs
from qa_service.model.conversation import Conversation, Message
from qa_service.model.errors import SourceError
from qa_service.model.record import Imported
from qa_service.model.wire import SCHEMA
from qa_service.services.automatic import AutomaticReplies

Pair = tuple[Conversation, Mapping[str, Any]]
_AHEAD: Final = 10_000  # chats kept while their evaluation has not come by


class DayReader(Protocol):
    """A source of scored chats."""

    @property
    def has_chats(self) -> bool:
        """Whether the words around the evidence are there."""

    def pairs(self) -> Iterator[Pair]:
        """Each evaluation, as the wire has it, with its conversation. Raises SourceError."""


@dataclass(frozen=True, slots=True)
class FileReader:
    """Evaluations in JSONL as `qa-service score` writes them, beside the chats they were made of.

    Both stand in the same order, so neither is held in memory; where a file was sorted anew, up to _AHEAD chats wait for their evaluation.
    Without chats each evaluation gets a conversation that holds nothing but its evidence.
    """

    evaluations: Sequence[str]
    chats: Sequence[str] = ()
    options: ReadOptions = field(default_factory=ReadOptions)

    @property
    def has_chats(self) -> bool:
        """Whether chats were given."""
        return bool(self.chats)

    def pairs(self) -> Iterator[Pair]:
        """See DayReader."""
        chats = self._conversations()
        waiting: dict[tuple[str, str], Conversation] = {}
        for evaluation in self._evaluations():
            if not self.chats:
                yield bare_conversation(evaluation), evaluation
                continue
            key = evaluation["conversation"]["shop"], evaluation["conversation"]["id"]
            conversation = waiting.pop(key, None)
            while conversation is None:
                found = next(chats, None)
                if found is None:
                    raise SourceError(f"聊天记录里没有会话 {key[1]!r}(店铺 {key[0]!r})", where="、".join(self.chats), fix="--chats 应是评分时的同一批聊天记录")
                if (found.shop, found.id) == key:
                    conversation = found
                elif len(waiting) < _AHEAD:
                    waiting[found.shop, found.id] = found
            yield conversation, evaluation

    def _conversations(self) -> Iterator[Conversation]:
        intake = Intake()
        records = (r for path in expand_inputs(self.chats) for r in open_records(path, self.options, intake))
        for record in AutomaticReplies().mark(records):
            if isinstance(record, Imported):
                yield record.conversation

    def _evaluations(self) -> Iterator[Mapping[str, Any]]:
        for name in self.evaluations:
            path = Path(name) / "evaluations.jsonl" if Path(name).is_dir() else Path(name)
            try:
                with path.open("rb") as file:
                    for number, line in enumerate(file, 1):
                        if line.strip():
                            yield _decoded(line, str(path), number)
            except OSError as error:
                raise SourceError(f"读不出来: {error.strerror}", where=str(path)) from None


def _decoded(line: bytes, name: str, number: int) -> Mapping[str, Any]:
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise SourceError("这一行不是质检结果", where=f"{name}:{number}", fix="先用 qa-service score 聊天记录 --out 结果.jsonl")
    return document


def bare_conversation(evaluation: Mapping[str, Any]) -> Conversation:
    """A stand-in for a chat that was not given: as many messages as its evidence needs, each holding only the evidence."""
    spans = [s for f in evaluation["findings"] for s in f["spans"]] + [dict(c) for c in evaluation["commitments"]]
    last = max([s["message"] for s in spans], default=0)
    customer = {m["message"] for m in evaluation["sentiment"]["customer"]} | {t["message"] for t in evaluation["topics"]}
    texts = [""] * (last + 1)
    for s in spans:
        texts[s["message"]] = texts[s["message"]].ljust(s["end"], "…")
        i = s["message"]
        texts[i] = texts[i][:s["start"]] + s["text"] + texts[i][s["end"]:]
    messages = tuple(Message("customer" if i in customer else "agent", text) for i, text in enumerate(texts))
    head = evaluation["conversation"]
    return Conversation(head["id"], messages, head["shop"])
