"""The progress bar on standard error: rate and time left on a terminal, nothing elsewhere."""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from qa_service.importers.files import STDIN


@contextmanager
def progress_bar(console: Console, inputs: Sequence[str], quiet: bool, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A function to be called with the number of conversations done. `total` when it is known."""
    if quiet or not console.is_terminal:
        yield lambda n: None
        return
    columns = (TextColumn("[bold]质检"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
               TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("score", total=total, rate="", source=", ".join("标准输入" if i == STDIN else i for i in inputs[:3]))

        def advance(n: int) -> None:
            bar.advance(task, n)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:,.0f} 会话/秒" if speed else "")

        yield advance
