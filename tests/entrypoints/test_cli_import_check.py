"""`qa-service import-check`, and the score that follows it, as a user meets them."""
from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parents[1] / "importers" / "fixtures"
TABLE = "甲,乙,丙,丁\nA1,2025-11-03 10:00:00,买家,有M码吗\nA1,2025-11-03 10:00:09,卖家,M码有现货\n"


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    for file in FIXTURES.iterdir():
        if file.is_file():
            shutil.copy(file, folder)
    (folder / "t.csv").write_text("会话ID,角色,内容\nA1,客户,有M码吗\nA1,客服,有的\n", "utf-8")
    (folder / "chat.txt").write_text("客户: 有M码吗\n客服: 有的\n", "utf-8")
    return folder


def test_a_folder_of_all_formats_is_checked_in_one_call(run: Any, mixed: Path) -> None:
    ran = run("import-check", mixed)
    assert ran.code == 3
    assert "chatwoot: 2 个文件,3 个会话" in ran.out
    assert "plain: 1 个文件,1 个会话" in ran.out
    assert "样例 5" in ran.out
    assert "拒绝 第 13 行 opercode: 不认识的操作码 2099" in ran.out


def test_a_profile_is_saved_edited_and_read_by_score(run: Any, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(TABLE.replace("甲,乙,丙,丁", "会话编号,乙,角色,内容"), "utf-8")
    ran = run("import-check", table, "--save-profile", "p.yaml")
    assert ran.code == 0
    assert "放进 meta 的列: 乙" in ran.out
    profile = tmp_path / "p.yaml"
    profile.write_text(profile.read_text("utf-8") + "time: 乙\n", "utf-8")
    after = run("score", table, "--columns", "p.yaml", "--out", "-")
    assert after.code == 0
    assert after.documents[0]["measures"]["first_response_seconds"] == 9.0


def test_most_limits_what_is_listed(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("{}\n" * 30, "utf-8")
    assert "拒绝还有 28 条(--most 0 全部列出)" in run("import-check", path, "--most", "2").out
    assert run("import-check", path, "--most", "0").out.count("拒绝 第") == 30


def test_an_unreadable_file_is_exit_2_and_says_why(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html.csv"
    path.write_text("<html><body>聊天记录</body></html>", "utf-8")
    ran = run("import-check", path)
    assert ran.code == 2
    assert "读不了" in ran.out


def test_no_table_no_profile(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("客户: 在吗\n", "utf-8")
    ran = run("import-check", path, "--save-profile", "p.yaml")
    assert ran.code == 2
    assert "没有表格" in ran.err


def test_sessions_are_cut_as_a_file_says(run: Any, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("wecom-archive: {gap: 20s}\n", "utf-8")
    before, after = (run("import-check", FIXTURES / "wecom-archive.jsonl", *more).out for more in ((), ("--sessions", "s.yaml")))
    assert "wecom-archive: 1 个文件,4 个会话" in before
    assert "wecom-archive: 1 个文件,5 个会话" in after
    assert run("score", FIXTURES / "wecom-archive.jsonl", "--sessions", "s.yaml").err.count("静默 20 秒") == 1
