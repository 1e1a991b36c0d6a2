"""The few bubbles around a piece of evidence, masked and with the evidence marked: what a reader needs to see why a rule hit."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final

from qa_service.model.conversation import Conversation, Message
from qa_service.services.masking import mask

BEFORE: Final = 2
AFTER: Final = 1
MOST: Final = 6
WIDTH: Final = 140
_MARGIN: Final = 40

Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message of an excerpt: `pieces` are (text, is evidence); `gap` says that messages before it are left out."""

    role: str
    clock: str
    pieces: tuple[Piece, ...]
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One finding as shown to people. All text is masked."""

    conversation: str
    shop: str
    agent: str
    bubbles: tuple[Bubble, ...]
    evidence: str
    detail: str
    suggest: str
    confidence: float
    needs_human: bool


def excerpt(conversation: Conversation, finding: Mapping[str, Any], agent: str, zone: tzinfo) -> Excerpt:
    """The messages around the first span of a finding, at most `MOST`, with all spans among them marked."""
    messages, spans = conversation.messages, finding["spans"]
    marks: dict[int, list[tuple[int, int]]] = {}
    for s in spans:
        marks.setdefault(s["message"], []).append((s["start"], s["end"]))
    bubbles: list[Bubble] = []
    last = -1
    for i in _chosen(messages, sorted(marks)):
        m = messages[i]
        clock = f"{m.at.astimezone(zone):%H:%M:%S}" if m.at is not None else ""
        bubbles.append(Bubble(m.role, clock, marked(m.text, marks.get(i, ())), gap=i != last + 1))
        last = i
    return Excerpt(conversation.id, conversation.shop, agent, tuple(bubbles), evidence(spans), mask(finding.get("detail") or ""),
                   finding["suggest"], finding["confidence"], finding["needs_human"])


def _chosen(messages: Sequence[Message], hit: Sequence[int]) -> list[int]:
    """Indexes to show: the evidence, a little around its first message, the customer's last words before it, the agent's first behind it."""
    if not hit:
        return list(range(min(3, len(messages))))
    first = hit[0]
    chosen = {first, *hit[:MOST - 1], *range(max(0, first - BEFORE), min(len(messages), first + AFTER + 1))}
    if all(messages[i].role != "customer" for i in chosen if i < first):
        chosen.update(next(([i] for i in range(first - 1, max(-1, first - 200), -1) if messages[i].role == "customer"), []))
    if messages[first].role == "customer" and all(messages[i].role != "agent" for i in chosen if i > first):  # what the agent said to it, late or not
        chosen.update(next(([i] for i in range(first + 1, min(len(messages), first + 200)) if messages[i].role == "agent"), []))
    extra = sorted((i for i in chosen if i not in hit[:MOST - 1]), key=lambda i: (abs(i - first), i))
    return sorted({*hit[:MOST - 1], *extra[:max(1, MOST - len(hit))]})


def evidence(spans: Sequence[Mapping[str, Any]], width: int = WIDTH) -> str:
    """The words of a finding's spans, masked, on one line."""
    text = " … ".join(s["text"][:width + _MARGIN] for s in spans[:4])
    return _cut(mask(" ".join(text.split())), width)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[:width - 1] + "…"


def marked(text: str, marks: Sequence[tuple[int, int]], width: int = WIDTH) -> tuple[Piece, ...]:
    """`text` masked, as pieces; about `width` characters of it, around the first mark. `marks` are half-open code-point offsets."""
    begin = 0
    if len(text) > width and marks:
        start, end = min(marks)
        begin = max(0, min(start - (width - min(width, end - start)) // 2, len(text) - width))
    stop = min(len(text), begin + width)
    left, right = max(0, begin - _MARGIN), min(len(text), stop + _MARGIN)
    shown = mask(text[left:right])[begin - left:stop - left]
    pieces: list[Piece] = [("…", False)] if begin else []
    at = 0
    for start, end in sorted(marks):
        a, b = max(at, start - begin), min(len(shown), end - begin)
        if a < b:
            pieces += [(shown[at:a], False), (shown[a:b], True)]
            at = b
    pieces += [(shown[at:], False)] + ([("…", False)] if stop < len(text) else [])
    return tuple(p for p in pieces if p[0])
