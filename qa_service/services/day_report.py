"""The day report: one self-contained HTML file of a day. No network, no script, no clock; what it quotes was masked where it was counted."""
from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qa_service.services import day_views, labels
from qa_service.services.charts import Bar, Drawing, Part, Whisker, bars, columns, stacked, waterfall, whiskers, words
from qa_service.services.counting import Responses, Waits
from qa_service.services.day_book import DayBook
from qa_service.services.day_charts import causes, heat_chart, selling_chart, staff_chart, steps_chart, trend_chart
from qa_service.services.day_parts import LowChat, RuleTally
from qa_service.services.headlines import headlines, overdue
from qa_service.services.outputs.overview import STANDINGS, agent_rows, by_title, category_counts, percent, rounded, standing
from qa_service.services.tally import Tally

TEMPLATES: Final = Path(__file__).resolve().parents[1] / "entrypoints" / "templates"
CARDS: Final = 10
OF_A_KIND: Final = 2
AGENTS_SHOWN: Final = 40
KINDS: Final = 12
SPANS: Final = (("c-good", "15秒内"), ("c-fair", "15-30秒"), ("c-poor", "30-180秒"), ("c-bad2", "超过180秒"), ("c-none", "没有"))


def render_report(book: DayBook, *, title: str, generated_from: str, date: str = "") -> str:
    """HTML. `generated_from` says what was read; `date` stands under the title, without it the days on which its chats began.

    Overdue means: due before the last message of the log.
    """
    tally = book.tally
    ranked = sorted(tally.rules.values(), key=_weight)
    cards = _cards(ranked)
    first, begun, last = (t.astimezone(tally.zone) if t else None for t in (tally.first_at, tally.last_begun, tally.last_at))
    header, agents = agent_rows(tally)
    page = _environment().get_template("day_report.html")
    return page.render(
        title=title, standard=book.standard, mixed=book.mixed, has_chats=book.has_chats, generated_from=generated_from, date=date or _span(first, begun),
        tally=tally, labels=labels, last=last, headlines=headlines(tally), kpis=_kpis(tally), spans=SPANS,
        rounded=rounded, seconds=_seconds, percent=percent, by_title=by_title,
        score_chart=_score_chart(tally), score_table=_score_table(tally),
        grades=[(t, tally.grades[g]) for g, t in labels.GRADES.items()],
        response_chart=_response_chart(tally.responses), response_rows=_response_rows(tally.responses), hour_chart=_hour_chart(tally),
        categories=category_counts(tally), category_chart=_category_chart(tally),
        cards=cards, others=[r for r in ranked if r not in cards], ranked=ranked,
        agent_header=header, agent_rows=agents, agent_chart=_agent_chart(tally), low=_low(tally), waterfall=_waterfall,
        promises=_promises(tally), topics=_counts({tally.topic_titles[k]: n for k, n in tally.topics.items()}),
        topic_chart=_topic_chart(tally), moods=[(t, tally.moods[k]) for k, t in labels.MOODS.items()], examples=_examples,
        trend=day_views.trend(book), trend_chart=trend_chart(book), measures=day_views.measures(book.insights), hours=day_views.hours(book.insights),
        heat_chart=heat_chart(book.insights), causes=causes(book.insights), staff=day_views.staff(book.insights), staff_chart=staff_chart(book.insights),
        staffing=day_views.staffing_words(book.insights), consults=day_views.consults(book), disputes=day_views.disputes(book.insights),
        steps_chart=steps_chart(book.insights), selling=day_views.selling(book.insights), selling_chart=selling_chart(book.insights),
        outcomes=day_views.outcomes(book), outcome_rules=day_views.outcome_rules(book), phrases=day_views.phrases(book))


def _weight(rule: RuleTally) -> tuple[bool, bool, int, int, str]:
    """What counts first: stable before trial, faults before customer risk, then cost and number."""
    return rule.status != "stable", rule.category.startswith("customer-risk"), rule.tenths, -rule.findings, rule.rule


def _cards(ranked: Sequence[RuleTally]) -> list[RuleTally]:
    """The rules shown in full: the weightiest, but not too many of one kind."""
    seen: Counter[str] = Counter()
    out: list[RuleTally] = []
    for rule in ranked:
        kind = labels.category_title(rule.category)
        seen[kind] += 1
        if seen[kind] <= OF_A_KIND and len(out) < CARDS:
            out.append(rule)
    return out


def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
                       finalize=lambda v: words(v) if type(v) is str else "" if v is None else v)


def _span(first: datetime | None, last: datetime | None) -> str:
    if first is None or last is None:
        return "日志没有时间"
    return f"{first:%Y-%m-%d}" if first.date() == last.date() else f"{first:%Y-%m-%d} 至 {last:%Y-%m-%d}"


def _kpis(t: Tally) -> list[tuple[str, str, str]]:
    """(name, figure, what it means) of the row on top."""
    interval = t.scores.interval
    r = t.responses
    prompt, spoken = r.share(r.effective, 30), r.share(r.nominal, 30)
    failed = t.grades["fail"]
    still = sum(n for (_, status, _), n in t.commitments.items() if status == "open")
    return [
        ("会话", f"{t.n:,}", f"{t.messages:,} 条消息,客服 {t.agent_messages:,}"),
        ("平均得分", f"{t.scores.mean:.1f}" if t.scores.mean is not None else "–",
         f"标准差 {t.scores.sd:.1f},均分的 95% 区间 {interval[0]:.1f}–{interval[1]:.1f}" if interval else "不足两个会话"),
        ("不合格", f"{failed:,}", f"占 {percent(failed, t.n) or 0:g}%,其中一票否决 {t.auto_fails}"),
        ("30 秒内答到问题", "–" if prompt is None else f"{100 * prompt:.0f}%", "没有时间" if spoken is None else f"30 秒内有人回话的 {100 * spoken:.0f}%"),
        ("待兑现承诺", f"{still:,}", f"{overdue(t)} 条在日志末尾已过期" if t.last_at else "没有时间,不判断是否过期")]


def _score_chart(t: Tally) -> Drawing:
    colours = ["c-bad"] * 12 + ["c-poor"] * 4 + ["c-fair"] * 2 + ["c-good"] * 3
    stacks = [[Part(n, colours[i], f"{_bin(i)} 分: {n} 个会话")] for i, n in enumerate(t.histogram)]
    return columns(stacks, [str(i * 5) if i % 4 == 0 else "" for i in range(21)], "得分分布,每 5 分一格,最右一格是满分", values=True)


def _bin(i: int) -> str:
    return "100" if i == 20 else f"{i * 5}–{i * 5 + 5}"


def _score_table(t: Tally) -> list[tuple[str, int, float | None]]:
    return [(_bin(i), n, percent(n, t.n)) for i, n in enumerate(t.histogram) if n]


def _shares(r: Responses, w: Waits) -> list[Part]:
    counts = [*w.bands, r.asked - w.answered]
    return [Part(n / r.asked, colour, f"{name}: {n}") for n, (colour, name) in zip(counts, SPANS, strict=True)] if r.asked else []


def _response_chart(r: Responses) -> Drawing:
    def row(label: str, w: Waits) -> Bar:
        return Bar(label, _shares(r, w), f"30 秒内 {100 * (r.share(w, 30) or 0):.0f}%")
    return stacked([row("名义首响:有人回了话", r.nominal), row("有效首响:回的话说到了点上", r.effective)], "名义首响与有效首响")


def _response_rows(r: Responses) -> list[tuple[str, int, int, float | None, float | None]]:
    nominal, effective = ([*w.bands, r.asked - w.answered] for w in (r.nominal, r.effective))
    return [(name, a, b, percent(a, r.asked), percent(b, r.asked)) for (_, name), a, b in zip(SPANS, nominal, effective, strict=True)]


def _hour_chart(t: Tally) -> Drawing:
    stacks = []
    for hour, h in enumerate(t.hours):
        prompt, answered = h.responses.effective.within(30), h.responses.effective.answered
        stacks.append([
            Part(prompt, "c-good", f"{hour} 点: 30 秒内有效答复 {prompt}"),
            Part(answered - prompt, "c-poor", f"{hour} 点: 30 秒后才有效答复 {answered - prompt}"),
            Part(h.responses.asked - answered, "c-bad2", f"{hour} 点: 没有有效答复 {h.responses.asked - answered}"),
            Part(h.chats - h.responses.asked, "c-none", f"{hour} 点: 客户没有说话 {h.chats - h.responses.asked}")])
    return columns(stacks, [str(i) if i % 3 == 0 else "" for i in range(24)], "各小时的会话量与有效答复")


def _category_chart(t: Tally) -> Drawing:
    return bars([Bar(title, [Part(stable, "c-main", f"正式 {stable}"), Part(trial, "c-soft", f"试行 {trial}")],
                     f"{stable:,}" + (f" + 试行 {trial:,}" if trial else "")) for title, stable, trial in category_counts(t)[:KINDS]], "各分类的命中")


def _agent_chart(t: Tally) -> Drawing:
    scored = [((shop, agent), g) for (shop, agent), g in t.agents.items() if g.scores.mean is not None]
    many = len(t.shops) > 1
    rows = []
    for (shop, agent), g in sorted(scored, key=lambda x: (STANDINGS.index(standing(x[1], t.scores.mean)), x[1].name, x[0]))[:AGENTS_SHOWN]:
        low, high = g.scores.interval or (None, None)
        name = (g.name or agent or "未署名") + (f" · {shop}" if many else "")
        place = standing(g, t.scores.mean)
        name += f" {place}全体" if place in ("低于", "高于") else ""
        rows.append(Whisker(name, g.scores.mean or 0.0, low, high, f"{g.scores.mean:.1f} · {g.scores.n} 个会话"))
    return whiskers(rows, "各客服平均得分与 95% 区间", reference=t.scores.mean)


def _topic_chart(t: Tally) -> Drawing:
    rows = _counts({t.topic_titles[k]: n for k, n in t.topics.items()})
    return bars([Bar(title, [Part(n, "c-main")], f"{n:,}") for title, n in rows], "咨询主题")


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} 秒"


def _counts(found: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda x: (-x[1], x[0]))


def _low(t: Tally) -> list[LowChat]:
    return t.lowest.items()


def _waterfall(chat: LowChat) -> Drawing:
    return waterfall(chat.tenths / 10, [(x.title, x.tenths / 10) for x in chat.lines], f"{chat.id} 从 100 分到 {chat.tenths / 10:g} 分")


def _examples(rule: RuleTally, most: int) -> Sequence[Any]:
    """The surest examples first."""
    return sorted(rule.examples.values(), key=lambda e: -e.confidence)[:most]


def _promises(t: Tally) -> list[tuple[str, int, int, int, int]]:
    """(type, open, kept, contradicted, dated) of the types that occur."""
    out = []
    for kind, title in labels.COMMITMENTS.items():
        of = [sum(n for (k, s, _), n in t.commitments.items() if (k, s) == (kind, status)) for status in ("open", "kept", "contradicted")]
        if sum(of):
            out.append((title, of[0], of[1], of[2], sum(n for (k, _, dated), n in t.commitments.items() if k == kind and dated)))
    return out
