"""A saved profile maps the table it was made from the same way again, and says why."""
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_service.importers.columns import ALIASES, ColumnMap, load_columns, resolve
from qa_service.importers.profile import profile_text, save_profile
from qa_service.model.errors import SourceError, UsageError

SHOP = ("聊天日期", "钟点", "买家昵称", "编号", "发送人", "聊天内容", "来源", "备注")
ROWS = [["2025-11-03", "10:02:03", "小鹿", "A1", "小鹿", "在吗", "买家", ""], ["2025-11-03", "10:02:09", "小鹿", "A1", "店:小美", "在的", "卖家", ""],
        ["2025-11-03", "25:99", "老王", "A2", "老王", "在吗", "买家", "x"]]


def again(columns: ColumnMap, rows: list[list[str]], tmp_path: Path) -> ColumnMap:
    path = tmp_path / "profile.yaml"
    save_profile(columns, path)
    return resolve(columns.headers, rows, load_columns(str(path)), "x.csv")


def test_every_choice_has_its_reason() -> None:
    columns = resolve(SHOP, ROWS, None, "x.csv")
    assert set(columns.why) == set(columns.index)
    assert "重复" in columns.why["conversation_id"]
    assert "角色" in columns.why["role"]
    assert columns.why["time"] == "一列是日期,一列只有钟点,合起来是时间"
    assert "“聊天内容”" in columns.why["content"]


def test_a_saved_profile_maps_the_table_as_before(tmp_path: Path) -> None:
    columns = resolve(SHOP, ROWS, None, "x.csv")
    found = again(columns, ROWS, tmp_path)
    assert dict(found.index) == dict(columns.index)
    assert found.extra == columns.extra
    assert set(found.why.values()) == {"列配置指定"}


def test_days_and_roles_of_a_profile_are_saved_too(tmp_path: Path) -> None:
    given_ = tmp_path / "given.yaml"
    given_.write_text('conversation_id: [买家昵称, "@day"]\ntime: [聊天日期, 钟点]\ncontent: 聊天内容\nsender: 发送人\nroles: {小鹿: customer, "店:小美": agent}\n', "utf-8")
    columns = resolve(SHOP, ROWS, load_columns(str(given_)), "x.csv")
    found = again(columns, ROWS, tmp_path)
    assert (found.per_day, dict(found.index), dict(found.roles)) == (True, dict(columns.index), dict(columns.roles))
    assert "按发送人的名字" in columns.why["sender"]


def test_unused_columns_are_named() -> None:
    assert "备注" in profile_text(resolve(SHOP, ROWS, None, "x.csv")).splitlines()[-1]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="写不进去"):
        save_profile(resolve(SHOP, ROWS, None, "x.csv"), tmp_path / "no" / "p.yaml")


NASTY = st.sampled_from(["会话: 编号", "# 角色", "- 内容", "@day2", "{a}", "'", '"', "yes", "12", "null", "内容\n二", "a\tb", "é", "0x1F", "~", "1:30", "列 # 说明"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(NASTY, min_size=3, max_size=3, unique=True))
def test_any_header_survives(tmp_path: Path, names: list[str]) -> None:
    columns = ColumnMap(tuple(names), {"conversation_id": (0,), "role": (1,), "content": (2,)}, (), {})
    try:
        assert dict(again(columns, [], tmp_path).index) == dict(columns.index)
    except SourceError as error:  # a header that is only blanks once cleaned cannot be named in a file
        pytest.fail(str(error))


def test_the_fields_of_a_profile_are_the_ones_a_file_may_name() -> None:
    assert set(resolve(SHOP, ROWS, None, "x.csv").index) <= set(ALIASES)
