"""Small drawings in SVG, made of percentages across and pixels down: they fit any width without shrinking their letters.

Colours come from the classes of the page (c-good, c-fair, c-poor, c-bad, c-main, c-soft), so that light, dark and print are its business.
"""
from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

_TURNING: Final = (0x7F, 0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFFFE, 0xFFFF)
_HIDDEN: Final = (0x200B, 0x2060, 0xFEFF, 0x00AD)
_UNSEEN: Final = {i: 0x2400 + i for i in range(32) if i not in (9, 10, 13)} | dict.fromkeys(_TURNING, 0xFFFD) | dict.fromkeys(_HIDDEN, 0xB7)


_LABELS: Final = 11  # per cent of a heat map's width


def words(text: str) -> str:
    """Text as people should see it: what is invisible or turns the reading direction becomes a visible mark."""
    text = text.translate(_UNSEEN)
    return text if text.isascii() else "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)


class Drawing(str):
    """Markup that is already safe: a template puts it in as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


class Part(NamedTuple):
    """A part of a bar: how long, in which colour, and what it says when pointed at."""

    value: float
    colour: str
    label: str = ""


class Bar(NamedTuple):
    """A labelled bar of parts; `note` stands at its right end."""

    label: str
    parts: Sequence[Part]
    note: str = ""


def _svg(height: float, body: Sequence[str], label: str) -> Drawing:
    head = f'<svg class="chart" role="img" aria-label="{escape(words(label))}" width="100%" height="{height:g}">'
    return Drawing(f"{head}{''.join(body)}</svg>")


def _text(x: float, y: float, text: str, colour: str = "t", anchor: str = "start") -> str:
    end = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{colour}" x="{x:.2f}%" y="{y:g}"{end}>{escape(words(text))}</text>'


def _short(text: str, most: int = 22) -> str:
    return text if len(text) <= most else text[:most - 1] + "…"


def _rect(x: float, y: float, width: float, height: float, colour: str, label: str = "") -> str:
    tip = f"<title>{escape(words(label))}</title>" if label else ""
    return f'<rect class="{colour}" x="{x:.2f}%" y="{y:.1f}" width="{max(0.0, width):.2f}%" height="{max(0.0, height):.1f}">{tip}</rect>'


def _upright(x: float, bottom: float, colour: str) -> str:
    return f'<line class="{colour}" x1="{x:.2f}%" x2="{x:.2f}%" y1="16" y2="{bottom:g}"/>'


def bars(rows: Sequence[Bar], label: str, *, most: float = 0.0) -> Drawing:
    """Horizontal bars, each under its label. `most` is the length of the full width; by default that of the longest bar."""
    most = most or max((sum(p.value for p in row.parts) for row in rows), default=0.0) or 1.0
    body: list[str] = []
    for i, row in enumerate(rows):
        y, x = i * 34, 0.0
        body += [_text(0, y + 13, row.label), _text(100, y + 13, row.note, "t2", "end"), _rect(0, y + 19, 100, 7, "c-rail")]
        for part in row.parts:
            width = 100 * part.value / most
            if width:
                body.append(_rect(x, y + 19, width, 7, part.colour, part.label))
            x += width
    return _svg(max(1, len(rows)) * 34, body, label)


def columns(stacks: Sequence[Sequence[Part]], ticks: Sequence[str], label: str, *, height: int = 128, values: bool = False) -> Drawing:
    """Vertical bars; `ticks` (one a column, may be empty) stand below; with `values` each column's sum stands above it."""
    n = max(1, len(stacks))
    most = max((sum(p.value for p in stack) for stack in stacks), default=0.0) or 1.0
    top, step = 18, 100 / n
    body = [f'<line class="axis" x1="0" x2="100%" y1="{top + height}" y2="{top + height}"/>']
    for i, stack in enumerate(stacks):
        y, x, whole = float(top + height), i * step, sum(p.value for p in stack)
        for part in stack:
            tall = max(2.0, height * part.value / most) if part.value else 0.0
            y -= tall
            if tall:
                body.append(_rect(x + step * 0.1, y, step * 0.8, tall, part.colour, part.label))
        if whole and (whole == most or (values and most < 1000)):
            body.append(_text(x + step / 2, y - 4, f"{whole:g}", "t3", "middle"))
        if i < len(ticks) and ticks[i]:
            body.append(_text(x + step / 2, top + height + 15, ticks[i], "t3", "middle"))
    return _svg(top + height + 20, body, label)


def stacked(rows: Sequence[Bar], label: str) -> Drawing:
    """Thick bars of shares (values 0 … 1 of the whole width), with the per cent inside where there is room."""
    body: list[str] = []
    for i, row in enumerate(rows):
        y, x = i * 52, 0.0
        body += [_text(0, y + 13, row.label), _text(100, y + 13, row.note, "t2", "end")]
        for part in row.parts:
            width = 100 * part.value
            if width > 0:
                body.append(_rect(x, y + 20, width - 0.25, 22, part.colour, part.label))
                if width >= 11:
                    body.append(_text(x + width / 2, y + 35, f"{width:.0f}%", f"on {part.colour}-on", "middle"))
            x += width
    return _svg(max(1, len(rows)) * 52, body, label)


class Whisker(NamedTuple):
    """A mean with its interval; `low` and `high` are None where there is none."""

    label: str
    mean: float
    low: float | None
    high: float | None
    note: str


def whiskers(rows: Sequence[Whisker], label: str, *, reference: float | None = None) -> Drawing:
    """Means with intervals on a common scale that ends at 100; `reference` draws a line through all, such as the mean of the day."""
    least = min((r.low if r.low is not None else r.mean for r in rows), default=0.0)
    floor = min(90.0, least // 10 * 10)
    bottom = len(rows) * 34

    def place(value: float) -> float:
        return 1 + 98 * (value - floor) / (100 - floor)

    body = []
    step = 2 if floor >= 90 else 10
    for i in range(int(floor), 101, step):
        anchor = "start" if i == floor else "end" if i == 100 else "middle"
        body += [_upright(place(i), bottom, "grid"), _text(place(i), bottom + 15, str(i), "t3", anchor)]
    if reference is not None:
        body.append(_upright(place(reference), bottom, "mean"))
    for i, row in enumerate(rows):
        y = i * 34
        body += [_text(0, y + 13, _short(row.label), "t halo"), _text(100, y + 13, row.note, "t2 halo", "end")]
        body.append(_rect(1, y + 22.5, 98, 1, "c-rail"))
        if row.low is not None and row.high is not None:
            body += [_rect(place(row.low), y + 21.5, place(row.high) - place(row.low), 3, "c-soft", f"{row.low:.1f} 至 {row.high:.1f}")]
        body.append(f'<circle class="c-main" cx="{place(row.mean):.2f}%" cy="{y + 23}" r="4.5"/>')
    return _svg(bottom + 20, body, label)


class Cell(NamedTuple):
    """A square of a heat map: what stands in it, in which colour, and what it says when pointed at."""

    text: str
    colour: str
    label: str


def heat(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[Cell | None]]], label: str) -> Drawing:
    """A heat map: rows of cells under the names of their columns; the names of the rows take the first LABELS per cent."""
    step = (100 - _LABELS) / max(1, len(columns))
    body = [_text(_LABELS + (i + 0.5) * step, 12, name, "t3", "middle") for i, name in enumerate(columns)]
    for nth, (name, cells) in enumerate(rows):
        y = 18 + nth * 24
        body.append(_text(0, y + 16, _short(name, 9), "t"))
        for i, cell in enumerate(cells):
            if cell is not None:
                x = _LABELS + i * step
                body.append(_rect(x + 0.1, y, step - 0.2, 22, cell.colour, cell.label))
                body.append(_text(x + step / 2, y + 15.5, cell.text, f"on {cell.colour}-on", "middle"))
    return _svg(18 + len(rows) * 24 + 4, body, label)


def waterfall(total: float, steps: Sequence[tuple[str, float]], label: str) -> Drawing:
    """From 100 to `total`: what is left, then each loss where it was taken. `steps` are (title, points), losses negative."""
    body, at = [_rect(0, 0, 100, 12, "c-rail"), _rect(0, 0, total, 12, "c-main", f"得分 {total:g}")], 100.0
    for i, (title, points) in enumerate(steps):
        after = min(100.0, max(0.0, at + points))
        body.append(_rect(min(at, after), 0, abs(at - after) - 0.25, 12, ("c-bad" if i % 2 == 0 else "c-bad2") if points < 0 else "c-good",
                          f"{title} {points:+g}"))
        at = after
    return _svg(12, body, label)
