"""A large log in flat memory: 1 GB of JSONL with a peak of at most 500 MB over the whole process tree."""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

from _proof import PROGRAM, demo_lines, record, standard, watched, workplace

LIMIT_MB = 500
BASE = 2_000


def write_log(path: Path, lines: list[bytes], megabytes: int) -> int:
    """The same chats again and again, each time under other ids, until the file is large enough. Returns the number of chats."""
    written = chats = copy = 0
    with path.open("wb") as file:
        while written < megabytes * 1_000_000:
            for line in lines:
                named = line.replace(b'{"id":"', b'{"id":"%d-' % copy, 1)
                file.write(named)
                written += len(named)
                chats += 1
                if written >= megabytes * 1_000_000:
                    break
            copy += 1
    return chats


def main() -> int:
    """Generate, score, watch; exit 1 above the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20251111)
    args = parser.parse_args()
    judged_by = standard()
    with workplace() as folder:
        chats = write_log(folder / "log.jsonl", list(demo_lines(judged_by, BASE, args.seed)), args.megabytes)
        size = (folder / "log.jsonl").stat().st_size
        print(f"{size / 1e6:,.0f} MB, {chats:,} chats")
        ended = watched([*PROGRAM, "score", folder / "log.jsonl", "--out", folder / "out.jsonl", "--workers", str(args.workers)], every=0.2)
        with (folder / "out.jsonl").open("rb") if ended.code == 0 else Path("/dev/null").open("rb") as out:
            evaluations = sum(1 for _ in out)
    peak = ended.peak / 1e6
    good = ended.code == 0 and evaluations == chats and peak <= LIMIT_MB
    figures = {"input_bytes": size, "chats": chats, "evaluations": evaluations, "workers": args.workers, "limit_mb": LIMIT_MB, "within_limit": good}
    machine = {"peak_mb": round(peak, 1), "seconds": round(ended.seconds, 1), "chats_per_second": round(chats / ended.seconds)}
    path = record("memory", judged_by, figures, machine, args.seed)
    print(f"exit {ended.code}, peak {peak:,.0f} MB (limit {LIMIT_MB}), {ended.seconds:,.0f} s, {chats / ended.seconds:,.0f} chats/s; {path}")
    if ended.code:
        print(ended.err[-2_000:], file=sys.stderr)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
