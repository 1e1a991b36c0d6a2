"""Whether an act that gives the customer something (goods again, money, vouchers, freight, gifts) is promised in its clause."""
from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from qa_service.text import commitment_patterns as p
from qa_service.text.amounts import AMOUNT
from qa_service.text.commitment_act import PAID_BEFORE, Act

_HANDED: Final = re.compile(r"(?:回|还)?给(?:您|你|亲)")
_APPLY_BEFORE: Final = re.compile(r"申请(?:一下|下|了)?$")
_SURE: Final = re.compile(r"会(?<![不只才]会)|将|一定|尽快|优先|全额$|立即|马上")
_WILL: Final = re.compile(r"会(?<![不只才]会)")
_MONEY: Final = re.compile(r"钱|差价|运费|款|补偿|红包|邮费")
_AFTER: Final = re.compile(r"后(?<![售最]后)(?!面)|到了|好$")
_REFUNDED: Final = re.compile(r"退款|到账|返还")
_COMES: Final = re.compile(r"秒到|给您|发给您|送给您|返给您")
_SENT: Final = re.compile(r"[发送返]")
_SPENT: Final = re.compile(r"使用|领取|领|用|兑换")
_TOKEN_BEFORE: Final = re.compile(
    rf"(?:给|帮|为|替|送|补|发|返|赔){p.WHO}.{{0,16}}$|(?:送|补|发|返|赠送|补偿|申请)(?:一?张|个|\d|[一二两三五十]).{{0,10}}$")
_FREIGHT_BEFORE: Final = re.compile(
    r"(?:我们|我|商家|小店|这边|卖家|给您|帮您|为您|给亲|帮亲|退您|返您)(?:这边|来|会|给您|帮您|可以)*.{0,2}(?:出|承担|负责|报销|补贴|退|返|补)"
    r"(?:您|亲|来回|的|一下|下|寄回|退回|退货)*$")
_NOT_OURS: Final = re.compile(r"[不没您你亲]")


def _reissue(act: Act) -> bool:
    if act.theirs:
        return act.word[-1] in "您你亲" and _WILL.search(act.left) is not None
    if act.left.endswith(("申请", "申请下")) and not act.ours:
        return False
    return act.ours or act.ahead or act.self_addressed


def _refund(act: Act) -> bool:
    if act.word in ("退您", "退你", "退亲"):
        return not act.theirs
    if act.word in ("退", "退给", "退到", "退至"):
        return _return(act)
    if _APPLY_BEFORE.search(act.left) and not act.ours:
        return False
    if act.actor == "we" and act.firm and act.hedged():
        return False
    if act.ours:
        return (act.actor == "to" and not p.ABILITY.search(act.left)) or act.beside or act.ahead
    bounded = act.deadline is not None and act.deadline.bounded
    return not act.theirs and (bounded or _SURE.search(act.left) is not None) and not act.hedged()


def _return(act: Act) -> bool:
    handed = _HANDED.match(act.right) is not None
    if act.word == "退" and not handed and act.right.startswith(("货", "换", "回", "件", "单", "出", "休", "了")):
        return act.right.startswith("回") and act.beside and act.actor_start > act.low and act.willing
    return (act.word != "退至" and act.beside) or ((act.given or handed) and not act.theirs)


def _arrive(act: Act) -> bool:
    if not act.firm or act.deadline is None or act.hedged():
        return False
    if act.word.startswith("时效"):
        return _REFUNDED.search(act.left) is not None
    unit = act.norm[act.deadline.start:act.deadline.end]
    if act.word == "付款":
        return "工作日" in unit and not act.theirs
    return any(u in unit for u in ("工作日", "小时", "天内", "日内", "分钟")) or (act.ours and act.willing)


def _return_money(act: Act) -> bool:
    if act.word in ("返现", "反现"):
        return act.has(AMOUNT) or act.beside
    if act.word.startswith(("转", "打")):
        return act.has(AMOUNT) or act.has(_MONEY)
    if act.word != "返":
        return act.self_addressed
    if act.beside or act.given or (act.ours and act.has(AMOUNT)) or (AMOUNT.match(act.right) and act.has(p.REVIEW)):
        return True
    return not act.theirs and act.right.startswith(("差价", "运费", "邮费")) and _AFTER.search(act.left) is not None


def _compensate(act: Act) -> bool:
    if act.theirs:
        return False
    if act.word in ("差价", "补差"):
        return (PAID_BEFORE.search(act.left) is not None and "申请" not in act.left[-10:]) or p.HANDED_BACK.match(act.right) is not None
    if "多少" in act.right or "看" in act.left[-2:]:
        return False
    return act.beside or act.self_addressed or (act.ours and act.willing)


def _token(act: Act) -> bool:
    if act.has(AMOUNT) and (_COMES.match(act.right) or (act.has(p.REVIEW) and _SENT.search(act.left))):
        return True
    return not act.theirs and _TOKEN_BEFORE.search(act.left) is not None and not _SPENT.search(act.left[-8:])


def _freight(act: Act) -> bool:
    if "买家承担" in act.right or "买家承担" in act.left:
        return False
    ours = p.OUR_SIDE.search(act.right[:16])
    if ours and not _NOT_OURS.search(act.right[:ours.start()]):
        return True
    return p.HANDED_BACK.match(act.right) is not None or _FREIGHT_BEFORE.search(act.left) is not None


def _exchange(act: Act) -> bool:
    if act.theirs:
        return False
    if act.beside or (act.ours and act.ahead) or act.left.endswith("免费"):
        return True
    return act.actor == "to" and not p.ABILITY.search(act.left)


def _swap(act: Act) -> bool:
    return act.beside and not act.right.startswith(("上", "下"))


def _gift(act: Act) -> bool:
    if act.word in ("送您", "送亲", "送你"):
        return act.actor != "you"
    if act.word == "送给":
        return act.given and not act.theirs
    if act.word in ("赠送", "多送"):
        return act.beside or act.given or act.has(p.REVIEW)
    return act.beside and not act.right.startswith(("到", "货", "的", "达"))


def _discount(act: Act) -> bool:
    return act.beside or (act.own and act.given)


MONEY_TESTS: Final[Mapping[str, Callable[[Act], bool]]] = MappingProxyType({
    "reissue": _reissue, "refund": _refund, "arrive": _arrive, "return_money": _return_money, "compensate": _compensate, "token": _token,
    "freight": _freight, "exchange": _exchange, "swap": _swap, "gift": _gift, "discount": _discount})
