"""Output writers: what they write can be read again, and an unfinished file never appears."""
from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from qa_service.model.errors import UsageError
from qa_service.services.outputs.registry import FORMATS, format_of, open_writer
from qa_service.services.outputs.target import Target
from qa_service.services.outputs.xlsx import XlsxWriter
from qa_service.services.tally import Tally


def written(place: Path, format: str, chats: Iterable[Any], **more: Any) -> Path:
    tally = Tally()
    with open_writer(place, format, **more) as w:
        for c, e in chats:
            tally.add(c, e)
            w.write(c, e, None)
        w.close(tally)
    return place


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def table(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


@pytest.mark.parametrize("format", FORMATS)
def test_a_file_appears_only_when_it_is_complete(format: str, tmp_path: Path, build: Any) -> None:
    place = tmp_path / f"x.{format}"
    place.write_text("old")
    with open_writer(place, format) as w:
        w.write(*build.chat(1), None)
        assert place.read_text() == "old"
        assert (tmp_path / f"x.{format}.tmp").exists()
        w.close(Tally())
    assert place.read_bytes() != b"old"
    assert names(tmp_path) == [place.name]


@pytest.mark.parametrize("format", FORMATS)
def test_a_failure_leaves_nothing_half_done(format: str, tmp_path: Path, build: Any) -> None:
    place = tmp_path / f"x.{format}"
    with pytest.raises(ZeroDivisionError):
        written(place, format, (build.chat(6 // (2 - i)) for i in range(3)))
    assert names(tmp_path) == []


@pytest.mark.parametrize("format", FORMATS)
def test_leaving_without_closing_is_no_success(format: str, tmp_path: Path, build: Any) -> None:
    with open_writer(tmp_path / "x", format) as w:
        w.write(*build.chat(1), None)
    assert names(tmp_path) == []


@pytest.mark.parametrize("format", FORMATS)
def test_no_chat_at_all_is_an_output_too(format: str, tmp_path: Path) -> None:
    assert written(tmp_path / "x", format, []).exists()


@pytest.mark.parametrize("format", FORMATS)
def test_a_folder_gets_a_file_of_its_own(format: str, tmp_path: Path, build: Any) -> None:
    written(tmp_path, format, [build.chat(1)])
    written(f"{tmp_path}/new/", format, [build.chat(1)])  # type: ignore[arg-type]
    assert (tmp_path / f"evaluations.{format}").is_file()
    assert (tmp_path / "new" / f"evaluations.{format}").is_file()


def test_a_device_is_written_not_replaced(build: Any) -> None:
    written(Path(os.devnull), "jsonl", [build.chat(1)])
    assert not Path(os.devnull).is_file()


def test_a_link_stays_a_link(tmp_path: Path, build: Any) -> None:
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real.jsonl")
    written(tmp_path / "link.jsonl", "jsonl", [build.chat(1)])
    assert (tmp_path / "link.jsonl").is_symlink()
    assert (tmp_path / "real.jsonl").read_bytes().count(b"\n") == 1


def test_standard_output_takes_lines_and_stays_open(capfdbinary: pytest.CaptureFixture[bytes], build: Any) -> None:
    with open_writer("-", "jsonl") as w:
        w.write(*build.chat(1), b'{"a":1}')
        w.close(Tally())
    sys.stdout.flush()
    assert capfdbinary.readouterr().out == b'{"a":1}\n'
    assert Target("-", "jsonl").file is sys.stdout.buffer


@pytest.mark.parametrize(("target", "format"), [("-", "xlsx"), ("-", "csv"), ("x.pdf", "pdf")])
def test_what_cannot_be_is_refused(target: str, format: str) -> None:
    with pytest.raises(UsageError):
        open_writer(target, format)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="无法写入"):
        open_writer(tmp_path / "file" / "x.jsonl", "jsonl")


@pytest.mark.parametrize(("name", "format"), [
    ("a.XLSX", "xlsx"), ("a.parquet", "parquet"), ("-", "jsonl"), ("out", "jsonl"), ("a.txt", "jsonl")])
def test_the_name_tells_the_format(name: str, format: str) -> None:
    assert format_of(name) == format


def test_jsonl_is_the_evaluation_itself(tmp_path: Path, build: Any) -> None:
    chat = build.chat(1, [("agent", "电话13812345678 =1")], findings=[build.finding("ER01", 0, "13812345678", 2)])
    place = tmp_path / "x.jsonl"
    with open_writer(place, "jsonl") as w:
        w.write(*chat, None)
        w.write(*chat, b"as it is")
        w.write(chat[0], {**chat[1], "notes": ["\ud800"]}, None)
        w.close(Tally())
    first, second, third = place.read_bytes().splitlines()
    assert orjson.loads(first) == chat[1]
    assert second == b"as it is"
    assert rb"\ud800" in third


def test_csv_holds_every_chat_masked_and_without_formulas(tmp_path: Path, build: Any, day: Callable[[int], list[Any]]) -> None:
    text = "=HYPERLINK(1)打13812345678"
    evil = build.chat(900, [("customer", "在吗"), ("agent", text)], agent=("a1", "@小美"), shop="+店", deductions=[("ER01", -12.5)],
                      findings=[build.finding("ER01", 1, text), build.finding("TR01", 1, "打", 13, status="trial")])
    rows = table(written(tmp_path / "x.csv", "csv", [*day(40), evil]))
    assert len(rows) == 41
    last = rows[-1]
    assert (last["客服"], last["店铺"], last["得分"], last["等级"]) == ("'@小美", "'+店", "87.5", "良好")
    assert (last["响应时效"], last["问题解决"]) == ("60.0", "")
    assert last["命中规则"] == "ER01 标题ER01\nTR01 标题TR01(试行)"
    assert last["证据"].startswith("第2条 客服:「=HYPERLINK(1)打138****5678」")
    assert last["开始时间"] == "2025-11-11 10:15:00"
    assert (last["首响(秒)"], last["有效首响(秒)"]) == ("6.0", "")
    assert not [v for row in rows for v in row.values() if v[:1] in "=+@-" and v]
    assert "13812345678" in table(written(tmp_path / "y.csv", "csv", [evil], masked=False))[0]["证据"]


def test_parquet_holds_the_whole_evaluation(tmp_path: Path, day: Callable[[int], list[Any]]) -> None:
    chats = day(2_300)
    path = written(tmp_path / "x.parquet", "parquet", chats)
    file = pq.ParquetFile(path)
    group = file.metadata.row_group(0)
    assert (file.num_row_groups, group.num_rows, group.column(0).compression) == (3, 1_000, "ZSTD")
    rows = pq.read_table(path).to_pylist()
    assert len(rows) == len(chats)
    for row, (c, e) in zip(rows, chats, strict=True):
        score = e["score"]
        assert (row["conversation_id"], row["total"], row["grade"], row["notes"]) == (c.id, score["total"], score["grade"], e["notes"])
        assert row["sections"] == e["score"]["sections"]
        assert [{**f, "source": dict(f["source"])} for f in row["findings"]] == [{**f, "detail": ""} for f in e["findings"]]
        assert [p["due_text"] for p in row["commitments"]] == [p["due"] for p in e["commitments"]]
        assert [p["due"] for p in row["commitments"]] == [p["due"] and datetime.fromisoformat(p["due"]) for p in e["commitments"]]
        assert dict(row["measures"]) == e["measures"]
        assert (row["started_at"] is None) == (c.messages[0].at is None)


def test_parquet_survives_what_utf8_cannot_hold(tmp_path: Path, build: Any) -> None:
    chat = build.chat(1, [("agent", "坏\ud800字")], findings=[build.finding("ER01", 0, "坏\ud800字")])
    assert pq.read_table(written(tmp_path / "x", "parquet", [chat])).to_pylist()[0]["findings"][0]["spans"][0]["text"] == "坏?字"


def sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_xlsx_has_its_sheets_headers_and_rows(tmp_path: Path, day: Callable[[int], list[Any]]) -> None:
    chats = day(120)
    found = sheets(written(tmp_path / "x.xlsx", "xlsx", chats))
    assert list(found) == ["总览", "会话", "命中", "承诺", "客服", "指标"]
    assert {name: len(rows) - 1 for name, rows in found.items() if name != "总览"} == {
        "会话": 120, "命中": sum(len(e["findings"]) for _, e in chats), "承诺": sum(len(e["commitments"]) for _, e in chats), "客服": 12, "指标": 120}
    head = found["会话"][0]
    assert head[:10] == ["会话ID", "店铺", "渠道", "客服", "客户", "开始时间", "消息数", "得分", "等级", "一票否决"]
    assert found["会话"][1][head.index("得分")] == chats[0][1]["score"]["total"]
    cost = found["命中"][0].index("该规则扣分")
    assert sum(r[cost] or 0 for r in found["命中"][1:]) == pytest.approx(sum(d["points"] for _, e in chats for d in e["score"]["deductions"]))
    assert ["会话数", 120.0] in [row[:2] for row in found["总览"]]


def test_xlsx_runs_no_formula_and_cuts_no_row(tmp_path: Path, build: Any) -> None:
    text = "=1+1 13812345678 \x00\x08\ud800" + "长" * 40_000
    chat = build.chat(1, [("customer", "=A1"), ("agent", text)], findings=[build.finding("ER01", 1, text)])
    rows = sheets(written(tmp_path / "x.xlsx", "xlsx", [chat]))["命中"]
    row = dict(zip(rows[0], rows[1], strict=True))
    assert row["客户上文"] == "'=A1"
    assert row["证据"].startswith("'=1+1 138****5678 ␀␈\ufffd")
    assert len(row["证据"]) <= 32_767


def test_xlsx_goes_on_in_a_second_sheet(tmp_path: Path, day: Callable[[int], list[Any]]) -> None:
    chats, tally = day(25), Tally()
    with XlsxWriter(Target(tmp_path / "x.xlsx", "xlsx"), rows_per_sheet=10) as w:
        for c, e in chats:
            tally.add(c, e)
            w.write(c, e)
        w.close(tally)
    found = sheets(tmp_path / "x.xlsx")
    assert [len(found[n]) for n in ("会话", "会话(2)", "会话(3)")] == [11, 11, 6]
    assert found["会话"][0] == found["会话(2)"][0] == found["会话(3)"][0]
