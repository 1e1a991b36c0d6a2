"""Hostile files in every format: no traceback, exit 0, 2 or 3, and every row accounted for.

The files of tests/importers/test_hostile.py, and damaged copies of good files: cut off, bytes turned, blocks doubled, zeroes, wrong
endings, gzip broken in the middle. Each goes through `qa-service score` in a process of its own, with the standard reduced to one pack.
"""
from __future__ import annotations

import argparse
import gzip
import importlib.util
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import orjson
from _proof import PROGRAM, ROOT, Ended, demo_lines, record, standard, watched, workplace

from qa_service.model.wire import conversation_from_dict

PACK = "empty_reply.yaml"
COUNTS = re.compile(r"读取 ([\d,]+) = 评分 ([\d,]+) \+ 拒绝 ([\d,]+) \+ 重复 ([\d,]+)")
FORMATS = {".xls": "xlsx", ".xlsm": "xlsx", ".pq": "parquet", ".log": "plain", ".jsonl": "jsonl", ".json": "jsonl",
           ".ndjson": "jsonl", ".csv": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".parquet": "parquet", ".txt": "plain"}


def loaded(path: Path) -> ModuleType:
    """A test module as a source of files."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def good_files(lines: list[bytes]) -> dict[str, bytes]:
    """One good file of each format, of the same chats."""
    core = loaded(ROOT / "tests" / "test_one_core.py")
    chats = [core.plain(conversation_from_dict(orjson.loads(line))) for line in lines]
    spoken = {"customer": "客", "agent": "服", "bot": "机", "system": "系"}
    plain = "\n\n".join("# " + c.id + "\n" + "\n".join(f"{spoken[m.role]}: {m.text}" for m in c.messages) for c in chats)
    return {".jsonl": core.as_jsonl(chats), ".csv": core.as_csv(chats), ".xlsx": core.as_xlsx(chats), ".parquet": core.as_parquet(chats),
            ".txt": plain.encode()}


def damaged(name: str, data: bytes, rng: Random) -> Iterator[tuple[str, bytes]]:
    """Copies of a good file, each damaged in one way."""
    for part in (2, 5, 9):
        yield f"cut-{part}0{name}", data[:len(data) * part // 10]
    for number in range(4):
        turned = bytearray(data)
        for _ in range(4 ** (number % 3)):
            turned[rng.randrange(len(turned))] ^= 1 << rng.randrange(8)
        yield f"turned-{number}{name}", bytes(turned)
    for number in range(2):
        at, size = rng.randrange(len(data)), rng.randrange(1, 4_000)
        yield f"doubled-{number}{name}", data[:at] + data[at:at + size] * 2 + data[at + size:]
        yield f"missing-{number}{name}", data[:at] + data[at + size:]
        yield f"zeroes-{number}{name}", data[:at] + bytes(size) + data[at + size:]
        yield f"noise-{number}{name}", data[:at] + rng.randbytes(size) + data[at + size:]
    packed = gzip.compress(data, mtime=0)
    yield f"packed-cut{name}.gz", packed[:len(packed) // 2]
    yield f"packed-turned{name}.gz", packed[:len(packed) // 2] + b"\xff\x00" + packed[len(packed) // 2 + 2:]
    for other in (".jsonl", ".csv", ".xlsx", ".parquet", ".txt"):
        if other != name:
            yield f"really{name.replace('.', '-')}{other}", data


def verdict(ended: Ended) -> str:
    """"" where all is well, else what is not."""
    if "Traceback" in ended.err:
        return "traceback"
    if ended.code not in (0, 2, 3):
        return f"exit {ended.code}"
    found = COUNTS.search(ended.err)
    if ended.code == 2:
        return "" if ended.err.startswith("错误: ") else "exit 2 without a reason"
    if found is None:
        return "no counts"
    read, scored, rejected, duplicate = (int(x.replace(",", "")) for x in found.groups())
    if read != scored + rejected + duplicate:
        return f"{read} rows read, {scored + rejected + duplicate} accounted for"
    told = "拒绝的记录及原因" in ended.err  # a damaged end is told as a reject of no rows
    return "" if (ended.code == 3) == told and told >= bool(rejected) else f"exit {ended.code} with {rejected} rejected"


def main() -> int:
    """Run every file; exit 1 where one goes wrong."""
    parser = argparse.ArgumentParser(description="Hostile files in every format.")
    parser.add_argument("--seed", type=int, default=20251111)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    judged_by, rng = standard(), Random(args.seed)
    good = good_files(list(demo_lines(judged_by, 40, args.seed)))
    files = [(case.name, case.data) for case in loaded(ROOT / "tests" / "importers" / "test_hostile.py").CASES]
    files += [x for name, data in good.items() for x in damaged(name, data, rng)]
    with workplace() as folder:
        root = folder / "lexicons"
        shutil.copytree(judged_by.root, root)
        for pack in (root / "rules").glob("*.yaml"):
            if pack.name != PACK:
                pack.unlink()

        def run(number: int) -> Ended:
            place = folder / str(number)
            place.mkdir()
            path = place / files[number][0]
            path.write_bytes(files[number][1])
            return watched([*PROGRAM, "score", path, "--out", place / "out.jsonl", "--standard", root], every=0.02)

        run_first = watched([*PROGRAM, "check", root])
        assert run_first.code == 0, run_first.err
        with ThreadPoolExecutor(args.jobs) as pool:
            ended = list(pool.map(run, range(len(files))))
    wrong = {name: why for (name, _), e in zip(files, ended, strict=True) if (why := verdict(e))}
    formats = Counter(FORMATS.get(Path(name.removesuffix(".gz")).suffix, "other") for name, _ in files)
    figures: dict[str, Any] = {"files": len(files), "by_format": dict(formats), "exit": dict(sorted(Counter(str(e.code) for e in ended).items())),
                               "wrong": wrong}
    slowest = max(range(len(files)), key=lambda n: ended[n].seconds)
    machine = {"peak_mb": round(max(e.peak for e in ended) / 1e6, 1), "seconds": round(sum(e.seconds for e in ended), 1),
               "slowest": {"file": files[slowest][0], "seconds": round(ended[slowest].seconds, 2)}}
    path = record("malformed", judged_by, figures, machine, args.seed)
    for name, why in wrong.items():
        print(f"{name}: {why}", file=sys.stderr)
    print(f"{len(files)} files {dict(formats)}, exits {figures['exit']}, wrong {len(wrong)}, peak {machine['peak_mb']} MB, "
          f"slowest {machine['slowest']}; {path}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
