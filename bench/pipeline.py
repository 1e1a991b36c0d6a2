"""How fast is `qa-service score`, beside what a user would write? One run, one core, the same log; ratios, not seconds.

naive        json.loads, then for each message jieba.lcut, SnowNLP(text).sentiments and a loop over 200 keywords
jieba.lcut   segmentation alone
json, orjson reading alone
score        `qa-service score FILE --out FILE` end to end, start of the program included, every layer on

The slow ones run on a sample (the first N chats); all rates are chats a second. Rounds are interleaved; medians with [min..max].
"""
from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import orjson

from qa_service.model.wire import conversation_to_dict
from qa_service.rules.locate import lexicons_root
from qa_service.services.demo_day import demo_day


def write_day(path: Path, chats: int, seed: int) -> list[bytes]:
    """A demo day as JSONL; returns its lines."""
    lines = [orjson.dumps(conversation_to_dict(c)) for c in demo_day(lexicons_root() / "demo", chats=chats, seed=seed, day=date(2025, 11, 11))]
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return lines


def naive(lines: list[bytes], keywords: list[str]) -> None:
    """The pipeline of a first attempt."""
    import jieba
    from snownlp import SnowNLP

    for line in lines:
        for message in json.loads(line)["messages"]:
            text = message["text"]
            jieba.lcut(text)
            if text:
                SnowNLP(text).sentiments  # noqa: B018
            [word for word in keywords if word in text]


def cut(lines: list[bytes]) -> None:
    """jieba alone."""
    import jieba

    for line in lines:
        for message in orjson.loads(line)["messages"]:
            jieba.lcut(message["text"])


def read_json(lines: list[bytes]) -> None:
    """json alone."""
    for line in lines:
        json.loads(line)


def read_orjson(lines: list[bytes]) -> None:
    """orjson alone."""
    for line in lines:
        orjson.loads(line)


def rate(function: Callable[[], object], chats: int) -> float:
    """Chats a second of CPU time of this process and its children: the machine may be shared."""
    begin = sum(os.times()[:4])
    function()
    return chats / max(1e-9, sum(os.times()[:4]) - begin)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--naive", type=int, default=40, help="chats of the naive sample")
    parser.add_argument("--jieba", type=int, default=1_500, help="chats of the jieba sample")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import jieba

    jieba.setLogLevel(60)
    jieba.initialize()
    keywords = _keywords()
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "day.jsonl"), Path(folder, "out.jsonl")
        lines = write_day(source, args.chats, args.seed)
        naive(lines[:2], keywords)
        command = [str(Path(sys.executable).with_name("qa-service")), "score", str(source), "--out", str(target), "--quiet"]
        subprocess.run(command, check=True)
        ways: dict[str, tuple[Callable[[], object], int]] = {
            "naive": (lambda: naive(lines[:args.naive], keywords), args.naive),
            "jieba.lcut": (lambda: cut(lines[:args.jieba]), args.jieba),
            "json": (lambda: read_json(lines), args.chats), "orjson": (lambda: read_orjson(lines), args.chats),
            "score": (lambda: subprocess.run(command, check=True), args.chats)}
        rates: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(args.rounds):
            for name, (way, chats) in ways.items():
                rates[name].append(rate(way, chats))
        characters = sum(len(m["text"]) for line in lines for m in orjson.loads(line)["messages"]) / len(lines)
        messages = sum(len(orjson.loads(line)["messages"]) for line in lines) / len(lines)
    print(f"{args.chats} chats, {messages:.1f} messages and {characters:.0f} characters each, {args.rounds} rounds, one core, CPU time")
    for name, found in rates.items():
        against = [s / r for s, r in zip(rates["score"], found, strict=True)]
        print(f"{name:11} {statistics.median(found):12,.0f} chats/s   score is {statistics.median(against):8.2f}x "
              f"[{min(against):.2f}..{max(against):.2f}]")
    if args.json:
        args.json.write_text(json.dumps({"chats": args.chats, "rates": rates, "at": time.strftime("%Y-%m-%d")}, indent=1))


def _keywords() -> list[str]:
    from qa_service.rules.standard import load_standard

    phrases = load_standard(lexicons_root(), prove=False).reader.matcher.phrases
    return [p for p in phrases if len(p) >= 2][:200]


if __name__ == "__main__":
    main()
