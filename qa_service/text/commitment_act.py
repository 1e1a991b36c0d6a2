"""One act word in its clause, and what a test may ask about it: who acts, what lies ahead, which time limit belongs to it."""
from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import Final

from qa_service.text import commitment_patterns as p
from qa_service.text.deadlines import HINT, Deadline, find_deadlines

LEFT, RIGHT = 48, 40  # how much of a clause is looked at around an act: clauses without marks can be a page long
BARE_LONGEST: Final = 24
BARE_HEAD: Final = re.compile(r"(?:亲+|好的|客官|嗯+|恩+|会|在|拍下|付款|下单|之?后|现在|就|可以|给您)*")
BARE_TAIL: Final = re.compile(r"(?:的|发|发的|退|就发|之?后|可以|到账|左右)?")
_start, _end = attrgetter("start"), attrgetter("end")
_ADVERBS: Final = (
    r"(?:们)?(?:的|这边|再|重新|直接|免费|单独|尽量|马上|立即|尽快|优先|加急|统一|一起|都|全部|全额|另外|额外|特殊|特别|先|去|下|一下|安排|申请|补|多|各|也|还|另|来|一一|办理|走|现在|今天|明天|到时"
    r"|进行|操作|手动|自动|及时|尽早|要求|升级|加紧|仔细|认真|好好)*")
_RIGHT_BEFORE: Final = re.compile(rf"(?:(?:给|帮|为|替){p.WHO}|(?:给|帮|为|替)(?:您|亲)的){_ADVERBS}$")
_OWN: Final = re.compile(r"我|咱|这边|这里|这面|小|妹|掌柜|老板|客服|经理|主管")
_TO_CUSTOMER: Final = re.compile(r"(?:给|到)?(?:您|你|亲|客官)(?!的(?!$))")
_WILL: Final = re.compile(r"会(?<![不只才机社约]会)|将|一定|尽快|马上|立即|优先|明天|到时|稍后|加紧|肯定|保证|第一时间|尽早")
_WILL_BEFORE: Final = re.compile(r"会(?<![不只才机社约]会)(?:再|再次|及时|尽快|马上|立即|第一时间|陆续|优先|安排|继续|主动|尽量|帮忙|在)*$")
WE_BEFORE: Final = re.compile(rf"(?:我们|我|咱们?|这边|小二|小妹|妹子|妹纸|掌柜){_ADVERBS}(?:会|就|来|可以|把.{{1,8}})?$")
PAID_BEFORE: Final = re.compile(
    rf"(?:(?:给|帮|为){p.WHO}|(?:补|退|返|赔|补给|退给|返给)(?:您|你|亲)){_ADVERBS}(?:补|退|返|算|退回|退还|返还)?(?:一下|下|这个|这|部分|之间的|的)*$")


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

    __slots__ = ("_actor", "_deadline", "_looked", "actor_start", "bubble", "clause", "end", "high", "kind", "left", "low", "norm", "right",
                 "start", "whole", "word")

    def __init__(self, kind: str, word: str, bubble: Bubble, start: int) -> None:
        cuts, norm = bubble.cuts, bubble.norm
        end = start + len(word)
        at = bisect_left(cuts, start)
        close = cuts[at] if cuts[at] >= end else cuts[bisect_left(cuts, end)]
        self.clause = cuts[at - 1] + 1
        low, high = max(self.clause, start - LEFT), min(close, end + RIGHT)
        self.kind, self.word, self.bubble, self.norm = kind, word, bubble, norm
        self.start, self.end, self.low, self.high, self.whole = start, end, low, high, high == close
        self.left, self.right = norm[low:start], norm[end:high]
        self._actor: str | None = None
        self._deadline: Deadline | None = None
        self._looked = False
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
        if not self._looked:
            self._looked = True
            inside = self.bubble.between(self.low, self.high)
            self._deadline = max(inside, key=self._rank) if inside else self._beside() if self.bubble.limits else None
        return self._deadline

    def _rank(self, limit: Deadline) -> tuple[int, bool, int]:
        before = limit.end <= self.start
        return 2 if limit.edge else 1 if limit.firm else 0, before, limit.start if before else -limit.start

    def _beside(self) -> Deadline | None:
        cuts, norm = self.bubble.cuts, self.norm
        here = bisect_left(cuts, self.end)
        for at in (here + 1, here - 1):
            if 0 < at < len(cuts) and 1 < cuts[at] - cuts[at - 1] <= BARE_LONGEST:
                for limit in self.bubble.between(cuts[at - 1] + 1, cuts[at]):
                    alone = BARE_HEAD.fullmatch(norm, cuts[at - 1] + 1, limit.start) and BARE_TAIL.fullmatch(norm, limit.end, cuts[at])
                    if limit.firm and alone:
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

    @property
    def self_addressed(self) -> bool:
        """The act names the customer itself (退您, 返给您) or right after it (补偿您)."""
        return self.word[-1] in "您你亲" or self.given

    @property
    def given(self) -> bool:
        """The customer stands right after the act."""
        return _TO_CUSTOMER.match(self.right) is not None

    @property
    def willing(self) -> bool:
        """A word of will or nearness stands somewhere before."""
        return _WILL.search(self.left) is not None

    @property
    def will(self) -> bool:
        """会, and nothing but adverbs, stands right before the act."""
        return _WILL_BEFORE.search(self.left) is not None

    @property
    def vague(self) -> bool:
        """An estimate (一般, 大概, 预计), not a word one is held to."""
        first = min(self.start, self.deadline.start) if self.deadline else self.start
        return p.HEDGE.search(self.norm, max(self.low, first - 8), min(self.high, self.end + 8)) is not None

    def hedged(self, reach: int = 240) -> bool:
        """An estimate anywhere in the last `reach` characters: a list of banks and days has its 一般 far in front."""
        return p.HEDGE.search(self.norm, max(0, self.start - reach), self.high) is not None
