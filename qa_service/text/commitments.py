"""The commitment ledger of one chat: which future acts the shop promised, by when, for how much, and what the chat later says of them.

A commitment is an act (commitment_patterns.ACT_OF) that the shop itself will do: somebody of the shop acts or the customer receives,
something says it lies ahead, and nothing says that it is done, denied, asked about, or the customer's to do (commitment_deeds). The clause
decides, not the word. Only messages of people (role agent) that hold language are read.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Final

from qa_service.model.conversation import LANGUAGE_KINDS, Conversation, Message
from qa_service.model.finding import Commitment
from qa_service.text.amounts import find_amounts
from qa_service.text.commitment_act import BARE_HEAD, BARE_LONGEST, BARE_TAIL, LEFT, Act, Bubble
from qa_service.text.commitment_deeds import promised
from qa_service.text.commitment_patterns import ACT, ACT_OF, BOUNDARY, EVIDENCE, TYPE_OF
from qa_service.text.commitment_status import verdict
from qa_service.text.deadlines import HINT, Deadline, due_of, find_deadlines

_FILLER: Final = re.compile(r"(?:好的|好滴|嗯+|恩+|亲爱[的哒滴]|亲+(?!爱)|客官|可以的|不好意思|您好|抱歉|是的|的|这样|那)*\s*")
_WITH_AMOUNT: Final = frozenset(("compensation", "refund", "other", "order_change", "reissue"))
_GENERIC: Final = frozenset(("handle", "effort", "amend"))
_WHEN: Final = re.compile(
    r"(?:什么时候|什么时间|啥时候|啥时|何时|几时|多久|多长时间|几天|哪天)[^,。!?]{0,10}?(发|寄|退|到账|补|回|处理|审核)|(?:今天|明天|今晚|现在拍)[^,。!?]{0,6}(发|寄|退|补)")
_SUM_GIVEN: Final = frozenset(("退您", "退你", "退亲", "补您", "补你", "补亲", "补给您", "补给你", "补给亲"))  # with a sum: money, not the goods
_BARE_TYPE: Final = {
    "发": "ship_by", "寄": "ship_by", "退": "refund", "到账": "refund", "补": "reissue", "回": "callback", "处理": "verify", "审核": "verify"}


def read_commitments(conversation: Conversation, norms: Sequence[str]) -> tuple[Commitment, ...]:
    """The commitments of the chat, by (message, start). `norms[i]` is the norm of message i, exactly as long as its text."""
    found: list[Commitment] = []
    for index, message in enumerate(conversation.messages):
        if message.role == "agent" and message.kind in LANGUAGE_KINDS:
            norm = norms[index]
            first = ACT.search(norm)
            promises = _read(index, message, norm, first) if first and EVIDENCE.search(norm) else []
            if not promises and len(norm) <= BARE_LONGEST and HINT.search(norm):
                promises = _read_bare(index, conversation.messages, norms)
            found += promises
    return _with_status(found, conversation.messages, norms) if found else ()


def _read(index: int, message: Message, norm: str, first: re.Match[str]) -> list[Commitment]:
    bubble = Bubble(norm)
    chosen: list[Act] = []
    last: dict[tuple[int, str], int] = {}  # one promise of a type in a clause, unless the clause is very long
    for match in chain((first,), ACT.finditer(norm, first.end())):
        kind = ACT_OF[match.group()]
        if kind is not None:
            act = Act(kind, match.group(), bubble, match.start())
            key = (act.clause, TYPE_OF[kind])
            if act.start - last.get(key, -LEFT) >= LEFT and promised(act):
                last[key] = act.start
                chosen.append(act)
    specific = {act.clause for act in chosen if act.kind not in _GENERIC}
    kept = [act for act in chosen if act.kind not in _GENERIC or act.clause not in specific]
    return sorted((_commitment(index, message, act) for act in kept), key=lambda c: (c.start, c.end, c.type))


def _commitment(index: int, message: Message, act: Act) -> Commitment:
    kind = TYPE_OF[act.kind]
    deadline, amount = act.deadline, None
    if kind in _WITH_AMOUNT:
        amount = min(find_amounts(act.norm, act.low, act.high), key=lambda a: max(a[0] - act.end, act.start - a[1]), default=None)
    if amount and act.word in _SUM_GIVEN:
        kind = "compensation"
    edges = [act.start, act.actor_start] + ([deadline.start] if deadline else []) + ([amount[0]] if amount else [])
    start = min(edges)
    if start - act.low <= 12:
        start = min(start, _end_of(_FILLER, act.norm, act.low, start))
    end = max(act.end, act.high if act.whole else act.end, deadline.end if deadline else 0, amount[1] if amount else 0)
    while act.norm[end - 1].isspace() and end > act.end:
        end -= 1
    return _make(kind, index, message, act.norm, start, end, deadline, amount)


def _end_of(pattern: re.Pattern[str], norm: str, start: int, end: int) -> int:
    match = pattern.match(norm, start, end)
    return match.end() if match else start


def _make(kind: str, index: int, message: Message, norm: str, start: int, end: int,
          deadline: Deadline | None, amount: tuple[int, int, float | None] | None) -> Commitment:
    text = message.text
    said = text[amount[0]:amount[1]] if amount else None
    return Commitment(
        kind, index, start, end, text[start:end],
        text[deadline.start:deadline.end] if deadline else None, due_of(text, norm, deadline, message.at) if deadline else None,
        said, None if amount is None or said is None or "[" in said else amount[2])


def _read_bare(index: int, messages: Sequence[Message], norms: Sequence[str]) -> list[Commitment]:
    """A bare time limit that answers "什么时候发货": a promise whose act the customer named."""
    before = index - 1
    while before >= 0 and messages[before].role == "system":
        before -= 1
    if before < 0 or messages[before].role != "customer" or messages[before].kind not in LANGUAGE_KINDS:
        return []
    asked = _WHEN.search(norms[before][-120:])
    norm = norms[index]
    deadline = next(find_deadlines(norm, 0, len(norm)), None)
    if asked is None or deadline is None or not deadline.firm:
        return []
    start = _end_of(BARE_HEAD, norm, 0, deadline.start)
    end = _end_of(BARE_TAIL, norm, deadline.end, len(norm))
    day = norm[deadline.start] in "今明后"
    if start != deadline.start or not (deadline.bounded or day) or BOUNDARY.sub("", norm[end:]).strip("的亲~"):
        return []
    return [_make(_BARE_TYPE[asked.group(1) or asked.group(2)], index, messages[index], norm, deadline.start, end, deadline, None)]


def _with_status(found: list[Commitment], messages: Sequence[Message], norms: Sequence[str]) -> tuple[Commitment, ...]:
    """Read the chat backwards: for each type the nearest later word of the shop decides."""
    kinds = {c.type for c in found}
    latest: dict[str, str] = {}
    result: list[Commitment] = []
    at = len(messages) - 1
    for commitment in reversed(found):
        while at > commitment.message:
            if messages[at].role == "agent" and messages[at].kind in LANGUAGE_KINDS:
                latest |= {kind: said for kind in kinds if (said := verdict(norms[at], kind))}
            at -= 1
        status = latest.get(commitment.type, "open")
        result.append(commitment if status == "open" else _settled(commitment, status))
    return tuple(reversed(result))


def _settled(c: Commitment, status: str) -> Commitment:
    return Commitment(c.type, c.message, c.start, c.end, c.text, c.deadline_text, c.due, c.amount_text, c.amount, status)
