"""The store as a whole: one object with a part for each kind of thing. Every question names the shop it is about."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from qa_service.model.wire import DEFAULT_ZONE
from qa_service.store.access import Keys, Sessions, Users
from qa_service.store.commitments import Commitments
from qa_service.store.conversations import Conversations
from qa_service.store.deliveries import Deliveries
from qa_service.store.engine import Database, open_database
from qa_service.store.evaluations import Evaluations
from qa_service.store.keeping import Keeping
from qa_service.store.requests import Replays, Windows
from qa_service.store.standards import Standards
from qa_service.store.tallies import Tallies


@dataclass(frozen=True, slots=True)
class Store:
    """Everything that is kept."""

    database: Database
    keeping: Keeping
    conversations: Conversations
    evaluations: Evaluations
    commitments: Commitments
    tallies: Tallies
    standards: Standards
    keys: Keys
    users: Users
    sessions: Sessions
    replays: Replays
    windows: Windows
    deliveries: Deliveries


def open_store(url: str, *, zone: tzinfo = DEFAULT_ZONE) -> Store:
    """Open the store of a database URL (see open_database); `zone` is whose days are counted. The schema must stand: see schema.upgrade."""
    db = open_database(url)
    return Store(db, Keeping(db, zone), Conversations(db), Evaluations(db), Commitments(db), Tallies(db, zone), Standards(db), Keys(db), Users(db),
                 Sessions(db), Replays(db), Windows(db), Deliveries(db))
