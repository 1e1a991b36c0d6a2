"""Who said how much, and who waited how long for whom: one conversation read once, in one loop, for every measure.

A round begins with the first customer message that waits and ends with the answer of a person; a robot's words are no answer. A round is
answered twice: nominally by any words of a person, effectively by words that say something ("亲,在的" to a question does not). Seconds
throughout; `None` where a time is missing.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from qa_service.model.conversation import Message
from qa_service.text.clock import seconds_between


class Reply(NamedTuple):
    """One agent turn and the customer messages it answers (those since the agent's last turn; empty for an opening)."""

    asked: tuple[int, ...]
    answer: tuple[int, ...]
    number: int  # 0 for the agent's first turn


Wait = tuple[Reply, int, float]  # the reply, the customer message the round began with, seconds


@dataclass(slots=True)
class Round:
    """One round of a chat with times. `asked` are the customer's messages; a wait is None while nobody answered.

    wait, effective_wait   seconds until any human words; until words that say something, in this reply or a later one
    """

    asked: tuple[int, ...]
    begun: datetime | None
    answered: datetime | None
    wait: float | None
    effective: datetime | None = None
    effective_wait: float | None = None


@dataclass(slots=True)
class Exchange:
    """What the measures are made of. Without times `rounds`, `waits` and `effective_waits` are empty and `begun` is None.

    tail         the customer's messages after the last reply; `open` says whether they put something concrete
    seconds      those of `waits`; `effective_seconds` those of `effective_waits`
    left         the like after the last reply that says something (`left_open`)
    speaking     agent messages that say something
    answered     replies to a customer; `effectively` counts those that say something, or that answer nothing concrete
    handovers    changes of the person who answers, with the seconds until the next one's first words (that say something)
    robot_only   no person spoke and a robot answered every time the customer did
    """

    messages: Sequence[Message]
    channel: str
    replies: tuple[Reply, ...] = ()
    tail: tuple[int, ...] = ()
    open: bool = False
    left_open: bool = False
    customer: int = 0
    agent: int = 0
    bot: int = 0
    speaking: int = 0
    answered: int = 0
    effectively: int = 0
    people: int = 0
    begun: datetime | None = None
    ended: datetime | None = None
    rounds: list[Round] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    effective_waits: list[Wait] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    effective_seconds: list[float] = field(default_factory=list)
    handovers: list[tuple[float | None, float | None]] = field(default_factory=list)
    robot_only: bool = False


def read_exchange(messages: Sequence[Message], channel: str, says: Callable[[int], bool], concrete: Callable[[Sequence[int]], bool]) -> Exchange:
    """Read a conversation. `says`: whether an agent's message says something; `concrete`: whether customer messages put something."""
    x = Exchange(messages, channel)
    _count(x)
    spoke = _answer(x, says, concrete)
    if x.people > 1:
        x.handovers = _handovers(x, spoke)
    if x.bot and not x.agent:
        x.robot_only = _robot_answered_all(messages)
    return x


def _count(x: Exchange) -> None:
    """Messages by role, replies, first and last time: the one loop over the messages."""
    replies: list[Reply] = []
    asked: list[int] = []
    answer: list[int] = []
    people: set[str] = set()
    begun: datetime | None = None
    ended: datetime | None = None
    customer = agent = bot = 0
    for i, m in enumerate(x.messages):
        role = m.role
        at = m.at
        if at is not None:
            if ended is None:
                begun = ended = at
            elif at >= ended:
                ended = at
            elif begun is None or at < begun:
                begun = at
        if role == "agent":
            answer.append(i)
            agent += 1
            people.add(m.agent_id)
            continue
        if role == "system":
            continue
        if answer:
            replies.append(Reply(tuple(asked), tuple(answer), len(replies)))
            asked, answer = [], []
        if role == "customer":
            asked.append(i)
            customer += 1
        else:
            bot += 1
    if answer:
        replies.append(Reply(tuple(asked), tuple(answer), len(replies)))
        asked = []
    x.replies, x.tail, x.people = tuple(replies), tuple(asked), len(people)
    x.customer, x.agent, x.bot, x.begun, x.ended = customer, agent, bot, begun, ended


def _answer(x: Exchange, says: Callable[[int], bool], concrete: Callable[[Sequence[int]], bool]) -> list[int]:
    """Rounds and what answered them; gives the agent messages that say something."""
    messages, timed = x.messages, x.begun is not None
    spoke: list[int] = []
    pending: list[Round] = []
    late: int | None = None  # where the effective round began
    left: tuple[int, ...] = ()  # customer messages no effective reply has followed
    for reply in x.replies:
        asked, answer, _ = reply
        said = [i for i in answer if says(i)]
        if said:
            spoke += said
        if asked:
            x.answered += 1
            if late is None:
                late, left = asked[0], asked
            else:
                left += asked
            if timed:
                pending.append(_begin(x, reply))
        if late is None or (not said and concrete(left)):
            continue
        x.effectively += 1
        if pending:
            _finish(x, reply, late, messages[said[0] if said else answer[0]].at, pending)
            pending = []
        late, left = None, ()
    x.speaking = len(spoke)
    if timed:
        x.rounds += pending
        if x.tail:
            x.rounds.append(Round(x.tail, messages[x.tail[0]].at, None, None))
    x.open = bool(x.tail) and concrete(x.tail)
    x.left_open = x.open or (bool(left) and concrete(left))
    return spoke


def _begin(x: Exchange, reply: Reply) -> Round:
    """A round that was answered somehow."""
    begun, at = x.messages[reply.asked[0]].at, x.messages[reply.answer[0]].at
    wait = None
    if begun is not None and at is not None:
        wait = max(0.0, (at - begun).total_seconds())
        x.waits.append((reply, reply.asked[0], wait))
        x.seconds.append(wait)
    return Round(reply.asked, begun, at, wait)


def _finish(x: Exchange, reply: Reply, late: int, at: datetime | None, pending: Sequence[Round]) -> None:
    """The rounds that these words answered, which began with message `late`."""
    for r in pending:
        r.effective = at
        r.effective_wait = r.wait if at is r.answered else seconds_between(r.begun, at)
    wait = pending[0].effective_wait
    if wait is not None:
        x.effective_waits.append((reply, late, wait))
        x.effective_seconds.append(wait)
    x.rounds += pending


def _handovers(x: Exchange, spoke: Sequence[int]) -> list[tuple[float | None, float | None]]:
    """For each change of person: seconds from the last words of the one before, or from the customer's first words since, to the next one's."""
    out: list[tuple[float | None, float | None]] = []
    since, person, waiting = None, None, False
    for i, m in enumerate(x.messages):
        if m.role == "customer" and not waiting:
            since, waiting = m.at, True
        elif m.role == "agent":
            if person and m.agent_id and m.agent_id != person:
                effective = next((x.messages[k].at for k in spoke if k >= i), None)
                out.append((seconds_between(since, m.at), seconds_between(since, effective)))
            since, person, waiting = m.at, m.agent_id, False
    return out


def _robot_answered_all(messages: Sequence[Message]) -> bool:
    """Whether a robot had the last word after each thing the customer said. An automatic welcome answers nothing."""
    waiting = False
    for m in messages:
        if m.role == "customer":
            waiting = True
        elif m.role == "bot" and "auto_reason" not in m.meta:
            waiting = False
    return not waiting
