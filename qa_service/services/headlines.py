"""The sentences on top of the report: what a supervisor should do first, each with the figure it rests on."""
from __future__ import annotations

from typing import Final, NamedTuple

from qa_service.services.tally import Tally

_LOAD: Final = 10
_SHARE: Final = 48  # an hour counts when it has at least half of an even share of the day's chats


class Headline(NamedTuple):
    """A figure, what it is, and what to do about it."""

    figure: str
    text: str
    advice: str


def headlines(t: Tally) -> list[Headline]:
    """At most six, gravest first. Nothing is said where nothing was found."""
    found = [_gap(t), _failed(t), _risk(t), _dearest(t), _hour(t), _overdue(t)]
    return [h for h in found if h is not None]


def _gap(t: Tally) -> Headline | None:
    r = t.responses
    nominal, effective = r.share(r.nominal, 30), r.share(r.effective, 30)
    if nominal is None or effective is None or r.nominal.answered == 0:
        return None
    never = r.nominal.answered - r.effective.answered
    return Headline(f"{round(100 * nominal) - round(100 * effective)} 个百分点",
                    f"30 秒内有人回话 {100 * nominal:.0f}%,30 秒内说到点上 {100 * effective:.0f}%。差额是问候、稍等和客套;{never} 个会话回了话,却始终没有答到问题。",
                    "看「主要问题」里的无效回复,先改开场话术")


def _failed(t: Tally) -> Headline | None:
    return Headline(f"{t.auto_fails} 个", "会话被一票否决。", "今天逐条复核,见「最低分会话」") if t.auto_fails else None


def _risk(t: Tally) -> Headline | None:
    risks = [r for r in t.rules.values() if r.category.startswith("customer-risk") and r.status == "stable"]
    if not risks:
        return None
    top = max(risks, key=lambda r: (r.chats, r.rule))
    return Headline(f"{sum(r.findings for r in risks)} 次", f"客户侧风险,最多的是「{top.title}」({top.chats} 个会话)。不扣客服分。", "主管今天跟进")


def _dearest(t: Tally) -> Headline | None:
    costly = [r for r in t.rules.values() if r.tenths < 0]
    if not costly:
        return None
    top = min(costly, key=lambda r: (r.tenths, r.rule))
    return Headline(f"{-top.tenths / 10:,.0f} 分", f"扣分最多的规则是「{top.title}」:{top.findings} 次,{top.chats} 个会话。", top.suggest)


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
                    "这一小时加排班,或先给出可兑现的时间")


def _overdue(t: Tally) -> Headline | None:
    late = overdue(t)
    return None if late == "0" else Headline(f"{late} 条", "承诺在日志末尾已过期,聊天里看不到兑现。", "按「承诺清单」逐条核对订单")


def overdue(t: Tally) -> str:
    """How many open promises were due before the last message of the log; only the earliest are kept, so a full list says 至少."""
    late = sum(p.due < t.last_at for p in t.due.items()) if t.last_at is not None else 0
    return f"至少 {late}" if late == t.due.limit else str(late)
