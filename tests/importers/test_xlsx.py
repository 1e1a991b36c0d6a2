from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from qa_service.importers import xlsx
from qa_service.importers.base import Intake, ReadOptions
from qa_service.importers.files import open_source
from qa_service.model.errors import SourceError

HEAD = ("会话ID", "时间", "角色", "内容", "满意度")
TEN = datetime(2025, 11, 1, 10, 2, 3)


def book(*sheets: list[tuple[Any, ...]]) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    day = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for rows in sheets:
        sheet = workbook.add_worksheet()
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(r, c, value, day)
                elif value is not None:
                    sheet.write(r, c, value)
    workbook.close()
    return buffer.getvalue()


def test_cells_are_read_as_text(read: Any) -> None:
    rows = [HEAD, (1234, TEN, "客户", "在吗", 5), (1234, 45962.5, "客服", 12.5, None), (1234, "2025/11/1 13:00", "客服", True, "")]
    chat = read("a.xlsx", book(rows)).only
    assert chat.id == "1234"
    assert [m.text for m in chat.messages] == ["在吗", "12.5", "TRUE"]
    assert [m.at.strftime("%d %H:%M:%S") for m in chat.messages if m.at] == ["01 10:02:03", "01 12:00:00", "01 13:00:00"]
    assert chat.messages[0].meta == {"满意度": "5"}


def test_the_sheet_and_row_of_the_header_are_found(read: Any) -> None:
    out = read("a.xlsx", book([("说明",), ("请看下一页",)], [], [(), ("导出",), (), HEAD, (), ("c1", "", "客户", "一"), ("c1", "乱", "客户", "二")],
        [HEAD, ("c9", "", "客户", "不读")]))
    assert out.ids == ["c1"]
    assert [(r.row, r.field) for r in out.rejects] == [(7, "时间")]
    assert [r.row for r in out.records if r not in out.rejects] == [6]


def test_an_id_that_lost_digits_is_rejected_and_one_kept_as_text_is_not(read: Any) -> None:
    out = read("a.xlsx",
        book([HEAD, (1234567890123456789, "", "客户", "一"), ("1234567890123456789", "", "客户", "二"), (123456789012345, "", "客户", "三")]))
    assert out.ids == ["1234567890123456789", "123456789012345"]
    assert [(r.row, r.field) for r in out.rejects] == [(2, "会话ID")]
    assert "文本" in out.rejects[0].reason


def test_one_row_one_conversation(read: Any) -> None:
    out = read("a.xlsx", book([("id", "messages"), ("c1", '[{"role": "customer", "text": "在吗"}]'), ("c2", "[")]))
    assert out.ids == ["c1"]
    assert len(out.rejects) == 1


@pytest.mark.parametrize("sheets", [[[]], [[HEAD]], [[], []]])
def test_nothing_in_it_is_no_error(read: Any, sheets: list[list[tuple[Any, ...]]]) -> None:
    assert read("a.xlsx", book(*sheets)).records == []


def test_a_sheet_without_the_columns_names_what_it_found(read: Any) -> None:
    with pytest.raises(SourceError, match="日期、销量"):
        read("a.xlsx", book([("日期", "销量"), ("2025-11-01", 3)]))


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_UNPACKED", 1 << 20)
    with pytest.raises(SourceError, match="超过上限"):
        read("a.xlsx", zipped(**{"xl/worksheets/sheet1.xml": bytes(2 << 20)}))
    monkeypatch.setattr(xlsx, "MAX_ENTRIES", 3)
    with pytest.raises(SourceError, match="超过上限"):
        read("a.xlsx", zipped(**{f"xl/{i}": b"" for i in range(4)}))


def limited(tmp_path: Path, data: bytes, **limits: int) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    with open_source(str(path)) as source:
        list(xlsx.read(source, ReadOptions(), Intake(), **limits))


def with_sheet(data: bytes, sheet: str) -> bytes:
    """The workbook with the XML of its first sheet's rows replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                head, _, rest = content.partition(b"<sheetData")
                content = head + sheet.encode() + rest.partition(b"</sheetData>")[2]
            new.writestr(entry.filename, content)
    return buffer.getvalue()


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_a_workbook_that_wants_too_much_memory_dies_alone(tmp_path: Path) -> None:
    corners = with_sheet(book([HEAD]),
        f'<sheetData><row r="1">{cell("A1", "x")}</row><row r="1048576">{cell("XFD1048576", "y")}</row></sheetData>')
    with pytest.raises(SourceError, match="内存超限"):
        limited(tmp_path, corners)


def test_a_child_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = tmp_path / "child.py"
    child.write_text("import signal, sys, time\nsignal.alarm(int(sys.argv[3]))\ntime.sleep(60)\n", "utf-8")
    monkeypatch.setattr(xlsx, "_CHILD", child)
    with pytest.raises(SourceError, match="超时"):
        limited(tmp_path, book([HEAD]), seconds=1)


def test_a_reader_that_stops_early_leaves_no_child_behind(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(book([HEAD, *((f"c{i}", "", "客户", "好" * 50) for i in range(3_000))]))
    with open_source(str(path)) as source:
        records = xlsx.read(source, ReadOptions(), Intake())
        assert next(records)
        records.close()
