"""The platforms' calculators by worked examples, the sources' own among them. A figure is (of, sum, of, sum), the last two effective."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.importers.plain import parse_plain
from qa_service.model.conversation import Message
from qa_service.model.policy import Policy
from qa_service.rules.standard import Standard
from qa_service.services.day_measures import DayMeasures
from qa_service.text.calculators import CALCULATORS, Sums

Read = Callable[..., dict[str, Sums | None]]


@pytest.fixture(scope="module")
def sums(standard: Standard) -> Read:
    """Every calculator's sums of a chat, by name."""
    def go(chat: str, channel: str = "tmall", people: str = "") -> dict[str, Sums | None]:
        c = replace(parse_plain(chat, "t"), channel=channel)
        if people:
            names = iter(people)
            c = replace(c, messages=tuple(replace(m, agent_id=next(names)) if m.role == "agent" else m for m in c.messages))
        measures = standard.reader.read([c], [Policy("none")]).transcripts[0].measures
        return {x.name: x.sums(measures) for x in CALCULATORS}
    return go


PUBLISHED = "客@10:10:15: 这件有M码吗\n客@10:15:20: 有没有货啊\n服@10:18:10: 有货的"


def test_three_minute_rate_as_its_source_works_it_out(sums: Read) -> None:
    """From the first of two questions 475 seconds: 0 of 1. Then 30 seconds: 1 of 2."""
    assert sums(PUBLISHED)["wangwang_3min"] == (1, 0, 1, 0)
    assert sums(PUBLISHED + "\n客@10:18:30: 今天能发吗\n服@10:19:00: 能发,晚上发出")["wangwang_3min"] == (2, 1, 2, 1)


def test_jd_leaves_out_a_session_begun_before_nine_as_its_source_says(sums: Read) -> None:
    early = sums("客@08:56:00: 这款保修几年\n服@09:01:00: 保修两年", "jd")
    assert (early["jd_first_30s"], early["jd_mean"]) == (None, None)
    later = sums("客@09:00:00: 这款保修几年\n服@09:00:20: 保修两年\n客@09:01:00: 能开发票吗\n服@09:02:00: 能开电子发票", "jd")
    assert later["jd_first_30s"] == (1, 1, 1, 1)  # the first round only
    assert later["jd_mean"] == (2, 80.0, 2, 80.0)
    assert sums("客@22:59:59: 在吗,保修几年\n服@23:00:40: 两年", "jd")["jd_first_30s"] == (1, 0, 1, 0)
    assert sums("客@23:00:00: 保修几年\n服@23:00:10: 两年", "jd")["jd_first_30s"] is None
    assert sums("客@10:00:00: 保修几年", "jd")["jd_first_30s"] == (1, 0, 1, 0)
    assert sums("客@10:00:00: 保修几年", "jd")["jd_mean"] is None


@pytest.mark.parametrize(("chat", "of_2022", "of_2020"), [
    ("客@10:00:00: 有M码吗\n服@10:00:20: 有的", (1, 20.0, 1, 20.0), (1, 20.0, 1, 20.0)),
    ("客@10:00:00: 有M码吗\n服@10:00:05: 亲,在的\n客@10:01:00: 有没有\n服@10:01:40: 有的", (2, 45.0, 2, 140.0), (2, 45.0, 2, 140.0)),
    ("客@10:00:00: 有M码吗\n服@10:20:00: 有的", (1, 600, 1, 600), (1, 1200.0, 1, 1200.0)),  # the cap
    ("客@10:00:00: 有M码吗", (1, 600, 1, 600), None),  # unanswered
    ("客@10:00:00: 有M码吗\n服@10:00:05: 亲,在的", (1, 5.0, 1, 600), (1, 5.0, 0, 0)),  # answered by a greeting
    ("客@07:59:59: 有M码吗\n服@08:00:09: 有的", None, (1, 10.0, 1, 10.0)),  # the night
    ("客@22:59:59: 有M码吗\n服@23:00:09: 有的", (1, 10.0, 1, 10.0), (1, 10.0, 1, 10.0)),
    ("客@10:00:00: 有M码吗\n服@10:00:00: 有的", (1, 0.0, 1, 0.0), None),  # at once: a machine, said the rule of 2020
    ("客@10:00:00: 有M码吗\n机@10:00:01: 有货", None, None),  # a robot served the whole chat
    ("客@10:00:00: 有M码吗\n机@10:00:01: 有货\n客@10:00:30: 转人工,今天能发吗", (1, 600, 1, 600), None),
    ("服@10:00:00: 您好", None, None)])
def test_wangwang_mean_of_both_years(sums: Read, chat: str, of_2022: Sums | None, of_2020: Sums | None) -> None:
    found = sums(chat)
    assert (found["wangwang_mean_2022"], found["wangwang_mean_2020"]) == (of_2022, of_2020)


def test_an_automatic_welcome_does_not_serve_a_chat(standard: Standard) -> None:
    c = replace(parse_plain("客@10:00:00: 有M码吗\n机@10:00:01: 欢迎光临", "t"), channel="tmall")
    marked = replace(c, messages=(c.messages[0], replace(c.messages[1], meta={"auto_reason": "x"})))
    found = [standard.reader.read([chat], [Policy("none")]).transcripts[0].measures.get("wangwang_mean_2022_of") for chat in (c, marked)]
    assert found == [None, 1]


def test_pdd_calls_a_buyer_invalid_for_one_message_unanswered_in_an_hour(sums: Read) -> None:
    assert sums("客@10:00:00: 多久发货\n服@10:59:59: 今天发", "pdd")["pdd_reply"] == (1, 1, 1, 1)
    assert sums("客@10:00:00: 多久发货\n服@11:00:01: 今天发", "pdd")["pdd_reply"] == (1, 0, 1, 0)
    assert sums("客@10:00:00: 多久发货\n服@10:01:00: 今天发\n客@10:02:00: 能改地址吗", "pdd")["pdd_reply"] == (1, 0, 1, 0)
    assert sums("客@10:00:00: 多久发货\n服@10:01:00: 亲,在的", "pdd")["pdd_reply"] == (1, 1, 1, 0)
    assert sums("客@10:00:00: 多久发货\n服@10:03:00: 今天发", "pdd")["pdd_3min"] == (1, 1, 1, 1)
    assert sums("客@06:00:00: 多久发货", "pdd")["pdd_reply"] is None


def test_feige_counts_each_message_from_its_own_time(sums: Read) -> None:
    chat = "客@10:00:00: 多久发货\n客@10:02:00: 急用\n服@10:04:00: 今天发\n客@10:05:00: 能改地址吗"
    assert sums(chat, "douyin")["feige_3min"] == (3, 1, 3, 1)
    assert sums("客@07:59:00: 多久发货\n客@08:00:00: 急用\n服@08:01:00: 今天发", "douyin")["feige_3min"] == (1, 1, 1, 1)


@pytest.mark.parametrize(("chat", "found"), [
    ("客@10:00:00: 有M码吗\n服@10:00:30: 有的", (1, 1, 1, 1)), ("客@10:00:00: 有M码吗\n服@10:00:31: 有的", (1, 0, 1, 0)),
    ("客@10:00:00: 有M码吗\n服@10:00:03: 亲,在的,请问有什么可以帮您?", (1, 1, 1, 0)),  # the article's own example of a padded reply
    ("客@10:00:00: 有M码吗\n服@10:00:05: 有的\n客@10:00:09: 好的谢谢", (1, 1, 1, 1)), ("客@10:00:00: 有M码吗", (1, 0, 1, 0))])
def test_thirty_seconds_of_the_article(sums: Read, chat: str, found: Sums) -> None:
    assert sums(chat, "other")["article_30s"] == found


def test_the_articles_first_response_and_reply_rate(sums: Read) -> None:
    padded = sums("客@10:00:00: 有M码吗\n服@10:00:15: 亲,在的\n客@10:01:00: 有没有\n服@10:01:10: 有的")
    assert padded["first_response"] == (1, 15.0, 1, 70.0)
    assert padded["first_15s"] == (1, 1, 1, 0)
    assert padded["human_reply"] == (1, 1, 1, 1)
    assert padded["answer_ratio"] == (2, 2, 2, 1)
    silent = sums("客: 有M码吗\n机: 欢迎光临")
    assert (silent["human_reply"], silent["first_15s"], silent["unanswered"]) == ((1, 0, 1, 0), None, (1, 1, 1, 1))
    assert sums("客: 有M码吗\n服: 亲,在的")["human_reply"] == (1, 1, 1, 0)
    assert sums("服: 您好")["human_reply"] is None


@pytest.mark.parametrize(("chat", "people", "found"), [
    ("客@10:00:00: 怎么退货\n服@10:00:10: 给您转售后\n服@10:02:10: 您好\n服@10:02:40: 点退货就行", "abb", (1, 120.0, 1, 150.0)),
    ("客@10:00:00: 怎么退货\n服@10:00:10: 给您转售后\n客@10:00:20: 好的\n服@10:02:10: 点退货就行", "ab", (1, 110.0, 1, 110.0)),
    ("客@10:00:00: 怎么退货\n服@10:00:10: 点退货就行\n服@10:00:30: 收到就退款", "aa", None),
    ("客: 怎么退货\n服: 给您转售后\n服: 点退货就行", "ab", None)])
def test_delay_at_a_handover(sums: Read, chat: str, people: str, found: Sums | None) -> None:
    assert sums(chat, people=people)["handover"] == found


def test_the_channel_picks_the_platform(sums: Read) -> None:
    chat = "客@10:00:00: 有M码吗\n服@10:00:20: 有的"
    own = {channel: {c.name for c in CALCULATORS if c.channels and sums(chat, channel)[c.name]} for channel in ("tmall", "taobao", "jd", "pdd", "douyin", "web")}
    assert own["tmall"] == own["taobao"] == {"wangwang_mean_2022", "wangwang_mean_2020", "wangwang_3min"}
    assert (own["jd"], own["pdd"]) == ({"jd_first_30s", "jd_mean"}, {"pdd_reply", "pdd_3min"})
    assert (own["douyin"], own["web"]) == ({"feige_3min"}, set())


WORDS = st.sampled_from(["在吗", "有M码吗", "好的谢谢", "亲,在的", "有货,今天发", "稍等"])


@given(st.lists(st.tuples(st.sampled_from(["customer", "agent", "bot", "system"]), WORDS, st.integers(0, 900)), min_size=1, max_size=14),
       st.sampled_from(["tmall", "jd", "pdd", "douyin", "other"]))
def test_the_effective_column_is_never_the_better_one(standard: Standard, turns: list[tuple[str, str, int]], channel: str) -> None:
    base = parse_plain("客@10:00:00: 在吗", "t")
    at = base.messages[0].at
    assert at is not None
    messages, passed = [], 0
    for role, text, gap in turns:
        passed += gap
        messages.append(Message(role, text, at.replace(hour=10 + passed // 3600, minute=passed // 60 % 60, second=passed % 60)))
    measures = standard.reader.read([replace(base, messages=tuple(messages), channel=channel)], [Policy("none")]).transcripts[0].measures
    for c in CALCULATORS:
        found = c.sums(measures)
        if found is None or c.kind == "longest":
            continue
        of, total, effective_of, effective = found
        if c.kind in ("share", "ratio") and c.name != "unanswered":
            assert 0 <= effective <= total, c.name
            assert of == effective_of, c.name
        elif of == effective_of:
            assert effective >= total - 1e-6 or c.name == "first_response", c.name


def test_a_day_is_the_sum_of_its_chats_however_split(sums: Read, standard: Standard) -> None:
    chats = [replace(parse_plain(f"客@10:00:00: 有M码吗\n服@10:00:{s:02d}: {a}", "t"), channel="tmall") for s, a in ((5, "亲,在的"), (20, "有的"), (45, "有的"))]
    found = [t.measures for t in standard.reader.read(chats, [Policy("none")] * 3).transcripts]
    whole, left, right = DayMeasures(), DayMeasures(), DayMeasures()
    for part, measures in ((left, found[0]), (right, found[1]), (right, found[2])):
        part.add(measures)
        whole.add(measures)
    left.merge(right)
    assert left == whole
    day = {c.name: (m.nominal, m.effective) for c, m in whole.rows()}
    assert day["wangwang_mean_2022"] == (pytest.approx(70 / 3), pytest.approx(665 / 3))
    assert day["article_30s"] == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert day["longest_wait"] == (45.0, 45.0)
    assert day["first_response"] == (pytest.approx(70 / 3), 32.5)
