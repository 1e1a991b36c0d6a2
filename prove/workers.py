"""The same log scored with 1, 2 and 4 workers: byte-equal output."""
from __future__ import annotations

import argparse
import hashlib
import sys

from _proof import PROGRAM, demo_lines, record, standard, watched, workplace

WORKERS = (1, 2, 4)


def main() -> int:
    """Score the log once per number of workers; exit 1 where the bytes differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=20251111)
    args = parser.parse_args()
    judged_by = standard()
    sums: dict[str, str] = {}
    seconds: dict[str, float] = {}
    with workplace() as folder:
        source = folder / "day.jsonl"
        with source.open("wb") as file:
            file.writelines(demo_lines(judged_by, args.chats, args.seed))
        lines = 0
        for workers in WORKERS:
            out = folder / f"out-{workers}.jsonl"
            ended = watched([*PROGRAM, "score", source, "--out", out, "--quiet", "--workers", str(workers)])
            if ended.code != 0:
                print(ended.err, file=sys.stderr)
                return 1
            data = out.read_bytes()
            lines = data.count(b"\n")
            sums[str(workers)] = hashlib.sha256(data).hexdigest()
            seconds[str(workers)] = round(ended.seconds, 1)
            print(f"{workers} workers  sha256 {sums[str(workers)]}  {ended.seconds:.1f} s")
    equal = len(set(sums.values())) == 1 and lines == args.chats
    path = record("workers", judged_by, {"chats": args.chats, "evaluations": lines, "byte_equal": equal, "sha256": sums}, {"seconds": seconds}, args.seed)
    print(f"{'byte-equal' if equal else 'DIFFERENT'}; {path}")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
