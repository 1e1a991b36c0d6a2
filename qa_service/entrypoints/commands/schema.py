"""`qa-service schema conversation|evaluation`: the JSON Schema (2020-12) of a wire document."""
from __future__ import annotations

import json

import click

from qa_service.model.schema import conversation_schema, evaluation_schema


@click.command("schema")
@click.argument("document", type=click.Choice(["conversation", "evaluation"]))
def command(document: str) -> None:
    """输出 JSON Schema(2020-12)。"""
    schema = conversation_schema() if document == "conversation" else evaluation_schema()
    click.echo(json.dumps(schema, ensure_ascii=False, indent=2))
