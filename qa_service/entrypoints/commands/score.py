"""`qa-service score`: CONTRACT section 3. Exit 0 done, 1 below --fail-under, 2 unusable, 3 done with rejects."""
from __future__ import annotations

import time
from pathlib import Path

import click
from rich.console import Console

from qa_service.bootstrap import inspector_maker, load_settings, make_keeper, make_masker, make_standard
from qa_service.engine.inspector import Inspector
from qa_service.entrypoints.progress import progress_bar
from qa_service.entrypoints.summary import print_summary
from qa_service.importers.base import ReadOptions
from qa_service.importers.columns import load_columns
from qa_service.importers.detect import IMPORTERS
from qa_service.importers.files import expand_inputs
from qa_service.importers.splitting import load_splittings
from qa_service.model.conversation import CHANNELS
from qa_service.model.errors import QaError, UsageError
from qa_service.services.inspection import Job, Outcome, score
from qa_service.services.outputs.registry import FORMATS, format_of
from qa_service.services.outputs.resume import partial_of


@click.command("score")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--from", "source", default="auto", type=click.Choice(["auto", *IMPORTERS]), help="来源格式;默认按内容识别")
@click.option("--out", help="输出文件或文件夹;- 为标准输出(只写 jsonl)")
@click.option("--format", "format_", type=click.Choice(FORMATS), help="输出格式;默认看 --out 的扩展名")
@click.option("--standard", type=click.Path(path_type=Path), help="质检标准文件夹")
@click.option("--policy", type=click.Path(path_type=Path), help="覆盖店铺政策的文件")
@click.option("--columns", type=click.Path(path_type=Path), help="表格列名对照文件(YAML/JSON)")
@click.option("--sessions", type=click.Path(path_type=Path), help="会话分段参数文件(YAML)")
@click.option("--shop", help="记录里没有店铺时用它")
@click.option("--channel", type=click.Choice(sorted(CHANNELS)), help="记录里没有渠道时用它")
@click.option("--password", help="压缩包的密码;默认取 QA_ZIP_PASSWORD")
@click.option("--workers", type=click.IntRange(1, 256), help="进程数;结果与进程数无关")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True, help="在哪里运行")
@click.option("--rejects", type=click.Path(path_type=Path), help="拒绝记录文件;默认在输出旁边")
@click.option("--resume", is_flag=True, help="接着上次中断的地方写(jsonl)")
@click.option("--store", is_flag=True, help="同时写入数据库(见 QA_DATABASE_URL)")
@click.option("--fail-under", type=click.FloatRange(0, 100), help="有会话低于此分时以 1 退出")
@click.option("--quiet", "-q", is_flag=True, help="不显示进度和汇总")
def command(inputs: tuple[str, ...], source: str, out: str | None, format_: str | None, standard: Path | None, policy: Path | None,
            columns: Path | None, sessions: Path | None, shop: str | None, channel: str | None, password: str | None, workers: int | None, engine: str,
            rejects: Path | None, resume: bool, store: bool, fail_under: float | None, quiet: bool) -> int:
    """给聊天记录评分。INPUT 可以是文件、文件夹、通配符,或 -(标准输入)。

    \b
    例: qa-service score 聊天记录.xlsx --out 质检结果.xlsx
        qa-service score logs/ --out out/ --workers 2
        cat chats.jsonl | qa-service score - --out - > evaluations.jsonl
    """
    if engine == "spark":
        raise UsageError("本版本还没有 --engine spark", fix="去掉这个选项在本机评分")
    if out is None and format_ is not None:
        raise UsageError("--format 需要 --out", fix="用 --out 给出文件名,或 --out - 写到标准输出")
    settings = load_settings()
    job = Job(
        expand_inputs(inputs),
        ReadOptions(source, load_columns(str(columns)) if columns else None, settings.zone, shop, channel,
                    password or settings.get("QA_ZIP_PASSWORD"), load_splittings(str(sessions)) if sessions else {}),
        out, format_ or (format_of(out) if out and out != "-" else "jsonl"), rejects or _rejects_beside(out),
        workers or settings.workers, resume, settings.zone, make_masker(settings))
    judged_by = make_standard(settings, root=standard, policy=policy)
    keeper = make_keeper(settings, judged_by, policy, "cli") if store else None
    console = Console(stderr=True)
    begun = time.monotonic()
    try:
        with progress_bar(console, job.inputs, quiet) as progress:
            outcome = score(job, Inspector(judged_by), inspector_maker(judged_by, policy or settings.policy), progress, keeper)
    except (KeyboardInterrupt, QaError, OSError):
        if out is not None and (kept := partial_of(out)).is_file() and not quiet:
            console.print(f"已评分的部分保存在 {kept},用同样的命令加 --resume 接着写", style="yellow", markup=False, soft_wrap=True)
        raise
    finally:
        if keeper is not None:
            keeper.store.database.close()
    if not quiet:
        _tell(console, outcome, time.monotonic() - begun)
    if fail_under is not None and outcome.lowest is not None and outcome.lowest < fail_under:
        return 1
    return 3 if outcome.counts.rejected or outcome.rejects else 0


def _tell(console: Console, outcome: Outcome, took: float) -> None:
    for note in outcome.notes:
        console.print(note, style="dim", markup=False, soft_wrap=True)
    print_summary(outcome.tally, outcome.counts, console, took)
    if outcome.counts.reused:
        console.print(f"接着上次: {outcome.counts.reused:,} 个会话的结果来自上次运行", style="dim")
    if outcome.rejects is not None:
        console.print(f"拒绝的记录及原因: {outcome.rejects}", style="yellow", markup=False, soft_wrap=True)


def _rejects_beside(out: str | None) -> Path:
    if out is None or out == "-":
        return Path("rejects.jsonl")
    path = Path(out)
    return path / "rejects.jsonl" if path.is_dir() or out.endswith("/") else path.with_name(path.name + ".rejects.jsonl")
