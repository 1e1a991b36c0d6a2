"""Whether an act in its clause is promised: one small test for each act, after what no promise can be (denied, done, asked, a mere noun).

A test reads who acts (`actor`), what lies ahead, and the words right beside the act.
"""
from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Final, Literal

from qa_service.text import commitment_patterns as p
from qa_service.text.amounts import AMOUNT
from qa_service.text.deadlines import HINT, Deadline, find_deadlines

_LEFT, _RIGHT = 48, 40  # how much of a clause is looked at around an act: clauses without marks can be a page long
BARE_LONGEST: Final = 24
BARE_HEAD: Final = re.compile(r"(?:亲+|好的|客官|嗯+|恩+|会|在|拍下|付款|下单|之?后|现在|就|可以|给您)*")
BARE_TAIL: Final = re.compile(r"(?:的|发|发的|退|就发|之?后|可以|到账|左右)?")
_start, _end = attrgetter("start"), attrgetter("end")
_OFFERS: Final = frozenset(("reissue", "refund", "return_money", "compensate", "token", "exchange", "swap", "gift", "contact", "report", "call", "tell", "freight", "discount"))
_ADVERB: Final = r"(?:们)?(?:的|这边|再|重新|直接|免费|单独|尽量|马上|立即|尽快|优先|加急|统一|一起|都|全部|全额|另外|额外|特殊|特别|先|去|下|一下|安排|申请|补|多|各|也|还|另|来|一一|办理|走|现在|今天|明天|到时|进行|操作|手动|自动|及时|尽早|要求|升级|加紧|仔细|认真|好好)*"
_RIGHT_BEFORE: Final = re.compile(rf"(?:(?:给|帮|为|替){p._WHO}|(?:给|帮|为|替)(?:您|亲)的){_ADVERB}$")
_WE_BEFORE: Final = re.compile(rf"(?:我们|我|咱们?|这边|小二|小妹|妹子|妹纸|掌柜){_ADVERB}(?:会|就|来|可以|把.{{1,8}})?$")
_TO_CUSTOMER: Final = re.compile(r"(?:给|到)?(?:您|你|亲|客官)(?!的(?!$))")
_OWN: Final = re.compile(r"我|咱|这边|这里|这面|小|妹|掌柜|老板|客服|经理|主管")
_WILL: Final = re.compile(r"(?<![不只才机社约])会|将|一定|尽快|马上|立即|优先|明天|到时|稍后|加紧|肯定|保证|第一时间|尽早")
_AFTER: Final = re.compile(r"(?<!售)(?<!最)后(?!面)|完毕|完成|清楚|结果|消息|到了|好了|有货|到货|好$")
_LONG_HEDGE: Final = 240
_COMPENSATE_BEFORE: Final = re.compile(rf"(?:(?:给|帮|为){p._WHO}|(?:补|退|返|赔|补给|退给|返给)(?:您|你|亲)){_ADVERB}(?:补|退|返|算|退回|退还|返还)?(?:一下|下|这个|这|部分|之间的|的)*$")
_TOKEN_BEFORE: Final = re.compile(
    rf"(?:给|帮|为|替|送|补|发|返|赔){p._WHO}.{{0,16}}$|(?:送|补|发|返|赠送|补偿|申请)(?:一?张|个|\d|[一二两三五十]).{{0,10}}$")
_FREIGHT_BEFORE: Final = re.compile(
    r"(?:我们|我|商家|小店|这边|卖家|给您|帮您|为您|给亲|帮亲|退您|返您)(?:这边|来|会|给您|帮您|可以)*.{0,2}(?:出|承担|负责|报销|补贴|退|返|补)(?:您|亲|来回|的|一下|下|寄回|退回|退货)*$")
_HANDED: Final = re.compile(r"(?:回|还)?给(?:您|你|亲)")
_COURIER: Final = re.compile(r"快递|配送|派件|派送|小哥")
_MONEY: Final = re.compile(r"钱|差价|运费|款|补偿|红包|邮费")
_VIA: Final = re.compile(r"(?:让|叫|跟|和|与|向|给|联系|通知|找|催|请)[^,]{0,6}$")


class Bubble:
    """One message's norm with what all its acts share, computed once and only if asked: clause ends and time limits."""

    __slots__ = ("_cuts", "_limits", "norm")

    def __init__(self, norm: str) -> None:
        self.norm = norm
        self._cuts: list[int] | None = None
        self._limits: list[Deadline] | None = None

    @property
    def cuts(self) -> list[int]:
        """Positions of the clause ends, with −1 before the first clause and the length after the last."""
        if self._cuts is None:
            self._cuts = [-1, *[m.start() for m in p.BOUNDARY.finditer(self.norm)], len(self.norm)]
        return self._cuts

    @property
    def limits(self) -> list[Deadline]:
        """All time limits, in order."""
        if self._limits is None:
            self._limits = list(find_deadlines(self.norm, 0, len(self.norm))) if HINT.search(self.norm) else []
        return self._limits

    def between(self, low: int, high: int) -> list[Deadline]:
        """The time limits inside norm[low:high]."""
        limits = self.limits
        return limits and limits[bisect_left(limits, low, key=_start):bisect_right(limits, high, key=_end)]


class Act:
    """One act word at norm[start:end] in the clause part norm[low:high]; `whole`: the clause ends at high."""

    __slots__ = ("_actor", "_deadline", "actor_start", "bubble", "end", "high", "kind", "left", "low", "norm", "right", "start", "whole", "word")

    def __init__(self, kind: str, word: str, bubble: Bubble, start: int) -> None:
        end = start + len(word)
        cut = bisect_left(bubble.cuts, end)
        low, high = max(bubble.cuts[bisect_left(bubble.cuts, start) - 1] + 1, start - _LEFT), min(bubble.cuts[cut], end + _RIGHT)
        self.kind, self.word, self.bubble, self.norm = kind, word, bubble, bubble.norm
        self.start, self.end, self.low, self.high, self.whole = start, end, low, high, high == bubble.cuts[cut]
        self.left, self.right = self.norm[low:start], self.norm[end:high]
        self._actor: str | None = None
        self._deadline: Deadline | Literal[False] | None = False
        self.actor_start = start

    @property
    def actor(self) -> str:
        """Who acts: "to" (for the customer), "we", "you", or "" where the clause does not say. The last one named before the act counts."""
        if self._actor is None:
            self._actor = ""
            for match in p.ACTOR.finditer(self.left):
                if match.lastgroup != "aside":
                    self._actor, self.actor_start = match.lastgroup or "", self.low + match.start()
        return self._actor

    @property
    def deadline(self) -> Deadline | None:
        """The clause's time limit: the outermost if one says so, else the last before the act, else the first after; 尽快 only if no other.

        Failing these, a neighbouring clause that is nothing but a time limit ("给您回电,24小时内").
        """
        if self._deadline is False:
            inside = self.bubble.between(self.low, self.high)
            self._deadline = max(inside, key=self._rank) if inside else self._beside() if self.bubble.limits else None
        return self._deadline or None

    def _rank(self, limit: Deadline) -> tuple[int, bool, int]:
        before = limit.end <= self.start
        return 2 if limit.edge else 1 if limit.firm else 0, before, limit.start if before else -limit.start

    def _beside(self) -> Deadline | None:
        cuts, norm = self.bubble.cuts, self.norm
        here = bisect_left(cuts, self.end)
        for at in (here + 1, here - 1):
            if 0 < at < len(cuts) and 1 < cuts[at] - cuts[at - 1] <= BARE_LONGEST:
                for limit in self.bubble.between(cuts[at - 1] + 1, cuts[at]):
                    if limit.firm and BARE_HEAD.fullmatch(norm, cuts[at - 1] + 1, limit.start) and BARE_TAIL.fullmatch(norm, limit.end, cuts[at]):
                        return limit
        return None

    @property
    def ours(self) -> bool:
        """The shop acts, or acts for the customer."""
        return self.actor in ("to", "we")

    @property
    def own(self) -> bool:
        """The person who writes acts, not a third party."""
        return self.actor == "to" or (self.actor == "we" and _OWN.match(self.norm, self.actor_start) is not None)

    @property
    def beside(self) -> bool:
        """给您 and nothing but adverbs stands before the act."""
        return _RIGHT_BEFORE.search(self.left) is not None

    @property
    def ahead(self) -> bool:
        """Something in front says that it is still to come."""
        return self.deadline is not None or p.FUTURE.search(self.left) is not None

    @property
    def firm(self) -> bool:
        """A time limit that names a time."""
        return self.deadline is not None and self.deadline.firm

    @property
    def theirs(self) -> bool:
        """The customer is to do it."""
        return self.actor == "you" or (not self.ours and p.DIRECT.search(self.left) is not None)

    def has(self, pattern: re.Pattern[str]) -> bool:
        """`pattern` somewhere in the clause."""
        return pattern.search(self.norm, self.low, self.high) is not None


def promised(act: Act) -> bool:
    """Whether the act is promised."""
    return not _ruled_out(act) and _TESTS[act.kind](act)


def _ruled_out(act: Act) -> bool:
    left, right = act.left, act.right
    if p.NOT.search(left[-20:]) or p.NOT_AFTER.match(right) or p.ASKING.search(left[-18:]) or (act.kind != "effort" and p.NOUN_AFTER.match(right)):
        return True
    if p.ONGOING.search(left[-12:]) and not act.firm:
        return True
    near = left[-16:]
    done = None
    for done in p.DONE_BEFORE.finditer(near):
        pass
    if done is not None and (right.endswith("了") or not p.STRONG_FUTURE.search(near, done.end())):
        return True
    if p.DONE_AFTER.match(right) and not p.STRONG_FUTURE.search(near):
        return True
    return _asked(act)


def _asked(act: Act) -> bool:
    """A question that is no offer."""
    if not act.whole:
        return False
    if p.QUESTION.match(act.norm, act.high) or act.right.endswith(("可以不", "好么", "可以么")):
        offer = p.OFFER_END.search(act.right)
        return not (offer and act.kind in _OFFERS and (act.ours or act.word[-1] in "您你亲" or _TO_CUSTOMER.match(act.right) is not None))
    if act.kind in _OFFERS:
        return False
    follow = p.PERMISSION.match(act.norm, act.high, act.high + 24)
    return follow is not None and (follow.end() >= len(act.norm) or p.BOUNDARY.match(act.norm, follow.end()) is not None or follow.group()[-1] in "吗么不")


def _vague(act: Act) -> bool:
    first = min(act.start, act.deadline.start) if act.deadline else act.start
    return p.HEDGE.search(act.norm, max(act.low, first - 8), min(act.high, act.end + 8)) is not None


def _reissue(act: Act) -> bool:
    if act.theirs:
        return act.word[-1] in "您你亲" and re.search(r"(?<![不只才])会", act.left) is not None
    if act.left.endswith(("申请", "申请下")) and not act.ours:
        return False
    return act.ours or act.ahead or act.word[-1] in "您你亲" or _TO_CUSTOMER.match(act.right) is not None


def _refund(act: Act) -> bool:
    if act.word in ("退", "退给", "退到", "退至"):
        if act.word == "退" and (act.right[:1] in "货换回件单出休" or act.right[:1] == "了") and not _HANDED.match(act.right):
            return False
        given = _TO_CUSTOMER.match(act.right) is not None or _HANDED.match(act.right) is not None
        return (act.word != "退至" and act.beside) or (given and not act.theirs)
    if act.word in ("退您", "退你", "退亲"):
        return not act.theirs
    if re.search(r"申请(?:一下|下|了)?$", act.left) and not act.ours:
        return False
    if act.actor == "we" and act.firm and p.HEDGE.search(act.norm, max(0, act.start - _LONG_HEDGE), act.high):
        return False
    if act.ours:
        return act.actor == "to" and not p.ABILITY.search(act.left) or act.beside or act.ahead
    return not act.theirs and p.HEDGE.search(act.norm, max(0, act.start - _LONG_HEDGE), act.high) is None and (
        re.search(r"(?<![不只才])会|将|一定|尽快|优先|全额$|立即|马上", act.left) is not None or (act.deadline is not None and act.deadline.bounded))


def _arrive(act: Act) -> bool:
    if not act.firm or act.deadline is None or p.HEDGE.search(act.norm, max(0, act.start - _LONG_HEDGE), act.high):
        return False
    unit = act.norm[act.deadline.start:act.deadline.end]
    if act.word.startswith("时效"):
        return re.search(r"退款|到账|返还", act.left) is not None
    if act.word == "付款":
        return "工作日" in unit and not act.theirs
    return any(u in unit for u in ("工作日", "小时", "天内", "日内", "分钟")) or (act.ours and _WILL.search(act.left) is not None)


def _return_money(act: Act) -> bool:
    if act.word in ("返现", "反现"):
        return act.has(AMOUNT) or act.beside
    if act.word == "返":
        return act.beside or (act.ours and act.has(AMOUNT)) or _TO_CUSTOMER.match(act.right) is not None or (
            AMOUNT.match(act.right) is not None and act.has(p.REVIEW)) or (
            not act.theirs and act.right.startswith(("差价", "运费", "邮费")) and _AFTER.search(act.left) is not None)
    if act.word.startswith(("转", "打")):
        return act.has(AMOUNT) or act.has(_MONEY)
    return act.word[-1] in "您你亲" or _TO_CUSTOMER.match(act.right) is not None


def _compensate(act: Act) -> bool:
    if act.theirs:
        return False
    if act.word in ("差价", "补差"):
        return _COMPENSATE_BEFORE.search(act.left) is not None and "申请" not in act.left[-10:] or p.HANDED_BACK.match(act.right) is not None
    return act.beside or (act.ours and _WILL.search(act.left) is not None) or act.word == "赔您" or _TO_CUSTOMER.match(act.right) is not None


def _token(act: Act) -> bool:
    if act.has(AMOUNT) and (re.match(r"秒到|给您|发给您|送给您|返给您", act.right) or (act.has(p.REVIEW) and re.search(r"[发送返]", act.left))):
        return True
    return not act.theirs and _TOKEN_BEFORE.search(act.left) is not None and not re.search(r"使用|领取|领|用|兑换", act.left[-8:])


def _freight(act: Act) -> bool:
    if "买家承担" in act.right or "买家承担" in act.left:
        return False
    ours = p.OUR_SIDE.search(act.right[:16])
    if ours and not re.search(r"[不没您你亲]", act.right[:ours.start()]):
        return True
    return p.HANDED_BACK.match(act.right) is not None or _FREIGHT_BEFORE.search(act.left) is not None


def _exchange(act: Act) -> bool:
    return not act.theirs and (act.beside or (act.ours and act.ahead) or act.left.endswith(("免费", "给您", "直接给您")) or (act.actor == "to" and not p.ABILITY.search(act.left)))


def _swap(act: Act) -> bool:
    return act.beside and act.right[:1] not in "上下"


def _ship(act: Act) -> bool:
    if act.word == "发" and not re.match(r"(?:的|给您|给亲|您|亲|走|快递|掉|顺丰|邮政|ems|[圆申中韵汇]通|韵达|货|$|\s|新|过来|一|\d|完|正常|哈)", act.right):
        return False
    if _vague(act) or act.theirs or act.right[:1] in ("后", "前"):
        return False
    if act.left.endswith(("延迟", "延误")) or (act.deadline and "延" in act.norm[max(0, act.deadline.start - 3):act.deadline.start]):
        return False
    if act.word in ("发过去", "寄过去", "邮过去") and act.beside:
        return True
    if act.word == "一起过去":
        return re.search(r"(?<![不只才])会", act.left) is not None
    if act.firm and act.deadline is not None:
        return act.deadline.end <= act.start or act.deadline.bounded or act.ours or act.deadline.start - act.end <= 4
    return (act.ours or act.deadline is not None) and (
        p.FUTURE.search(act.left[-12:]) is not None or act.deadline is not None or re.search(r"安排$|[到有]货", act.left) is not None) and not (
        act.word == "发" and act.deadline is None and not act.beside)


def _deliver(act: Act) -> bool:
    if _vague(act) or act.theirs or act.left.endswith(("签收", "没", "自己", "联系")):
        return False
    sure = re.search(r"(?<![不只才])会|一定|保证|肯定|务必|尽快|优先", act.left) is not None
    return (act.beside and act.ahead) or (act.firm and (sure or act.actor == "to" or _TO_CUSTOMER.match(act.right) is not None)) or (
        sure and act.actor == "to")


def _carry(act: Act) -> bool:
    return not _vague(act) and not act.theirs and not act.left.endswith(("联系", "反馈", "通知", "催", "让")) and ((act.beside and act.ahead) or (act.ours and re.search(r"加紧|尽快|一定|优先|保证", act.left) is not None)
                                                    or (act.firm and act.actor == "to"))


def _call(act: Act) -> bool:
    addressed = any(w in act.word for w in "您你亲") or act.actor == "to" or re.match(r"(?:给|到)?(?:您|你|亲|客官)", act.right) is not None
    if (act.theirs and not (act.firm and addressed)) or (act.actor != "we" and _COURIER.search(act.left)):
        return False
    if act.word in ("回电", "回访", "致电"):
        addressed = True
    return addressed and (act.ahead or act.actor == "we" or _AFTER.search(act.left) is not None)


def _tell(act: Act) -> bool:
    if act.theirs or "可能" in act.left:
        return False
    if act.word == "短信":
        return not act.left.endswith("有") and re.match(r"(?:或|电话|的?方式|给您|发送)*(?:告知|通知|提醒|提示|回复|联系|发)", act.right) is not None and (act.ahead or _AFTER.search(act.left) is not None)
    addressed = act.word[-1] in "您" or act.word.endswith("说") or act.beside or act.actor == "to" or re.match(r"(?:给)?(?:您|你|亲|客官)", act.right) is not None
    return addressed and (act.ahead or _AFTER.search(act.left) is not None)


def _contact(act: Act) -> bool:
    if act.theirs or not act.ours or re.match(r"(?:我|电话|方式|您$|正忙|失败|繁忙|中)", act.right):
        return False
    if act.word in ("说一下", "说一声", "说下", "说声"):
        return re.search(rf"(?:跟|和|与|给|向)[^,您]{{0,3}}(?:{p.THIRD.pattern})", act.left) is not None
    return act.own or (_VIA.search(act.left) is not None and act.actor == "we") or (_WILL.search(act.left) is not None and act.word not in ("联系",))


def _report(act: Act) -> bool:
    if act.word == "记录" and not act.beside and _WILL.search(act.left) is None:
        return False
    return act.own and not act.theirs and not p.ABILITY.search(act.left)


def _lookup(act: Act) -> bool:
    if act.theirs or not act.ours or act.right[:1] in ("到", "收"):
        return False
    around = act.norm[max(0, act.start - 16):act.high + 14]
    if act.firm and re.search(r"明天|后天|工作日|小时|上班|下午", act.left):
        return True
    if p.HOLDING.search(around):
        return False
    via = p.THIRD.search(act.left) is not None
    if act.word[0] in "查排":
        return via
    return via or p.THIRD.search(act.right) is not None or (act.word in ("核实", "核查") and re.search(r"(?<![不只才])会|一定|明天|再", act.left) is not None)


def _amend(act: Act) -> bool:
    if act.theirs or "自动" in act.left[-8:] or p.ABILITY.search(act.left) or "联系我" in act.left or "联系小" in act.left:
        return False
    if act.word == "审核":
        return act.beside and "系统" not in act.left and _WILL.search(act.left) is not None
    return act.beside or (act.own and act.actor == "to") or _WE_BEFORE.search(act.left) is not None or (act.own and p.STRONG_FUTURE.search(act.left) is not None)


def _invoice(act: Act) -> bool:
    if act.theirs or p.ABILITY.search(act.left):
        return False
    timed = act.deadline is not None and (act.deadline.bounded or "工作日" in act.norm[act.deadline.start:act.deadline.end])
    return act.beside or (act.ours and act.ahead) or (timed and not _vague(act))


def _gift(act: Act) -> bool:
    if act.word in ("送您", "送亲", "送你"):
        return act.actor != "you"
    if act.word == "送给":
        return _TO_CUSTOMER.match(act.right) is not None and not act.theirs
    if act.word in ("赠送", "多送"):
        return act.beside or act.has(p.REVIEW) or _TO_CUSTOMER.match(act.right) is not None
    return act.beside and act.right[:1] not in ("到", "货", "的", "达")


def _discount(act: Act) -> bool:
    return act.beside or (act.own and _TO_CUSTOMER.match(act.right) is not None)


def _handle(act: Act) -> bool:
    if act.theirs or "自动" in act.left[-8:] or p.ABILITY.search(act.left):
        return False
    if act.word in ("申请", "办理"):
        return act.beside and act.right[:2] not in ("售后", "退货")
    return (act.ours and (act.firm or re.search(r"(?<![不只才])会|将|尽快|马上|优先|立即|到时|加急|(?<!售)后(?=给|帮|为)", act.left) is not None)) or (act.beside and act.word == "安排" and act.ahead)


def _effort(act: Act) -> bool:
    return act.beside and (_WILL.search(act.left) is not None) and "下次" not in act.left


_TESTS: Final[Mapping[str, Callable[[Act], bool]]] = MappingProxyType({
    "reissue": _reissue, "refund": _refund, "arrive": _arrive, "return_money": _return_money, "compensate": _compensate, "token": _token,
    "freight": _freight, "exchange": _exchange, "swap": _swap, "ship": _ship, "deliver": _deliver, "carry": _carry, "call": _call, "tell": _tell,
    "contact": _contact, "report": _report, "lookup": _lookup, "amend": _amend, "invoice": _invoice, "gift": _gift, "discount": _discount,
    "handle": _handle, "effort": _effort})
