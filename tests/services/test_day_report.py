"""The day report: self-contained, complete, escaped, masked, the same every time."""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import pytest

from qa_service.services.charts import Bar, Part, Whisker, bars, columns, waterfall, whiskers, words
from qa_service.services.day_book import DayBook, read_day
from qa_service.services.day_report import render_report
from qa_service.services.headlines import headlines, overdue
from qa_service.services.tally import Tally

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Balance(HTMLParser):
    """Checks that tags close, and collects what a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, value in attrs if not (name == "href" and value is not None and value.startswith("#")))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def of(chats: list[Any]) -> Tally:
    t = Tally()
    for c, e in chats:
        t.add(c, e)
    return t


@dataclass
class Chats:
    """A day in memory."""

    chats: list[Any]
    has_chats: bool = True

    def pairs(self) -> Iterator[Any]:
        return iter(self.chats)


def book_of(chats: list[Any]) -> DayBook:
    return read_day(Chats(chats))


def page(chats: list[Any]) -> str:
    return render_report(book_of(chats), title="日报", generated_from="day.jsonl")


def test_one_file_without_network_or_script(day: Callable[[int], list[Any]]) -> None:
    html = page(day(200))
    reader = Balance()
    reader.feed(html)
    assert reader.open == []
    assert not reader.tags & {"script", "img", "link", "iframe", "object"}
    assert not reader.attributes & {"src", "href", "onclick", "onload"}
    assert "http://" not in html
    assert "https://" not in html
    assert "url(" not in html


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", "</style><b>", "\"onmouseover='x'", "{{ 7**9 }}"])
def test_chat_text_and_names_are_escaped(build: Any, evil: str) -> None:
    hit = build.finding("ER01", 1, evil, title=evil, why=evil, suggest=evil, detail=evil)
    html = page([build.chat(1, [("customer", evil), ("agent", evil)], findings=[hit], deductions=[("ER01", -10.0)], agent=("a", evil),
                               shop=evil, commitments=[build.promise(1, evil, "2025-11-12T10:00:00+08:00", amount_text=evil)],
                               notes=[evil])])
    reader = Balance()
    reader.feed(html)
    assert reader.open == []
    assert not {"script", "onmouseover"} & (reader.tags | reader.attributes)
    assert "40353607" not in html


def test_every_rule_found_is_in_it(build: Any) -> None:
    chats = [build.chat(i, findings=[build.finding(f"AA{i:02d}", 1, "亲,在的", status="trial" if i % 2 else "stable")]) for i in range(40)]
    html = page(chats)
    assert all(f'id="rule-AA{i:02d}"' in html and f"标题AA{i:02d}" in html for i in range(40))


def test_evidence_is_marked_and_personal_data_masked(build: Any) -> None:
    html = page([build.chat(1, [("customer", "我13812345678"), ("agent", "亲,在的呢")], findings=[build.finding("ER01", 1, "亲,在的")])])
    assert "<mark>亲,在的</mark>呢" in html
    assert "13812345678" not in html
    assert "138****5678" in html


def test_an_empty_day_and_a_day_without_times_have_a_report(build: Any) -> None:
    for chats in ([], [build.chat(1, timed=False, first=None, findings=[build.finding("ER01", 1, "亲,在的")])]):
        reader = Balance()
        reader.feed(page(chats))
        assert reader.open == []
    assert "日志没有时间" in page([])


def test_the_same_tally_gives_the_same_bytes(day: Callable[[int], list[Any]]) -> None:
    assert page(day(80)) == page(day(80))


def test_ten_thousand_chats_stay_under_two_megabytes(build: Any) -> None:
    """The bounds are what keeps it small: many rules, each with full examples, and a full list of low chats and promises."""
    chats = []
    for i in range(10_000):
        text = f"{i % 601}" + "很长的一句话" * 60
        chats.append(build.chat(i, [("customer", text)] * 3 + [("agent", text)] * 3, findings=[build.finding(f"R{i % 70:03d}", 3, text)],
                                deductions=[(f"R{i % 70:03d}", -10.0)], agent=(f"a{i % 80}", ""),
                                commitments=[build.promise(3, text, "2025-11-12T10:00:00+08:00")]))
    assert len(page(chats).encode()) < 2_000_000


def test_text_that_cannot_be_seen_is_shown(build: Any) -> None:
    html = page([build.chat(1, [("customer", "在吗"), ("agent", "加\u200b微\u202e信\ud800\x00")], findings=[build.finding("ER01", 1, "加")])])
    assert "加</mark>·微\ufffd信\ufffd␀" in html
    html.encode("utf-8")
    assert words("plain") == "plain"


def test_headlines_carry_their_figures(build: Any) -> None:
    hit = build.finding("ER01", 1, "亲,在的")
    chats = [build.chat(i, findings=[hit] if i < 5 else [], deductions=[("ER01", -10.0)] if i < 5 else [], effective=None if i < 5 else 8.0)
             for i in range(10)]
    lines = headlines(of(chats))
    assert lines[0].figure == "50 个百分点"
    assert "5 个会话回了话" in lines[0].text
    assert lines[1].figure == "50 分"
    assert headlines(Tally()) == []


def test_the_agent_surely_below_the_others_is_named_with_chats_and_faults(build: Any) -> None:
    rude = build.finding("CO50", 1, "亲,在的", category="abuse.insult", needs_human=True)
    chats = [build.chat(i, agent=("a1", "甲") if i % 2 else ("a2", "乙"), findings=[rude] if i % 2 else [],
                        deductions=[("CO50", -20.0 - i % 3)] if i % 2 else []) for i in range(60)]
    lines = {h.section: h for h in headlines(of(chats))}
    assert lines["agents"].figure == "甲"
    assert "30 个会话" in lines["agents"].text
    assert "30 次" in lines["agents"].text
    worst = min(chats, key=lambda x: x[1]["score"]["total"])[0].id
    assert worst in lines["agents"].advice
    assert any(h.figure == "30 处" for h in headlines(of(chats)))


def test_no_agent_is_named_where_chance_may_have_done_it(build: Any) -> None:
    chats = [build.chat(i, agent=("a1", "甲") if i % 2 else ("a2", "乙"), deductions=[("ER01", -10.0 - i)] if i in (1, 2, 3) else []) for i in range(20)]
    assert all(h.section != "agents" for h in headlines(of(chats)))


def test_every_headline_leads_to_a_section(day: Callable[[int], list[Any]]) -> None:
    html = page(day(200))
    aims = re.findall(r'href="#([^"]+)"', html)
    assert aims
    assert all(f'id="{aim}"' in html for aim in aims)


def test_a_full_list_of_overdue_promises_says_at_least(build: Any) -> None:
    chats = [build.chat(i, commitments=[build.promise(1, "亲,在的", "2025-11-11T09:00:00+08:00")]) for i in range(201)]
    assert overdue(of(chats)) == "至少 200"
    assert overdue(of(chats[:3])) == "3"
    assert "至少 200 条" in page(chats)


def test_no_kind_of_problem_crowds_out_the_others(build: Any) -> None:
    findings = [[build.finding(f"TM{i:02d}", 1, "亲,在的", category="timeliness.x")] for i in range(20)] + [[build.finding("PV01", 1, "亲,在的")]]
    shown = page([build.chat(i, findings=f) for i, f in enumerate(findings)]).split('id="rules"')[1].split("其余")[0]
    assert shown.count('id="rule-TM') == 2
    assert 'id="rule-PV01"' in shown


def test_drawings_escape_and_stay_inside() -> None:
    for svg in (bars([Bar("<b>", [Part(3, "c-main", "<i>")])], "x"), columns([[Part(1, "c-good")], []], ["<b>"], "x"),
                whiskers([Whisker("<b>", 90.0, 80.0, 99.0, "n"), Whisker("b", 100.0, None, None, "n")], "x", reference=95.0),
                waterfall(0.0, [("<b>", -30.0), ("c", 10.0), ("d", -80.0)], "x")):
        assert "<b>" not in svg
        assert "<i>" not in svg
        shares = [float(v) for v in re.findall(r'(?:x|x1|x2|cx|width)="([\d.-]+)%"', svg)]
        assert shares
        assert all(0 <= v <= 100 for v in shares)


def test_waterfall_takes_each_loss_where_it_was() -> None:
    widths = re.findall(r'class="c-bad2?" x="([\d.]+)%" y="0.0" width="([\d.]+)%"', waterfall(60.0, [("a", -30.0), ("b", -10.0)], "x"))
    assert widths == [("70.00", "29.75"), ("60.00", "9.75")]
