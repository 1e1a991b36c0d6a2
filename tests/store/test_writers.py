"""Many writers, and writers that are killed: what was acknowledged is there, whole, and nothing is counted twice or not at all."""
from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from qa_service.store.store import Store


@pytest.fixture
def start(root: Path, url: str, store: Store) -> Any:
    """Starts the writer (or the checker) as a process of its own; `store` has made the tables."""
    def go(what: str, *arguments: object, **more: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-W", "error", str(root / "prove/_store_writer.py"), what, url, *map(str, arguments)], cwd=root,
                                env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    return go


def checked(start: Any, shop: str, acknowledged: bytes) -> list[str]:
    process = start("check", shop, stdin=subprocess.PIPE)
    out, err = process.communicate(acknowledged, timeout=120)
    assert not err, err.decode()
    wrong: list[str] = orjson.loads(out)
    return wrong


def test_eight_writers_at_once(start: Any, shop: str) -> None:
    processes = [start("write", shop, f"w{n}", "--chats", 66, "--size", 8) for n in range(8)]
    ended = [p.communicate(timeout=240) for p in processes]
    assert [err.decode() for _, err in ended] == [""] * 8
    acknowledged = b"".join(out for out, _ in ended)
    assert acknowledged.count(b".\n") == 8 * 6
    assert checked(start, shop, acknowledged) == []


def test_writers_that_are_killed_lose_nothing_they_told_of(start: Any, shop: str) -> None:
    chance = random.Random(7)
    acknowledged = b""
    for n in range(3):
        processes = [start("write", shop, f"k{w}", "--seed", n, "--size", 8) for w in range(2)]
        assert processes[0].stdout is not None
        told = processes[0].stdout.readline()  # from here on it writes without a pause
        time.sleep(chance.uniform(0, 0.4))
        for process in processes:
            process.kill()
        outs = [p.communicate(timeout=60)[0] for p in processes]
        assert told
        acknowledged += told + outs[0] + outs[1]
    assert acknowledged.count(b"\n") > 20
    assert checked(start, shop, acknowledged) == []
