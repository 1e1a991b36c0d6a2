"""Addresses: units (省市区县, roads, estates, house and room numbers) that stand close together and, together, lead to a door.

One pass finds the units (each looks at most a few characters ahead), one pass joins neighbours and weighs them. A region alone ("浙江省杭州市
发货吗") leads to no door and stays; what follows the word 地址 needs less.
"""
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_H: Final = r"[\u4e00-\u9fff]"
_PROVINCE: Final = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门")
_NUMBER: Final = r"(?:\d{1,5}|[一二三四五六七八九十百零]{1,4})"
_UNIT: Final = re.compile(
    rf"(?P<known>(?:{_PROVINCE})(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?)"
    rf"|(?P<strong>{_NUMBER}(?:号楼|号院|栋|幢|单元|弄)|\d{{3,5}}室|[A-Za-z]\d{{0,2}}(?:座|栋|幢)|\d{{1,3}}#|\d{{1,4}}(?:[-–]\d{{1,4}}){{2,3}}(?!\d))"
    rf"|(?P<weak>{_NUMBER}(?:[-–]\d{{1,4}})?[ ]?(?:号(?![码线色])|楼|层|组|户|房|座|室(?![一二两三1-9]厅)|队|期)|[A-Za-z]区)"
    rf"|(?P<street>[\u4e00-\u9fffA-Za-z0-9]{{1,7}}?(?:大道|大街|胡同|(?<![网一线思铁公电走顺半套出退迷马多])路(?![上径过由程线灯费途况])"
    rf"|(?<![逛])街(?![拍舞道坊])|巷|弄堂|(?<![知味渠频通报力管轨赛街])道(?=\d)|国道|省道|段(?=\d)))"
    rf"|(?P<site>[\u4e00-\u9fffA-Za-z0-9]{{1,9}}?(?:小区|花园|花苑|家园|公寓|大厦|广场|新村|新城|佳苑|嘉园|雅苑|苑|宿舍|工业园|产业园|科技园|园区|开发区|校区|"
    rf"写字楼|大学|学院|中学|小学|幼儿园|医院|公司|驿站|快递柜|代收点|市场|商场|商城|超市|便利店|门卫|家属院|村委会|居委会|卫生院|派出所|祠堂|小卖部))"
    rf"|(?P<region>{_H}{{1,6}}?(?:省|自治州|自治县|(?<![超城门上夜股都])市(?![场面价售民])|(?<![专地社小战误禁特雷片时景校园])区(?![别分间块])"
    rf"|县|旗(?![舰袍下帜])|镇(?![店定痛])|乡|街道|村|屯))")
_WEIGHT: Final = {"known": 1, "region": 1, "street": 2, "site": 1, "strong": 2, "weak": 1}
_LABEL: Final = re.compile(r"地址[^。;!?\n]{0,10}$")
_GAP: Final = re.compile(rf"[ \t,，、/|()（）\-–#]{{0,3}}(?:{_H}|[A-Za-z0-9]){{0,6}}[ \t,，、\-–#]{{0,2}}")
_SHORT: Final = re.compile(rf"{_H}{{1,4}}")  # a town without its 市 or 区
_NEAR: Final = re.compile(r"[ \t,，、/|()（）\-–#\n]{0,3}")
_LEAD: Final = re.compile(
    r".*(?:地址|改成|改为|改到|换成|换到|寄到|寄去|发到|发去|送到|送去|寄往|发往|住在|我在|我住|家在|家住|位于|就是|我们|这边|[是在到给往改寄发送住请帮这那和跟:，,。])")
_SPOT: Final = r"(?:宿舍楼?|公寓|寝室|写字楼|家属[院楼]|[丰蜂]巢柜?|快递柜|菜鸟驿站|驿站|门口|门卫|前台|对面|旁边|附近|楼下)"
_TAIL: Final = re.compile(
    rf"(?:[ ]?[-–#]?[A-Za-z]?\d{{1,4}}(?!\d)(?:[-–]\d{{1,4}}(?!\d))?(?:室|号|户|房|楼|门)?)?(?:[ ]?{_SPOT}(?:[A-Za-z]?\d{{1,4}}(?!\d)(?:室|号|户|房|楼)?)?){{0,3}}")
_PROVINCE_AT: Final = re.compile(_PROVINCE)
_SWALLOWED: Final = re.compile("[县镇乡村]")  # regions a site has taken in
_TALK: Final = re.compile(r"[的了吗呢吧能要是不没我你您去与跟]|[，,、 ].*[\u4e00-\u9fff].*[会发]")  # what stands in sentences, not in addresses
_ROOM: Final = re.compile(r"[ ]?[-–#]?\d{3,4}(?![\dA-Za-z.元块条个件*×])")
_ESTATE: Final = re.compile(rf"{_H}{{1,8}}$")
_HAMLET: Final = re.compile(r"(?<!农)(?<!城中)(?<!乡)(?<!的)[村屯]$")
_VILLAGE: Final = "村屯"
_NEEDED, _LABELLED = 4, 2  # weights an address must reach: anywhere, and after the word 地址


class _Unit(NamedTuple):
    start: int
    end: int
    kind: str


def places(shadow: str) -> Iterator[tuple[int, int]]:
    """Where addresses stand (half-open)."""
    cluster: list[_Unit] = []
    for m in _UNIT.finditer(shadow):
        unit = _Unit(m.start(), m.end(), m.lastgroup or "")
        if cluster and not _joins(shadow, cluster[-1], unit):
            yield from _judged(shadow, cluster)
            cluster = []
        cluster.append(unit)
    yield from _judged(shadow, cluster)


def _joins(s: str, a: _Unit, b: _Unit) -> bool:
    """Whether two units belong to one address: next to each other; a number may also follow a name that ends in no known word."""
    gap = s[a.end:min(b.start, a.end + 12)]
    if a.end + 12 < b.start:
        return False
    if _NEAR.fullmatch(gap):
        return True
    if a.kind == "known" and b.kind in ("region", "street", "site"):
        return _SHORT.fullmatch(gap) is not None
    if b.kind == "weak" and a.end == b.start and s[a.end - 1] in _VILLAGE:
        return True
    if b.kind == "weak" and a.kind not in ("street", "strong", "weak"):
        return False
    return b.kind in ("strong", "weak") and _GAP.fullmatch(gap) is not None and _TALK.search(gap) is None


def _judged(s: str, cluster: list[_Unit]) -> Iterator[tuple[int, int]]:
    if not cluster:
        return
    weight = 0
    for i, u in enumerate(cluster):
        weight += _WEIGHT[u.kind] + (u.kind == "site" and len(_SWALLOWED.findall(s, u.start, u.end)))
        if i and u.kind in ("strong", "weak") and u.start - cluster[i - 1].end <= 1 and (
                cluster[i - 1].kind in ("street", "site") or s[u.start - 1] in _VILLAGE):
            weight += 1
    kinds = {u.kind for u in cluster}
    first, last = cluster[0], cluster[-1]
    start = _trimmed(s, first)
    room = s[last.end - 1] in "栋幢楼元座" and _ROOM.match(s, last.end) is not None
    if room:
        weight += 2
    if first.kind == "strong" and room:
        start = _named(s, start)
    needed = _LABELLED if _LABEL.search(s[max(0, start - 14):start]) else _NEEDED
    village = len(cluster) > 2 and _HAMLET.search(s, last.start, last.end) is not None
    if weight < needed or kinds == {"weak"} or (needed == _NEEDED and not (village or room or _leads_to_a_door(s, cluster, kinds))):
        return
    tail = _TAIL.match(s, last.end)
    yield start, tail.end() if tail is not None and (kinds & {"strong", "weak", "street", "site"} or village) else last.end


def _named(s: str, start: int) -> int:
    """Where the name of the estate begins that stands before its first number."""
    name = _ESTATE.search(s[max(0, start - 8):start])
    if name is None:
        return start
    lead = _LEAD.match(name[0])
    return start - (len(name[0]) - (lead.end() if lead is not None else 0))


def _leads_to_a_door(s: str, cluster: list[_Unit], kinds: set[str]) -> bool:
    """A house number in a street, estate or town; numbers that differ in kind (3栋2单元); or a street or site in a town of a province or county."""
    if kinds <= {"strong", "weak"}:
        return len({s[u.end - 1] for u in cluster}) > 1
    if kinds & {"strong", "weak"}:
        return True
    towns = sum(u.kind in ("known", "region") for u in cluster)
    return towns > 1 and bool(kinds & {"street", "site"}) and _TALK.search(s, _trimmed(s, cluster[0]), cluster[-1].end) is None


def _trimmed(s: str, unit: _Unit) -> int:
    """Where the place begins in its first unit, which may have swallowed words before it."""
    text = s[unit.start:unit.end]
    known = _PROVINCE_AT.search(text)
    if known is not None:
        return unit.start + known.start()
    lead = _LEAD.match(text[:-2])
    return unit.start + (lead.end() if lead is not None else 0)
