"""`qa-service import-check`: a dry run that shows what an import would make of its inputs. Exit 0 all read, 2 a file unreadable, 3 rejects."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from qa_service.bootstrap import load_settings
from qa_service.importers.base import ReadOptions
from qa_service.importers.columns import TITLES, ColumnMap, load_columns
from qa_service.importers.detect import IMPORTERS
from qa_service.importers.files import expand_inputs
from qa_service.importers.profile import save_profile
from qa_service.importers.splitting import load_splittings
from qa_service.model.conversation import CHANNELS
from qa_service.model.errors import UsageError
from qa_service.services import labels
from qa_service.services.charts import words
from qa_service.services.import_check import Checked, FileCheck, Remark, SampleChat, check_import

LONGEST_SAMPLE = 12


@click.command("import-check")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--from", "source", default="auto", type=click.Choice(["auto", *IMPORTERS]), help="来源格式;默认按内容识别")
@click.option("--columns", type=click.Path(path_type=Path), help="表格列名对照文件(YAML/JSON)")
@click.option("--sessions", type=click.Path(path_type=Path), help="会话分段参数文件(YAML)")
@click.option("--save-profile", "profile", type=click.Path(path_type=Path), help="把认出的列写成对照文件,改好后给 --columns 用")
@click.option("--shop", help="记录里没有店铺时用它")
@click.option("--channel", type=click.Choice(sorted(CHANNELS)), help="记录里没有渠道时用它")
@click.option("--password", help="压缩包的密码;默认取 QA_ZIP_PASSWORD")
@click.option("--most", type=click.IntRange(0), default=20, show_default=True, help="每个文件最多列出多少条修复和拒绝;0 全部列出")
def command(inputs: tuple[str, ...], source: str, columns: Path | None, sessions: Path | None, profile: Path | None, shop: str | None,
            channel: str | None, password: str | None, most: int) -> int:
    """试读聊天记录,不评分、不写结果: 认成什么格式、各列是什么、样例会话(已脱敏)、每处修复、每条拒绝及原因。

    \b
    例: qa-service import-check 聊天记录.xlsx --save-profile 列.yaml
        qa-service score 聊天记录.xlsx --columns 列.yaml
    """
    settings = load_settings()
    options = ReadOptions(source, load_columns(str(columns)) if columns else None, settings.zone, shop, channel,
                          password or settings.get("QA_ZIP_PASSWORD"), load_splittings(str(sessions)) if sessions else {})
    checked = check_import(expand_inputs(inputs), options)
    for file in checked.files:
        _tell_file(file, most)
    _tell_samples(checked.samples)
    _tell_total(checked)
    if profile is not None:
        _save(checked.files, profile)
    return 2 if any(f.error for f in checked.files) else 3 if any(f.rejected or f.rejects for f in checked.files) else 0


def _tell_file(file: FileCheck, most: int) -> None:
    click.secho(words(file.name), bold=True)
    if file.error:
        click.echo(f"  读不了: {words(file.error)}")
        return
    source = f"格式 {file.source}" if file.source else "与同一批的另一个文件一起读取" if file.rows else "空文件"
    click.echo(f"  {source};{file.rows:,} 行 = {file.conversations:,} 个会话({file.messages:,} 条消息)"
               f"的 {file.rows - file.rejected - file.duplicate:,} 行 + 拒绝 {file.rejected:,} + 重复 {file.duplicate:,}")
    if file.columns is not None:
        _tell_columns(file.columns)
    _tell_remarks("修复", file.repairs, most)
    _tell_remarks("拒绝", file.rejects, most)


def _tell_columns(columns: ColumnMap) -> None:
    for name in (n for n in TITLES if n in columns.index):
        where = " + ".join(columns.headers[i] for i in columns.index[name])
        click.echo(f"  {TITLES[name]} ← {words(where)}  ({words(columns.why.get(name, ''))})")
    if columns.extra:
        click.echo(f"  放进 meta 的列: {words('、'.join(header for _, header in columns.extra))}")


def _tell_remarks(title: str, remarks: Sequence[Remark], most: int) -> None:
    shown = remarks[:most] if most else remarks
    for remark in shown:
        click.echo(f"  {title} 第 {remark.row} 行{f' {words(remark.what)}' if remark.what else ''}: {words(remark.text)}")
    if len(shown) < len(remarks):
        click.echo(f"  {title}还有 {len(remarks) - len(shown):,} 条(--most 0 全部列出)")


def _tell_samples(samples: Sequence[SampleChat]) -> None:
    for n, sample in enumerate(samples, 1):
        click.secho(f"\n样例 {n}  {words(sample.id)}", bold=True)
        click.echo(f"  {words(sample.about)}  ({words(sample.file)} 第 {sample.row} 行起)")
        for m in sample.messages[:LONGEST_SAMPLE]:
            at = f"{m.at:%m-%d %H:%M:%S} " if m.at is not None else ""
            kind = "" if m.kind == "text" else f"[{m.kind}] "
            click.echo(f"  {at}{labels.ROLES[m.role]}{f'({words(m.agent_id)})' if m.agent_id else ''}: {kind}{words(' '.join(m.text.split()))[:200]}")
        if len(sample.messages) > LONGEST_SAMPLE:
            click.echo(f"  …… 还有 {len(sample.messages) - LONGEST_SAMPLE} 条")


def _tell_total(checked: Checked) -> None:
    read = [f for f in checked.files if f.source and not f.error]
    kinds: dict[str, list[int]] = {}
    for f in read:
        count = kinds.setdefault(f.source, [0, 0])
        count[0], count[1] = count[0] + 1, count[1] + f.conversations
    click.echo()
    for kind, (files, chats) in kinds.items():
        click.echo(f"{kind}: {files} 个文件,{chats:,} 个会话")
    if checked.automatic:
        click.echo(f"多个会话里逐字相同、几秒内发出的 {checked.automatic:,} 条消息算作自动回复")


def _save(files: Sequence[FileCheck], profile: Path) -> None:
    tables = [f for f in files if f.columns is not None]
    if not tables or tables[0].columns is None:
        raise UsageError("没有表格,没有列可以保存", where=str(profile), fix="--save-profile 用于 csv、xlsx、parquet")
    save_profile(tables[0].columns, profile)
    click.echo(f"列配置写到 {profile}(取自 {words(tables[0].name)})")
