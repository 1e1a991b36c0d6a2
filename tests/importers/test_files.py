from __future__ import annotations

import gzip
import io
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest
from pyarrow import parquet

from qa_service.importers.base import Intake, ReadOptions
from qa_service.importers.detect import IMPORTERS, open_records
from qa_service.importers.files import display_name, expand_inputs
from qa_service.model.errors import SourceError, UsageError
from qa_service.model.record import Imported, Reject

LINE = '{"id": "%s", "messages": [{"role": "customer", "text": "在吗"}]}\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.jsonl", "a.csv", "sub/c.txt.gz", "sub/.hidden.csv", ".git/x.csv", "~$open.xlsx", "readme.md", "sub/d.PARQUET"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    return tmp_path


def names(found: list[str], root: Path) -> list[str]:
    return [os.path.relpath(f, root) for f in found]


def test_a_folder_means_its_known_files_sorted(tree: Path) -> None:
    assert names(expand_inputs([str(tree)]), tree) == ["a.csv", "b.jsonl", "sub/c.txt.gz", "sub/d.PARQUET"]


def test_files_globs_and_standard_input_stay_in_order(tree: Path) -> None:
    given = ["-", str(tree / "readme.md"), str(tree / "*.csv"), str(tree / "**/*.gz"), str(tree / "b.jsonl")]
    found = expand_inputs(given)
    assert found[0] == "-"
    assert names(found[1:], tree) == ["readme.md", "a.csv", "sub/c.txt.gz", "b.jsonl"]


def test_a_name_with_brackets_that_exists_is_no_glob(tmp_path: Path) -> None:
    (tmp_path / "[1]*.csv").write_bytes(b"")
    assert expand_inputs([str(tmp_path / "[1]*.csv")]) == [str(tmp_path / "[1]*.csv")]


@pytest.mark.parametrize("name", ["none.csv", "*.none", "[", "a\0b", ".git"])
def test_what_does_not_exist_is_an_error(tree: Path, name: str) -> None:
    (tree / ".git/x.csv").unlink()
    with pytest.raises(SourceError):
        expand_inputs([str(tree / name)])


def test_a_dangling_link_is_an_error_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to(tmp_path / "gone")
    [found] = expand_inputs([str(tmp_path)])
    with pytest.raises(SourceError, match="打不开"):
        list(open_records(found, ReadOptions()))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="文件夹"):
        list(open_records(str(tmp_path), ReadOptions()))


def test_a_name_that_is_no_text_can_be_read_and_told(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff\xfe.jsonl")
    path.write_text(LINE % "c1", "utf-8")
    [record] = open_records(str(path), ReadOptions())
    assert record.file.endswith("\\xff\\xfe.jsonl")
    assert display_name("-") == "标准输入"


@pytest.mark.parametrize("name", ["带 空格.jsonl", "-", "--out", "😀.jsonl", "a\nb.jsonl", "x" * 200 + ".jsonl", "noextension", "wrong.csv",
    "wrong.xlsx"])
def test_odd_names_and_wrong_extensions(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(LINE % "c1", "utf-8")
    assert [type(r) for r in open_records(str(tmp_path / name), ReadOptions())] == [Imported]


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(data))))


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, "".join(LINE % i for i in range(9_000)).encode())
    records = list(open_records("-", ReadOptions()))
    assert len(records) == 9_000
    assert {r.file for r in records} == {"标准输入"}


def test_formats_that_need_a_file_can_come_through_a_pipe_or_gzip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_bytes(b"not this one")
    data = io.BytesIO()
    parquet.write_table(pa.table({"会话ID": ["c1"], "角色": ["客户"], "内容": ["在吗"]}), data)
    stdin(monkeypatch, data.getvalue())
    [piped] = open_records("-", ReadOptions())
    (tmp_path / "a.parquet.gz").write_bytes(gzip.compress(data.getvalue()))
    [packed] = open_records("a.parquet.gz", ReadOptions())
    assert isinstance(piped, Imported)
    assert isinstance(packed, Imported)
    assert piped.conversation == packed.conversation


def test_a_pipe_that_gives_little_at_a_time() -> None:
    def write(end: int) -> None:
        for i in range(5):
            os.write(end, (LINE % i).encode())
        os.close(end)

    out, into = os.pipe()
    write(into)
    with os.fdopen(out, "rb") as pipe:
        assert len(list(open_records(f"/dev/fd/{pipe.fileno()}", ReadOptions()))) == 5


def test_gzip_is_unpacked_on_the_way(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress("会话ID,角色,内容\nc1,客户,在吗\n".encode("gb18030")))
    assert [r.conversation.id for r in open_records(str(path), ReadOptions()) if isinstance(r, Imported)] == ["c1"]


def test_a_gzip_that_breaks_off_keeps_what_was_read_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress("".join(LINE % f"{i}-{i * i}" for i in range(20_000)).encode())[:-20_000])
    intake = Intake()
    records = list(open_records(str(path), ReadOptions(), intake))
    good = [r for r in records if isinstance(r, Imported)]
    assert 100 < len(good) < 20_000
    assert isinstance(records[-1], Reject)
    assert "损坏" in records[-1].reason
    assert intake.rows == sum(r.rows for r in records)


@pytest.mark.parametrize("data", [b"\x1f\x8b", b"\x1f\x8b" + b"x" * 50, gzip.compress(b"", mtime=0)[:-4]])
def test_a_gzip_with_nothing_readable_is_an_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(data)
    with pytest.raises(SourceError, match="损坏"):
        list(open_records(str(tmp_path / "a.jsonl.gz"), ReadOptions()))


def test_a_gzip_bomb_of_one_line_is_one_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.importers.encoding.MAX_LINE", 1 << 20)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"id": "' + b"x" * (30 << 20) + b'"}\n' + (LINE % "c1").encode()))
    records = list(open_records(str(tmp_path / "a.jsonl.gz"), ReadOptions()))
    assert [type(r) for r in records] == [Reject, Imported]


@pytest.mark.parametrize(("text", "kind"), [
    (LINE % 1, "jsonl"), ("[" + LINE % 1 + "]", "jsonl"), ("会话ID,角色,内容\n1,客户,x\n", "csv"), ("会话ID\t角色\t内容\n1\t客户\tx\n", "csv"),
    ("[2025-11-01 10:00] 客户: x\n", "plain"), ("# 1\n客户: x\n", "plain"), ("客: 有a,b,c吗\n", "plain"),
    ("客: 请问\n店铺,角色\n", "plain"), ("坏行\n" + LINE % 1, "jsonl")])
def test_content_decides(tmp_path: Path, text: str, kind: str) -> None:
    (tmp_path / "data").write_text(text, "utf-8")
    intake = Intake()
    records = list(open_records(str(tmp_path / "data"), ReadOptions(), intake))
    assert isinstance(records[-1], Imported)
    assert list(open_records(str(tmp_path / "data"), ReadOptions(source=kind))) == records


@pytest.mark.parametrize("data", [b"", b"\n\n", b"   ", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["a", "a.csv", "a.jsonl", "a.txt", "a.xlsx"])
def test_an_empty_file_holds_nothing(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert list(open_records(str(tmp_path / name), ReadOptions())) == []


@pytest.mark.parametrize("data", ["<html><table><tr><td>会话</td></tr></table></html>", "%PDF-1.4 x", "一段没有说话人的文字", "\x7fELF\x01\x02"])
def test_what_is_no_chat_log_is_refused(tmp_path: Path, data: str) -> None:
    (tmp_path / "a.bin").write_text(data, "utf-8")
    with pytest.raises(SourceError, match=r"a\.bin"):
        list(open_records(str(tmp_path / "a.bin"), ReadOptions()))


def test_an_unknown_source_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="jsonl"):
        open_records(str(tmp_path), ReadOptions(source="fax"))
    assert list(IMPORTERS) == sorted(IMPORTERS)
    assert IMPORTERS.keys() >= {"jsonl", "csv", "xlsx", "parquet", "plain"}
