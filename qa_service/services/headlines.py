"""The sentences on top of the report: what a supervisor should do first, each with the figure it rests on."""
from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

from qa_service.services.day_parts import GroupTally
from qa_service.services.outputs.overview import by_title, standing
from qa_service.services.tally import Tally

_LOAD: Final = 10
_NAMED: Final = 3  # agents and chats called by name
_SHARE: Final = 48  # an hour counts when it has at least half of an even share of the day's chats


class Headline(NamedTuple):
    """A figure, what it is, what to do about it, and the section of the page where it stands."""

    figure: str
    text: str
    advice: str
    section: str


def headlines(t: Tally) -> list[Headline]:
    """At most eight: whom to coach and which chats to check first, then promises, speed and rules. Nothing is said where nothing was found."""
    found = [_failed(t), _coach(t), _review(t), _overdue(t), _gap(t), _hour(t), _dearest(t), _risk(t)]
    return [h for h in found if h is not None]


def _gap(t: Tally) -> Headline | None:
    r = t.responses
    nominal, effective = r.share(r.nominal, 30), r.share(r.effective, 30)
    if nominal is None or effective is None or r.nominal.answered == 0:
        return None
    never = r.nominal.answered - r.effective.answered
    return Headline(f"{round(100 * nominal) - round(100 * effective)} 个百分点",
                    f"30 秒内有人回话 {100 * nominal:.0f}%,30 秒内说到点上 {100 * effective:.0f}%。差额是问候、稍等和客套;{never} 个会话回了话,却始终没有答到问题。",
                    "看「主要问题」里的无效回复,先改开场话术", "response")


def _failed(t: Tally) -> Headline | None:
    if not t.auto_fails:
        return None
    failed = [c.id for c in t.lowest.items() if c.auto_fail]
    return Headline(f"{t.auto_fails} 个", f"会话被一票否决:{_some(failed)}。", "今天逐个复核", "low")


def _coach(t: Tally) -> Headline | None:
    """Agents whose whole interval lies below the day's mean, with what they do more often than their colleagues."""
    below = [(key, g) for key, g in t.agents.items() if standing(g, t.scores.mean) == "低于"]
    if not below:
        return None
    below.sort(key=lambda x: (x[1].scores.mean or 0.0, x[0]))
    (shop, agent), worst = below[0]
    name = worst.name or agent or "未署名"
    more = _more_than_others(t, worst)
    chats = [c.id for c in t.lowest.items() if (c.shop, c.agent) == (shop, name)]
    place = f"({shop})" if len(t.shops) > 1 else ""
    who = f"{name}{place} 均分 {worst.scores.mean:.1f}({worst.scores.n} 个会话),全体 {t.scores.mean:.1f},差距不是偶然。"
    often = "比同事多的是" + "、".join(f"「{title}」{n} 次" for title, n in more) + "。" if more else ""
    others = f"另有 {len(below) - 1} 位也低于全体。" if len(below) > 1 else ""
    return Headline(name if len(below) == 1 else f"{len(below)} 位客服", who + often + others, f"先辅导 {name}" + (f":一起看 {_some(chats)}" if chats else ""), "agents")


def _more_than_others(t: Tally, g: GroupTally) -> list[tuple[str, int]]:
    """The categories an agent has most above an even share of the day's findings, with the count."""
    day: Counter[str] = Counter()
    for other in t.agents.values():
        day.update(by_title(other))
    mine = by_title(g)
    excess = {title: n - g.scores.n * day[title] / t.n for title, n in mine.items()}
    return [(title, mine[title]) for title in sorted(excess, key=lambda x: (-excess[x], x))[:2] if excess[title] >= 1]


def _review(t: Tally) -> Headline | None:
    rules = [r for r in t.rules.values() if r.status == "stable" and r.needs_human]
    if not rules:
        return None
    top = max(rules, key=lambda r: (r.needs_human, r.rule))
    return Headline(f"{sum(r.needs_human for r in rules)} 处", f"命中要人看过才算数,最多的是「{top.title}」({top.needs_human} 处)。", "复核之前不用于考核", "rules")


def _some(ids: list[str]) -> str:
    """The first few of a list of chats, and that there are more."""
    return "、".join(ids[:_NAMED]) + (" 等" if len(ids) > _NAMED else "")


def _risk(t: Tally) -> Headline | None:
    risks = [r for r in t.rules.values() if r.category.startswith("customer-risk") and r.status == "stable"]
    if not risks:
        return None
    top = max(risks, key=lambda r: (r.chats, r.rule))
    return Headline(f"{sum(r.findings for r in risks)} 次", f"客户侧风险,最多的是「{top.title}」({top.chats} 个会话)。不扣客服分。", "主管今天跟进", "rules")


def _dearest(t: Tally) -> Headline | None:
    costly = [r for r in t.rules.values() if r.tenths < 0]
    if not costly:
        return None
    top = min(costly, key=lambda r: (r.tenths, r.rule))
    return Headline(f"{-top.tenths / 10:,.0f} 分", f"扣分最多的规则是「{top.title}」:{top.findings} 次,{top.chats} 个会话。", top.suggest, "rules")


def _hour(t: Tally) -> Headline | None:
    """The hour with the largest share without an effective answer in 30 seconds, among hours with some load and above the day's share."""
    def late(hour: int) -> float:
        r = t.hours[hour].responses
        return 1 - (r.share(r.effective, 30) or 0.0)
    busy = [h for h in range(24) if t.hours[h].responses.asked >= max(_LOAD, t.n / _SHARE)]
    if len(busy) < 2:
        return None
    worst = max(busy, key=lambda h: (late(h), -h))
    day = 1 - (t.responses.share(t.responses.effective, 30) or 0.0)
    if late(worst) < day + 0.05:
        return None
    return Headline(f"{worst}–{worst + 1} 点", f"{t.hours[worst].chats} 个会话里 {100 * late(worst):.0f}% 在 30 秒内没有得到有效答复,全天是 {100 * day:.0f}%。",
                    "这一小时加排班,或先给出可兑现的时间", "hours")


def _overdue(t: Tally) -> Headline | None:
    late = overdue(t)
    return None if late == "0" else Headline(f"{late} 条", "承诺在日志末尾已过期,聊天里看不到兑现。", "按「承诺清单」逐条核对订单", "promises")


def overdue(t: Tally) -> str:
    """How many open promises were due before the last message of the log; only the earliest are kept, so a full list says 至少."""
    late = sum(p.due < t.last_at for p in t.due.items()) if t.last_at is not None else 0
    return f"至少 {late}" if late == t.due.limit else str(late)
