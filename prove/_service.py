"""What the proofs of the service share: the service itself, started as a user starts it, in a folder of its own."""
from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from _proof import PROGRAM, ROOT


@dataclass(frozen=True)
class Running:
    """A service that listens: its address, the key of its first start, its process, and the file of what it says."""

    address: str
    key: str
    process: subprocess.Popen[bytes]
    said: Path


@contextmanager
def service(folder: Path, **settings: str) -> Iterator[Running]:
    """`qa-service serve`; stopped gently afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    env = os.environ | {"QA_DATA": str(folder), "QA_BIND": bind} | settings
    env["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    said = folder / "said.log"
    with said.open("wb") as err, subprocess.Popen((*PROGRAM, "serve"), stderr=err, env=env) as process:
        try:
            while not _answers(f"http://{bind}/readyz"):
                if process.poll() is not None:
                    raise SystemExit(said.read_text("utf-8"))
                time.sleep(0.1)
            found = re.search(r"qak_\S+", said.read_text("utf-8"))
            assert found
            yield Running(f"http://{bind}", found.group(), process, said)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False
