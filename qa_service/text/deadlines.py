"""Time limits as people say them (24小时内, 明天中午12点前, 3个工作日内, 尽快) and the moment each of them means.

Everything reads the norm text (same length as the original), so positions are positions of the original.
"""
from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from qa_service.text.amounts import CN_NUMBER, number

_HOME: Final = ZoneInfo("Asia/Shanghai")
_END_OF_DAY: Final = time(23, 59, 59)
_FURTHEST_DAYS: Final = 3660  # a longer promise is a slip of the keyboard, not a date

_N: Final = rf"(?:\d{{1,12}}(?:\.\d)?|{CN_NUMBER}|几)"
_RANGE: Final = rf"{_N}(?:\s?(?:-|~|到|至|或)\s?{_N})?"
_LIMIT: Final = r"\s?(?:之内|以内|内|之前|以前|前)"
_PART: Final = r"(?:凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜里|下班|晚|早)"
_CLOCK: Final = rf"(?:(?:\d{{1,5}}:\d\d|{_N}\s?点(?:半|钟|\d{{1,2}}分?)?)(?:左右)?)"
_DAY: Final = (r"(?:今明两天|今明|明后两天|明后天|大后天|今天|今日|明天|明日|后天|次日|隔天|第二天|当天|当日|今(?=[晚早])|明(?=[晚早])"
               r"|(?:下下|下|本|这)?(?:周|星期|礼拜)[一二三四五六日天末]|(?:下|本|这)个?(?:周|星期|礼拜)|(?:本|这个|下个)?月底|年前(?!货|订单|快递|比较)|节前)")
_DATE: Final = r"(?:\d{1,5}月\d{1,5}[日号]|\d{1,5}[号日](?!内|之内|以内|楼|码|店|线|仓))"

# The look-ahead keeps the search cheap: it fails most positions at once.
DEADLINE: Final = re.compile(
    r"(?=[0-9零一二两三四五六七八九十百半几今明后大次隔第当下本这周星礼月年节凌早上中傍晚夜尽马立火稍])"
    rf"(?:(?P<span>{_RANGE}\s?(?:个?(?:工作日|自然日|小时|钟头|星期|礼拜)|个月|分钟|h(?![a-z])|天|日(?=内|之内|以内)|周))(?P<within>{_LIMIT})?"
    rf"|(?P<day>(?:{_DAY}|{_DATE})(?:的)?{_PART}?{_CLOCK}?)(?P<before>{_LIMIT})?"
    rf"|(?P<part>(?:[早晚](?!一点)(?=[\d一二两三四五六七八九十]){_CLOCK}|(?![早晚][^上间晨]){_PART}{_CLOCK}?|{_CLOCK}(?={_LIMIT})))(?P<till>{_LIMIT})?"
    r"|(?P<vague>尽快|尽早|尽速|第一时间|马上|立即|立刻|火速|稍后|晚点))")

HINT: Final = re.compile("[天日时钟周晚早午点晨快尽马立火稍拜号底夜h月期年班节]")  # every time limit holds one of these
_EDGE: Final = re.compile(r"(?:最晚|最迟|最慢|最多|最长|不超过|不会超过)(?:不超过|不会超过|也|就|是|在|会)?$")
# What follows makes it a time of the customer's act, or of the past, not of the shop's.
_NOT_OURS: Final = re.compile(
    r"(?:(?:的|之前的|前的)?订单|(?<!工作日内)(?<!工作日之内)付款|拍下|下单|拍|购买|支付|买|的单|反馈的|咨询|提交|有货|保持|在线|休息|放假|上班|随时|无理由|为您服务)|[^,]{0,2}(?:价保|质保|保修)")
_ANCHORED: Final = re.compile(r"(?:付款|拍下|下单|支付|审核|签收|收到|完成|出库|寄出|发货|操作|办理|通过|到货|退回|申请|行程|成功)[^,。\s]{0,6}后(?:的|在|约)?$")
_HOUR_OF_PART: Final = {"凌晨": 6, "早": 9, "早上": 10, "早晨": 10, "上午": 12, "中午": 13, "下午": 18, "下班": 18, "傍晚": 19}
_PARTS: Final = re.compile(_PART)
_CLOCK_TIME: Final = re.compile(rf"(\d{{1,2}}):(\d\d)|({_N})\s?点(半|(\d{{1,2}})分?)?")
_WEEKDAY: Final = re.compile(r"(下下|下|本|这)?个?(?:周|星期|礼拜)([一二三四五六日天末])?")
_DATE_PARTS: Final = re.compile(r"(?:(\d{1,2})月)?(\d{1,2})[号日]")
_DAYS_AHEAD: Final = {"今天": 0, "今日": 0, "今": 0, "明天": 1, "明日": 1, "明": 1, "今明两天": 1, "今明": 1, "后天": 2, "明后天": 2, "明后两天": 2,
                      "大后天": 3}
_NAMED: Final = re.compile("|".join(sorted(_DAYS_AHEAD, key=len, reverse=True)))
_WEEKDAYS: Final = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time limit at norm[start:end], its time at norm[time:end]. `firm`: names a time. `bounded`: says 内 or 前."""

    start: int
    time: int
    end: int
    firm: bool
    bounded: bool

    @property
    def edge(self) -> bool:
        """Says that it is the outermost one (最晚)."""
        return self.time > self.start


def find_deadlines(norm: str, start: int, end: int) -> Iterator[Deadline]:
    """The time limits of norm[start:end] that can be the shop's, in order."""
    for match in DEADLINE.finditer(norm, start, end):
        kind = match.lastgroup
        if kind == "vague":
            yield Deadline(match.start(), match.start(), match.end(), False, False)
        elif not _NOT_OURS.match(norm, match.end()) and norm[match.start() - 1:match.start()] != "前":  # 提前一天, 前一天
            edge = _EDGE.search(norm, max(start, match.start() - 9), match.start())
            first = edge.start() if edge else match.start()
            yield Deadline(first, match.start(), match.end(), True, kind in ("within", "before", "till"))


def due_of(text: str, norm: str, deadline: Deadline, at: datetime | None) -> datetime | None:
    """When `deadline` ends if it was said at `at`; None without a time, for 尽快, for masked digits, or where it counts from another event.

    Days end at 23:59:59, 下午 at 18:00; working days are Monday to Friday. A time given in UTC is read in China, any other in its own zone.
    """
    if at is None or not deadline.firm or "[" in text[deadline.start:deadline.end]:
        return None
    match = DEADLINE.match(norm, deadline.time, deadline.end)
    if match is None:
        return None
    now = at.astimezone(_HOME) if at.utcoffset() == timedelta(0) else at
    try:
        if match.group("span"):
            if _ANCHORED.search(norm, max(0, deadline.start - 16), deadline.start):
                return None
            return _after(now, match.group("span"))
        if match.group("day"):
            return _on_day(now, match.group("day"))
        return _at_clock(now, match.group("part"), now)
    except (OverflowError, ValueError):
        return None


def _after(now: datetime, span: str) -> datetime | None:
    numbers = [number(n) for n in re.findall(_N, span)]
    amount = numbers[-1] if numbers else None
    if amount is None:
        return None
    if "分钟" in span:
        return _within(now, timedelta(minutes=amount))
    if "小时" in span or "钟头" in span or "h" in span:
        return _within(now, timedelta(hours=amount))
    if amount > _FURTHEST_DAYS:
        return None
    if "工作日" in span:
        return _end(_working_days(now, int(amount)))
    if span.endswith("月"):
        months = now.month - 1 + int(amount)
        year, month = now.year + months // 12, months % 12 + 1
        return _end(now.replace(year=year, month=month, day=min(now.day, calendar.monthrange(year, month)[1])))
    days = amount * 7 if span[-1] in "周期拜" else amount
    return now + timedelta(days=days) if days != int(days) else _end(now + timedelta(days=days))


def _within(now: datetime, delta: timedelta) -> datetime | None:
    return now + delta if delta.days <= _FURTHEST_DAYS else None


def _end(day: datetime) -> datetime:
    return datetime.combine(day.date(), _END_OF_DAY, tzinfo=day.tzinfo)


def _working_days(now: datetime, count: int) -> datetime:
    day = now
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _on_day(now: datetime, words: str) -> datetime | None:
    day = _day(now, words)
    return None if day is None else _at_clock(day, words, now)


def _day(now: datetime, words: str) -> datetime | None:
    named = _NAMED.match(words)
    if named:
        return now + timedelta(days=_DAYS_AHEAD[named.group()])
    if "月底" in words:
        first = now.replace(day=1)
        if words.startswith("下"):
            first = (first + timedelta(days=32)).replace(day=1)
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])
    week = _WEEKDAY.match(words)
    if week:
        monday = now - timedelta(days=now.weekday())
        wanted = 6 if week.group(2) in (None, "末", "天") else _WEEKDAYS.index(week.group(2))
        weeks = {"下下": 2, "下": 1}.get(week.group(1) or "", 0)
        if week.group(1) is None and wanted < now.weekday():
            weeks = 1
        return monday + timedelta(days=wanted + 7 * weeks)
    date = _DATE_PARTS.match(words)
    return _date(now, date.group(1), int(date.group(2))) if date else None  # 当天, 次日: of the order, which the chat does not time


def _date(now: datetime, month: str | None, day: int) -> datetime:
    if month:
        result = now.replace(month=int(month), day=day)
        return result.replace(year=now.year + 1) if (now - result).days > 180 else result
    if day >= now.day:
        return now.replace(day=day)
    return (now.replace(day=1) + timedelta(days=32)).replace(day=day)


def _at_clock(day: datetime, words: str, now: datetime) -> datetime | None:
    part_match = _PARTS.search(words)
    part = part_match.group() if part_match else ""
    clock = _CLOCK_TIME.search(words)
    if clock is None:
        hour = _HOUR_OF_PART.get(part)
        return _end(day) if hour is None else datetime.combine(day.date(), time(hour), tzinfo=day.tzinfo)
    if clock.group(1):
        hour_said, minute = float(clock.group(1)), int(clock.group(2))
    else:
        said = number(clock.group(3))
        if said is None:
            return None
        hour_said, minute = said, 30 if clock.group(4) == "半" else int(clock.group(5) or 0)
    hour = int(hour_said)
    if hour < 12 and (part in ("下午", "傍晚", "晚上", "晚间", "夜里", "晚") or (part == "中午" and hour < 6)):
        hour += 12
    if hour == 24:
        return _end(day)
    due = datetime.combine(day.date(), time(hour, minute), tzinfo=day.tzinfo)
    if not part and hour <= 12 and due < now and due + timedelta(hours=12) >= now:
        due += timedelta(hours=12)  # "8点前" said at three in the afternoon
    return due
