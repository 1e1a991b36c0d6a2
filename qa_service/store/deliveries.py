"""What helpdesks have sent: every webhook, byte for byte, until its conversation is judged and after, because it may be reopened."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select

from qa_service.store.engine import Database
from qa_service.store.rows import insert
from qa_service.store.scope import change_of_shop, of_shop
from qa_service.store.tables import deliveries

State = Literal["waiting", "judged", "ignored", "refused"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook. `ended`: whether the talk was over when it was sent, None when it does not say."""

    shop: str
    source: str
    id: str
    conversation: str
    body: bytes
    ended: bool | None
    received_at: datetime


class Deliveries:
    """Webhooks in."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, delivery: Delivery, state: State) -> bool:
        """Keep a webhook; False for one that was kept before."""
        d = delivery
        t = deliveries.c
        before = of_shop(deliveries, d.shop, func.count()).where(t.source == d.source, t.conversation == d.conversation)
        with self.database.write() as connection:
            row = {"shop": d.shop, "source": d.source, "id": d.id, "conversation": d.conversation, "nth": connection.execute(before).scalar_one(),
                   "body": d.body, "ended": d.ended, "received_at": d.received_at, "state": state, "reason": ""}
            return insert(connection, deliveries, [row], ignoring=True) == 1

    def of(self, shop: str, source: str, conversation: str) -> list[Delivery]:
        """Those of one conversation, in the order they came."""
        t = deliveries.c
        columns = (t.shop, t.source, t.id, t.conversation, t.body, t.ended, t.received_at)
        question = of_shop(deliveries, shop, *columns).where(t.source == source, t.conversation == conversation).order_by(t.nth, t.received_at, t.id)
        with self.database.read() as connection:
            return [Delivery(*row) for row in connection.execute(question)]

    def settle(self, shop: str, source: str, conversation: str, state: State, reason: str = "") -> None:
        """What became of the webhooks of a conversation that were waiting or refused."""
        t = deliveries.c
        change = change_of_shop(deliveries, shop).where(t.source == source, t.conversation == conversation, t.state != "ignored")
        with self.database.write() as connection:
            connection.execute(change.values(state=state, reason=reason))

    def counts(self, shop: str) -> dict[tuple[str, str], int]:
        """(source, state) -> how many."""
        t = deliveries.c
        question = select(t.source, t.state, func.count()).where(t.shop == shop).group_by(t.source, t.state)
        with self.database.read() as connection:
            return {(source, state): n for source, state, n in connection.execute(question)}

    def unsettled(self, shop: str, limit: int = 100) -> list[tuple[str, str]]:
        """(source, conversation) of talks that are over and still waiting: what was left when the program was stopped at the wrong moment."""
        t = deliveries.c
        question = select(t.source, t.conversation).where(t.shop == shop, t.state == "waiting", t.ended.is_(True)).distinct().limit(limit)
        with self.database.read() as connection:
            return [(source, conversation) for source, conversation in connection.execute(question)]
