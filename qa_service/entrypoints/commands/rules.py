"""`qa-service rules`: look at rules, try one on a chat, write their documentation."""
from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import click

from qa_service.bootstrap import load_settings, make_standard
from qa_service.importers.plain import parse_plain
from qa_service.model.errors import UsageError
from qa_service.rules.rule import Rule
from qa_service.rules.standard import Standard
from qa_service.services.rule_docs import rule_page, rules_document

_STATUS = {"stable": "正式", "trial": "试用", "retired": "停用"}


@click.group("rules")
@click.option("--standard", type=click.Path(path_type=Path), help="质检标准文件夹")
@click.pass_context
def command(ctx: click.Context, standard: Path | None) -> None:
    """查看规则、试跑规则、生成规则文档。"""
    ctx.obj = make_standard(load_settings(), root=standard)


@command.command("list")
@click.option("--category", default="", help="只列这个类别(前缀)")
@click.pass_obj
def list_rules(standard: Standard, category: str) -> None:
    """列出规则。"""
    for rule in standard.rules:
        if rule.category.startswith(category):
            click.echo(f"{rule.id:6} {_STATUS[rule.status]} {rule.severity:8} {rule.category:24} {rule.title}")


@command.command("show")
@click.argument("rule")
@click.pass_obj
def show(standard: Standard, rule: str) -> None:
    """一条规则的全部内容。"""
    click.echo(rule_page(_named(standard, rule)))


@command.command("docs")
@click.option("--out", type=click.Path(path_type=Path), help="写到文件;默认标准输出")
@click.pass_obj
def docs(standard: Standard, out: Path | None) -> None:
    """由规则包生成规则文档(Markdown)。"""
    text = rules_document(standard.rules).rstrip("\n")
    if out is None:
        click.echo(text)
    else:
        out.write_text(text + "\n", "utf-8")


@command.command("try")
@click.argument("rule")
@click.argument("chat", type=click.File("r", encoding="utf-8"), default="-")
@click.option("--channel", default="tmall", show_default=True, help="按哪个渠道的政策")
@click.pass_obj
def try_rule(standard: Standard, rule: str, chat: TextIO, channel: str) -> None:
    """拿一段对话(客: … / 服: …)试一条规则。命中以 0 退出,不命中以 1 退出。"""
    try:
        text = chat.read()
    except UnicodeDecodeError as error:
        raise UsageError("不是 UTF-8 文本", where=getattr(chat, "name", "-"), fix=f"第 {error.start + 1} 个字节读不懂") from None
    conversation = replace(parse_plain(text, "try"), channel=channel)
    tried = _named(standard, rule)
    transcript = standard.reader.read([conversation], [standard.policies.of(conversation)]).transcripts[0]
    found = tried.find(transcript)
    for finding in found:
        for span in finding.spans:
            click.echo(f"{tried.id} 第 {span.message + 1} 条 [{span.start}:{span.end}] {span.text}  {finding.detail}")
    if not found:
        click.echo(f"{tried.id} 没有命中", err=True)
    sys.exit(0 if found else 1)


def _named(standard: Standard, name: str) -> Rule:
    for rule in standard.rules:
        if name in (rule.id, rule.name):
            return rule
    raise UsageError(f"没有规则 {name!r}", fix="qa-service rules list 列出所有规则")
