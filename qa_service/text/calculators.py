"""How the platforms, and the articles this product follows, measure response: named calculators, each with version, window, exclusions, source.

A platform's definition changes with the years and differs from what a shop would call fair, so each is kept as it was published: nothing is
averaged into one. A calculator is a fraction in two columns: nominal (any words of a person) and effective (words that say something). The gap
between them is padding. Every chat gives four sums, and a day, a month or an agent is the sum of its chats: ``<name>_of``, ``<name>_sum``,
``<name>_effective_of``, ``<name>_effective_sum`` among the measures of an evaluation. A chat that adds nothing has none of them.

Rounds are those of exchange.py; hours are Chinese time. Source marks: see docs/measures.md.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qa_service.model.wire import DEFAULT_ZONE
from qa_service.text.clock import seconds_between
from qa_service.text.exchange import Exchange, Round

Sums = tuple[float, float, float, float]  # of, sum; of, sum of the effective column
Read = Callable[[Exchange], Sums | None]
Fold = Callable[[Mapping[str, float | int | None]], Sums | None]
SUFFIXES: Final = ("_of", "_sum", "_effective_of", "_effective_sum")
MEAN, SHARE, RATIO, LONGEST = "mean", "share", "ratio", "longest"
_EIGHT: Final = timedelta(hours=8)
_ALL: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Calculator:
    """One published way to measure. `channels`: whose chats it reads, empty for all. `goal`: what its source asks for ("" for nothing).

    kind   mean (seconds), share (0 … 1), ratio, longest (seconds; the maximum instead of a fraction)
    read   the sums of a chat, for those that stand on the wire under their own names
    fold   the sums of a chat out of its other measures, for those that do not
    """

    name: str
    title: str
    version: str
    kind: str
    channels: frozenset[str]
    window: str
    cap: str
    exclusions: str
    source: str
    checked: str
    goal: str = ""
    read: Read | None = None
    fold: Fold | None = None

    def sums(self, measures: Mapping[str, float | int | None]) -> Sums | None:
        """The sums of a chat, from the measures of its evaluation; None where it adds nothing."""
        if self.fold is not None:
            return self.fold(measures)
        of = measures.get(self.name + "_of")
        if of is None:
            return None
        a, b, c = (measures.get(self.name + suffix) or 0 for suffix in SUFFIXES[1:])
        return of, a, b, c


def read_sums(x: Exchange, into: dict[str, float | int | None]) -> None:
    """Add the sums of a chat with times: those of its platform's calculators and of the calculators for all."""
    for (of, total, effective_of, effective_total), read in _BY_CHANNEL.get(x.channel, _FOR_ALL):
        found = read(x)
        if found is not None:
            into[of], into[total], into[effective_of], into[effective_total] = found


def hour_of(at: datetime) -> int:
    """The hour on a Chinese clock."""
    return at.hour if at.utcoffset() == _EIGHT else at.astimezone(DEFAULT_ZONE).hour


def _by_day(rounds: Sequence[Round], opens: int = 8, closes: int = 23) -> list[Round]:
    """The rounds that began between two hours."""
    return [r for r in rounds if r.begun is not None and opens <= hour_of(r.begun) < closes]


def within(waits: Sequence[float], seconds: float) -> int:
    """How many of the waits ended in time."""
    n = 0
    for w in waits:
        if w <= seconds:
            n += 1
    return n


def _rounds_within(rounds: Sequence[Round], seconds: float) -> Sums | None:
    """All rounds, and how many were answered in time."""
    nominal = effective = 0
    for r in rounds:
        if r.wait is not None and r.wait <= seconds:
            nominal += 1
            if r.effective_wait is not None and r.effective_wait <= seconds:
                effective += 1
    n = len(rounds)
    return (n, nominal, n, effective) if n else None


def _rounds_capped(rounds: Sequence[Round], cap: float) -> Sums | None:
    """All rounds, and their seconds, none longer than the cap; unanswered is as long as the cap."""
    nominal = effective = 0.0
    for r in rounds:
        nominal += cap if r.wait is None or r.wait > cap else r.wait
        effective += cap if r.effective_wait is None or r.effective_wait > cap else r.effective_wait
    n = len(rounds)
    return (n, nominal, n, effective) if n else None


def _wangwang_mean_2022(x: Exchange) -> Sums | None:
    return None if x.robot_only else _rounds_capped(_by_day(x.rounds), 600.0)


def _wangwang_mean_2020(x: Exchange) -> Sums | None:
    nominal = [w for r in x.rounds if (w := r.wait)]
    effective = [w for r in x.rounds if (w := r.effective_wait)]
    return (len(nominal), sum(nominal), len(effective), sum(effective)) if nominal or effective else None


def _wangwang_3min(x: Exchange) -> Sums | None:
    return None if x.robot_only else _rounds_within(_by_day(x.rounds), 180)


def _jd_session(x: Exchange) -> Sequence[Round]:
    """The rounds of a session that began between 09:00 and 23:00; none otherwise."""
    return x.rounds if not x.robot_only and _by_day(x.rounds[:1], 9) else ()


def _jd_first_30s(x: Exchange) -> Sums | None:
    return _rounds_within(_jd_session(x)[:1], 30)


def _jd_mean(x: Exchange) -> Sums | None:
    rounds = _jd_session(x)
    nominal = [w for r in rounds if (w := r.wait) is not None]
    effective = [w for r in rounds if (w := r.effective_wait) is not None]
    return (len(nominal), sum(nominal), len(effective), sum(effective)) if nominal or effective else None


def _pdd_valid(x: Exchange) -> Sums | None:
    found = _rounds_within(_by_day(x.rounds), 3600)
    return None if found is None else (1, int(found[1] == found[0]), 1, int(found[3] == found[2]))


def _pdd_3min(x: Exchange) -> Sums | None:
    return _rounds_within(_by_day(x.rounds), 180)


def _feige_3min(x: Exchange) -> Sums | None:
    return _rounds_within(_by_day([_singly(x, r, i) for r in x.rounds for i in r.asked]), 180)


def _singly(x: Exchange, r: Round, i: int) -> Round:
    at = x.messages[i].at
    return Round((i,), at, r.answered, seconds_between(at, r.answered), r.effective, seconds_between(at, r.effective))


def _article_30s(x: Exchange) -> Sums | None:
    return _rounds_within(x.rounds if x.open or not x.tail else x.rounds[:-1], 30)


def _first_response(m: Mapping[str, float | int | None]) -> Sums | None:
    nominal, effective = m.get("first_response_seconds"), m.get("effective_first_response_seconds")
    return None if nominal is None else (1, nominal, int(effective is not None), effective or 0)


def _first_15s(m: Mapping[str, float | int | None]) -> Sums | None:
    if not m.get("customer_messages") or m.get("duration_seconds") is None:
        return None
    nominal, effective = m.get("first_response_seconds"), m.get("effective_first_response_seconds")
    return 1, int(nominal is not None and nominal <= 15), 1, int(effective is not None and effective <= 15)


def _human_reply(m: Mapping[str, float | int | None]) -> Sums | None:
    if not m.get("customer_messages"):
        return None
    return 1, int((m.get("answered_turns") or 0) > 0), 1, int((m.get("effectively_answered_turns") or 0) > 0)


def _answer_ratio(m: Mapping[str, float | int | None]) -> Sums | None:
    asked = m.get("customer_messages") or 0
    return (asked, m.get("agent_messages") or 0, asked, m.get("speaking_messages") or 0) if asked else None


def _unanswered(m: Mapping[str, float | int | None]) -> Sums | None:
    if not m.get("customer_messages"):
        return None
    return 1, m.get("unanswered_turns") or 0, 1, m.get("effectively_unanswered_turns") or 0


def _longest(m: Mapping[str, float | int | None]) -> Sums | None:
    nominal, effective = m.get("longest_wait_seconds"), m.get("effective_longest_wait_seconds")
    return None if nominal is None else (1, nominal, int(effective is not None), effective or 0)


def _handover(m: Mapping[str, float | int | None]) -> Sums | None:
    n, nominal, effective = m.get("handovers") or 0, m.get("handover_seconds"), m.get("effective_handover_seconds")
    return None if nominal is None else (n, nominal, n if effective is not None else 0, effective or 0)


_TAOBAO: Final = frozenset(("tmall", "taobao"))
_JD, _PDD, _DOUYIN = frozenset(("jd",)), frozenset(("pdd",)), frozenset(("douyin",))
_DAY, _NIGHT, _WHOLE = "08:00–23:00(轮次起点)", "09:00–23:00(会话起点)", "全天"
_KEFU, _TMALL = "电商客户服务体系与考核(运营文章)", "天猫商家客服运营(运营文章)"
CALCULATORS: Final = (
    Calculator("wangwang_mean_2022", "旺旺人工平响时长", "2022", MEAN, _TAOBAO, _DAY, "每轮封顶 600 秒,没有回复记 600 秒",
               "机器人全自动接待的会话两边都不计;自动回复不算回复", "diantuoyi.com/article/4966(2022)", "2026-11", read=_wangwang_mean_2022),
    Calculator("wangwang_mean_2020", "旺旺人工平响时长", "2020", MEAN, _TAOBAO, _WHOLE, "无",
               "0 秒的回复和没有回复的轮次不计;自动回复不算回复", "39zn.cn/article/119643(2020-09)", "2026-11", read=_wangwang_mean_2020),
    Calculator("wangwang_3min", "旺旺3分钟人工响应率", "2022", SHARE, _TAOBAO, _DAY, "180 秒",
               "机器人全自动接待的会话不计;连续提问算一轮,从第一句计时。另一来源的窗口到 24:00",
               "g8108.cn/edu/article/1108(2025-06)、dingjiuxi.cn/tbnews/14066(2023-04)", "2026-11", read=_wangwang_3min),
    Calculator("jd_first_30s", "咚咚首次30秒应答率", "2021-12", SHARE, _JD, _NIGHT, "30 秒",
               "23:00–9:00 发起的会话不计;只看首轮。客服全部离线时的留言平台另计,导出里看不出,故未剔除",
               "maijiaw.com/article/505791(2021-12)", "2026-11", read=_jd_first_30s),
    Calculator("jd_mean", "咚咚平均响应时长", "2021-12", MEAN, _JD, _NIGHT, "无",
               "23:00–9:00 发起的会话不计;没有回复的轮次不计", "maijiaw.com/article/505791(2021-12);二手页面要求 <40 秒", "2026-11", "< 40 秒", read=_jd_mean),
    Calculator("pdd_reply", "拼多多人工回复率", "2019", SHARE, _PDD, _DAY, "1 小时",
               "以一个会话代一位买家的一天;有一条消息没有回复或超过 1 小时才回复,整个会话算无效", "ws46.com showinfo-24-225598、HiShop(2019)", "2026-11",
               read=_pdd_valid),
    Calculator("pdd_3min", "拼多多3分钟回复率", "未定", SHARE, _PDD, _DAY, "180 秒",
               "各年口径不同(3 分钟或 5 分钟、按消息或按轮次),这里按轮次;以商家后台为准", "ws46.com showinfo-24-225598(2019)", "2026-11", read=_pdd_3min),
    Calculator("feige_3min", "飞鸽3分钟人工回复率", "未标年份", SHARE, _DOUYIN, "08:00–23:00(消息时间)", "180 秒", "按消息逐条计,每条从自己的时间起算", "plnmw.com", "2026-11",
               read=_feige_3min),
    Calculator("article_30s", "30秒响应率", "运营文章", SHARE, _ALL, _WHOLE, "30 秒", "末尾没有具体内容的客户消息(好的、谢谢)不算一轮;没有平台出处",
               _TMALL, "2026-11", "≥ 80%,目标 85%", read=_article_30s),
    Calculator("first_response", "平均首次响应时长", "运营文章", MEAN, _ALL, _WHOLE, "无", "没有人回复的会话不计", _KEFU, "2026-11", "≤ 15 秒", fold=_first_response),
    Calculator("first_15s", "15秒首次响应率", "运营文章", SHARE, _ALL, _WHOLE, "15 秒", "客户没有说话的会话不计", _KEFU, "2026-11", fold=_first_15s),
    Calculator("human_reply", "人工回复率", "运营文章", SHARE, _ALL, _WHOLE, "无", "客户没有说话的会话不计", _KEFU, "2026-11", "≥ 90%", fold=_human_reply),
    Calculator("answer_ratio", "答问比", "行业通行", RATIO, _ALL, _WHOLE, "无", "客户没有说话的会话不计", "行业通行口径: 客服消息数 ÷ 客户消息数", "2026-11",
               fold=_answer_ratio),
    Calculator("unanswered", "末尾未答的会话", "本产品", SHARE, _ALL, _WHOLE, "无", "只算末尾提出了具体问题的", "本产品", "2026-11", fold=_unanswered),
    Calculator("longest_wait", "最长等待", "本产品", LONGEST, _ALL, _WHOLE, "无", "没有答复的轮次不计", "本产品", "2026-11", fold=_longest),
    Calculator("handover", "转接等待", "本产品", MEAN, _ALL, _WHOLE, "无", "从前一位的末句(或其后客户的第一句)到后一位的首句;不知道是谁的消息不计", "本产品", "2026-11",
               fold=_handover),
)
_KEYED: Final = tuple((c.channels, (tuple(c.name + s for s in SUFFIXES), c.read)) for c in CALCULATORS if c.read is not None)
_FOR_ALL: Final = tuple(entry for channels, entry in _KEYED if not channels)
_BY_CHANNEL: Final = {channel: tuple(entry for channels, entry in _KEYED if not channels or channel in channels)
                      for channel in sorted({name for channels, _ in _KEYED for name in channels})}
