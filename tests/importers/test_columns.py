from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qa_service.importers.base import ReadOptions
from qa_service.importers.columns import ALIASES, TITLES, ColumnProfile, is_header, load_columns, recognised, resolve
from qa_service.importers.kinds import plain_word
from qa_service.model.errors import SourceError

BASE = ("会话ID", "内容")


def fields(headers: tuple[str, ...], *rows: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    columns = resolve(headers, rows, None, "t.csv")
    return {name: tuple(headers[i] for i in where) for name, where in columns.index.items()}


def test_aliases_are_written_as_they_are_looked_up_and_mean_one_field() -> None:
    every = [alias for aliases in ALIASES.values() for alias in aliases]
    assert [a for a in every if plain_word(a) != a] == []
    assert len(every) == len(set(every))
    assert set(ALIASES) == set(TITLES)


@pytest.mark.parametrize("headers", [
    ("会话ID", "发送时间", "角色", "内容"), ("会话编号", "消息时间", "身份", "聊天内容"), ("对话ID", "时间", "发送方角色", "消息内容"),
    ("session_id", "timestamp", "role", "text"), ("Conversation ID", "Created At", "Sender Type", "Message"),
    ("chat_id", "at", "direction", "content")])
def test_headers_in_both_languages(headers: tuple[str, ...]) -> None:
    found = fields(headers, ("1", "2025-11-01 10:00", "in", "x"))
    assert found == dict(zip(("conversation_id", "time", "role", "content"), ((h,) for h in headers), strict=True))


@pytest.mark.parametrize(("header", "values", "field"), [
    ("发送方", ("买家", "客服"), "role"), ("发送人", ("客户", "商家"), "role"), ("from", ("buyer", "seller"), "role"), ("发送方", ("买家", "客服", "谁"), "role"),
    ("发送方", ("旗舰店:小美", "tb1"), "sender"), ("类型", ("客户", "客服"), "role"), ("type", ("visitor", "agent"), "role")])
def test_an_ambiguous_header_is_settled_by_its_values(header: str, values: tuple[str, ...], field: str) -> None:
    assert fields((*BASE, header), *(("1", "x", v) for v in values))[field] == (header,)


def test_a_type_column_beside_a_role_column_is_the_kind() -> None:
    assert fields((*BASE, "角色", "类型"), ("1", "x", "客户", "图片"))["kind"] == ("类型",)
    assert "kind" not in fields((*BASE, "角色", "类型"), ("1", "x", "客户", "售前咨询"))


def test_an_id_column_is_of_the_message_beside_a_conversation_id_and_of_the_conversation_when_it_repeats() -> None:
    assert fields((*BASE, "角色", "id"), ("1", "x", "客户", "9"))["message_id"] == ("id",)
    assert fields(("id", "内容", "角色"), ("1", "x", "客户"), ("1", "y", "客服"))["conversation_id"] == ("id",)
    with pytest.raises(SourceError, match="会话ID"):
        fields(("id", "内容", "角色"), ("1", "x", "客户"), ("2", "y", "客服"))


def test_a_day_beside_a_clock_time_makes_one_time() -> None:
    assert fields((*BASE, "角色", "日期", "时间"), ("1", "x", "客户", "2025-11-01", "10:00:01"))["time"] == ("日期", "时间")
    assert fields((*BASE, "角色", "日期", "时间"), ("1", "x", "客户", "2025-11-01", "2025-11-01 10:00"))["time"] == ("时间",)


def test_what_else_there_is_goes_to_meta_under_its_own_name() -> None:
    columns = resolve((*BASE, "角色", "订单号", "订单号", ""), (), None, "t.csv")
    assert columns.extra == ((3, "订单号"), (4, "订单号_2"), (5, "列6"))
    assert columns.explain() == "会话ID ← 会话ID; 角色 ← 角色; 内容 ← 内容"


@pytest.mark.parametrize(("headers", "missing"), [
    (("时间", "角色", "内容"), "会话ID"), (("会话ID", "角色"), "内容"), (("会话ID", "内容"), "角色"), (("a", "b"), "会话ID、内容、角色"), ((), "会话ID、内容、角色")])
def test_a_missing_column_is_named_with_what_was_found_and_what_to_do(headers: tuple[str, ...], missing: str) -> None:
    with pytest.raises(SourceError) as caught:
        resolve(headers, (), None, "t.csv")
    assert missing in caught.value.why
    assert all(h in caught.value.why for h in headers)
    assert "--columns" in caught.value.fix


@pytest.mark.parametrize("header", ["会话ID", "内容", "角色"])
def test_a_needed_column_that_stands_there_twice_is_not_guessed(header: str) -> None:
    with pytest.raises(SourceError, match="出现了 2 次"):
        resolve((*BASE, "角色", header), (), None, "t.csv")


def test_senders_without_any_sign_of_a_role_are_refused() -> None:
    with pytest.raises(SourceError, match="看不出谁是客户谁是客服"):
        resolve((*BASE, "发送人"), [("1", "x", "甲"), ("1", "y", "乙")], None, "t.csv")


def test_rows_of_data_are_no_header() -> None:
    assert is_header(("会话ID", "角色", "内容"), None)
    assert not is_header(("c1", "客户", "你好"), None)
    assert recognised(("导出时间:2025-11-01",), None) == 0


def write(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    return str(path)


def test_a_columns_file_in_yaml_or_json(tmp_path: Path) -> None:
    said = {"conversation_id": ["买家", "@day"], "time": ["日期", "钟点"], "content": "说了", "role": "谁", "roles": {"小美": "agent"}}
    expected = ColumnProfile({"conversation_id": ("买家", "@day"), "time": ("日期", "钟点"), "content": ("说了",), "role": ("谁",)}, {"小美": "agent"})
    assert load_columns(write(tmp_path / "c.json", json.dumps(said, ensure_ascii=False))) == expected
    assert load_columns(write(tmp_path / "c.yaml",
        "conversation_id: [买家, '@day']\ntime: [日期, 钟点]\ncontent: 说了\nrole: 谁\nroles: {小美: agent}\n")) == expected


@pytest.mark.parametrize(("text", "why"), [
    ("", "对照表"), ("[1]", "对照表"), ("a: [", "YAML"), ("会话: x", "没有字段"), ("content: {a: b}", "列名"), ("content: []", "列名"),
    ("content: true", "列名"),
    ("content: ['']", "列名"), ("roles: [a]", "对照表"), ("roles: {小美: 老板}", "角色应为"), ("time: ['@day']", "只能用在"), ("\0", "YAML"),
    ("x: &a [*a]", "没有字段"),
    ("[" * 3_000, "YAML")])
def test_a_wrong_columns_file_is_refused_with_the_reason(tmp_path: Path, text: str, why: str) -> None:
    path = write(tmp_path / "c.yaml", text)
    with pytest.raises(SourceError, match=why) as caught:
        load_columns(path)
    assert caught.value.where == path


def test_a_columns_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="读不了"):
        load_columns(str(tmp_path / "none.yaml"))
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(SourceError, match="YAML"):
        load_columns(str(tmp_path / "bytes.yaml"))


def test_a_profile_reads_any_headers(read: Any) -> None:
    profile = ColumnProfile({"conversation_id": ("买家", "@day"), "time": ("日", "点"), "content": ("说了",), "role": ("谁",)},
        {"小美": "agent", "tb1": "customer"})
    text = "买家,日,点,谁,说了\ntb1,2025-11-01,10:00,tb1,在吗\ntb1,2025-11-01,10:01,小美,在的\ntb1,2025-11-02,9:00,tb1,发货了吗\ntb1,,,tb1,没有时间\n"
    out = read("t.csv", text, ReadOptions(columns=profile))
    assert out.ids == ["tb1/2025-11-01", "tb1/2025-11-02"]
    assert [m.role for m in out.conversations[0].messages] == ["customer", "agent"]
    assert [r.field for r in out.rejects] == ["日+点"]


def test_a_profile_that_names_a_missing_column(read: Any) -> None:
    profile = ColumnProfile({"conversation_id": ("编号",), "content": ("说了",), "role": ("谁",)})
    with pytest.raises(SourceError, match="编号"):
        read("t.csv", "会话,说了,谁\n1,x,客户\n", ReadOptions(columns=profile))
