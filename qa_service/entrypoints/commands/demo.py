"""`qa-service demo`: a believable day, scored and explained, in one command."""
from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import click
import orjson
from rich.console import Console

from qa_service.bootstrap import inspector_maker, load_settings, make_masker, make_standard
from qa_service.engine.inspector import Inspector
from qa_service.entrypoints.explain import print_explained
from qa_service.entrypoints.progress import progress_bar
from qa_service.entrypoints.summary import print_summary
from qa_service.importers.base import ReadOptions
from qa_service.model.wire import conversation_to_dict
from qa_service.services.day_book import read_day
from qa_service.services.day_report import render_report
from qa_service.services.day_source import FileReader
from qa_service.services.demo_day import demo_day
from qa_service.services.inspection import Job, score


@click.command("demo")
@click.option("--chats", type=click.IntRange(1, 1_000_000), default=600, show_default=True, help="会话数")
@click.option("--seed", type=int, default=20251111, show_default=True, help="随机种子;同一种子生成同一天")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("out/demo"), show_default=True, help="输出文件夹")
@click.option("--workers", type=click.IntRange(1, 256), default=1, help="进程数")
def command(chats: int, seed: int, out: Path, workers: int) -> int:
    """生成一天的示例会话,质检,打印汇总,写出结果表和一页 HTML 日报。"""
    console = Console(stderr=True)
    settings = load_settings()
    standard = make_standard(settings)
    out.mkdir(parents=True, exist_ok=True)
    day = date(2025, 11, 11)
    source = out / "chats.jsonl"
    with source.open("wb") as file:
        for conversation in demo_day(standard.root / "demo", chats=chats, seed=seed, day=day):
            file.write(orjson.dumps(conversation_to_dict(conversation)) + b"\n")
    begun = time.monotonic()
    inspector, make = Inspector(standard), inspector_maker(standard, settings.policy)
    rejects = out / "rejects.jsonl"
    with progress_bar(console, [str(source)], False, chats) as progress:
        outcome = score(Job([str(source)], ReadOptions(), str(out / "evaluations.jsonl"), "jsonl", rejects, workers), inspector, make, progress)
    took = time.monotonic() - begun
    score(Job([str(source)], ReadOptions(), str(out / "evaluations.xlsx"), "xlsx", rejects, workers, masker=make_masker(settings)), inspector, make)
    report = out / "report.html"
    book = read_day(FileReader([str(out / "evaluations.jsonl")], [str(source)]))
    report.write_text(render_report(book, title=f"客服质检日报 {day:%Y-%m-%d}(示例)", generated_from=source.name), "utf-8")
    print_summary(outcome.tally, outcome.counts, console, took)
    print_explained(console, source, out / "evaluations.jsonl")
    console.print(f"\n日报   {report}\n结果表 {out / 'evaluations.xlsx'}\n明细   {out / 'evaluations.jsonl'}\n会话   {source}", markup=False)
    return 0
