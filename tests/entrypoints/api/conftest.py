"""The API as a caller meets it: a real store in a folder, a clock that stands still, keys of two shops, and what the log says."""
from __future__ import annotations

import io
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from werkzeug.test import Client, TestResponse

from qa_service.engine.inspector import Inspector
from qa_service.entrypoints.api.spec import Application
from qa_service.entrypoints.app import Limits, create_app
from qa_service.entrypoints.logs import make_log
from qa_service.model.access import PERMISSIONS, ROLES
from qa_service.rules.standard import Standard
from qa_service.services.access import new_key
from qa_service.services.hooks.configuration import load_hooks
from qa_service.services.service import Service
from qa_service.store.schema import upgrade
from qa_service.store.store import Store, open_store

ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).resolve().parents[3]
SECRET = "a-secret-of-the-helpdesk"
HOOKS = "\n".join(
    f'[[hook]]\nshop = "{shop}"\nsource = "{source}"\nsecrets = ["{SECRET}"]\n' for shop in ("demo", "other")
    for source in ("chatwoot", "qiyu", "meiqia", "zendesk")) + f'''
[[hook]]
shop = "demo"
source = "generic"
secrets = ["{SECRET}"]
channel = "web"
[hook.map]
conversation = "/ticket/id"
ended = "/event"
ended_values = ["ticket.closed"]
messages = "/ticket/messages"
role = "/author/kind"
text = "/body"
at = "/sent_at"
agent_id = "/author/id"
roles = {{visitor = "customer", staff = "agent", robot = "bot"}}
'''


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime = datetime(2025, 11, 11, 4, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Api:
    """An application and its callers."""

    app: Application
    service: Service
    clock: Clock
    log: io.StringIO
    keys: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, key: str | None = "admin", **more: Any) -> TestResponse:
        """A request with the key of that name (see `keys`), None for no key."""
        headers = dict(more.pop("headers", {}))
        if key is not None:
            headers["Authorization"] = f"Bearer {self.keys[key]}"
        if "doc" in more:
            more |= {"data": orjson.dumps(more.pop("doc")), "content_type": "application/json"}
        return Client(self.app).open(path, method=method, headers=headers, **more)

    def get(self, path: str, key: str | None = "admin", **more: Any) -> TestResponse:
        return self.call("GET", path, key, **more)

    def post(self, path: str, doc: Any = None, key: str | None = "admin", **more: Any) -> TestResponse:
        return self.call("POST", path, key, **({"doc": doc} if doc is not None else {}), **more)

    def lines(self) -> list[dict[str, Any]]:
        """What was logged."""
        return [orjson.loads(line) for line in self.log.getvalue().splitlines()]


@pytest.fixture(scope="session")
def inspector(standard: Standard) -> Inspector:
    return Inspector(standard)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store with its tables."""
    opened = open_store(f"sqlite:///{tmp_path}/qa.db", zone=ZONE)
    upgrade(opened.database)
    yield opened
    opened.database.close()


Make = Callable[..., Api]


@pytest.fixture
def make_api(inspector: Inspector, store: Store, tmp_path: Path) -> Make:
    """``make_api(rate=…)``: an application with keys ``admin``, ``other`` (of another shop), one for each role, and ``score`` to send chats."""
    def make(**limits: Any) -> Api:
        clock, log = Clock(), io.StringIO()
        hooks = tmp_path / "hooks.toml"
        hooks.write_text(HOOKS, "utf-8")
        service = Service(inspector, lambda: store, clock, ZONE, load_hooks(hooks))
        api = Api(create_app(service, Limits(**limits), make_log(log), clock.seconds), service, clock, log)
        wanted: Mapping[str, tuple[str, frozenset[str]]] = {
            **{role: ("demo", permissions) for role, permissions in ROLES.items()}, "other": ("other", frozenset(PERMISSIONS)),
            "score": ("demo", frozenset({"evaluations:write"}))}
        for name, (shop, scopes) in wanted.items():
            api.keys[name] = new_key(store, shop, name, scopes, clock())[0]
        return api
    return make


@pytest.fixture
def api(make_api: Make) -> Api:
    return make_api()


@pytest.fixture
def chat() -> Callable[..., dict[str, Any]]:
    """``chat("c-1", ("customer", "…"), …, shop="…")``: by default one that loses points and holds a promise."""
    def make(id: str = "c-1", *said: tuple[str, str], **more: Any) -> dict[str, Any]:
        words = said or (("customer", "这件有M码吗"), ("agent", "亲,在的"), ("customer", "物流三天没动了"), ("agent", "今天18点前给您补发一件"))
        return {"id": id, "channel": "tmall", "agent": {"id": "a7", "name": "小美"}, "customer": {"id": "u9"}, "messages": [
            {"role": role, "text": text, "at": f"2025-11-11T10:{n:02d}:00+08:00"} for n, (role, text) in enumerate(words)]} | more
    return make


@pytest.fixture(scope="session")
def served(lexicons: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """`qa-service serve` as a user starts it: its address and the key that it shows once."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(lexicons, folder / "lexicons")
    for pack in (folder / "lexicons" / "rules").glob("*.yaml"):
        if pack.stem != "empty_reply":
            pack.unlink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    env = {k: v for k, v in os.environ.items() if not k.startswith("QA_")} | {
        "QA_DATA": str(folder / "data"), "QA_CACHE": str(folder / "cache"), "QA_LEXICONS": str(folder / "lexicons"), "QA_BIND": bind,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    with (folder / "err").open("wb") as err, subprocess.Popen([sys.executable, "-m", "qa_service.entrypoints.cli", "serve"], stderr=err, env=env,
                                                              cwd=folder) as process:
        try:
            _await(bind, process)
            said = (folder / "err").read_text("utf-8")
            found = re.search(r"qak_\S+", said)
            assert found, said
            yield env | {"QA_ADDRESS": f"http://{bind}", "QA_API_KEY": found.group(), "SAID": said, "ERR": str(folder / "err")}
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0


def _await(bind: str, process: subprocess.Popen[bytes]) -> None:
    host, port = bind.split(":")
    for _ in range(600):
        assert process.poll() is None
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("it does not listen")
