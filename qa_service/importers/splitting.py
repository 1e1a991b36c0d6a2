"""By which parameters the stream of a buyer is cut into sessions: defaults for each source, and the file that changes them."""
from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from qa_service.importers.times import parse_clock
from qa_service.model.errors import SourceError

FAREWELLS: Final = (
    "再见", "拜拜", "祝您生活愉快", "祝您购物愉快", "祝您生活", "祝您购物", "欢迎下次光临", "欢迎再次光临", "期待您的下次", "感谢您的咨询", "感谢您的光临", "感谢您的支持")


@dataclass(frozen=True, slots=True)
class Splitting:
    """When a stream is cut. `day_starts`: the clock time at which a business day begins (None: days do not count)."""

    gap: timedelta = timedelta(hours=2)
    closing_gap: timedelta = timedelta(minutes=10)
    patience: timedelta = timedelta(hours=24)
    day_starts: time | None = time(4)
    closing: tuple[str, ...] = FAREWELLS
    longest: int = 2_000

    def explain(self) -> str:
        """The parameters in one line, as they stand in the notes and in `meta`."""
        day = f",每天 {self.day_starts:%H:%M} 换日" if self.day_starts is not None else ""
        return (f"静默 {span(self.gap)} 分段,道别后静默 {span(self.closing_gap)} 分段{day};客户的话还没人答时等 {span(self.patience)};"
                f"一段最多 {self.longest} 条")


SPLITTINGS: Final[Mapping[str, Splitting]] = {
    # People answer each other on WeChat after hours; a service desk closes its sessions itself and soon.
    "wecom-archive": Splitting(gap=timedelta(hours=4)),
    "qianniu-html": Splitting(),
    "qianniu-json": Splitting(),
    "taobao-top": Splitting(),
    "wechat-kf": Splitting(gap=timedelta(hours=1)),
    "wangwang-txt": Splitting(),
}


def span(length: timedelta) -> str:
    """A length of time in Chinese: 2 小时, 10 分钟, 1 天 3 小时."""
    minutes = int(length.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{n} {unit}" for n, unit in ((days, "天"), (hours, "小时"), (minutes, "分钟")) if n]
    return " ".join(parts) or f"{length.total_seconds():g} 秒"


def load_splittings(path: str) -> dict[str, Splitting]:
    """Read a ``--sessions`` file: source -> parameters, those not named keep the source's default. Raises SourceError.

    ``wecom-archive: {gap: 30m, closing_gap: 5m, patience: 24h, day_starts: "04:00", closing: [再见], longest: 500}``
    """
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise SourceError(f"读不了分段配置: {error.strerror or error}", where=path) from None
    except (UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise SourceError(f"分段配置不是合法的 YAML: {str(error).splitlines()[0][:200]}", where=path) from None
    if not isinstance(data, dict) or not all(isinstance(v, dict) for v in data.values()):
        raise SourceError("分段配置应为“来源: 参数”的对照表", where=path, fix="例: wecom-archive: {gap: 30m}")
    unknown = [str(k)[:40] for k in data if k not in SPLITTINGS]
    if unknown:
        raise SourceError(f"来源 {'、'.join(unknown)} 没有分段", where=path, fix=f"可用: {'、'.join(SPLITTINGS)}")
    return {name: _read(SPLITTINGS[name], given, f"{path} 的 {name}") for name, given in data.items()}


def _read(default: Splitting, given: Mapping[str, Any], where: str) -> Splitting:
    names = [f.name for f in fields(Splitting)]
    unknown = [str(k)[:40] for k in given if k not in names]
    if unknown:
        raise SourceError(f"没有分段参数 {'、'.join(unknown)}", where=where, fix=f"可用: {'、'.join(names)}")
    values: dict[str, Any] = {name: _PARAMETERS[name](value, f"{where}.{name}") for name, value in given.items()}
    return replace(default, **values)


def _length(value: object, where: str) -> timedelta:
    match = re.fullmatch(r"(\d{1,6})\s*([smhd])", value.strip()) if isinstance(value, str) else None
    if match is None:
        raise SourceError(f"不是时长: {str(value)[:40]!r}", where=where, fix="例: 30m、2h、1d")
    return timedelta(seconds=int(match[1]) * {"s": 1, "m": 60, "h": 3_600, "d": 86_400}[match[2]])


def _start(value: object, where: str) -> time | None:
    if value is None or value == "none":
        return None
    # YAML 1.1 reads an unquoted 04:00 as a number to the base of 60.
    text = f"{value // 60}:{value % 60:02d}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
    clock = parse_clock(text)
    if clock is None:
        raise SourceError(f"不是钟点: {text[:40]!r}", where=where, fix='例: "04:00",或 none')
    return clock


def _words(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(w, str) and w for w in value):
        raise SourceError("应为词语的列表", where=where, fix="例: [再见, 拜拜]")
    return tuple(value)


def _number(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 2:
        raise SourceError(f"应为不小于 2 的整数,得到 {str(value)[:40]!r}", where=where)
    return value


_PARAMETERS: Final = {"gap": _length, "closing_gap": _length, "patience": _length, "day_starts": _start, "closing": _words, "longest": _number}
