"""The API against its own OpenAPI document: schemathesis, all checks and phases, on the server as it is shipped."""
from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from _proof import record, standard, workplace
from _service import service

from qa_service.client import Client

CONFIG = """
[generation]
allow-x00 = false
codec = "utf-8"
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "413", "415", "422"]
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "400", "401", "403", "404", "409"]
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=500, help="examples an operation")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    runs = []
    begun = time.monotonic()
    with workplace() as folder, service(folder, QA_RATE="1000000", QA_RATE_BURST="1000000") as running:
        Client(running.address, running.key).evaluate({"id": "c-1", "messages": [
            {"role": "customer", "text": "这件有M码吗"}, {"role": "agent", "text": "亲,在的,今天18点前给您发出"}]})
        (folder / "st.toml").write_text(CONFIG, "utf-8")
        for seed in options.seeds:
            runs.append(_run(folder, running.address, running.key, options.examples, seed))
        unforeseen = [line for line in running.said.read_text("utf-8").splitlines() if '"unforeseen"' in line]
    failures = sum(run["failures"] for run in runs) + len(unforeseen)
    record("contract", standard(), {"examples_an_operation": options.examples, "cases": sum(run["cases"] for run in runs), "failures": failures,
                                    "unforeseen_errors": len(unforeseen), "runs": runs}, {"seconds": round(time.monotonic() - begun)})
    print(*unforeseen, sep="\n")
    print(f"{sum(run['cases'] for run in runs)} cases, {failures} failures")
    sys.exit(failures > 0)


def _run(folder: Path, address: str, key: str, examples: int, seed: int) -> dict[str, int]:
    env = os.environ | {"SCHEMATHESIS_HOOKS": "_no_repeats", "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])}
    command = [Path(sys.executable).with_name("schemathesis"), "--config-file", folder / "st.toml", "run", f"{address}/openapi.json",
               "-H", f"Authorization: Bearer {key}", "-n", str(examples), "--seed", str(seed), "--checks", "all", "--no-color"]
    ran = subprocess.run([str(c) for c in command], cwd=folder, env=env, capture_output=True, encoding="utf-8")
    print(ran.stdout)
    cases = re.search(r"(\d+) generated", ran.stdout)
    found = re.search(r"(\d+) unique failures?", ran.stdout)
    if cases is None or ran.returncode not in (0, 1):
        raise SystemExit(ran.stdout + ran.stderr)
    return {"seed": seed, "cases": int(cases.group(1)), "failures": int(found.group(1)) if found else int(ran.returncode != 0)}


if __name__ == "__main__":
    main()
