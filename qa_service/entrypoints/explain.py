"""One score explained on the terminal: the chat, the evidence in it, and the waterfall from 100 to the total."""
from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.text import Text

from qa_service.model.conversation import Conversation
from qa_service.model.wire import conversation_from_dict
from qa_service.services.masking import mask

_WHO = {"customer": "客户", "agent": "客服", "bot": "机器人", "system": "系统"}


def print_explained(console: Console, chats: Path, evaluations: Path) -> None:
    """Choose a short chat that lost points for two or more rules, and explain it."""
    best: tuple[int, bytes, bytes] | None = None
    with chats.open("rb") as a, evaluations.open("rb") as b:
        for chat, line in islice(zip(a, b, strict=True), 2_000):
            document = orjson.loads(line)
            lost = [d for d in document["score"]["deductions"] if d["points"] < 0 and d["section"]]
            rank = 100 * min(len(lost), 2) - len(orjson.loads(chat)["messages"])
            if len(lost) and not document["score"]["auto_fail"] and (best is None or rank > best[0]):
                best = rank, chat, line
    if best is not None:
        console.print("\n[bold]一个分数是怎么来的[/bold]")
        explain(console, conversation_from_dict(orjson.loads(best[1])), orjson.loads(best[2]))


def explain(console: Console, conversation: Conversation, evaluation: Mapping[str, Any]) -> None:
    """Print one conversation with its evaluation. Text is masked."""
    score = evaluation["score"]
    marks: dict[int, list[tuple[int, int]]] = {}
    for finding in evaluation["findings"]:
        for span in finding["spans"][:1]:
            marks.setdefault(span["message"], []).append((span["start"], span["end"]))
    for i, message in enumerate(conversation.messages):
        text = Text(mask(message.text))
        for start, end in marks.get(i, ()):
            text.stylize("reverse", start, end)
        console.print(Text(f"  {_WHO[message.role]}: ", style="dim") + text)
    console.print(f"  100.0 分 → {score['total']:.1f} 分", style="bold")
    rules = {f["rule"]: f for f in evaluation["findings"]}
    for line in score["deductions"]:
        finding = rules.get(line["rule"])
        title = finding["title"] if finding else {"auto-fail": "一票否决", "clamp": "封顶"}.get(line["rule"], line["rule"])
        console.print(Text(f"  {line['points']:+6.1f}  {line['rule']} {title}"))
        if finding is not None:
            evidence = " / ".join(mask(s["text"]) for s in finding["spans"][:2])
            console.print(Text(f"          证据: {evidence}\n          为什么: {finding['why']}\n          建议: {finding['suggest']}", style="dim"))
