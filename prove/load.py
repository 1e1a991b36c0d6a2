"""The service under load: requests at a fixed rate, whether or not the ones before are answered; latency counts from the moment each was due."""
from __future__ import annotations

import argparse
import http.client
import random
import statistics
import sys
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import orjson
from _proof import demo_lines, record, standard, workplace
from _service import Running, service


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=100, help="requests a second")
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    judged_by = standard()
    chats = [_twenty(orjson.loads(line)) for line in demo_lines(judged_by, 300, options.seed)]
    with workplace() as folder, service(folder, QA_RATE="100000", QA_RATE_BURST="100000") as running:
        _one(running, "null", 0, chats, http.client.HTTPConnection(running.address[7:]))
        memory = [_resident(running)]
        results = _load(running, chats, options.rate, options.seconds, options.seed)
        memory.append(_resident(running))
        single = {kind: _single(running, kind, chats) for kind in ("null", "score", "check", "read", "list")}
    figures: dict[str, Any] = {"rate": options.rate, "seconds": options.seconds, "requests": len(results), "errors": sum(not ok for _, _, ok in results)}
    kinds = sorted({kind for kind, _, _ in results})
    timing = {kind: _quantiles([t for k, t, _ in results if k == kind]) for kind in kinds} | {"all": _quantiles([t for _, t, _ in results])}
    record("load", judged_by, figures, {"milliseconds": timing, "alone_milliseconds": single, "score_to_null": round(single["score"] / single["null"], 2),
                                        "resident_mb_before_after": memory}, options.seed)
    print(figures, timing, single, memory)
    sys.exit(figures["errors"] > 0)


def _twenty(chat: dict[str, Any]) -> dict[str, Any]:
    """A chat of twenty messages, of the service's own shop."""
    said = chat["messages"] * (20 // len(chat["messages"]) + 1)
    return {"id": chat["id"], "channel": chat["channel"], "messages": [{"role": m["role"], "text": m["text"]} for m in said[:20]]}


def _load(running: Running, chats: list[dict[str, Any]], rate: float, seconds: int, seed: int) -> list[tuple[str, float, bool]]:
    """(kind, seconds from when it was due, success) of every request; half score, the rest read, list, check."""
    chance = random.Random(seed)
    kinds = chance.choices(["score", "read", "list", "check"], [50, 25, 15, 10], k=int(rate * seconds))
    todo: SimpleQueue[tuple[int, str, float]] = SimpleQueue()
    results: list[tuple[str, float, bool]] = []
    done = threading.Event()

    def work() -> None:
        connection = http.client.HTTPConnection(running.address[7:], timeout=30)
        while not (done.is_set() and todo.empty()):
            try:
                number, kind, due = todo.get(timeout=0.5)
            except Empty:
                continue
            ok = _one(running, kind, number, chats, connection)
            results.append((kind, time.perf_counter() - due, ok))
    workers = [threading.Thread(target=work) for _ in range(48)]
    for worker in workers:
        worker.start()
    begun = time.perf_counter() + 0.2
    for number, kind in enumerate(kinds):
        due = begun + number / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        todo.put((number, kind, due))
    done.set()
    for worker in workers:
        worker.join()
    return results


def _one(running: Running, kind: str, number: int, chats: list[dict[str, Any]], connection: http.client.HTTPConnection) -> bool:
    headers = {"Authorization": f"Bearer {running.key}", "Content-Type": "application/json"}
    chat = chats[number % len(chats)]
    method, path, body = {
        "null": ("GET", "/healthz", None), "list": ("GET", "/api/v1/conversations?limit=20", None),
        "read": ("GET", f"/api/v1/conversations/{chat['id']}-0", None),
        "score": ("POST", "/api/v1/evaluations", chat | {"id": f"{chat['id']}-{number // len(chats)}"}),
        "check": ("POST", "/api/v1/replies/check", {"conversation": chat, "reply": "亲,在的"})}[kind]
    try:
        connection.request(method, path, orjson.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return False
    return answer.status in (200, 201) or (kind == "read" and answer.status == 404)


def _single(running: Running, kind: str, chats: list[dict[str, Any]]) -> float:
    """The median of one caller alone, in milliseconds."""
    connection = http.client.HTTPConnection(running.address[7:], timeout=30)
    times = []
    for number in range(300):
        begun = time.perf_counter()
        _one(running, kind, 10_000_000 + number, chats, connection)
        times.append(time.perf_counter() - begun)
    connection.close()
    return round(statistics.median(times) * 1000, 2)


def _quantiles(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {name: round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)
            for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("p999", 0.999), ("max", 1))}


def _resident(running: Running) -> float:
    """Megabytes of the service and its processes."""
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children").read_text().split()
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (str(running.process.pid), *children))
    return round(pages * 4096 / 1e6, 1)


if __name__ == "__main__":
    main()
