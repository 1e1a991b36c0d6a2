"""How fast it is beside what a user would write: runs bench/pipeline.py and keeps its ratios."""
from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys

from _proof import ROOT, record, standard, workplace

FLOORS = {"naive": 100.0, "jieba.lcut": 2.0}


def main() -> int:
    """Run the bench; exit 1 below a floor. Further arguments go to the bench."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    args, more = parser.parse_known_args()
    judged_by = standard()
    with workplace() as folder:
        result = folder / "bench.json"
        subprocess.run([sys.executable, ROOT / "bench" / "pipeline.py", "--seed", str(args.seed), "--json", result, *more], check=True)
        measured = json.loads(result.read_text("utf-8"))
    rates = measured["rates"]
    ratios = {name: [s / r for s, r in zip(rates["score"], found, strict=True)] for name, found in rates.items() if name != "score"}
    figures = {"chats": measured["chats"], "score_is_times": {
        name: {"median": round(statistics.median(x), 3), "min": round(min(x), 3), "max": round(max(x), 3), "rounds": len(x)} for name, x in ratios.items()}}
    good = all(statistics.median(ratios[name]) >= floor for name, floor in FLOORS.items())
    figures |= {"floors": FLOORS, "above_floors": good}
    machine = {"chats_per_cpu_second": {name: round(statistics.median(x)) for name, x in rates.items()}}
    print(record("speed", judged_by, figures, machine, args.seed))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
