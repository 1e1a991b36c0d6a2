"""`qa-service models`: the cards of the models that judge."""
from __future__ import annotations

from pathlib import Path

import click

from qa_service.bootstrap import load_settings, model_cards
from qa_service.services.model_docs import card_page, models_document


@click.command("models")
@click.argument("name", required=False)
@click.option("--standard", type=click.Path(path_type=Path), help="质检标准文件夹")
@click.option("--markdown", is_flag=True, help="输出完整文档(docs/models.md)")
@click.option("--out", type=click.Path(path_type=Path), help="写到文件;默认标准输出")
def command(name: str | None, standard: Path | None, markdown: bool, out: Path | None) -> int:
    """显示模型卡: 数据、配方、交叉验证指标、阈值、已知弱点、摘要。被改动的模型会被拒绝。"""
    cards = model_cards(load_settings(), root=standard, name=name)
    text = models_document(cards) if markdown else "\n\n".join(card_page(card) for card in cards)
    if out is None:
        click.echo(text.rstrip("\n"))
    else:
        out.write_text(text.rstrip("\n") + "\n", "utf-8")
    return 0
