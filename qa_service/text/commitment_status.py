"""What a later message of the shop says of an earlier promise: done, or not to be had after all. Conservative: silence leaves it open."""
from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_DONE: Final = r"(?:已经|已|刚刚|刚才|刚)[^,。!?\s]{0,10}"
_END: Final = r"(?!吗|么|没|不|解|的话|以后|之后|后|再|就)"
_NO: Final = r"(?:(?<!能)不能|不可以|无法|没办法|没法|没有办法|不会|不予|不支持|不给)[^,。!?\s]{0,8}"


def _kept(verbs: str, extra: str = "") -> re.Pattern[str]:
    """`verbs` said as done: 已…补发, 补发好了, 补发了."""
    done = (
        rf"{_DONE}(?:{verbs}){_END}|(?:{verbs})(?:过去|出去|出|货|款|好|成功|完成|完)*了{_END}"
        rf"|(?:{verbs})(?:成功|好了|完成了?)(?!后|之后|会|的?话|短信|告知|通知|系统){_END}")
    return re.compile(f"{done}|{extra}" if extra else done)


def _denied(verbs: str, extra: str = "") -> re.Pattern[str]:
    """`verbs` said as impossible: 不能…补发, 补发不了."""
    no = rf"{_NO}(?:{verbs})|(?:{verbs})(?:货|款)?(?:不了|不上|不成|不到)|(?:之前|刚才|刚刚|前面)[^,。!?\s]{{0,6}}(?:说错|答应错)"
    return re.compile(f"{no}|{extra}" if extra else no)


_SETTLES: Final = re.compile("[了已刚成单运不无没说答退取缺断]")  # every pattern below holds one of these
_GUARD: Final = re.compile(r"一旦|如果|若|要是|等|才|没|未|能|可以|会|将|怎么|为什么|是否|您[^,。!?]{0,4}$|来$|拍下|提交后|超过|麻烦|请|怕")
_NUMBER: Final = r"(?:单号|运单)(?:是|为|:|给您|发您)\s?[a-z]{0,4}\d{6}"
_KEPT: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType({
    "reissue": _kept("补发|重发|补寄|重新发|寄出|发出", _NUMBER),
    "refund": _kept("退款|退给您|退还|返还|退回|打款|退", "退款(?:已)?到账"),
    "compensation": _kept("补偿|赔付|转账|返现|返给您|打款|发放|到账|红包|退给您|申请到账|补给您"),
    "exchange": _kept("换货|换新|更换|换好|寄出|发出", _NUMBER),
    "ship_by": _kept("发货|发出|寄出|揽收|出库|发走|发", _NUMBER),
    "deliver_by": _kept("送达|送到|签收|妥投"),
    "callback": _kept("回电|致电|电话联系|联系过您|回复您|给您打电话|短信通知"),
    "verify": _kept("核实|核查|联系|反馈|催|催促|催过|登记|上报|升级|问过|问"),
    "order_change": _kept("改|修改|改价|备注|取消|拦截|更改|更换"),
    "other": re.compile(r"(?!)")})
_CONTRADICTED: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType({
    "reissue": _denied("补发|重发|补寄|补|发"),
    "refund": _denied("退款|退|返还|退还"),
    "compensation": _denied("补偿|赔付|赔|返现|返|承担|申请|补", "(?:没有|取消)(?:补偿|返现|赔付)"),
    "exchange": _denied("换货|换新|换"),
    "ship_by": _denied("发货|发出|发走|寄出", "(?:没货|缺货|断货)[^,。!?]{0,6}(?:发不|不发|没法)"),
    "deliver_by": _denied("送达|送到|到|配送"),
    "callback": _denied("回电|致电|联系您|回复您"),
    "verify": _denied("核实|核查|催|联系到|反馈|查到"),
    "order_change": _denied("修改|改|备注|取消|拦截|更改"),
    "other": re.compile(r"(?!)")})


def verdict(norm: str, kind: str) -> str | None:
    """What the message says of a promise of type `kind`: "contradicted", "kept" or None."""
    if not _SETTLES.search(norm):
        return None
    if any(_plain(norm, m.start()) for m in _CONTRADICTED[kind].finditer(norm)):
        return "contradicted"
    return "kept" if any(_plain(norm, m.start()) for m in _KEPT[kind].finditer(norm)) else None


def _plain(norm: str, start: int) -> bool:
    """Not a condition, a wish or a question."""
    return _GUARD.search(norm, max(0, start - 8), start) is None
