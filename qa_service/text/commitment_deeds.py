"""Whether an act is promised: first what no promise can be (denied, done, asked, a mere noun), then the test of its kind.

The acts that move goods, words and orders have their tests here, those that give something in commitment_money.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from qa_service.text import commitment_patterns as p
from qa_service.text.amounts import AMOUNT
from qa_service.text.commitment_act import WE_BEFORE, Act
from qa_service.text.commitment_money import MONEY_TESTS

_OFFERS: Final = frozenset((
    "reissue", "refund", "return_money", "compensate", "token", "exchange", "swap", "gift", "contact", "report", "call", "tell",
    "freight", "discount"))
_ASKING_END: Final = ("可以不", "好么", "可以么", "是不", "对不")
_WILL: Final = re.compile(r"会(?<![不只才]会)")
_SHIP_AFTER: Final = re.compile(
    r"(?:的|给您|给亲|您|亲|走|快递|掉|顺丰|邮政|ems|[圆申中韵汇]通|韵达|货|$|\s|新|过来|一|\d|完|正常|哈)")
_SHIP_BEFORE: Final = re.compile(r"安排$|[到有]货")
_DELIVERED: Final = re.compile(r"会(?<![不只才]会)|一定|保证|肯定|务必|尽快|优先")
_CARRIED: Final = re.compile(r"加紧|尽快|一定|优先|保证")
_COURIER: Final = re.compile(r"快递|配送|派件|派送|小哥")
_TO_CUSTOMER: Final = re.compile(r"(?:给|到)?(?:您|你|亲|客官)")
_AFTER: Final = re.compile(r"后(?<![售最]后)(?!面)|完毕|完成|清楚|结果|消息|到了|好了|有货|到货|成功|了(?=[给跟帮为][您亲])|好$")
_BY_TEXT: Final = re.compile(r"(?:或|电话|的?方式|给您|发送)*(?:告知|通知|提醒|提示|回复|联系|发|给您|的?$)")
_HOW_TO: Final = re.compile(r"步骤|方法|如何|怎么|流程")
_NO_CONTACT: Final = re.compile(r"(?:我|电话|方式|您$|正忙|失败|繁忙|中)")
_WITH_THIRD: Final = re.compile(rf"(?:跟|和|与|给|向)[^,您]{{0,3}}(?:{p.THIRD.pattern})")
_VIA: Final = re.compile(r"(?:让|叫|跟|和|与|向|给|联系|通知|找|催|请)[^,]{0,6}$")
_LET_THIRD: Final = re.compile(rf"(?:让|叫|通知|请)[^,您]{{0,4}}(?:{p.THIRD.pattern})[^,]{{0,6}}$")
_LATER: Final = re.compile(r"明天|后天|工作日|小时|上班|下午")
_AGAIN: Final = re.compile(r"会(?<![不只才]会)|一定|明天|再")
_HANDLED: Final = re.compile(r"会(?<![不只才]会)|将|尽快|马上|优先|立即|到时|加急|后(?<!售后)(?=给|帮|为)")


def promised(act: Act) -> bool:
    """Whether the act is promised."""
    return not _ruled_out(act) and _TESTS[act.kind](act)


def _ruled_out(act: Act) -> bool:
    left, right = act.left, act.right
    if p.NOT.search(left[-20:]) or p.NOT_AFTER.match(right) or p.ASKING.search(left[-18:]):
        return True
    if act.kind != "effort" and p.NOUN_AFTER.match(right):
        return True
    if p.ONGOING.search(left[-12:]) and not act.firm:
        return True
    return _done(left[-16:], right) or _asked(act)


def _done(near: str, right: str) -> bool:
    """Said as done: 已 or 刚 before with nothing later between, or 了 after."""
    ends = [m.end() for m in p.DONE_BEFORE.finditer(near)]
    if ends and (right.endswith("了") or not (p.STRONG_FUTURE.search(near, ends[-1]) or "了" in near[ends[-1]:])):
        return True
    return p.DONE_AFTER.match(right) is not None and p.STRONG_FUTURE.search(near) is None


def _asked(act: Act) -> bool:
    """A question that is no offer."""
    if not act.whole:
        return False
    if p.QUESTION.match(act.norm, act.high) or act.right.endswith(_ASKING_END):
        offer = p.OFFER_END.search(act.right)
        granted = act.kind in _OFFERS or (act.word == "申请" and act.has(AMOUNT))
        return not (offer and granted and (act.ours or act.self_addressed))
    if act.kind in _OFFERS:
        return False
    follow = p.PERMISSION.match(act.norm, act.high, act.high + 24)
    return follow is not None and (
        follow.end() >= len(act.norm) or p.BOUNDARY.match(act.norm, follow.end()) is not None or follow.group()[-1] in "吗么不")


def _ship(act: Act) -> bool:
    if act.vague or act.theirs or (act.word == "发" and not _SHIP_AFTER.match(act.right)):
        return False
    limit = act.deadline
    late = act.left.endswith(("延迟", "延误", "顺序")) if limit is None else "延" in act.norm[max(0, limit.start - 3):limit.start]
    if late:
        return False
    if act.word == "一起过去":
        return _WILL.search(act.left) is not None
    if act.word in ("发过去", "寄过去", "邮过去") and act.beside:
        return True
    if limit is not None:
        return not limit.firm or limit.end <= act.start or limit.bounded or act.ours or limit.start - act.end <= 4
    if act.word == "发":
        return act.beside and (p.FUTURE.search(act.left[-12:]) is not None or _SHIP_BEFORE.search(act.left) is not None)
    return act.will or (act.ours and (p.FUTURE.search(act.left[-12:]) is not None or _SHIP_BEFORE.search(act.left) is not None))


def _deliver(act: Act) -> bool:
    if act.vague or act.theirs or act.left.endswith(("签收", "没", "自己", "联系")):
        return False
    sure = _DELIVERED.search(act.left) is not None
    return (act.beside and act.ahead) or (act.firm and (sure or act.actor == "to" or act.given)) or (sure and act.actor == "to")


def _carry(act: Act) -> bool:
    if act.vague or act.theirs or act.left.endswith(("联系", "反馈", "通知", "催", "让")):
        return False
    return (act.beside and act.ahead) or (act.ours and _CARRIED.search(act.left) is not None) or (act.firm and act.actor == "to")


def _call(act: Act) -> bool:
    addressed = act.actor == "to" or any(w in act.word for w in "您你亲") or _TO_CUSTOMER.match(act.right) is not None
    if (act.theirs and not (act.firm and addressed)) or (act.actor != "we" and _COURIER.search(act.left)):
        return False
    if not addressed and act.word not in ("回电", "回访", "致电"):
        return False
    return act.ahead or act.actor == "we" or _AFTER.search(act.left) is not None


def _tell(act: Act) -> bool:
    if act.theirs or "可能" in act.left or _HOW_TO.search(act.right) or not (act.ahead or _AFTER.search(act.left)):
        return False
    if act.word == "短信":
        return not act.left.endswith("有") and _BY_TEXT.match(act.right) is not None
    return act.actor == "to" or act.word[-1] in "您说" or act.beside or _TO_CUSTOMER.match(act.right) is not None


def _contact(act: Act) -> bool:
    if act.theirs or not (act.ours or act.will) or _NO_CONTACT.match(act.right):
        return False
    if act.word in ("说一下", "说一声", "说下", "说声"):
        return _WITH_THIRD.search(act.left) is not None
    return act.own or act.will or _VIA.search(act.left) is not None or (act.willing and act.word != "联系")


def _report(act: Act) -> bool:
    if act.word == "记录" and not act.beside and not act.willing:
        return False
    return act.own and not act.theirs and not p.ABILITY.search(act.left)


def _lookup(act: Act) -> bool:
    if act.theirs or not act.ours or act.right.startswith(("到", "收")):
        return False
    if _LET_THIRD.search(act.left) or (act.firm and _LATER.search(act.left)):
        return True
    if p.HOLDING.search(act.norm, max(0, act.start - 16), act.high + 14):
        return False
    if p.THIRD.search(act.left):
        return True
    return act.word[0] not in "查排" and (
        p.THIRD.search(act.right) is not None or (act.word in ("核实", "核查") and _AGAIN.search(act.left) is not None))


def _amend(act: Act) -> bool:
    if act.theirs or "自动" in act.left[-8:] or "联系我" in act.left or "联系小" in act.left or p.ABILITY.search(act.left):
        return False
    if act.word == "审核":
        return act.beside and act.willing and "系统" not in act.left
    if act.beside or WE_BEFORE.search(act.left):
        return True
    return act.own and (act.actor == "to" or act.word == "改价" or p.STRONG_FUTURE.search(act.left) is not None)


def _invoice(act: Act) -> bool:
    if act.theirs or p.ABILITY.search(act.left):
        return False
    limit = act.deadline
    timed = limit is not None and (limit.bounded or "工作日" in act.norm[limit.start:limit.end])
    return act.beside or (act.ours and act.ahead) or (timed and not act.vague)


def _handle(act: Act) -> bool:
    if act.theirs or "自动" in act.left[-8:] or p.ABILITY.search(act.left):
        return False
    if act.word in ("申请", "办理"):
        return act.beside and not act.right.startswith(("售后", "退货"))
    if act.word == "上门":
        return act.firm or act.will
    if act.ours and (act.firm or _HANDLED.search(act.left)):
        return True
    return act.word == "安排" and ((act.beside and act.ahead) or act.will)


def _effort(act: Act) -> bool:
    return act.beside and act.willing


_TESTS: Final[Mapping[str, Callable[[Act], bool]]] = MappingProxyType({
    **MONEY_TESTS, "ship": _ship, "deliver": _deliver, "carry": _carry, "call": _call, "tell": _tell, "contact": _contact,
    "report": _report, "lookup": _lookup, "amend": _amend, "invoice": _invoice, "handle": _handle, "effort": _effort})
