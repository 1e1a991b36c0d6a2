"""`promise`: what the ledger says was promised, judged against the shop's policy."""
from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from qa_service.checks.base import Gate, Match, Whole, has
from qa_service.model.finding import Commitment
from qa_service.text.amounts import CN_NUMBER, number
from qa_service.text.clock import seconds_between
from qa_service.text.lookup import Text
from qa_service.text.transcript import Transcript

_SPAN: Final = re.compile(rf"(\d{{1,4}}|{CN_NUMBER})\s?(小时|h|个?工作日|天|日|周|个?星期)")
_HOURS_OF: Final = {"小时": 1, "h": 1, "周": 168, "星期": 168, "个星期": 168}


@dataclass(frozen=True, slots=True)
class Promise(Whole):
    """One match per commitment that breaks a limit of the policy. A policy that is silent on the fact never matches.

    types          commitment types looked at; empty: all
    amount_over    policy fact: the largest amount (元) an agent may grant
    hours_over     policy fact: the longest time (hours) that may be promised
    factor         how many times that fact must be exceeded before it counts
    hours_under    policy fact: the shortest time that can be kept
    status         only commitments with this status (contradicted, open, kept)
    refused        policy fact (a list): types this shop does not offer at all
    unless         texts that clear a commitment in whose message they stand
    """

    types: tuple[str, ...] = ()
    amount_over: str = ""
    hours_over: str = ""
    factor: float = 1.0
    hours_under: str = ""
    status: str = ""
    refused: str = ""
    unless: tuple[Text, ...] = ()

    def gate(self) -> Gate:
        """Something in the ledger."""
        return has(_promised)

    def __call__(self, t: Transcript) -> Iterable[Match]:
        for c in t.commitments:
            if (self.types and c.type not in self.types) or (self.status and c.status != self.status):
                continue
            detail = self._breaks(t, c)
            if detail is not None and not any(text.occurs(t, c.message) for text in self.unless):
                yield Match(((c.message, c.start, c.end),), detail=detail)

    def _breaks(self, t: Transcript, c: Commitment) -> str | None:
        if self.refused:
            return f"店铺不提供: {c.type}" if c.type in (t.policy.get(self.refused) or ()) else None
        if self.amount_over:
            limit = t.policy.get(self.amount_over)
            return f"承诺 {c.amount:g} 元,权限 {limit:g} 元" if limit is not None and c.amount is not None and c.amount > limit else None
        hours = _hours(t, c)
        if self.hours_over:
            limit = t.policy.get(self.hours_over)
            late = limit is not None and hours is not None and hours > limit * self.factor
            return f"承诺 {hours:.0f} 小时,规定 {limit:g} 小时内" if late else None
        if self.hours_under:
            limit = t.policy.get(self.hours_under)
            return f"承诺 {hours:.0f} 小时,做不到 {limit:g} 小时以内" if limit is not None and hours is not None and hours < limit else None
        return ""


def _promised(t: Transcript) -> object:
    return t.commitments


def _hours(t: Transcript, c: Commitment) -> float | None:
    """Hours from the words to the moment promised; where that counts from another event (付款后72小时内), the hours as they were said."""
    seconds = seconds_between(t.messages[c.message].at, c.due)
    if seconds is not None:
        return seconds / 3600
    said = _SPAN.search(c.deadline_text or "")
    amount = number(said.group(1)) if said else None
    return None if said is None or amount is None else amount * _HOURS_OF.get(said.group(2), 24)
