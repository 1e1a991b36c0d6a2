from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_service.importers import delimited, table
from qa_service.importers.base import ReadOptions
from qa_service.importers.delimited import sniff
from qa_service.model.errors import SourceError

HEAD = "会话ID,发送时间,角色,内容"
GOOD = "c1,2025-11-01 10:00:00,客户,在吗\nc1,2025-11-01 10:00:09,客服,在的\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_encodings_and_line_ends(read: Any, delimiter: str, encoding: str, end: str) -> None:
    text = f"{HEAD}\n{GOOD}".replace(",", delimiter).replace("\n", end)
    chat = read("a.csv", text.encode(encoding)).only
    assert [(m.role, m.text) for m in chat.messages] == [("customer", "在吗"), ("agent", "在的")]
    assert chat.messages[0].at is not None
    assert chat.messages[0].at.isoformat() == "2025-11-01T10:00:00+08:00"


def test_all_that_a_row_can_say(read: Any) -> None:
    text = ("会话ID,时间,角色,内容,店铺,平台,客服账号,客服昵称,买家昵称,消息类型,消息ID,订单号,满意度\n"
            'c1,2025/11/1 10:00,客户,"要M码\n急",一店,天猫,a7,小美,tb1,文本,m1,20251101000000000001,\n'
            "c1,2025/11/1 10:01,机器人,欢迎,一店,天猫,a7,小美,tb1,,m2,,\n"
            "c1,2025/11/1 10:02,客服,[图片],一店,天猫,a7,小美,tb1,,m3,,满意\n")
    chat = read("a.csv", text).only
    assert (chat.shop, chat.channel, chat.agent.id, chat.agent.name, chat.customer.id) == ("一店", "tmall", "a7", "小美", "tb1")
    assert [(m.role, m.kind, m.id, m.agent_id) for m in chat.messages] == [("customer", "text", "m1", ""), ("bot", "text", "m2", ""),
        ("agent", "image", "m3", "a7")]
    assert chat.messages[0].text == "要M码\n急"
    assert chat.messages[0].meta == {"订单号": "20251101000000000001"}
    assert chat.messages[2].meta == {"满意度": "满意"}


def test_rows_of_conversations_may_be_interleaved_and_out_of_order(read: Any) -> None:
    out = read("a.csv", f"{HEAD}\nc1,2025-11-01 10:02,客服,二\nc2,2025-11-01 10:00,客户,甲\nc1,2025-11-01 10:01,客户,一\nc2,,客服,乙\n")
    assert out.ids == ["c1", "c2"]
    assert [m.text for m in out.conversations[0].messages] == ["一", "二"]
    assert "重排" in out.conversations[0].meta["repairs"][0]
    assert [m.text for m in out.conversations[1].messages] == ["甲", "乙"]
    assert not out.conversations[1].meta


def test_a_bad_row_is_rejected_alone_and_the_gap_is_noted(read: Any) -> None:
    rows = "c1,乱,客户,a\nc1,2025-11-01,老板,b\n,2025-11-01,客户,c\nc1,2025-11-01\nc1,2025-11-01,客户,a,b,c\nc1,2025-11-01,客户,空\0符\n"
    out = read("a.csv", f"{HEAD}\n{GOOD}{rows}")
    assert [(r.row, r.field) for r in sorted(out.rejects, key=lambda r: r.row)] == [
        (4, "发送时间"), (5, "角色"), (6, "会话ID"), (7, ""), (8, ""), (9, "内容")]
    assert "3 行" in out.only.meta["repairs"][0]
    assert len(out.only.messages) == 2
    assert "c1\t乱\t客户\ta" in [r.raw for r in out.rejects]


def test_trailing_empty_cells_and_short_rows_are_no_fault(read: Any) -> None:
    out = read("a.csv", "会话ID,角色,内容,备注\nc1,客户,一,,,\nc1,客服,二\n,,,\n\n")
    assert len(out.only.messages) == 2
    assert out.intake.rows == 2


@pytest.mark.parametrize("where", [0, 1, 700, 1_499])
def test_a_quote_that_never_closes_costs_one_line(read: Any, where: int) -> None:
    rows = [f"c{i},2025-11-01 10:00,客户,第{i}句" for i in range(1_500)]
    rows[where] = f'c{where},2025-11-01 10:00,客户,"没关'
    out = read("a.csv", "\n".join([HEAD, *rows, ""]))
    assert len(out.ids) == 1_499
    [reject] = out.rejects
    assert (reject.row, reject.raw) == (where + 2, rows[where])
    assert "引号" in reject.reason


def test_quotes_within_text_are_text(read: Any) -> None:
    out = read("a.csv", f'{HEAD}\nc1,,客户,5" 的屏\nc1,,客户,"他说""好"", 行"\n')
    assert [m.text for m in out.only.messages] == ['5" 的屏', '他说"好", 行']


def test_an_undecodable_row_costs_itself_even_with_a_quote_in_it(read: Any) -> None:
    data = f"{HEAD}\n{GOOD}".encode() + b'c2,,\xe5\xff,"x\n' + "c3,,客户,好\n".encode()
    out = read("a.csv", data)
    assert out.ids == ["c1", "c3"]
    assert [(r.row, r.raw) for r in out.rejects] == [(4, 'c2,,\\xe5\\xff,"x')]


def test_a_field_beyond_reason_is_rejected_and_one_of_a_megabyte_is_not(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    out = read("a.csv", f"{HEAD}\nc1,,客户,{'长' * 1_000_000}\nc2,,客户,{'x' * (delimited.MAX_FIELD + 1)}\nc3,,客户,好\n")
    assert out.ids == ["c1", "c3"]
    assert "MB" in out.rejects[0].reason


def test_the_header_may_stand_below_titles(read: Any) -> None:
    out = read("a.csv", f"聊天记录导出\n导出时间,2025-11-02\n\n{HEAD}\n{GOOD}")
    assert out.ids == ["c1"]
    assert out.intake.rows == 2
    assert any("会话ID ← 会话ID" in note for note in out.intake.notes)


@pytest.mark.parametrize("text", [f"{HEAD}\n", f"{HEAD}", f"\ufeff{HEAD}\r\n\r\n"])
def test_a_header_alone_is_no_conversation_and_no_error(read: Any, text: str) -> None:
    out = read("a.csv", text)
    assert out.records == []
    assert out.intake.rows == 0


@pytest.mark.parametrize("text", ["会话ID,内容\n1,x\n", "角色,内容\n客户,x\n", "a,b,c\n1,2,3\n", "内容,内容,会话ID,角色\n1,2,3,客户\n", "1,2,3\n"])
def test_columns_that_cannot_be_understood_stop_the_file(read: Any, text: str) -> None:
    with pytest.raises(SourceError, match=r"a\.csv"):
        read("a.csv", text)


def test_roles_by_sender(read: Any) -> None:
    out = read("a.csv", "会话ID,发送人,内容\nc1,tb1,在吗\nc1,旗舰店:小美,在的\nc1,系统,已转接\nc1,机器人,欢迎\n")
    assert [m.role for m in out.only.messages] == ["customer", "agent", "system", "bot"]
    assert out.only.customer.id == "tb1"
    assert out.only.agent.id == "旗舰店:小美"
    out = read("b.csv", "会话ID,发送人,买家昵称,内容\nc1,tb1,tb1,在吗\nc1,小美,tb1,在的\n")
    assert [m.role for m in out.only.messages] == ["customer", "agent"]
    out = read("c.csv", "会话ID,发送人,客服昵称,内容\nc1,tb1,小美,在吗\nc1,小美,小美,在的\n")
    assert [m.role for m in out.only.messages] == ["customer", "agent"]


def test_a_sender_that_gives_nothing_away_is_rejected(read: Any) -> None:
    out = read("a.csv", "会话ID,发送人,内容\nc1,客户甲,在吗\nc1,客服乙,在的\nc1,丙,喂\nc1,,喂\n")
    assert [(r.field, r.row) for r in out.rejects] == [("发送人", 4), ("发送人", 5)]
    assert "--columns" in out.rejects[0].reason


def test_one_row_one_conversation(read: Any) -> None:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([("id", "店铺", "渠道", "messages", "备注"), ("c1", "一店", "京东", '[{"role": "customer", "text": "在吗"}]', "x"),
        ("c2", "", "", "[{]", ""),
                      ("c3", "", "", "[]", ""), ("c4", "", "", '[],"id":"c9"', ""), ("", "", "", '[{"role": "bot", "text": ""}]', "")])
    out = read("a.csv", buffer.getvalue())
    assert (out.only.id, out.only.shop, out.only.channel, out.only.meta) == ("c1", "一店", "jd", {"备注": "x"})
    assert [r.row for r in out.rejects] == [3, 4, 5, 6]


def test_overlapping_exports_repeat_messages(read: Any) -> None:
    row = "c1,客户,在吗,m1\n"
    out = read("a.csv", f"会话ID,角色,内容,消息ID\n{row}c1,客户,在吗,m2\n{row}")
    assert [m.id for m in out.only.messages] == ["m1", "m2"]
    assert [d.row for d in out.duplicates] == [4]


def test_memory_stays_flat_because_old_conversations_are_given_out(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "WINDOW", 300)
    rows = [f"c{i // 2},,客户,第{i}句" for i in range(2_000)]
    rows.insert(1_900, "c1,,客户,迟到")
    rows.insert(50, "c1,,客户,不算迟")
    out = read("a.csv", "\n".join([HEAD, *rows]))
    assert len(out.ids) == 1_000
    assert out.ids[:3] == ["c0", "c2", "c3"]
    assert len(next(c for c in out.conversations if c.id == "c1").messages) == 3
    [late] = out.rejects
    assert "排序" in late.reason
    monkeypatch.setattr(table, "WINDOW_CHARACTERS", 2_000)
    assert len(read("b.csv", "\n".join([HEAD, *rows[:1_000]])).ids) == 500


def test_defaults(read: Any) -> None:
    out = read("a.csv", "会话ID,角色,内容,店铺,平台\nc1,客户,x,,\nc2,客户,x,二店,火星\n", ReadOptions(shop="一店", channel="jd"))
    assert [(c.shop, c.channel) for c in out.conversations] == [("一店", "jd"), ("二店", "jd")]
    assert out.conversations[1].meta == {"channel": "火星"}


def test_the_delimiter_is_told_by_the_header() -> None:
    assert sniff("会话ID;角色;内容\n1;客户;a,b,c,d\n", ReadOptions()) == (";", True)
    assert sniff("角色,内容\n客户,x\n", ReadOptions()) == (",", True)
    assert sniff("角色,店铺\n客户,x\n", ReadOptions()) == (",", False)
    assert sniff("客户: 你好, 在吗\n客服: 在的, 亲\n", ReadOptions()) == ("", False)
    assert sniff("", ReadOptions()) == ("", False)


cells = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1,
    max_size=20).filter(lambda s: bool(s.strip()))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(cells, min_size=1, max_size=8))
def test_whatever_a_writer_quotes_is_read_back(read: Any, texts: list[str]) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerows([("会话ID", "角色", "内容"), *(("c1", "客服", t) for t in texts)])
    out = read("a.csv", buffer.getvalue(), ReadOptions(source="csv"))
    assert [m.text for m in out.only.messages] == texts


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text("\",\n\r;a客0:\0", max_size=80).map(str.encode))
def test_whatever_follows_good_rows_they_are_kept(read: Any, tail: bytes) -> None:
    out = read("a.csv", f"{HEAD}\n{GOOD * 50}".encode() + tail, ReadOptions(source="csv"))
    assert len(next(c for c in out.conversations if c.id == "c1").messages) >= 100
