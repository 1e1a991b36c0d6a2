"""The newer sections of the day report as rows: measures, hours and why, staffing, consult types, disputes, selling, outcomes, trend, phrases.

One place makes them; the page, the workbook and the JSON show the same rows.
"""
from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median
from typing import Final, NamedTuple

from qa_service.services import staffing
from qa_service.services.counting import Moments
from qa_service.services.day_book import DayBook
from qa_service.services.day_insights import CONSULTS, SELLING, STEPS, Insights, Load, risen
from qa_service.services.day_measures import shown
from qa_service.services.outcomes import GOALS, LEAST, TITLES
from qa_service.services.outputs.overview import percent, rounded
from qa_service.services.outputs.rows import Row

BANNED: Final = {  # the article's table of consult types
    "product_spec": "自己看详情、不清楚、差不多", "price": "就这价、爱买不买、已经很便宜了", "shipping_time": "不知道、快了、等着吧", "usage": "很简单、自己研究、说明书有"}
LATE: Final = 0.05  # how much worse than the day an hour must be to be named
BUSY: Final = 1.3  # load of an hour against the median
FEW: Final = 5
_FIGURE: Final = re.compile(r"[+-]?[\d.,]+ ?(?:%|秒|分)?|–|看不出")


class Table(NamedTuple):
    """A section as a table. `numbers`: columns that hold figures."""

    name: str
    head: Sequence[str]
    rows: list[Row]
    note: str = ""

    @property
    def numbers(self) -> list[int]:
        """Columns of figures, set to the right."""
        return [i for i, name in enumerate(self.head) if name != "日期" and self.rows and all(
            r[i] is None or isinstance(r[i], int | float) or _FIGURE.fullmatch(str(r[i])) for r in self.rows)]


def tables(book: DayBook) -> list[Table]:
    """Every section that has something to say."""
    made = (trend(book), measures(book.insights), hours(book.insights), staff(book.insights), consults(book), disputes(book.insights), selling(book.insights),
            outcomes(book), outcome_rules(book), phrases(book))
    return [t for t in made if t.rows]


def trend(book: DayBook) -> Table:
    """A line for each day, the report's own last."""
    rows: list[Row] = []
    for day, line in sorted(book.trend.items()):
        low, high = line.scores.interval or (None, None)
        r = line.responses
        rows.append([str(day), line.chats, rounded(line.scores.mean), rounded(low), rounded(high), percent(line.failed, line.chats), line.auto_fails,
                     percent(r.nominal.within(30), r.asked), percent(r.effective.within(30), r.asked)])
    return Table("逐日", ("日期", "会话", "均分", "95%下限", "95%上限", "不合格%", "一票否决", "30秒回话%", "30秒有效%"), rows if len(rows) > 1 else [])


def measures(found: Insights) -> Table:
    """Every calculator that had a case, nominal beside effective."""
    rows: list[Row] = []
    for c, m in found.measures.rows():
        rows.append([c.title, c.version, shown(c.kind, m.nominal), shown(c.kind, m.effective), c.goal or "–", _met(c.goal, m.nominal), round(m.of), c.window])
    return Table("各口径指标", ("口径", "版本", "名义", "有效", "要求", "名义达标", "样本", "窗口"), rows,
                 "名义: 人工说了话就算;有效: 说到点上才算。两栏之差是凑出来的响应。样本有的按轮次、有的按会话,所以几个「30 秒」不相等。"
                 "平均时长含夜间留言和久等的会话,会比中位数高得多。平台口径以商家后台为准,定义与来源见指标文档。")


def _met(goal: str, value: float | None) -> str:
    """Whether a figure meets its goal ("≤ 15 秒", "≥ 80%,目标 85%"); nothing where there is none."""
    if not goal or value is None:
        return ""
    sign, limit = goal[0], float("".join(ch for ch in goal.split(",")[0] if ch.isdigit() or ch == "."))
    limit = limit / 100 if "%" in goal else limit
    return "是" if (value >= limit if sign == "≥" else value <= limit) else "否"


def hours(found: Insights) -> Table:
    """Load, lateness and its cause by the hour."""
    rows: list[Row] = []
    for h, load in enumerate(found.hours):
        if load.chats:
            people = len(found.people(h))
            rows.append([f"{h}–{h + 1} 点", load.chats, people, rounded(load.chats / people) if people else None, percent(load.late, load.asked),
                         percent(load.hollow, load.asked), percent(load.late + load.hollow, load.asked), cause(found, h)])
    return Table("各小时负荷与响应", ("钟点", "会话", "在岗客服", "人均会话", "30秒没人回%", "回了没说到点上%", "合计晚%", "判断"), rows,
                 f"没人回先看忙不忙(人均会话达到中位数的 {BUSY:g} 倍为扎堆);回了却没说到点上是话术和业务知识。判断只看比全天差 5 个百分点以上、且至少 5 个会话的钟点。")


def cause(found: Insights, hour: int) -> str:
    """Why an hour was late: 会话扎堆 (busier than usual, nobody answered), 回得慢 (not busier), 话术 (words without an answer), or nothing."""
    load = found.hours[hour]
    asked = sum(x.asked for x in found.hours)
    share = load.share
    if share is None or load.asked < FEW or not asked:
        return ""
    day = sum(x.late + x.hollow for x in found.hours) / asked
    if share < day + LATE:
        return ""
    if load.hollow > load.late:
        return "回了没说到点上,话术或业务知识"
    loads = [x.chats / len(found.people(h)) for h, x in enumerate(found.hours) if x.chats and found.on_duty[h]]
    people = len(found.people(hour))
    if not people:
        return "没有人在岗"
    return "会话扎堆,人均负荷高" if load.chats / people >= BUSY * median(loads) else "不算忙,但回得慢"


def staff(found: Insights) -> Table:
    """People needed and present by the hour."""
    rows: list[Row] = [[f"{h.hour}–{h.hour + 1} 点", h.chats, h.needed, h.present, max(0, h.missing), "是" if _peak(h.hour) else ""]
                       for h in staffing.by_hour([x.chats for x in found.hours], [len(found.people(h)) for h in range(24)])]
    return Table("排班测算", ("钟点", "会话", "需要人数", "在岗人数", "缺口", "行业文章的高峰"), rows,
                 f"按每人每天 {staffing.LIGHT}–{staffing.HEAVY} 个会话、八小时一班折算到小时;在岗人数按这一小时说过话的客服计。")


def _peak(hour: int) -> bool:
    return any(a <= hour < b for a, b in staffing.PEAKS)


def staffing_words(found: Insights) -> str:
    """The article's sum for the day, and its peaks against the data."""
    chats = [x.chats for x in found.hours]
    n = sum(chats)
    if not n:
        return ""
    seen = "、".join(f"{h}–{h + 1}" for h in staffing.busiest(chats))
    people = len(set[str]().union(*(found.people(h) for h in range(24))))
    low, high = staffing.people(n, staffing.HEAVY), staffing.people(n, staffing.LIGHT)
    need = str(low) if low == high else f"{low}–{high}"
    return (f"全天 {n:,} 个会话 ÷ 每人 {staffing.LIGHT}–{staffing.HEAVY} = 至少 {need} 人满班,实际 {people} 人说过话(含接转接的)。"
            f"行业文章说的高峰 10–12 点和 20–22 点占 {100 * (staffing.peak_share(chats) or 0):.0f}%(平均分布是 17%),实际最忙的是 {seen} 点。")


def consults(book: DayBook) -> Table:
    """Consult types, the four of the article first, with what was said that should not be."""
    found = book.insights.consults
    order = [*(k for k in CONSULTS if k in found), *sorted((k for k in found if k not in CONSULTS), key=lambda k: (-found[k].scores.n, k))]
    rows: list[Row] = []
    for label in order:
        c = found[label]
        said = "、".join(f"{w}({n})" for w, n in sorted(c.words.items(), key=lambda x: (-x[1], x[0]))[:4])
        rows.append([c.title, c.scores.n, rounded(c.scores.mean), c.findings, rounded(100 * c.findings / c.scores.n), said, BANNED.get(label, "")])
    return Table("咨询类型与禁用话术", ("咨询类型", "会话", "均分", "空话/敷衍/推诿", "每百会话", "当天实际说的", "行业文章列的禁用话术"), rows,
                 "禁用话术只在它就是整句答复、没有别的内容时才算;「差不多」这样的词放在完整的回答里没有错。")


def disputes(found: Insights) -> Table:
    """The steps of dispute handling: in how many chats each was taken."""
    rows: list[Row] = [[name, found.steps[name], percent(found.steps[name], found.disputes),
                        rounded(found.dispute_scores.get(name, Moments()).mean)] for name in STEPS]
    return Table("纠纷处理步骤", ("步骤", "做到的会话", "占比%", "这些会话均分"), rows if found.disputes else [],
                 f"{found.disputes} 个涉及物流、质量、错漏发或投诉的会话。五步全做到 {found.steps_taken[5]} 个,一步也没有 {found.steps_taken[0]} 个。")


def selling(found: Insights) -> Table:
    """How often agents recommended, closed, invited back."""
    rows: list[Row] = [[name, found.selling[name], percent(found.selling[name], found.sales)] for name in SELLING]
    return Table("主动推荐与引导", ("做法", "会话", "占比%"), rows if found.sales else [], f"{found.sales} 个售前咨询会话(规格、价格、发货、用法,且没有纠纷)。")


def outcomes(book: DayBook) -> Table:
    """Satisfaction, bad reviews, orders, refunds, repurchase, and how they go with the score."""
    rows: list[Row] = []
    for name, title in TITLES.items():
        o = book.insights.outcomes.get(name)
        if o is not None and o.mean is not None:
            value = f"{o.mean:.2f}" if name == "csat" else f"{100 * o.mean:.1f}%"
            r = o.with_score
            rows.append([title, o.n, value, GOALS[name] or "–", None if r is None else "看不出" if abs(r) <= o.noise else f"{r:+.2f}"])
    return Table("结果指标", ("结果", "有数据的会话", "数值", "要求", "与得分的相关"), rows, f"相关是皮尔逊 r,−1 到 1,少于 {LEAST} 个会话不算,分不出偶然的写「看不出」;相关不是因果。")


def outcome_rules(book: DayBook) -> Table:
    """The rules that go most with an outcome."""
    titles = {r.rule: r.title for r in book.tally.rules.values()}
    rows: list[Row] = []
    for name, title in TITLES.items():
        o = book.insights.outcomes.get(name)
        for rule, hit, mean, r in (o.with_rules()[:5] if o is not None else ()):
            rows.append([title, titles.get(rule, rule), rule, hit, f"{mean:.2f}" if name == "csat" else f"{100 * mean:.1f}%", f"{r:+.2f}"])
    return Table("规则与结果", ("结果", "规则说明", "规则", "命中会话", "命中时的数值", "相关"), rows)


def phrases(book: DayBook) -> Table:
    """What customers say today and did not say before."""
    found = risen(book.insights.phrases, book.tally.n, book.phrases_before, book.chats_before)
    return Table("今天多起来的说法", ("客户的话", "今天会话", "按前几天应有"), [[p, n, rounded(e)] for p, n, e in found],
                 f"与此前 {book.chats_before:,} 个会话相比,至少多到三倍。个人信息已打码。")


def load_words(load: Load) -> str:
    """What a square of the heat map says when pointed at."""
    return f"{load.chats} 个会话,30秒没人回 {load.late},回了没说到点上 {load.hollow}"
