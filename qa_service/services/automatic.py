"""Automatic messages sent under a person's account: what a single chat cannot show, many chats do.

A pre-pass over an import, in blocks: a text that opens the shop's side of at least `chats` conversations within `seconds` of the
customer's first word, nearly always so fast, was sent by a machine. It is written into the conversation as ``role: bot`` with
``meta.auto_reason``; the evaluation itself looks at no other chat. Without times nothing is changed.
"""
from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from qa_service.model.conversation import Conversation, Message
from qa_service.model.record import Imported, Record

_BLOCK_MESSAGES = 60_000  # how far the pre-pass looks before the first conversation is let go: bounds its memory


@dataclass(slots=True)
class _Use:
    quick: int = 0
    slow: int = 0


@dataclass(slots=True)
class AutomaticReplies:
    """Counts openings and marks the automatic ones. Keys are digests of texts, so memory does not grow with their length."""

    chats: int = 5
    seconds: float = 3.0
    share: float = 0.9
    length: int = 6
    most: int = 200_000
    marked: int = 0
    _uses: dict[bytes, _Use] = field(default_factory=dict)

    def mark(self, records: Iterable[Record]) -> Iterator[Record]:
        """The same records in the same order, automatic messages told apart."""
        block: list[Record] = []
        size = 0
        for record in records:
            block.append(record)
            if isinstance(record, Imported):
                size += len(record.conversation.messages)
                self._count(record.conversation)
            if size >= _BLOCK_MESSAGES or len(block) >= _BLOCK_MESSAGES:
                yield from self._release(block)
                block, size = [], 0
        yield from self._release(block)

    def _release(self, block: list[Record]) -> Iterator[Record]:
        for record in block:
            yield replace(record, conversation=self._told_apart(record.conversation)) if isinstance(record, Imported) else record

    def _count(self, conversation: Conversation) -> None:
        for message, gap in _openings(conversation):
            if len(message.text) < self.length:
                continue
            key = _key(message.text)
            use = self._uses.get(key)
            if use is None:
                if len(self._uses) >= self.most:
                    continue
                use = self._uses[key] = _Use()
            if gap <= self.seconds:
                use.quick += 1
            else:
                use.slow += 1

    def _told_apart(self, conversation: Conversation) -> Conversation:
        found = {id(m): gap for m, gap in _openings(conversation) if gap <= self.seconds and self._is_automatic(m.text)}
        if not found:
            return conversation
        self.marked += len(found)
        reason = f"同一文本在多个会话中于客户开口 {self.seconds:g} 秒内逐字发出"
        messages = tuple(replace(m, role="bot", meta={**m.meta, "auto_reason": reason}) if id(m) in found else m
                         for m in conversation.messages)
        return replace(conversation, messages=messages)

    def _is_automatic(self, text: str) -> bool:
        use = self._uses.get(_key(text)) if len(text) >= self.length else None
        return use is not None and use.quick >= self.chats and use.quick >= self.share * (use.quick + use.slow)


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _openings(conversation: Conversation) -> Iterator[tuple[Message, float]]:
    """The shop's first message after the customer's first, or each before it, with the seconds between."""
    first = None
    for message in conversation.messages:
        if message.role == "customer" and first is None:
            first = message.at
            if first is None:
                return
        elif message.role == "agent" and message.at is not None:
            if first is None:
                yield message, 0.0
            else:
                yield message, (message.at - first).total_seconds()
                return
