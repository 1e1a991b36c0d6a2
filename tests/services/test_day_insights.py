"""What a day says beyond scores: late and why, staffing, consult types, disputes, selling, outcomes, phrases, trend."""
from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from qa_service.model.errors import SourceError, UsageError
from qa_service.services import day_views, staffing
from qa_service.services.day_book import DayBook, read_day
from qa_service.services.day_insights import risen
from qa_service.services.day_report import render_report
from qa_service.services.outcomes import OutcomeTally, outcomes_of, read_outcomes
from qa_service.services.report_files import report_document, write_json, write_xlsx


@dataclass
class Chats:
    """A day in memory."""

    chats: list[Any]
    has_chats: bool = True

    def pairs(self) -> Iterator[Any]:
        return iter(self.chats)


def book_of(chats: list[Any], **more: Any) -> DayBook:
    return read_day(Chats(chats), **more)


def asked(build: Any, number: int, hour: int, first: float | None, effective: float | None, agent: str = "小美", **more: Any) -> Any:
    c, e = build.chat(number, hour=hour, first=first, effective=effective, agent=(agent, agent), **more)
    e["measures"] |= {"customer_messages": 1, "agent_messages": 1, "duration_seconds": 6.0}
    return c, e


def moved(pair: Any, days: int) -> Any:
    """A chat on another day."""
    c, e = pair
    return replace(c, messages=tuple(replace(m, at=m.at + timedelta(days=days)) for m in c.messages)), e


@pytest.mark.parametrize(("late", "hollow", "chats", "why"), [
    (12, 0, 30, "会话扎堆,人均负荷高"), (5, 0, 8, "不算忙,但回得慢"), (1, 6, 8, "回了没说到点上,话术或业务知识"), (0, 0, 8, ""), (3, 0, 4, "")])
def test_why_an_hour_was_late(build: Any, late: int, hollow: int, chats: int, why: str) -> None:
    """Ten chats in each of three quiet hours, all answered; the hour in question has its own."""
    day = [asked(build, 100 * h + i, h, 5.0, 5.0) for h in (9, 10, 11) for i in range(10)]
    day += [asked(build, 2000 + i, 20, 90.0 if i < late else 5.0, 90.0 if i < late + hollow else 5.0) for i in range(chats)]
    found = book_of(day).insights
    assert day_views.cause(found, 20) == why
    assert day_views.cause(found, 9) == ""
    load = found.hours[20]
    assert (load.chats, load.late, load.hollow) == (chats, late, hollow)


def test_staffing_as_the_article_works_it_out() -> None:
    assert staffing.people(500) == 3  # its example: 500 / 180 = 2.8
    assert (staffing.people(600, 200), staffing.people(600, 150)) == (3, 4)
    day = [0] * 24
    day[10], day[20], day[3] = 50, 30, 1
    assert [(h.hour, h.needed, h.missing) for h in staffing.by_hour(day, [1] * 24)] == [(3, 1, 0), (10, 3, 2), (20, 2, 1)]
    assert staffing.peak_share(day) == pytest.approx(80 / 81)
    assert staffing.busiest(day) == [3, 10, 20]
    assert staffing.peak_share([0] * 24) is None


def test_staffing_says_who_was_there(build: Any) -> None:
    words = day_views.staffing_words(book_of([asked(build, i, 10, 5.0, 5.0, f"客服{i % 3}") for i in range(40)]).insights)
    assert "全天 40 个会话" in words
    assert "至少 1 人满班,实际 3 人说过话" in words
    assert "占 100%" in words


def test_dispute_steps_and_selling_are_counted_by_chat(build: Any) -> None:
    dispute = build.chat(1, [("customer", "收到是坏的"), ("agent", "非常抱歉,麻烦拍照给我看下"), ("agent", "给您补发一件,再补偿10元,有结果第一时间告知您")])
    sale = build.chat(2, [("customer", "有M码吗"), ("agent", "有的,推荐您拍这款,今天下单有优惠")])
    dispute[1]["topics"] = [{"message": 0, "label": "quality", "title": "商品质量", "confidence": 0.9}]
    found = book_of([dispute, sale]).insights
    assert (found.disputes, found.sales) == (1, 1)
    assert set(found.steps) == {"安抚", "核实", "方案", "补偿", "跟进"}
    assert found.steps_taken == Counter({5: 1})
    assert dict(found.selling) == {"主动推荐": 1, "逼单": 1}


def test_consult_types_show_what_was_said(build: Any) -> None:
    hit = build.finding("ER01", 1, "自己看详情13812345678")
    table = day_views.consults(book_of([build.chat(i, [("customer", "多大"), ("agent", "自己看详情13812345678")], findings=[hit]) for i in range(3)]))
    (row,) = table.rows
    assert row[:5] == ["商品规格", 3, 100.0, 3, 100.0]
    assert "自己看详情138****5678(3)" in str(row[5])
    assert "差不多" in str(row[6])


def test_phrases_that_rose(build: Any) -> None:
    words = [("customer", "预售尾款怎么付,13812345678"), ("agent", "好的")]
    before = [moved(build.chat(i), -1) for i in range(40)]
    book = book_of([*before, *(build.chat(100 + i, words if i < 8 else [("customer", "有M码吗"), ("agent", "有")]) for i in range(20))], day=date(2025, 11, 11))
    assert [row[:2] for row in day_views.phrases(book).rows] == [["预售尾款怎么付", 8]]
    assert risen(Counter({"x": 9}), 10, Counter(), 0) == []


def test_the_days_before_are_the_trend_and_nothing_else(build: Any) -> None:
    chats = [moved(build.chat(i, total=80.0), -2) for i in range(5)] + [build.chat(10 + i) for i in range(3)] + [moved(build.chat(20), 1)]
    book = book_of(chats, day=date(2025, 11, 11))
    assert book.tally.n == 3
    assert [(str(d), line.chats, line.scores.mean) for d, line in sorted(book.trend.items())] == [("2025-11-09", 5, 80.0), ("2025-11-11", 3, 100.0)]
    assert "与前几天比" in render_report(book, title="日报", generated_from="x")
    with pytest.raises(UsageError, match="2025-11-09、2025-11-11、2025-11-12"):
        book_of(chats, day=date(2025, 1, 1))


def test_several_standards_are_told(build: Any) -> None:
    one, (c, e) = build.chat(1), build.chat(2)
    book = book_of([one, (c, e | {"standard": {"name": "x", "version": "1", "digest": "sha256:other"}})])
    assert book.mixed
    assert "不是同一份质检标准" in render_report(book, title="日报", generated_from="x")


@pytest.mark.parametrize(("meta", "found"), [
    ({"csat": 4}, {"csat": 4.0}), ({"满意度": "5"}, {"csat": 5.0}), ({"csat": 9}, {}), ({"csat": "好"}, {}), ({"下单": "是", "差评": "否"}, {"ordered": 1.0, "bad_review": 0.0}),
    ({"Order_Placed": True, "refund": 12.5}, {"ordered": 1.0, "refund": 1.0}), ({"退款": "也许"}, {}), ({"复购": "0"}, {"repurchase": 0.0})])
def test_outcomes_in_meta(meta: dict[str, Any], found: dict[str, float]) -> None:
    assert outcomes_of(meta) == found


def test_a_table_is_joined_by_conversation_and_wins_over_meta(build: Any, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("会话ID,下单,满意度\nc-00001,是,2\nc-00002,否,\n".encode("gb18030"))
    table = read_outcomes(path)
    assert table == {"c-00001": {"ordered": 1.0, "csat": 2.0}, "c-00002": {"ordered": 0.0}}
    chats = [(replace(c, meta={"csat": 5}), e) for c, e in (build.chat(1), build.chat(2))]
    found = book_of(chats, joined=table).insights.outcomes
    assert (found["csat"].mean, found["ordered"].mean) == (3.5, 0.5)
    path.write_text("单号,下单\n1,是\n", "utf-8")
    with pytest.raises(SourceError, match="会话ID"):
        read_outcomes(path)
    with pytest.raises(SourceError):
        read_outcomes(tmp_path / "missing.csv")


def test_correlation_of_a_rule_with_an_outcome() -> None:
    o = OutcomeTally()
    for i in range(100):
        bad = i < 20
        o.add(float(bad), 60.0 if bad else 95.0, ["R1"] if bad or i == 50 else ["R2"] if i % 2 else [])
    assert o.mean == 0.2
    assert o.with_score == pytest.approx(-1.0)
    rule, hit, mean, r = o.with_rules()[0]
    assert (rule, hit, mean) == ("R1", 21, pytest.approx(20 / 21))
    assert r == pytest.approx(0.97, abs=0.01)
    few = OutcomeTally()
    few.add(1.0, 100.0, ["R1"])
    assert (few.with_score, few.with_rules()) == (None, [])
    flat = OutcomeTally()
    for _ in range(40):
        flat.add(1.0, 90.0, [])
    assert flat.with_score is None


SECRETS = ("13812345678", "330102198807121016", "lovely888", "文三路88号", "zhang_san@qq.com")


def test_nothing_personal_leaves_through_any_of_the_three(build: Any, tmp_path: Path) -> None:
    said = "我叫张小美,电话13812345678,身份证330102198807121016,微信lovely888,住浙江省杭州市西湖区文三路88号2栋301,邮箱zhang_san@qq.com"
    short = "加微信lovely888"
    chats = []
    for i in range(12):
        hits = [build.finding("ER01", 1, said, detail=said), build.finding("CO01", 2, short, category="courtesy.perfunctory")]
        chats.append(build.chat(i, [("customer", said), ("agent", said), ("agent", short)], findings=hits, deductions=[("ER01", -40.0), ("CO01", -5.0)],
                                commitments=[build.promise(1, said, "2025-11-12T10:00:00+08:00")], agent=("a1", "小雅"), notes=["备注"]))
    book = book_of([*(moved(x, -1) for x in chats[:2]), *chats], day=date(2025, 11, 11))
    page = render_report(book, title="日报", generated_from="x")
    write_json(book, tmp_path / "r.json", generated_from="x")
    write_xlsx(book, tmp_path / "r.xlsx")
    from python_calamine import CalamineWorkbook

    sheets = CalamineWorkbook.from_path(str(tmp_path / "r.xlsx"))
    rows = repr([sheets.get_sheet_by_name(n).to_python() for n in sheets.sheet_names])
    for text in (page, (tmp_path / "r.json").read_text("utf-8"), rows):
        assert [s for s in SECRETS if s in text] == []
        assert "138****5678" in text


def test_the_three_say_the_same(build: Any, tmp_path: Path) -> None:
    book = book_of([asked(build, i, 9 + i % 4, 5.0 + i, 40.0 + i, commitments=[build.promise(1, "亲,在的", "2025-11-12T10:00:00+08:00")]) for i in range(40)])
    document = report_document(book, generated_from="x")
    write_json(book, tmp_path / "r.json", generated_from="x")
    assert orjson.loads((tmp_path / "r.json").read_bytes()) == document
    page = re.sub(r"\s+", "", render_report(book, title="日报", generated_from="x"))
    for t in day_views.tables(book):
        assert len(document["sections"][t.name]) == len(t.rows)
        assert "".join(str(t.head[0]).split()) in page
    (first,) = [row for row in document["sections"]["各口径指标"] if row["口径"] == "平均首次响应时长"]
    assert (first["名义"], first["有效"], first["名义达标"]) == ("24.5 秒", "59.5 秒", "否")


def test_a_goal_is_met_or_not() -> None:
    assert [day_views._met(goal, v) for goal, v in (("≤ 15 秒", 15.0), ("≤ 15 秒", 15.1), ("≥ 80%,目标 85%", 0.8), ("≥ 80%,目标 85%", 0.79), ("< 40 秒", 39.0),
                                                    ("", 1.0), ("≥ 90%", None))] == ["是", "否", "是", "否", "是", "", ""]
