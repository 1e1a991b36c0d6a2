"""Webhooks in: verified, kept, acknowledged; and the conversation judged once it is over, again when it was reopened and is over again.

What is acknowledged is on the disk. Judging comes after; where it fails the webhooks wait, and the next one of the conversation, or
`settle_left_over` (for a job, and at the start), tries again.
"""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Literal

import orjson

from qa_service.importers.base import ReadOptions, holds_nul
from qa_service.model.conversation import Conversation
from qa_service.model.errors import InvalidRecord, StoreError
from qa_service.services.hooks.configuration import Hook, Hooks
from qa_service.services.hooks.signatures import VERIFY, BadSignature, Letter
from qa_service.services.judging import Judging
from qa_service.store.deliveries import Delivery, State
from qa_service.store.store import Store

Outcome = Literal["repeated", "ignored", "waiting", "judged", "refused"]


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a webhook.

    repeated  it had come before
    ignored   it is about no conversation
    waiting   kept; the talk goes on
    judged    the talk is over and was judged
    refused   the talk is over but cannot be read as a conversation (yet): `reason`
    """

    outcome: Outcome
    delivery: str
    conversation: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Receiving:
    """Takes webhooks for the shops of `hooks`."""

    hooks: Hooks
    judging: Judging
    store: Callable[[], Store]
    now: Callable[[], datetime]
    zone: tzinfo

    def receive(self, source: str, shop: str, letter: Letter) -> Received:
        """Verify and keep one webhook, and judge its conversation where that is over. Raises BadSignature, InvalidRecord (no JSON object)."""
        hook = self.hooks.get((source, shop))
        if hook is None:
            raise BadSignature("no such hook")
        now = self.now()
        identifier = VERIFY[source](letter, hook.secrets, now)[:200]
        event = _event(letter.body)
        told = hook.source.told(event, letter.query)
        delivery = Delivery(shop, source, identifier, told.conversation, letter.body, told.ended, now)
        if not self.store().deliveries.add(delivery, "waiting" if told.conversation else "ignored"):
            return Received("repeated", identifier, told.conversation)
        if not told.conversation:
            return Received("ignored", identifier)
        try:
            return self._settle(hook, told.conversation, identifier)
        except StoreError as error:  # it is kept and acknowledged; judging is made up for later
            return Received("waiting", identifier, told.conversation, error.why)

    def settle_left_over(self, shop: str) -> int:
        """Judge what was over and still waits, as after a stop at the wrong moment; how many conversations."""
        left = [(self.hooks[source, shop], c) for source, c in self.store().deliveries.unsettled(shop) if (source, shop) in self.hooks]
        return sum(self._settle(hook, conversation, "").outcome == "judged" for hook, conversation in left)

    def _settle(self, hook: Hook, conversation: str, identifier: str) -> Received:
        """Judge a conversation that is over. Webhooks that come meanwhile are read before this ends: the last word is never an old one."""
        seen = 0
        outcome: State = "waiting"
        reason = ""
        deliveries = self.store().deliveries
        while len(events := deliveries.of(hook.shop, hook.name, conversation)) > seen:
            seen = len(events)
            if not next((e.ended for e in reversed(events) if e.ended is not None), False):
                return Received("waiting", identifier, conversation)
            try:
                self.judging.judge_and_keep([self._read(hook, events)], "hook")
                outcome, reason = "judged", ""
            except InvalidRecord as error:
                outcome, reason = "refused", error.why
        deliveries.settle(hook.shop, hook.name, conversation, outcome, reason)
        return Received(outcome, identifier, conversation, reason)

    def _read(self, hook: Hook, events: list[Delivery]) -> Conversation:
        """The conversation that webhooks tell, of the shop of the hook whatever they say. Raises InvalidRecord."""
        options = ReadOptions(zone=self.zone, shop=hook.shop, channel=hook.channel)
        read = hook.source.read([_event(e.body) for e in events], options).finish()
        if error := holds_nul(read):
            raise error
        channel = hook.channel if hook.channel and read.channel == "other" else read.channel
        return replace(read, shop=hook.shop, channel=channel)


def _event(body: bytes) -> dict[str, object]:
    try:
        event = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InvalidRecord("不是 JSON") from None
    if not isinstance(event, dict):
        raise InvalidRecord("应为 JSON 对象")
    return event
