"""The documentation of measures and calculators, generated from them: it cannot differ from what runs."""
from __future__ import annotations

from collections.abc import Sequence

from qa_service.services.labels import CHANNELS
from qa_service.text.calculators import CALCULATORS, LONGEST, MEAN, RATIO, SHARE, SUFFIXES
from qa_service.text.measures import MEASURES, TIMING

_KINDS = {MEAN: "均值(秒)", SHARE: "占比", RATIO: "比值", LONGEST: "最大值(秒)"}
_HEAD = """# 指标

本页由 `qa-service measures --out docs/measures.md` 从代码生成,请勿手改。

响应按「轮」计:从客户等待的第一句,到人工的答复;连续提问算一轮,机器人和自动回复不是答复。每个口径两栏:

- **名义**:人工说了任何话都算;
- **有效**:说到了点上才算(「亲,在的」回答不了「有M码吗」)。两栏之差就是凑出来的响应率。

## 各平台与文章的口径

平台的定义逐年变化,来源多为二手页面;与商家后台不一致时以后台为准。钟点按北京时间。
"""
_SUMS = """
## 如何加总

每个会话的质检结果在 `measures` 里带着口径的四个可加数(没有内容时不带):{keys},分别是名义的分母与分子、有效的分母与分子。
一天、一个月(例如旺旺的 T-30 至 T-1)或一位客服的数,就是各会话之和相除;没有 `_of` 键的口径由下表的单个会话指标算出。

一个会话只归它开始的那一天;转接时整轮计入会话,不拆给子账号(导出里看不出转出时刻);广告、红包、拉黑等平台剔除的无效会话,导出里没有标记,故未剔除。

## 单个会话的指标
"""


def measures_document() -> str:
    """Calculators and measures as one Markdown document."""
    rows = [(c.name, c.title, c.version, "、".join(CHANNELS[x] for x in sorted(c.channels)) or "全部", _KINDS[c.kind], c.window, c.cap, c.exclusions,
             c.goal or "–", c.source, c.checked) for c in CALCULATORS]
    head = ("代码", "名称", "版本", "渠道", "算法", "窗口", "封顶/时限", "剔除与说明", "要求", "来源", "核对")
    keys = "、".join(f"`<代码>{s}`" for s in SUFFIXES)
    measures = [(f"`{name}`", _first_line(f.__doc__), "没有时间则为空" if name in TIMING else "") for name, f in MEASURES.items()]
    return "\n".join([_HEAD, *_table(head, [(f"`{r[0]}`", *r[1:]) for r in rows]), _SUMS.format(keys=keys),
                      *_table(("代码", "说明(英文,取自代码)", ""), measures)]) + "\n"


def _first_line(doc: str | None) -> str:
    return (doc or "").strip().splitlines()[0]


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    return [_row(head), _row(tuple("---" for _ in head)), *(_row(r) for r in rows)]


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |"
