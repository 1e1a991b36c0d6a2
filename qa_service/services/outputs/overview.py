"""The tally as small tables: the first sheet of the workbook, and the sheet of the agents."""
from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from qa_service.services import labels
from qa_service.services.day_parts import GroupTally
from qa_service.services.outputs.rows import Row
from qa_service.services.tally import Tally

Block = tuple[str, Sequence[str], list[Row]]
AGENT_HEAD: Final = (
    "客服", "店铺", "与全体相比", "会话数", "均分", "95%下限", "95%上限", "标准差", "一票否决", "客服消息", "每百条命中", "30秒回复率", "30秒有效率")
STANDINGS: Final = ("低于", "分不出", "会话太少", "高于")


def overview_blocks(tally: Tally) -> list[Block]:
    """(title, header, rows) one below the other."""
    return [
        ("总览", ("项目", "数值"), _totals(tally)),
        ("等级", ("等级", "会话数", "占比%"), [[title, tally.grades[g], percent(tally.grades[g], tally.n)] for g, title in labels.GRADES.items()]),
        ("首次响应:回复了,还是答复了", ("口径", "有回复", "15秒内", "30秒内", "180秒内", "中位(秒)", "平均(秒)"), _responses(tally)),
        ("命中(按分类)", ("分类", "正式", "试行", "每百条客服消息"), _categories(tally)),
        ("命中(按规则)", ("规则说明", "规则", "状态", "严重度", "命中", "会话", "共扣分"), _rules(tally)),
        ("店铺", ("店铺", "会话数", "均分", "一票否决", "30秒回复率", "30秒有效率"), [
            [shop, *_group(g)] for shop, g in sorted(tally.shops.items())]),
        ("承诺", ("类型", "待兑现", "已兑现", "前后矛盾", "有明确期限"), _commitments(tally)),
        ("备注", ("备注", "会话数"), [[note, n] for note, n in sorted(tally.notes.items(), key=lambda x: (-x[1], x[0]))])]


def agent_rows(tally: Tally) -> tuple[list[str], list[Row]]:
    """Header and rows of the agents by their standing, then by name: where intervals overlap there is no rank. Categories as further columns."""
    totals: Counter[str] = Counter()
    for g in tally.agents.values():
        totals.update(by_title(g))
    titles = [t for t, _ in sorted(totals.items(), key=lambda x: (-x[1], x[0]))]
    out: list[Row] = []
    mean = tally.scores.mean
    for (shop, agent), g in sorted(tally.agents.items(), key=lambda x: (STANDINGS.index(standing(x[1], mean)), x[1].name, x[0])):
        low, high = g.scores.interval or (None, None)
        mine = by_title(g)
        out.append([
            g.name or agent or "未署名", shop, standing(g, mean), g.scores.n, rounded(g.scores.mean), rounded(low), rounded(high), rounded(g.scores.sd),
            g.auto_fails, g.agent_messages, rounded(100 * sum(mine.values()) / g.agent_messages) if g.agent_messages else None,
            *_rates(g), *(mine[t] or None for t in titles)])
    return [*AGENT_HEAD, *titles], out


def standing(g: GroupTally, mean: float | None) -> str:
    """Whether the whole interval of an agent's mean lies below or above the day's; one of STANDINGS."""
    interval = g.scores.interval
    if mean is None or interval is None:
        return "会话太少"
    return "低于" if interval[1] < mean else "高于" if interval[0] > mean else "分不出"


def by_title(g: GroupTally) -> Counter[str]:
    """Findings by the Chinese name of their category."""
    out: Counter[str] = Counter()
    for category, n in g.categories.items():
        out[labels.category_title(category)] += n
    return out


def category_counts(tally: Tally) -> list[tuple[str, int, int]]:
    """(title, stable, trial) by category, most findings first; customer risk last, for it is nobody's fault."""
    counts: dict[tuple[bool, str], list[int]] = {}
    for r in tally.rules.values():
        pair = counts.setdefault((r.category.startswith("customer-risk"), labels.category_title(r.category)), [0, 0])
        pair[r.status != "stable"] += r.findings
    return [(title, a, b) for (_, title), (a, b) in sorted(counts.items(), key=lambda x: (x[0][0], -x[1][0], -x[1][1], x[0][1]))]


def percent(part: int, whole: int) -> float | None:
    """Per cent with one digit; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def rounded(value: float | None) -> float | None:
    """One digit after the point."""
    return None if value is None else round(value, 1)


def _totals(t: Tally) -> list[Row]:
    low, high = t.scores.interval or (None, None)
    return [
        ["会话数", t.n], ["消息数", t.messages], ["客服消息数", t.agent_messages], ["均分", rounded(t.scores.mean)], ["标准差", rounded(t.scores.sd)],
        ["均分 95% 下限", rounded(low)], ["均分 95% 上限", rounded(high)], ["一票否决", t.auto_fails], ["正式规则命中", t.findings("stable")],
        ["试行规则命中(不扣分)", t.findings("trial")], ["客户末句负面的会话", t.ended_negative],
        ["首条消息时间", f"{t.first_at.astimezone(t.zone):%Y-%m-%d %H:%M:%S}" if t.first_at else "无"],
        ["末条消息时间", f"{t.last_at.astimezone(t.zone):%Y-%m-%d %H:%M:%S}" if t.last_at else "无"]]


def _responses(t: Tally) -> list[Row]:
    r = t.responses
    return [[f"{name}(共 {r.asked} 个有时间的会话)", w.answered, w.within(15), w.within(30), w.within(180), rounded(w.median), rounded(w.mean)]
            for name, w in (("名义首响:有人回复", r.nominal), ("有效首响:说到点上", r.effective))]


def _categories(t: Tally) -> list[Row]:
    return [[title, stable, trial, rounded(100 * stable / t.agent_messages) if t.agent_messages else None]
            for title, stable, trial in category_counts(t)]


def _rules(t: Tally) -> list[Row]:
    ranked = sorted(t.rules.values(), key=lambda r: (r.tenths, -r.findings, r.rule))
    return [[r.title, r.rule, labels.STATUSES.get(r.status, r.status), labels.SEVERITIES.get(r.severity, r.severity), r.findings, r.chats,
             r.tenths / 10] for r in ranked]


def _rates(g: GroupTally) -> tuple[float | None, float | None]:
    r = g.responses
    return percent(r.nominal.within(30), r.asked), percent(r.effective.within(30), r.asked)


def _group(g: GroupTally) -> Row:
    return [g.scores.n, rounded(g.scores.mean), g.auto_fails, *_rates(g)]


def _commitments(t: Tally) -> list[Row]:
    out: list[Row] = []
    for kind, title in labels.COMMITMENTS.items():
        of = {status: sum(n for (k, s, _), n in t.commitments.items() if (k, s) == (kind, status)) for status in labels.COMMITMENT_STATUSES}
        if sum(of.values()):
            out.append([title, *of.values(), sum(n for (k, _, dated), n in t.commitments.items() if k == kind and dated)])
    return out
