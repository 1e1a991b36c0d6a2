"""Spreadsheets (xlsx, xlsm, xls). Every cell is read as text; a row's number is its number in the sheet.

The file is parsed in a child process with a memory and a time limit, for a workbook of a megabyte can unpack to gigabytes.
"""
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, Final

import orjson

from qa_service.importers.base import Intake, ReadOptions, Records
from qa_service.importers.columns import is_header
from qa_service.importers.files import Source, on_disk
from qa_service.importers.head import Head
from qa_service.importers.table import HEADER_WITHIN, Row, read_table
from qa_service.model.errors import SourceError

MAX_UNPACKED: Final = 1 << 30
MAX_ENTRIES: Final = 5_000
MEMORY: Final = 1_500 << 20
SECONDS: Final = 120
_INSTEAD: Final = "请用表格软件打开后另存为 CSV(UTF-8),再导入"
_CHILD: Final = Path(__file__).with_name("xlsx_child.py")


def detects(head: Head) -> float:
    """Told by the magic numbers of ZIP and of the old binary format."""
    return 0.9 if head.data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")) else 0.0


def read(source: Source, options: ReadOptions, intake: Intake, *, memory: int = MEMORY, seconds: int = SECONDS) -> Records:
    """Conversations of the first sheet whose header is recognised. Raises SourceError."""
    with ExitStack() as stack:
        path = stack.enter_context(on_disk(source))
        _check_zip(path, source)
        rows = stack.enter_context(_sheets(path, source.name, memory, seconds))
        yield from read_table(_best_sheet(rows, options), source.name, options, intake)


def _check_zip(path: str, source: Source) -> None:
    if not source.head.startswith(b"PK"):
        return  # the old binary format: the child's limits must do
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise SourceError(f"表格文件损坏: {error}", where=source.name, fix=_INSTEAD) from None
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED or len(entries) > MAX_ENTRIES:
        raise SourceError(f"表格展开后有 {unpacked >> 20} MB、{len(entries)} 个部件,超过上限", where=source.name, fix=_INSTEAD)
    if not any(entry.filename.lower().startswith("xl/") for entry in entries):
        raise SourceError("这是压缩包,不是 Excel 表格", where=source.name, fix="请先解压,再导入里面的文件")


Item = tuple[str, Row | None]
"""A sheet's name with None where the sheet begins, then with each of its rows."""


@contextmanager
def _sheets(path: str, name: str, memory: int, seconds: int) -> Iterator[Iterator[Item]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with tempfile.TemporaryFile() as complaints:
        # -P: the folder of this file must not come first on the child's path.
        command = [sys.executable, "-P", str(_CHILD), str(Path(path).absolute()), str(memory), str(seconds)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, stdin=subprocess.DEVNULL, env=environment)
        assert child.stdout is not None
        try:
            yield _items(child, child.stdout, complaints, name)
        finally:
            child.stdout.close()
            child.kill()
            child.wait()


def _items(child: subprocess.Popen[bytes], lines: IO[bytes], complaints: IO[bytes], name: str) -> Iterator[Item]:
    sheet = None
    for line in lines:
        data: Any = orjson.loads(line)
        if isinstance(data, list):
            yield sheet or "", Row(data[0], data[1], frozenset(data[2]))
        elif "sheet" in data:
            sheet = str(data["sheet"])
            yield sheet, None
        else:
            raise SourceError(f"表格文件读不了: {data['error']}", where=name, fix=_INSTEAD)
    if code := child.wait():
        complaints.seek(0)
        said = complaints.read(2_000).decode("utf-8", "replace").strip().splitlines()
        why = "解析超时" if code == -14 else "内存超限" if code in (-6, -9, 12, 134) else f"解析程序异常退出({code}){': ' + said[-1][:200] if said else ''}"
        raise SourceError(f"表格文件读不了: {why}", where=name, fix=_INSTEAD)
    if sheet is None:
        raise SourceError("表格文件里没有工作表", where=name, fix=_INSTEAD)


def _best_sheet(items: Iterator[Item], options: ReadOptions) -> Iterator[Row]:
    """The rows of the first sheet with a header; of the first sheet that is not empty where none has one."""
    fallback: list[Row] = []
    peeked: list[Row] = []
    for sheet, row in items:
        if row is None:
            fallback, peeked = fallback or peeked, []
        elif len(peeked) < HEADER_WITHIN and any(c.strip() for c in row.cells):
            peeked.append(row)
            if is_header(row.cells, options.columns):
                rest = (r for s, r in _until_next(items) if s == sheet and r is not None)
                yield from chain(peeked, rest)
                return
    yield from islice(fallback or peeked, HEADER_WITHIN)


def _until_next(items: Iterator[Item]) -> Iterator[Item]:
    for item in items:
        if item[1] is None:
            return
        yield item
