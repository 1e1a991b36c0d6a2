"""The summary on the terminal, in Chinese: compact, at home in 80 columns, readable without colours."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from qa_service.services import labels
from qa_service.services.charts import words
from qa_service.services.counting import Responses, Waits
from qa_service.services.day_parts import RuleTally
from qa_service.services.excerpts import Excerpt
from qa_service.services.outputs.overview import category_counts
from qa_service.services.tally import Tally

TOP_RULES = 8
TOP_CATEGORIES = 12
WORST = 5
_STYLES = {"excellent": "green", "good": "cyan", "pass": "yellow", "fail": "red"}


class Counts(Protocol):
    """Records of the input by what became of them."""

    @property
    def read(self) -> int: ...
    @property
    def scored(self) -> int: ...
    @property
    def rejected(self) -> int: ...
    @property
    def duplicate(self) -> int: ...


def print_summary(tally: Tally, counts: Counts, console: Console, took: float) -> None:
    """Print what a run came to on `console` (standard error). `took` is in seconds."""
    console.print(_counted(counts, tally, took))
    if not tally.n:
        console.print(Text("没有会话可评分。", style="yellow"))
        return
    for block in (_scores(tally), _responses(tally)):
        console.print(block)
    if tally.rules:
        console.print(_heading("命中", f"(每百条客服消息;客服消息共 {tally.agent_messages:,} 条)"))
        console.print(_categories(tally))
        console.print(_heading("主要规则"))
        for rule in _ranked(tally)[:TOP_RULES]:
            console.print(_rule(rule))
    if tally.lowest.entries:
        console.print(_heading("最低分会话"))
        console.print(_worst(tally))
    if tally.commitments:
        console.print(_promises(tally))


def _heading(title: str, note: str = "") -> Text:
    return Text.assemble("\n", (title, "bold"), (f" {note}" if note else "", "dim"))


def _counted(counts: Counts, tally: Tally, took: float) -> Text:
    right = counts.scored + counts.rejected + counts.duplicate
    line = Text(f"读取 {counts.read:,} = 评分 {counts.scored:,} + 拒绝 {counts.rejected:,} + 重复 {counts.duplicate:,}")
    if right != counts.read:
        line.append(f"  对不上: 右边是 {right:,}", style="bold red")
    rate = f",每秒 {tally.messages / took:,.0f} 条消息" if took > 0 and tally.messages else ""
    return line.append(f"  用时 {took:.1f} 秒{rate}", style="dim")


def _scores(tally: Tally) -> Padding:
    table = _grid(8)
    mean, sd = tally.scores.mean or 0.0, tally.scores.sd
    spread = f",标准差 {sd:.1f}" if sd is not None else ""
    table.add_row("会话", f"{tally.n:,} 个,{tally.messages:,} 条消息")
    table.add_row("均分", Text.assemble((f"{mean:.1f}", "bold"), spread, f",一票否决 {tally.auto_fails} 个"))
    table.add_row("等级", _grades(tally))
    return Padding(table, (1, 0, 0, 0), expand=False)


def _grid(first: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=first, no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    return table


def _grades(tally: Tally) -> Text:
    """A bar of 20 cells shared out by grade, and the numbers: it reads without colours too."""
    marks, text = "█▓▒░", Text()
    for (grade, _), mark in zip(labels.GRADES.items(), marks, strict=True):
        n = tally.grades[grade]
        text.append(mark * (max(1, round(20 * n / tally.n)) if n else 0), style=_STYLES[grade])
    for (grade, title), mark in zip(labels.GRADES.items(), marks, strict=True):
        text.append("  ").append(mark, style=_STYLES[grade]).append(f"{title} {tally.grades[grade]:,}")
    return text


def _responses(tally: Tally) -> Padding:
    r = tally.responses
    if not r.asked:
        return Padding(Text("日志没有时间:响应时效不计。", style="dim"), (1, 0, 0, 0), expand=False)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("首次响应", width=24)
    for name in ("15秒内", "30秒内", "180秒内", "总计", "中位"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_row("名义首响(有人回话)", *_wait_cells(r, r.nominal))
    table.add_row("有效首响(说到点上)", *_wait_cells(r, r.effective), style="bold")
    return Padding(table, (1, 0, 0, 0), expand=False)


def _wait_cells(r: Responses, waits: Waits) -> list[str]:
    shares = [r.share(waits, limit) or 0.0 for limit in (15, 30, 180)] + [r.share(waits) or 0.0]
    return [f"{100 * s:.1f}%" for s in shares] + [f"{waits.median:.0f}秒" if waits.median is not None else "–"]


def _categories(tally: Tally) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("分类", width=26, overflow="fold")
    for name in ("正式", "每百条", "试行", "每百条"):
        table.add_column(name, justify="right", no_wrap=True)
    for title, stable, trial in category_counts(tally)[:TOP_CATEGORIES]:
        cells = [x for n in (stable, trial) for x in ((f"{n:,}", _per(n, tally)) if n else ("", ""))]
        table.add_row(Text(words(title)), *cells)
    return table


def _per(n: int, tally: Tally) -> str:
    return f"{100 * n / tally.agent_messages:.2f}" if tally.agent_messages else "–"


def _ranked(tally: Tally) -> Sequence[RuleTally]:
    return sorted(tally.rules.values(), key=lambda r: (r.status != "stable", r.tenths, -r.findings, r.rule))


def _rule(rule: RuleTally) -> Text:
    cost = f",共扣 {-rule.tenths / 10:g} 分" if rule.tenths < 0 else "" if rule.status == "stable" else ",试行不扣分"
    text = Text.assemble((f"{rule.rule:<6}", "cyan"), (words(rule.title), ""), (f"  {rule.findings:,} 次{cost}", "dim"))
    example = next(iter(rule.examples.values()), None)
    if example is not None:
        text.append("\n      ").append_text(_example(example))
    return text


def _example(example: Excerpt) -> Text:
    """The first message that holds evidence, with the evidence in 【】 and, where there are colours, highlighted."""
    bubble = next((b for b in example.bubbles if any(hit for _, hit in b.pieces)), None)
    if bubble is None:
        return Text(words(f"{example.conversation}: {example.detail or example.evidence}"), style="dim")
    text = Text.assemble((f"{labels.ROLES.get(bubble.role, bubble.role)}: ", "dim"))
    room = 58
    for piece, hit in bubble.pieces:
        piece = " ".join(words(piece).split()) if piece.strip() else " "
        shown = piece if cell_len(piece) <= room else piece[:max(0, room // 2)] + "…"
        room -= cell_len(shown)
        text.append(f"【{shown}】" if hit else shown, style="black on yellow" if hit else "")
        if room <= 0:
            break
    return text


def _worst(tally: Tally) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for justify in ("right", "left", "left"):
        table.add_column(justify=justify, overflow="fold")
    for chat in tally.lowest.items()[:WORST]:
        reasons = ";".join(f"{x.title} {x.tenths / 10:+g}" for x in sorted(chat.lines, key=lambda x: x.tenths)[:3])
        who = chat.agent or chat.shop
        score = Text(f"{chat.tenths / 10:g}", style=_STYLES.get(chat.grade, ""))
        table.add_row(score, Text(words(f"{chat.id}\n{who}")), Text(words(reasons)))
    return table


def _promises(tally: Tally) -> Text:
    of = {s: sum(n for (_, status, _), n in tally.commitments.items() if status == s) for s in labels.COMMITMENT_STATUSES}
    dated = sum(n for (_, status, known), n in tally.commitments.items() if status == "open" and known)
    parts = ",".join(f"{title} {of[s]:,}" for s, title in labels.COMMITMENT_STATUSES.items())
    return Text.assemble("\n", ("承诺", "bold"), f"  {parts};待兑现中 {dated:,} 条有明确期限")
