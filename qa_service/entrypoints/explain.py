"""One score explained on the terminal: the chat, the evidence in it, and the waterfall from 100 to the total."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

import orjson
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from qa_service.model.conversation import Conversation
from qa_service.model.wire import conversation_from_dict
from qa_service.services import labels
from qa_service.services.charts import words
from qa_service.services.excerpts import evidence, marked

_TELLING: Final = ("empty-reply", "promise.return-freight", "promise.", "courtesy.")
_SHORTEST: Final = 4
_LONGEST: Final = 10
_MOST_LINES: Final = 3
_SEARCHED: Final = 2_000
_NO_LINE_BEGIN: Final = frozenset(",。、!?;:)】》」』”’…,.!?;:)")


def print_explained(console: Console, chats: Path, evaluations: Path) -> None:
    """Choose a telling chat (`chats` and `evaluations` are JSONL, line by line the same chats) and explain it."""
    best: tuple[tuple[int, ...], bytes, bytes] | None = None
    with chats.open("rb") as a, evaluations.open("rb") as b:
        for chat, line in islice(zip(a, b, strict=False), _SEARCHED):
            rank = _telling(orjson.loads(chat), orjson.loads(line))
            if rank is not None and (best is None or rank > best[0]):
                best = rank, chat, line
    if best is not None:
        console.print("\n[bold]一个分数是怎么来的[/bold]")
        explain(console, conversation_from_dict(orjson.loads(best[1])), orjson.loads(best[2]))


def _telling(chat: Mapping[str, Any], evaluation: Mapping[str, Any]) -> tuple[int, ...] | None:
    """How well a chat shows where a score comes from, higher is better; None when it shows nothing."""
    score = evaluation["score"]
    lost = {d["rule"] for d in score["deductions"] if d["points"] < 0 and d["fingerprints"]}
    categories = [f["category"] for f in evaluation["findings"] if f["rule"] in lost]
    kinds = [next((n for n, root in enumerate(_TELLING) if c.startswith(root)), len(_TELLING)) for c in categories]
    if not kinds or score["auto_fail"]:
        return None
    long = len(chat["messages"])
    return (_SHORTEST <= long <= _LONGEST, 2 <= len(score["deductions"]) <= _MOST_LINES and len(lost) >= 2, len(_TELLING) - min(kinds),
            len({c.split(".")[0] for c in categories}), -len(score["deductions"]), -long)


def explain(console: Console, conversation: Conversation, evaluation: Mapping[str, Any]) -> None:
    """Print one conversation with its evaluation: evidence in 【】, at most about 140 characters of a message, masked."""
    score = evaluation["score"]
    lost = {d["rule"] for d in score["deductions"]}
    marks: dict[int, list[tuple[int, int]]] = {}
    for finding in evaluation["findings"]:
        for span in finding["spans"] if finding["rule"] in lost else ():
            marks.setdefault(span["message"], []).append((span["start"], span["end"]))
    for i, message in enumerate(conversation.messages):
        clock = f"{message.at:%H:%M:%S} " if message.at is not None else ""
        text = Text()
        for piece, hit in marked(message.text or f"[{message.kind}]", marks.get(i, ())):
            shown = " ".join(words(piece).split("\n"))
            text.append(f"【{shown}】" if hit else shown, style="black on yellow" if hit else "")
        _put(console, Text(f"  {clock}{labels.ROLES[message.role]}: ", style="dim"), text)
    console.print()
    findings = {f["rule"]: f for f in reversed(evaluation["findings"])}
    _put(console, Text("  100.0  "), Text("满分"))
    for line in score["deductions"]:
        found = findings.get(line["rule"])
        title = f"{line['rule']} {found['title']}" if found else labels.LINES.get(line["rule"], line["rule"])
        _put(console, Text(f"  {line['points']:+5.1f}  "), Text(title + ("(已到上限)" if line["capped"] else "")))
        if found is not None:
            for name, value in (("证据", evidence(found["spans"])), ("为什么", found["why"]), ("建议", found["suggest"])):
                if value:
                    _put(console, Text(f"         {name}: ", style="dim"), Text(words(value), style="dim"))
    grade = labels.GRADES.get(score["grade"], score["grade"])
    _put(console, Text(f"  {score['total']:5.1f}  ", style="bold"), Text(f"总分,{grade}", style="bold"))


def _put(console: Console, head: Text, text: Text) -> None:
    """`text` behind `head`, its further lines below its first; on one line where nobody looks at a screen."""
    if not console.is_terminal:
        console.print(Text.assemble(head, text), soft_wrap=True)
        return
    indent = cell_len(head.plain)
    for n, part in enumerate(_folded(text, max(20, console.width - indent - 1))):
        console.print(Text.assemble(head if n == 0 else " " * indent, part), soft_wrap=True)


def _folded(text: Text, width: int) -> Iterator[Text]:
    """Lines of at most `width` cells: between any two Chinese characters, never inside a word or number nor before a closing mark."""
    plain = text.plain
    begin = 0
    while begin < len(plain):
        end, cells = begin, 0
        while end < len(plain) and (cells := cells + cell_len(plain[end])) <= width:
            end += 1
        cut = end
        while end < len(plain) and cut > begin + 1 and (plain[cut] in _NO_LINE_BEGIN or (_joins(plain[cut - 1]) and _joins(plain[cut]))):
            cut -= 1
        cut = cut if cut > begin + 1 else max(end, begin + 1)
        yield text[begin:cut]
        begin = cut
    if not plain:
        yield text


def _joins(character: str) -> bool:
    return character.isascii() and character.isalnum()
