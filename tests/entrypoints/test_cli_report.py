"""`qa-service report`: from scored output to a page, a workbook and JSON."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest


def timed(name: str, day: str, *said: tuple[str, str, str]) -> bytes:
    """One line of JSONL: `said` are (role, text, clock)."""
    messages = [{"role": r, "text": t, "at": f"{day}T{clock}+08:00"} for r, t, clock in said]
    return orjson.dumps({"id": name, "channel": "tmall", "agent": {"id": "a1", "name": "小美"}, "messages": messages}) + b"\n"


@pytest.fixture
def scored(run: Any, tmp_path: Path) -> Path:
    """Two days of chats and their evaluations."""
    chats = tmp_path / "chats.jsonl"
    chats.write_bytes(b"".join(
        timed(f"{day}-{i}", day, ("customer", "这件有M码吗", "10:00:00"), ("agent", "亲,在的" if i % 2 else "M码有货", "10:00:08"))
        for day in ("2025-11-10", "2025-11-11") for i in range(6)))
    assert run("score", chats, "--out", "e.jsonl", "-q").code == 0
    return tmp_path


def test_a_page_a_workbook_and_json(run: Any, scored: Path) -> None:
    for name in ("r.html", "r.xlsx", "r.json"):
        ran = run("report", "e.jsonl", "--chats", "chats.jsonl", "--date", "2025-11-11", "--out", name)
        assert (ran.code, ran.out) == (0, "")
        assert "6 个会话" in ran.err
    page = (scored / "r.html").read_text("utf-8")
    assert "客服质检日报 2025-11-11" in page
    assert "与前几天比" in page
    document = orjson.loads((scored / "r.json").read_bytes())
    assert (document["date"], len(document["sections"]["逐日"])) == ("2025-11-11", 2)
    (mean,) = [row for row in document["sections"]["各口径指标"] if row["口径"] == "旺旺人工平响时长" and row["版本"] == "2022"]
    assert (mean["名义"], mean["有效"]) == ("8.0 秒", "304.0 秒")  # three of six were only greeted: 600 seconds each


def test_without_chats_it_says_what_is_missing(run: Any, scored: Path) -> None:
    assert run("report", "e.jsonl", "--out", "r.html").code == 0
    page = (scored / "r.html").read_text("utf-8")
    assert "没有给出聊天记录" in page
    assert "<mark>亲,在的</mark>" in page


def test_a_folder_and_files_in_another_order_are_joined_by_id(run: Any, scored: Path) -> None:
    lines = (scored / "e.jsonl").read_bytes().splitlines(keepends=True)
    (scored / "evaluations.jsonl").write_bytes(b"".join(reversed(lines)))
    assert run("report", ".", "--chats", "chats.jsonl", "--out", "a.json").code == 0
    assert run("report", "e.jsonl", "--chats", "chats.jsonl", "--out", "b.json").code == 0
    one, two = (orjson.loads((scored / n).read_bytes()) for n in ("a.json", "b.json"))
    assert one["sections"]["总览"] == two["sections"]["总览"]
    assert one["sections"]["各口径指标"] == two["sections"]["各口径指标"]


@pytest.mark.parametrize(("arguments", "why"), [
    (["e.jsonl", "--out", "r.pdf"], ".html、.xlsx、.json"), (["missing.jsonl"], "读不出来"), (["chats.jsonl"], "不是质检结果"),
    (["e.jsonl", "--chats", "other.jsonl"], "没有会话"), (["e.jsonl", "--chats", "chats.jsonl", "--date", "2024-01-01"], "2025-11-10、2025-11-11")])
def test_what_cannot_be_used_is_refused_in_one_line(run: Any, scored: Path, arguments: list[str], why: str) -> None:
    (scored / "other.jsonl").write_bytes(timed("x", "2025-11-11", ("customer", "在吗", "10:00:00")))
    ran = run("report", *arguments)
    assert ran.code == 2
    assert why in ran.err
    assert "Traceback" not in ran.err


def test_measures_are_written_as_documented(run: Any, tmp_path: Path) -> None:
    assert run("measures", "--out", "m.md").code == 0
    assert (tmp_path / "m.md").read_text("utf-8").rstrip("\n") == run("measures").out.rstrip("\n")
