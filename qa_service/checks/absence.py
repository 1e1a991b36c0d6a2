"""`absence`: something that must be said, and when. Without a trigger and a window such a rule is refused."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa_service.checks.base import ALWAYS, Check, Gate, Match, Whole, whole
from qa_service.text.clock import seconds_between
from qa_service.text.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Absence(Whole):
    """A match when `trigger` is there and `must` is not said inside the window after it.

    trigger    a condition; or the words "opening" (the agent's first turn) and "closing" (the agent's last turn)
    must       condition that has to match inside the window
    unless     condition anywhere in the chat that makes the rule not apply
    replies    window: the next N agent turns, the one in the trigger's own message included when the agent spoke it
    before     window: also the agent's last N turns before the trigger: who apologised a moment ago need not do so again
    messages   window: of those turns only the first N messages, counted from the trigger on (0: no limit)
    seconds    window: so many seconds after the trigger (0: no limit)
    once       only the first trigger of the chat
    at_least   the chat must hold so many agent turns for the rule to apply
    ended      only when the agent spoke after the trigger: a chat that breaks off there is no omission (with `ended: false` and
               `at_least: 0` even a chat in which no person spoke at all is one)
    least      only when so many agent turns follow the trigger: a chat that breaks off sooner is no omission either
    """

    trigger: Check | str
    must: Check
    unless: Check | None = None
    replies: int = 5
    before: int = 0
    messages: int = 0
    seconds: float = 0.0
    once: bool = True
    at_least: int = 1
    ended: bool = True
    least: int = 0

    def gate(self) -> Gate:
        """Without its trigger the rule is silent."""
        return ALWAYS if isinstance(self.trigger, str) else self.trigger.gate()

    def __call__(self, t: Transcript) -> Iterable[Match]:
        if len(t.replies) < self.at_least:
            return
        triggers = self._triggers(t)
        for trigger in triggers[:1] if self.once else triggers:
            window = self._window(t, trigger)
            if not (window or not self.ended) or not self._lasts(t, trigger) or self.must.stands_in(t, window):
                continue
            if self.unless is not None and any(True for _ in self.unless(t)):
                return
            yield trigger

    def _lasts(self, t: Transcript, trigger: Match) -> bool:
        return not self.least or sum(r.answer[-1] >= trigger.spans[0][0] for r in t.replies) >= self.least

    def _triggers(self, t: Transcript) -> list[Match]:
        if not isinstance(self.trigger, str):
            return list(self.trigger(t))
        if not t.replies:
            return []
        reply = t.replies[0] if self.trigger == "opening" else t.replies[-1]
        return [Match((whole(t, reply.answer[0 if self.trigger == "opening" else -1]),))]

    def _window(self, t: Transcript, trigger: Match) -> frozenset[int]:
        at = trigger.spans[0][0]
        if self.trigger == "closing":
            return frozenset(i for r in t.replies[-self.replies:] for i in r.answer)
        window = [i for r in [r for r in t.replies if r.answer[-1] >= at][:self.replies] for i in r.answer]
        if self.messages:
            window = [i for i in window if i >= at][:self.messages]
        if self.before:
            window += [i for r in [r for r in t.replies if r.answer[-1] < at][-self.before:] for i in r.answer]
        if self.trigger == "opening":
            window += [i for i, m in enumerate(t.messages[:at + 1]) if m.role == "bot"]
        if self.seconds:
            begin = t.messages[at].at
            window = [i for i in window if (apart := seconds_between(begin, t.messages[i].at)) is not None and apart <= self.seconds]
        return frozenset(window)
