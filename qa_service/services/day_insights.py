"""What a day says beyond scores: where responses were late and why, consult types, disputes step by step, selling, outcomes, the customers' words.

Read once per chat, after scoring, from the chat and its evaluation; never while scoring. Everything it keeps of the chats' words is masked.
"""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, Final

from qa_service.model.conversation import LANGUAGE_KINDS, Conversation, agent_key
from qa_service.services.counting import Moments
from qa_service.services.day_measures import DayMeasures
from qa_service.services.masking import mask
from qa_service.services.outcomes import Outcomes, OutcomeTally, outcomes_of

PROMPT: Final = 30.0
DISPUTES: Final = frozenset(("logistics", "quality", "wrong_item", "complaint"))
CONSULTS: Final = ("product_spec", "price", "shipping_time", "usage")
STEPS: Final[Mapping[str, re.Pattern[str]]] = {
    "安抚": re.compile(r"抱歉|对不起|不好意思|非常理解|能理解|理解您|别着急|您别急|消消气|给您添麻烦|让您久等|辛苦您"),
    "核实": re.compile(r"核实|核对|帮您查|查一下|查询|看一下|看下|拍照|拍一?下|发.{0,4}(?:图|照片|视频)|提供.{0,6}(?:图|照片|单号)|是什么问题|具体.{0,6}(?:情况|问题)"),
    "方案": re.compile(r"补发|重发|换货|换一|退货|退款|退给您|维修|返修|更换|申请.{0,4}(?:退|换|售后)|两种方案|处理方案|解决方案|可以给您|帮您(?:申请|登记|改|拦截|催)"),
    "补偿": re.compile(r"补偿|赔|优惠券|无门槛|红包|差价|返还|退您\d|小礼品|赠送|承担.{0,4}运费|运费.{0,4}承担"),
    "跟进": re.compile(r"跟进|跟踪|回复您|答复您|给您答复|联系您|回电|通知您|第一时间.{0,6}(?:告|回|联)|有(?:结果|消息|进展).{0,6}(?:告|通|回|联)|稍后.{0,6}(?:告|回|联)")}
SELLING: Final[Mapping[str, re.Pattern[str]]] = {
    "主动推荐": re.compile(r"推荐|搭配|更适合您|建议您(?:拍|选|穿|买|用)|可以看看这|这款.{0,6}(?:更|也)|卖得.{0,3}好|热销"),
    "逼单": re.compile(r"今天(?:下单|拍)|现在(?:下单|拍|付款)|拍下|库存(?:不多|紧张)|还剩|马上(?:就要)?(?:结束|恢复原价)|最后.{0,3}(?:天|件|小时)|活动.{0,6}(?:结束|截止)|尽快(?:下单|拍|付)|喜欢.{0,4}(?:拍|下单)"),
    "复购引导": re.compile(r"复购|回购|下次(?:购买|下单|光临|再来)|老客|会员|关注(?:店铺|本店|我们)|收藏(?:店铺|本店)|第二件|生日")}
_WORD: Final = re.compile(r"[\u4e00-\u9fff]{2,12}")
_DULL: Final = re.compile(r"^(?:好的|谢谢|你好|您好|在吗|亲|嗯+|可以|没有|知道了|收到|哦|好|行|是的|对|不是|有人吗|人呢)[的了吗呢啊哦吧呀]*$")
PHRASES: Final = 200_000  # distinct lines kept at most: then those said once are let go


@dataclass(slots=True)
class Load:
    """Chats of an hour, or of an agent in an hour. `late`: no human words in 30 s; `hollow`: words in time that said nothing."""

    chats: int = 0
    asked: int = 0
    late: int = 0
    hollow: int = 0

    @property
    def share(self) -> float | None:
        """Share of the chats without an effective answer in 30 s; None where nobody asked."""
        return (self.late + self.hollow) / self.asked if self.asked else None


def _day() -> list[Load]:
    return [Load() for _ in range(24)]


@dataclass(slots=True)
class ConsultTally:
    """Chats about one topic: scores, and the empty, curt or shirking words said in answer to it."""

    title: str
    scores: Moments = field(default_factory=Moments)
    findings: int = 0
    words: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Insights:
    """One day. `on_duty`: ids of those who answered, by the hour; `names`: how people know them; `cells`: the load of an agent by the hour."""

    hours: list[Load] = field(default_factory=_day)
    on_duty: list[set[str]] = field(default_factory=lambda: [set() for _ in range(24)])
    names: dict[str, str] = field(default_factory=dict)
    cells: dict[str, list[Load]] = field(default_factory=dict)
    measures: DayMeasures = field(default_factory=DayMeasures)
    consults: dict[str, ConsultTally] = field(default_factory=dict)
    disputes: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    steps_taken: Counter[int] = field(default_factory=Counter)
    dispute_scores: dict[str, Moments] = field(default_factory=dict)
    sales: int = 0
    selling: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, OutcomeTally] = field(default_factory=dict)
    phrases: Counter[str] = field(default_factory=Counter)

    def add(self, c: Conversation, evaluation: Mapping[str, Any], zone: tzinfo, joined: Outcomes) -> None:
        """One conversation and its evaluation; `joined` are the outcomes a table tells, which win over the chat's own."""
        self.measures.add(evaluation["measures"])
        self._load(c, evaluation["measures"], zone)
        labels = {t["label"] for t in evaluation["topics"]}
        said = "\n".join([m.text for m in c.messages if m.role == "agent" and m.kind in LANGUAGE_KINDS])
        tenths = round(evaluation["score"]["total"] * 10)
        self._consult(evaluation, tenths)
        if labels & DISPUTES and said:
            self._dispute(said, tenths)
        elif said and labels.intersection(CONSULTS):
            self.sales += 1
            self.selling.update([name for name, pattern in SELLING.items() if pattern.search(said)])
        rules = {f["rule"] for f in evaluation["findings"]}
        for name, value in {**outcomes_of(c.meta), **joined}.items():
            self.outcomes.setdefault(name, OutcomeTally()).add(value, tenths / 10, rules)
        self.phrases.update(set(phrases_of(c)))
        if len(self.phrases) > PHRASES:
            self.phrases = Counter({p: n for p, n in self.phrases.items() if n > 1})

    def people(self, hour: int) -> set[str]:
        """Who answered in an hour, by name."""
        return {self.names.get(i, i) for i in self.on_duty[hour]}

    def _load(self, c: Conversation, measures: Mapping[str, Any], zone: tzinfo) -> None:
        begun = next((m.at for m in c.messages if m.at is not None), None)
        if begun is None:
            return
        hour = begun.astimezone(zone).hour
        agent = c.agent.name or agent_key(c) or "未署名"
        if c.agent.id and c.agent.name:
            self.names[c.agent.id] = c.agent.name
        loads = (self.hours[hour], self.cells.setdefault(agent, _day())[hour])
        for m in c.messages:
            if m.role == "agent" and m.at is not None:
                self.on_duty[m.at.astimezone(zone).hour].add(m.agent_id or c.agent.id or agent)
        nominal, effective = measures.get("first_response_seconds"), measures.get("effective_first_response_seconds")
        asked = bool(measures.get("customer_messages"))
        late = asked and (nominal is None or nominal > PROMPT)
        hollow = asked and not late and (effective is None or effective > PROMPT)
        for load in loads:
            load.chats += 1
            load.asked += asked
            load.late += late
            load.hollow += hollow

    def _consult(self, evaluation: Mapping[str, Any], tenths: int) -> None:
        topics = evaluation["topics"]
        for t in {t["label"]: t for t in topics}.values():
            self.consults.setdefault(t["label"], ConsultTally(t["title"])).scores.add(tenths)
        for f in evaluation["findings"]:
            if not f["spans"] or not f["category"].startswith(("empty-reply", "courtesy")):
                continue
            before = [t for t in topics if t["message"] <= f["spans"][0]["message"]]
            if before:
                consult = self.consults[max(before, key=lambda t: t["message"])["label"]]
                consult.findings += 1
                words = mask(f["spans"][0]["text"].strip())
                if 0 < len(words) <= 16 and len(consult.words) < 5_000:
                    consult.words[words] += 1

    def _dispute(self, said: str, tenths: int) -> None:
        self.disputes += 1
        taken = [name for name, pattern in STEPS.items() if pattern.search(said)]
        self.steps.update(taken)
        self.steps_taken[len(taken)] += 1
        for name in taken:
            self.dispute_scores.setdefault(name, Moments()).add(tenths)


def phrases_of(c: Conversation) -> Iterator[str]:
    """What the customer said, cut at every mark; personal data starred, and what holds stars left out."""
    for m in c.messages:
        if m.role == "customer" and m.kind in LANGUAGE_KINDS:
            for line in _WORD.findall(mask(m.text[:400])):
                if not _DULL.match(line):
                    yield line


def risen(today: Counter[str], chats: int, before: Counter[str], chats_before: int, least: int = 5, most: int = 12) -> list[tuple[str, int, float]]:
    """(phrase, chats today, expected by the days before) of what is said at least three times as often as before, the most surprising first."""
    if not chats or not chats_before:
        return []
    out = []
    for phrase, n in today.items():
        expected = (before[phrase] + 0.5) * chats / chats_before
        if n >= least and n >= 3 * expected:
            out.append((phrase, n, expected))
    out.sort(key=lambda x: (-(x[1] - x[2]) / (x[2] ** 0.5), x[0]))
    return _apart(out)[:most]


def _apart(found: Sequence[tuple[str, int, float]]) -> list[tuple[str, int, float]]:
    kept: list[tuple[str, int, float]] = []
    for item in found[:200]:
        if not any(item[0] in other[0] or other[0] in item[0] for other in kept):
            kept.append(item)
    return kept
