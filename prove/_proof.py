"""What the proofs share: the record they write, a demo log of any size, and a process watched from outside."""
from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson

from qa_service.bootstrap import load_settings, make_standard
from qa_service.model.wire import conversation_to_dict
from qa_service.rules.standard import Standard
from qa_service.services.demo_day import demo_day

ROOT: Final = Path(__file__).resolve().parents[1]
PROGRAM: Final = (sys.executable, "-m", "qa_service.entrypoints.cli")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


def standard() -> Standard:
    """The Standard of this checkout (or of QA_LEXICONS)."""
    return make_standard(load_settings())


def record(name: str, judged_by: Standard, figures: dict[str, Any], machine: dict[str, Any] | None = None, seed: int | None = None) -> Path:
    """Write docs/proof/NAME.json: `figures` hold on any machine, `machine` what this one took. Returns its path."""
    document = {
        "proof": name, "version": version("qa-service"), "date": time.strftime("%Y-%m-%d"), "seed": seed,
        "standard": {"name": judged_by.ref.name, "version": judged_by.ref.version, "digest": judged_by.ref.digest, "rules": len(judged_by.rules)},
        "figures": figures,
        "machine": {"python": platform.python_version(), "system": platform.system(), "cpu": platform.machine(), "cores": os.cpu_count()} | (machine or {})}
    path = ROOT / "docs" / "proof" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path


def demo_lines(judged_by: Standard, chats: int, seed: int) -> Iterator[bytes]:
    """The chats of a demo day as lines of JSONL."""
    for conversation in islice(demo_day(judged_by.root / "demo", chats=chats, seed=seed, day=date(2025, 11, 11)), chats):
        yield orjson.dumps(conversation_to_dict(conversation)) + b"\n"


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="qa-prove-") as folder:
        yield Path(folder)


@dataclass(frozen=True)
class Ended:
    """A finished command. `peak` is the largest sum of resident memory over its process tree, in bytes, sampled; `seconds` by the wall."""

    code: int
    err: str
    peak: int
    seconds: float


def watched(command: Sequence[str | Path], *, every: float = 0.05, env: dict[str, str] | None = None) -> Ended:
    """Run a command and watch the memory of it and all below it. Shared pages count in each process: the figure is an upper bound."""
    with tempfile.TemporaryFile() as err:
        begun = time.monotonic()
        process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=err, env=env)
        peak = 0
        while process.poll() is None:
            peak = max(peak, sum(_resident(p) for p in _tree(process.pid)))
            time.sleep(every)
        took = time.monotonic() - begun
        err.seek(0)
        return Ended(process.returncode, err.read().decode("utf-8", "replace"), peak, took)


def _tree(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = [c for task in Path(f"/proc/{pid}/task").iterdir() for c in (task / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def wilson(hits: int, n: int) -> list[float] | None:
    """The 95 % Wilson interval of a share, rounded; None of nothing."""
    if not n:
        return None
    z, p = 1.959964, hits / n
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return [round((middle - half) / (1 + z * z / n), 3), round((middle + half) / (1 + z * z / n), 3)]
