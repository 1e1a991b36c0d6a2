from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_service.importers.base import ReadOptions
from qa_service.importers.plain import parse_plain
from qa_service.model.conversation import Message
from qa_service.model.errors import InvalidRecord


def test_the_short_form_of_rule_examples() -> None:
    chat = parse_plain("客: 这件有M码吗\n服: ⟦亲,在的⟧\n机: 欢迎\n系:已转接\n", "ER01")
    assert chat.id == "ER01"
    assert [(m.role, m.text, m.at) for m in chat.messages] == [
        ("customer", "这件有M码吗", None), ("agent", "⟦亲,在的⟧", None), ("bot", "欢迎", None), ("system", "已转接", None)]
    assert not chat.meta


def test_times_and_kinds() -> None:
    chat = parse_plain("客@10:00:05: 在吗\n服@10:01：在的\n客(image): 破损.jpg\n客(10:03:00): [图片]\n"
                       "服@2025-11-02 09:00: 好\n服@09:01: 晚了\n服 @ 9:02 (link) : x")
    assert [m.at.isoformat() if m.at else None for m in chat.messages] == [
        "2025-11-01T10:00:05+08:00", "2025-11-01T10:01:00+08:00", None, "2025-11-01T10:03:00+08:00", "2025-11-02T09:00:00+08:00",
        "2025-11-02T09:01:00+08:00",
        "2025-11-02T09:02:00+08:00"]
    assert [m.kind for m in chat.messages] == ["text", "text", "image", "image", "text", "text", "link"]


def test_a_time_of_the_speaker_is_not_mixed_up_with_one_in_the_text() -> None:
    chat = parse_plain("客@10:00: 12:30 到\n客@10:01:12点到\n客: 10:05: 到\n客@10:02:03:04")
    assert [m.text for m in chat.messages] == ["12:30 到", "12点到", "10:05: 到", "04"]
    assert [m.at.strftime("%H%M%S") if m.at else "" for m in chat.messages] == ["100000", "100100", "", "100203"]


def test_a_clock_that_jumps_back_has_passed_midnight() -> None:
    chat = parse_plain("客@23:59:00: 在吗\n服@00:01:00: 在的\n客@00:00:30: 嗯")
    assert [m.at.day for m in chat.messages if m.at] == [1, 2, 2]


@pytest.mark.parametrize(("line", "role", "name", "text"), [
    ("客户: 好", "customer", "", "好"), ("买家tb123：好", "customer", "tb123", "好"), ("客服小美: 好", "agent", "小美", "好"),
    ("客服(小美): 好", "agent", "小美", "好"),
    ("[2025-11-01 10:02:03] 客服-小美: 好", "agent", "小美", "好"), ("2025/11/1 10:02:03 商家: 好", "agent", "", "好"), ("机器人: 好", "bot", "", "好"),
    ("自动回复: 好", "bot", "", "好"), ("系统: 好", "system", "", "好"), ("Customer: hi", "customer", "", "hi"),
    ("AGENT: a: b", "agent", "", "a: b"), ("客:", "customer", "", ""),
    ("  客服 : 好", "agent", "", "好"), ("买家(10:02:03): 好", "customer", "", "好")])
def test_who_speaks(line: str, role: str, name: str, text: str) -> None:
    chat = parse_plain(line)
    [message] = chat.messages
    assert (message.role, message.text) == (role, text)
    assert (chat.agent.name if role == "agent" else chat.customer.name if role == "customer" else "") == name
    assert message.agent_id == (name if role == "agent" else "")


@pytest.mark.parametrize("line", ["客服电话: 400-000", "用户须知:见下", "客人说: 好", "http://a.b", "注意: 客服: x", "客厅: 大", "服务: 好", "您好", "10:00"])
def test_what_is_said_is_no_speaker(line: str) -> None:
    assert parse_plain(f"客户: 看\n{line}").messages == (Message("customer", f"看\n{line}"),)
    with pytest.raises(InvalidRecord, match="第 1 行"):
        parse_plain(line)


@pytest.mark.parametrize(("text", "line"), [("", 1), ("\n\n", 1), ("好", 1), ("客@99:00: x", 1), ("客: a\n服@2025-02-30 10:00: b", 2),
    ("\n好", 2)])
def test_a_wrong_transcript_names_its_line(text: str, line: int) -> None:
    with pytest.raises(InvalidRecord) as caught:
        parse_plain(text)
    assert caught.value.where == f"第 {line} 行"


@given(st.text("客服买家:：@()[]0123-\n 好T", max_size=60) | st.text(max_size=60))
def test_any_text_is_a_transcript_or_an_invalid_record(text: str) -> None:
    with suppress(InvalidRecord):
        assert parse_plain(text).messages


TWO = "# s1 2025-11-03\n买家(10:02:03): 有M码吗\n客服小美(10:02:09): 有的\n现货\n\n还有L码\n\n# s2\n客户: 第二个\n#1 不是标题\n"


def test_a_file_of_conversations_with_headings(read: Any) -> None:
    out = read("log.txt", TWO)
    assert out.ids == ["s1 2025-11-03", "s2"]
    assert [m.text for m in out.conversations[0].messages] == ["有M码吗", "有的\n现货\n\n还有L码"]
    assert out.conversations[0].messages[0].at is not None
    assert out.conversations[0].messages[0].at.isoformat() == "2025-11-03T10:02:03+08:00"
    assert out.conversations[1].messages[0].text == "第二个\n#1 不是标题"
    assert [(r.row, r.rows) for r in out.records] == [(1, 5), (8, 3)]


def test_other_headings_and_names_made_of_the_file(read: Any) -> None:
    out = read("tb 1.txt", "---\n客: 一\n---\n客: 二\n=== 三 ===\n客: 三\n--- 四 ---\n服: 四\n---\n")
    assert out.ids == ["tb 1", "tb 1-2", "三", "四"]
    assert out.intake.rows == 9
    assert read("one.txt", "客户: 你好\n客服: 您好").ids == ["one"]


def test_a_guessed_day_is_noted(read: Any) -> None:
    assert "没有日期" in read("a.txt", "客@10:00: x").only.meta["repairs"][0]
    chat = read("旺旺_2025-11-5.txt", "客@10:00: x").only
    assert not chat.meta
    assert chat.messages[0].at is not None
    assert chat.messages[0].at.day == 5


def test_lines_that_belong_to_nobody_are_rejected(read: Any) -> None:
    out = read("a.txt", "导出\n客户: 一\n客户@99:99: 坏\n# 标题\n\n# 空的\n\n# s2\n客: 好\n")
    assert out.ids == ["a", "s2"]
    assert [r.row for r in out.rejects] == [1, 3, 6]
    assert out.conversations[0].messages[0].text == "一\n# 标题"


@pytest.mark.parametrize("text", ["---\n---\n", "===\n", "# 只有标题\n"])
def test_headings_alone(read: Any, text: str) -> None:
    out = read("a.txt", text, ReadOptions(source="plain"))
    assert out.ids == []
    assert out.intake.rows == len(text.splitlines())


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_encodings(read: Any, encoding: str) -> None:
    assert read("a.txt", TWO.replace("\n", "\r\n").encode(encoding)).ids == ["s1 2025-11-03", "s2"]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text("客服:#=-\n 好\0", max_size=80).map(str.encode))
def test_any_bytes_are_accounted_for(read: Any, data: bytes) -> None:
    read("a.txt", b"\n" + data, ReadOptions(source="plain"))  # the line end in front, so that it is never taken for a gzip


def test_long_runs_of_blanks_are_read_in_no_time(read: Any) -> None:
    out = read("a.txt", "客户" + " " * 200_000 + "\n客@" + " " * 200_000 + "\n# " + " " * 100_000 + "\n客: 好\n", ReadOptions(source="plain"))
    assert out.ids == ["a"]
