"""The command line as a user meets it: exit code, standard output and standard error of the real entry point."""
from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from qa_service.entrypoints.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command came to."""

    code: int
    stdout: bytes
    err: str

    @property
    def out(self) -> str:
        return self.stdout.decode("utf-8")

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [orjson.loads(line) for line in self.stdout.splitlines()]


Run = Callable[..., Ran]


@pytest.fixture(scope="session")
def small(lexicons: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A standard of one pack: it comes up fast, and what it finds does not change with the other packs."""
    root = tmp_path_factory.mktemp("small") / "lexicons"
    shutil.copytree(lexicons, root)
    for pack in (root / "rules").glob("*.yaml"):
        if pack.stem != "empty_reply":
            pack.unlink()
    return root


@pytest.fixture(scope="session")
def environment(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The settings under which the commands run."""
    return {"QA_LEXICONS": str(small), "QA_CACHE": str(tmp_path_factory.mktemp("cache")), "COLUMNS": "80"}


@pytest.fixture
def run(environment: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """``run("score", "a.jsonl", stdin=b"")`` in a folder of its own."""
    for name in [n for n in os.environ if n.startswith("QA_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    def go(*arguments: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["qa-service", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfdbinary.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 1, out, err.decode("utf-8"))

    return go


def chat(name: str, *said: tuple[str, str], **more: Any) -> bytes:
    """One line of JSONL: `said` are (role, text)."""
    return orjson.dumps({"id": name, "messages": [{"role": r, "text": t} for r, t in said]} | more) + b"\n"


@pytest.fixture
def empty_reply() -> bytes:
    """A chat that loses points."""
    return chat("bad", ("customer", "这件有M码吗"), ("agent", "亲,在的"))


@pytest.fixture
def answered() -> bytes:
    """A chat that loses none."""
    return chat("good", ("customer", "这件有M码吗"), ("agent", "M码有现货,今天发"))


@pytest.fixture
def day(empty_reply: bytes, answered: bytes, tmp_path: Path) -> Path:
    """A file of two chats."""
    path = tmp_path / "day.jsonl"
    path.write_bytes(empty_reply + answered)
    return path
