"""The drawings of the newer sections of the day report."""
from __future__ import annotations

from typing import Final

from qa_service.services import staffing
from qa_service.services.charts import Bar, Cell, Drawing, Part, Whisker, bars, columns, heat, whiskers
from qa_service.services.day_book import DayBook
from qa_service.services.day_insights import SELLING, STEPS, Insights, Load
from qa_service.services.day_views import cause, load_words

AGENTS: Final = 14
DAYS: Final = 14
_COLOURS: Final = ((0.2, "c-good"), (0.4, "c-fair"), (0.6, "c-poor"), (1.01, "c-bad2"))


def trend_chart(book: DayBook) -> Drawing:
    """Mean score of each of the last days with its interval."""
    rows = []
    for day, line in sorted(book.trend.items())[-DAYS:]:
        low, high = line.scores.interval or (None, None)
        r = line.responses
        prompt = f" · 30秒有效 {100 * (r.share(r.effective, 30) or 0):.0f}%" if r.asked else ""
        name, mean = f"{day:%m-%d} {'一二三四五六日'[day.weekday()]}", line.scores.mean or 0.0
        rows.append(Whisker(name, mean, low, high, f"{mean:.1f} · {line.chats:,} 个会话{prompt}"))
    return whiskers(rows, "逐日平均得分与 95% 区间", reference=book.tally.scores.mean)


def heat_chart(found: Insights) -> Drawing:
    """Agents by hours: the figure is chats, the colour the share without an effective answer in 30 seconds."""
    open_ = [h for h in range(24) if found.hours[h].chats]
    most = sorted(found.cells.items(), key=lambda x: (-sum(c.chats for c in x[1]), x[0]))[:AGENTS]
    rows = [("全体", [_cell("全体", h, found.hours[h]) for h in open_])]
    rows += [(name, [_cell(name, h, day[h]) for h in open_]) for name, day in most]
    return heat([str(h) for h in open_], rows, "各客服各小时的会话数与晚答比例")


def _cell(name: str, hour: int, load: Load) -> Cell | None:
    if not load.chats:
        return None
    share = load.share
    colour = "c-none" if share is None else next(c for limit, c in _COLOURS if share < limit)
    return Cell(str(load.chats), colour, f"{name} {hour} 点: {load_words(load)}")


def causes(found: Insights) -> list[tuple[str, list[str]]]:
    """(cause, hours), for the sentence under the heat map."""
    out: dict[str, list[str]] = {}
    for h in range(24):
        why = cause(found, h)
        if why:
            out.setdefault(why, []).append(f"{h}–{h + 1} 点")
    return sorted(out.items())


def staff_chart(found: Insights) -> Drawing:
    """People present and people short, by the hour."""
    by = {h.hour: h for h in staffing.by_hour([x.chats for x in found.hours], [len(found.people(h)) for h in range(24)])}
    stacks = []
    for hour in range(24):
        h = by.get(hour)
        stacks.append([] if h is None else [
            Part(min(h.present, h.needed), "c-good", f"{hour} 点: 需要 {h.needed},在岗 {h.present}"), Part(max(0, h.missing), "c-bad2", f"{hour} 点: 缺 {h.missing}"),
            Part(max(0, -h.missing), "c-none", f"{hour} 点: 多出 {-h.missing}")])
    return columns(stacks, [str(i) if i % 3 == 0 else "" for i in range(24)], "各小时需要与在岗的人数", height=96)


def steps_chart(found: Insights) -> Drawing:
    """Steps of dispute handling."""
    return bars([Bar(name, [Part(found.steps[name], "c-main")], f"{_percent(found.steps[name], found.disputes)}") for name in STEPS],
                "纠纷处理各步骤", most=found.disputes or 1)


def selling_chart(found: Insights) -> Drawing:
    """Recommending, closing, inviting back."""
    return bars([Bar(name, [Part(found.selling[name], "c-main")], _percent(found.selling[name], found.sales)) for name in SELLING],
                "主动推荐与引导", most=found.sales or 1)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}%({part}/{whole})" if whole else "–"
