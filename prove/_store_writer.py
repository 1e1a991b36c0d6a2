"""A writer of a store that tells what was acknowledged, and a check that all of that is there. Both are processes, so that they can be killed.

``write URL SHOP WRITER``   keeps chunks of chats until it is killed or has kept --chats; after each it prints ``<id> <version> <digest>`` for each
``check URL SHOP``          reads such lines and prints, as JSON, what is wrong: it ought to be nothing
"""
from __future__ import annotations

import argparse
import os
import random
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import orjson

from qa_service.model.conversation import Conversation, Message, Party
from qa_service.model.evaluation import StandardRef
from qa_service.model.wire import conversation_digest, conversation_from_dict
from qa_service.store.conversations import Conversations, Filter
from qa_service.store.keeping import Entry
from qa_service.store.store import Store, open_store

STANDARD: Final = StandardRef("default", "1", "sha256:" + "5" * 64)
BEGIN: Final = datetime(2025, 11, 11, 2, tzinfo=UTC)
SHARED: Final = 3  # chats that all writers change
WORDS: Final = ("微信", "退款", "发货", "尺码", "质量")


def entry(shop: str, id: str, nth: int) -> Entry:
    """The content number `nth` of a chat, with an evaluation of it."""
    said = [Message("customer", f"{WORDS[nth % len(WORDS)]}怎么办{i}", BEGIN + timedelta(seconds=i)) for i in range(1 + nth % 4)]
    c = Conversation(id, (*said, Message("agent", f"亲,在的{nth}", BEGIN + timedelta(seconds=9))), shop, "tmall", Party(f"a{nth % 3}", "客服"))
    finding = {"rule": f"R{nth % 5}", "name": "x", "category": "empty-reply", "severity": "minor", "status": "stable", "title": "", "why": "",
               "suggest": "", "source": {}, "spans": [{"message": len(said), "start": 0, "end": 1, "text": "亲"}], "fingerprint": "f",
               "confidence": 1.0, "needs_human": False}
    e = {"schema": "", "conversation": {"id": id, "shop": shop, "digest": conversation_digest(c)},
         "standard": {"name": STANDARD.name, "version": STANDARD.version, "digest": STANDARD.digest},
         "score": {"total": 100.0 - nth % 40, "grade": "good", "auto_fail": False, "sections": [], "deductions": []},
         "findings": [finding] * (nth % 3), "commitments": [], "topics": [], "sentiment": {"customer": [], "trend": 0.0}, "measures": {}, "notes": []}
    return Entry(c, e, orjson.dumps(e))


def chunks(shop: str, writer: str, size: int, seed: int) -> Iterator[list[Entry]]:
    """New chats of this writer, some of its old ones changed, and chats that every writer changes."""
    chance = random.Random(f"{writer}-{seed}")
    for n in range(1 << 30):
        ids = [f"{writer}-{seed}-{n}-{i}" for i in range(size)]
        ids += [f"{writer}-{seed}-{chance.randrange(n + 1)}-{i}" for i in range(size // 4)]
        ids += [f"shared-{chance.randrange(SHARED)}"]
        yield [entry(shop, id, chance.randrange(1000)) for id in ids]


def write(store: Store, shop: str, args: argparse.Namespace) -> int:
    """Keep, then tell; a counter that all share is counted up with each chunk."""
    store.standards.keep(shop, STANDARD, {"standard.yaml": b""}, now=BEGIN)
    done = 0
    for chunk in chunks(shop, args.writer, args.size, args.seed):
        kept = store.keeping.keep(chunk, now=datetime.now(UTC), source="api")
        store.windows.hit(shop, 1 << 30, BEGIN)
        os.write(1, b"".join(f"{k.id} {k.version} {k.digest}\n".encode() for k in kept) + b".\n")
        done += len(kept)
        if done >= args.chats:
            return 0
    return 0


def check(store: Store, shop: str, recount: bool) -> list[str]:
    """What is wrong."""
    wrong: list[str] = []
    hits = 0
    acknowledged = set()
    for line in sys.stdin:
        if line == ".\n":
            hits += 1
        elif line.endswith("\n"):
            acknowledged.add(tuple(line.split()))
    for id, version, digest in sorted(acknowledged):
        found = store.conversations.version(shop, id, int(version))
        if found is None or found.digest != digest:
            wrong.append(f"lost: {id} {version}")
        elif conversation_digest(conversation_from_dict(found.document)) != digest:
            wrong.append(f"damaged: {id} {version}")
        elif store.evaluations.get(shop, digest, STANDARD.digest) is None:
            wrong.append(f"no evaluation: {id} {version}")
    if store.windows.count(shop, 1 << 30, BEGIN) < hits:
        wrong.append("lost update of the counter")
    wrong += whole(store.conversations, store, shop)
    if recount:
        before = tallies(store, shop)
        store.tallies.recount(shop)
        if tallies(store, shop) != before:
            wrong.append("tallies are not what a recount gives")
    return wrong


def whole(conversations: Conversations, store: Store, shop: str) -> Iterator[str]:
    """Every head has its version, evaluation and findings, and the index finds what it says and nothing else."""
    says: dict[str, set[str]] = {word: set() for word in WORDS}
    after: str | None = None
    while True:
        page = conversations.page(shop, order="oldest", limit=200, after=after)
        for head in page.rows:
            version, evaluation = conversations.version(shop, head.id), store.evaluations.current(shop, head.id)
            if version is None or evaluation is None or (version.digest, version.version) != (head.digest, head.version):
                yield f"half written: {head.id}"
                continue
            if len(evaluation.document["findings"]) != head.findings:
                yield f"findings: {head.id}"
            for word in WORDS:
                if any(word in m["text"] for m in version.document["messages"]):
                    says[word].add(head.id)
        if page.next is None:
            break
        after = page.next
    for word, ids in says.items():
        if conversations.count(shop, Filter(words=word)) != len(ids):
            yield f"search for {word}"


def tallies(store: Store, shop: str) -> list[Any]:
    """All of them."""
    return store.tallies.read(shop, date(2000, 1, 1), date(2100, 1, 1), by_day=True, by_agent=True)


def main() -> int:
    """Write or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("write", "check"))
    parser.add_argument("url")
    parser.add_argument("shop")
    parser.add_argument("writer", nargs="?", default="w")
    parser.add_argument("--chats", type=int, default=1 << 30)
    parser.add_argument("--size", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-recount", action="store_true")
    args = parser.parse_args()
    store = open_store(args.url)
    try:
        if args.what == "write":
            return write(store, args.shop, args)
        wrong = check(store, args.shop, not args.no_recount)
    finally:
        store.database.close()
    sys.stdout.write(orjson.dumps(wrong).decode() + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
