"""Files as they should not be. Whatever stands in them: no traceback, no row lost, the good conversations kept, the bad ones told.

Each case gives the bytes and what must come of them: the ids of the good conversations and the number of rejected rows, or a SourceError.
"""
from __future__ import annotations

import gzip
import io
import json
import zipfile
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from qa_service.model.errors import SourceError

ERROR: Final = "error"


class Case(NamedTuple):
    """A hostile file. `good`: ids kept, or ERROR; `bad`: rows rejected."""

    name: str
    data: bytes
    good: tuple[str, ...] | str
    bad: int = 0


def chat(identifier: str = "g1", **more: Any) -> str:
    return json.dumps({"id": identifier, "messages": [{"role": "customer", "text": "发货了吗"}]} | more, ensure_ascii=False)


def jsonl_lines() -> list[Case]:
    """One bad line between two good ones."""
    message = '{"role": "agent", "text": "x"}'
    bad = {
        "truncated": chat("b")[:-7], "not-json": "你好", "number": "3", "null": "null", "string": '"c1"', "array": "[]",
        "array-of-chats": f"[{chat('b')}]", "empty-object": "{}",
        "single-quotes": "{'id': 'b'}", "trailing-comma": '{"id": "b", "messages": [{"role": "agent", "text": "x"},]}',
        "nan": '{"id": "b", "k": NaN, "messages": [' + message + "]}",
        "infinity": '{"id": "b", "k": 1e999, "messages": [' + message + "]}", "two-on-a-line": chat("b") + chat("b2"),
        "comment": "// " + chat("b"),
        "no-id": chat("b").replace('"id"', '"no"'), "null-id": '{"id": null, "messages": [' + message + "]}", "empty-id": chat(""),
        "bool-id": '{"id": true, "messages": [' + message + "]}",
        "list-id": '{"id": [1], "messages": [' + message + "]}", "object-id": '{"id": {}, "messages": [' + message + "]}",
        "no-messages": '{"id": "b"}',
        "messages-null": chat("b", messages=None), "messages-empty": chat("b", messages=[]), "messages-string": chat("b", messages="hi"),
        "messages-object": chat("b", messages={"0": 1}),
        "message-string": chat("b", messages=["hi"]), "message-null": chat("b", messages=[None]), "message-list": chat("b", messages=[[]]),
        "message-empty": chat("b", messages=[{}]),
        "role-unknown": chat("b", messages=[{"role": "boss", "text": ""}]), "role-null": chat("b", messages=[{"role": None, "text": ""}]),
        "role-list": chat("b", messages=[{"role": [], "text": ""}]), "role-upper": chat("b", messages=[{"role": "AGENT", "text": ""}]),
        "text-missing": chat("b", messages=[{"role": "agent"}]), "text-null": chat("b", messages=[{"role": "agent", "text": None}]),
        "text-number": chat("b", messages=[{"role": "agent", "text": 1}]),
        "text-object": chat("b", messages=[{"role": "agent", "text": {}}]),
        "at-word": chat("b", messages=[{"role": "agent", "text": "", "at": "昨天"}]),
        "at-number": chat("b", messages=[{"role": "agent", "text": "", "at": 1761962523}]),
        "at-list": chat("b", messages=[{"role": "agent", "text": "", "at": []}]),
        "at-no-such-day": chat("b", messages=[{"role": "agent", "text": "", "at": "2025-02-30T00:00:00Z"}]),
        "at-edge": chat("b", messages=[{"role": "agent", "text": "", "at": "0001-01-01T00:00:00+14:00"}]),
        "kind-unknown": chat("b", messages=[{"role": "agent", "text": "", "kind": "x"}]),
        "kind-list": chat("b", messages=[{"role": "agent", "text": "", "kind": [1]}]), "agent-string": chat("b", agent="小美"),
        "agent-list": chat("b", agent=[1]),
        "agent-id-list": chat("b", agent={"id": [1]}), "customer-number": chat("b", customer=7),
        "channel-unknown": chat("b", channel="淘宝"), "channel-list": chat("b", channel=["jd"]),
        "shop-list": chat("b", shop=["a"]), "meta-string": chat("b", meta="x"), "meta-list": chat("b", meta=[1]),
        "message-meta": chat("b", messages=[{"role": "agent", "text": "", "meta": 1}]),
        "deep": "[" * 100_000, "deep-closed": chat("b")[:-1] + ', "k": ' + "[" * 900 + "]" * 900 + "}",
        "deep-objects": '{"id":' * 5_000 + "1" + "}" * 5_000,
        "surrogate": r'{"id": "b", "messages": [{"role": "agent", "text": "\ud83d"}]}',
        "surrogate-id": r'{"id": "\udc00", "messages": [{"role": "agent", "text": ""}]}',
        "nul-escape": r'{"id": "b", "messages": [{"role": "agent", "text": "\u0000"}]}', "raw-nul": chat("b").replace("发货", "\0"),
        "raw-tab": chat("b").replace("发货", "\t"),
        "raw-escape": chat("b").replace("发货", "\x1b[2J"), "bad-escape": chat("b").replace("发货", r"\x"),
        "long-number": '{"id": ' + "9" * 6_000 + ', "messages": [' + message + "]}",
        "same-id-other-words": chat("g1", shop="default", k=1), "bom-in-the-middle": "\ufeff" + chat("b"), "only-brace": "{",
        "closing-brace": "}", "comma": ",", "html": "<html>"}
    return [Case(f"line-{key}.jsonl", f"{chat('g1')}\n{line}\n{chat('g2')}\n".encode("utf-8", "surrogatepass"), ("g1", "g2"), 1) for key,
        line in bad.items()]


def jsonl_bytes() -> list[Case]:
    two = f"{chat('g1')}\n{chat('g2')}\n".encode()
    latin = chat("b").encode().replace("发货".encode(), b"\xe9\xff")
    return [
        Case("latin-line.jsonl", two + latin + b"\n", ("g1", "g2"), 1),
        Case("overlong-utf8.jsonl", two + b'{"id": "\xc0\x80"}\n', ("g1", "g2"), 1),
        Case("cesu.jsonl", two + b'{"id": "\xed\xa0\x80"}\n', ("g1", "g2"), 1), Case("no-newline-at-end.jsonl", two.rstrip(), ("g1", "g2")),
        Case("returns-only.jsonl", two.replace(b"\n", b"\r"), ("g1", "g2")),
        Case("blank-lines.jsonl", b"\n \n\t\n" + two.replace(b"\n", b"\r\n\r\n"), ("g1", "g2")),
        Case("bom-utf8.jsonl", b"\xef\xbb\xbf" + two, ("g1", "g2")), Case("utf16-odd.jsonl", two.decode().encode("utf-16") + b"\x41",
            ("g1", "g2"), 1),
        Case("binary-tail.jsonl", two + bytes(range(256)) + b"\n", ("g1", "g2"), 2), Case("repeated.jsonl", two * 3, ("g1", "g2")),
        Case("one-brace.jsonl", b"{", (), 1),
        Case("separators.jsonl", chat("g1", k="\u2028\u2029\u0085\x7f").encode() + b"\n" + two[two.index(b"\n") + 1:], ("g1", "g2")),
        Case("megabyte-text.jsonl", two + chat("g3", messages=[{"role": "agent", "text": "长" * 350_000}]).encode(), ("g1", "g2", "g3")),
        Case("many-messages.jsonl", two + chat("g3", messages=[{"role": "bot", "text": ""}] * 10_000).encode(), ("g1", "g2", "g3")),
        Case("only-images.jsonl", two + chat("g3", messages=[{"role": "customer", "text": "", "kind": "image"}]).encode(),
            ("g1", "g2", "g3")),
        Case("array-cut.json", f"[{chat('g1')}, {chat('g2')}, {chat('b')[:20]}".encode(), ("g1", "g2"), 1),
        Case("array-empty.json", b"[ ]", ()),
        Case("array-of-junk.json", b'[1, "x", null, [], {}]', (), 5), Case("array-tail.json", f"[{chat('g1')}]]]".encode(), ("g1",), 2),
        Case("array-commas.json", b"[,,,]", ()),
        Case("array-open.json", b"[", ()), Case("pretty-cut.json", json.dumps(json.loads(chat("b")), indent=1)[:-4].encode(), (), 1)]


HEAD = "会话ID,发送时间,角色,内容"
ROW = "g1,2025-11-01 10:00:00,客户,在吗"


def csv_rows() -> list[Case]:
    """One bad row between two good ones."""
    bad = {
        "short": "b,2025", "long": "b,2025-11-01,客户,a,b,c", "no-id": ",2025-11-01,客户,a", "blank-id": "  ,2025-11-01,客户,a",
        "bad-time": "b,昨天,客户,a", "no-such-day": "b,2025-02-30,客户,a",
        "far-time": "b,9999-12-31 23:59:59,客户,a", "bad-role": "b,2025-11-01,老板,a", "no-role": "b,2025-11-01,,a",
        "nul": "b,2025-11-01,客户,a\0b", "nul-id": "b\0,2025-11-01,客户,a",
        "open-quote": 'b,2025-11-01,客户,"a', "open-quote-first": '"b,2025-11-01,客户,a', "lone-return": "b,2025-11-01,客户,a\rb",
        "unit-separator": "b\x1fc,2025-11-01,客户,a",
        "huge-field": "b,2025-11-01,客户," + "x" * (8 * 1024 * 1024 + 1), "many-cells": "b" + ",x" * 100_000,
        "repeated-header": HEAD.replace("会话ID", ""), "only-text": "一句没有逗号的话"}
    return [Case(f"row-{key}.csv", f"{HEAD}\n{ROW}\n{row}\n{ROW.replace('g1', 'g2')}\n".encode(), ("g1", "g2"), 1) for key,
        row in bad.items()]


def csv_bytes() -> list[Case]:
    good = f"{HEAD}\n{ROW}\n{ROW.replace('g1', 'g2')}\n"
    every = good.encode()
    return [
        Case("invalid-byte.csv", every + b"b,,\xff\xfe,x\n", ("g1", "g2"), 1),
        Case("gb-row.csv", every + "b,,客户,对的\n".encode("gb18030"), ("g1", "g2"), 1),
        Case("utf16-odd.csv", good.encode("utf-16") + b"\x00", ("g1", "g2"), 1),
        Case("bom-twice.csv", b"\xef\xbb\xbf\xef\xbb\xbf" + every, ("g1", "g2")),
        Case("header-only.csv", f"{HEAD}\n".encode(), ()), Case("no-header.csv", f"{ROW}\n{ROW}\n".encode(), ERROR),
        Case("header-twice.csv", (HEAD + ",内容\n" + ROW + ",x\n").encode(), ERROR),
        Case("no-content.csv", "会话ID,角色\nc1,客户\n".encode(), ERROR), Case("no-id.csv", "角色,内容\n客户,x\n".encode(), ERROR),
        Case("no-role.csv", "会话ID,内容\nc1,x\n".encode(), ERROR),
        Case("nobody.csv", "会话ID,发送人,内容\nc1,甲,x\nc1,乙,y\n".encode(), ERROR), Case("binary.csv", bytes(range(256)) * 40, ERROR),
        Case("commas.csv", b",,,\n,,,\n", ()),
        Case("quotes.csv", b'"' * 999, ERROR), Case("empty-header-cells.csv", (",,," + good.replace("\n", "\n,,,"))[:-3].encode(),
            ("g1", "g2")),
        Case("sep-line.csv", b"sep=,\n" + every, ("g1", "g2")), Case("crlf-in-quotes.csv",
            every.replace("在吗".encode(), '"在\r\n吗"'.encode()), ("g1", "g2")),
        Case("form-feed.csv", every.replace("在吗".encode(), "在\x0c\x0b\x1c吗".encode()), ("g1", "g2")),
        Case("ctrl-z.csv", every + b"\x1a\n", ("g1", "g2"), 1),
        Case("many-open-quotes.csv", every + b'b,,x,"open\n' * 3, ("g1", "g2"), 2),
        Case("formula.csv", every.replace("在吗".encode(), b"=cmd|' /C calc'!A0"), ("g1", "g2")),
        Case("wide-broken.csv", b'id,messages\ng1,"[{""role"": ""bot"", ""text"": """"}]"\nb,[\nb2,3\nb3,\nb4,"{}"\n', ("g1",), 4),
        Case("html.csv", b"<html><body>x</body></html>", ERROR),
        Case("renamed-xlsx.csv", workbook([HEAD.split(","), ROW.split(",")]), ("g1",)),
        Case("same-second.csv", every + f"{ROW}\n{ROW}\n".encode(), ("g1", "g2")),
        Case("gz-tail.csv.gz", gzip.compress(every) + b"trailing", ("g1", "g2")),
        Case("gz-crc.csv.gz", gzip.compress(every)[:-8] + b"\0" * 8, ("g1", "g2"))]


def workbook(rows: list[list[Any]]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            sheet.write(r, c, value)
    book.close()
    return buffer.getvalue()


def xlsx_files() -> list[Case]:
    head, row = HEAD.split(","), ROW.split(",")
    good = workbook([head, row])

    def repacked(skip: str = "", change: str = "", to: bytes = b"") -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(buffer, "w") as new:
            for entry in old.infolist():
                if entry.filename != skip:
                    new.writestr(entry.filename, to if entry.filename == change else old.read(entry))
        return buffer.getvalue()

    sheet, strings, book = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
    entities = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    return [
        Case("cut-half.xlsx", good[: len(good) // 2], ERROR), Case("cut-end.xlsx", good[:-5], ERROR),
        Case("magic-only.xlsx", b"PK\x03\x04", ERROR), Case("zeros.xlsx", b"PK\x03\x04" + bytes(500), ERROR),
        Case("no-workbook.xlsx", repacked(skip=book), ERROR), Case("no-sheet.xlsx", repacked(skip=sheet), ERROR),
        Case("sheet-not-xml.xlsx", repacked(change=sheet, to=b"\xff\xfe<<<"), ERROR),
        Case("sheet-empty.xlsx", repacked(change=sheet), ERROR), Case("strings-gone.xlsx", repacked(skip=strings), ERROR),
        Case("entities.xlsx", repacked(change=strings, to=entities), ERROR),
        Case("strings-broken.xlsx", repacked(change=strings, to=b"<sst><si><t>x"), ERROR),
        Case("not-a-sheet.xlsx", repacked(skip="").replace(b"xl/", b"yl/"), ERROR),
        Case("flipped.xlsx", good[:60] + bytes(60) + good[120:], ("g1",)), Case("old-magic.xls", b"\xd0\xcf\x11\xe0" + bytes(600), ERROR),
        Case("text.xlsx", "随便一段".encode(), ERROR),
        Case("csv-inside.xlsx", f"{HEAD}\n{ROW}\n".encode(), ("g1",)), Case("bad-rows.xlsx",
            workbook([head, ["", "", "客户", "x"], row, ["b", "乱", "客户", "x"], ["b", "", "老板", "x"], [10**18, "", "客户", "x"]]),
                                                                     ("g1",), 4),
        Case("ragged.xlsx", workbook([head, row, ["b"], ["b", "", "客户", "x", "多"]]), ("b", "g1"), 1),
        Case("no-header.xlsx", workbook([["a", "b"], [1, 2]]), ERROR),
        Case("twice.xlsx", workbook([[*head, "内容"], [*row, "x"]]), ERROR), Case("header-only.xlsx", workbook([head]), ())]


def parquet_files() -> list[Case]:
    def packed(**columns: Any) -> bytes:
        buffer = io.BytesIO()
        parquet.write_table(pa.table(columns), buffer)
        return buffer.getvalue()

    good = packed(会话ID=["g1", "g1"], 角色=["客户", "客服"], 内容=["在吗", "在的"])
    return [
        Case("cut-half.parquet", good[: len(good) // 2], ERROR), Case("cut-end.parquet", good[:-1], ERROR),
        Case("magic-only.parquet", b"PAR1", ERROR), Case("magic-twice.parquet", b"PAR1PAR1", ERROR),
        Case("zero-footer.parquet", good[:-40] + bytes(32) + good[-8:], ("g1",)),
        Case("zero-head.parquet", b"PAR1" + bytes(60) + good[64:], ERROR),
        Case("long-footer.parquet", good[:-8] + b"\xff\xff\xff\x7fPAR1", ERROR),
        Case("text.parquet", b"hello", ERROR), Case("no-columns.parquet", packed(a=[1]), ERROR),
        Case("no-rows.parquet", packed(会话ID=pa.array([], pa.string()), 角色=pa.array([], pa.string()), 内容=pa.array([], pa.string())), ()),
        Case("nulls.parquet", packed(会话ID=["g1", None, "g1"], 角色=["客户", "客户", None], 内容=["x", None, None]), ("g1",), 2),
        Case("all-null.parquet", packed(会话ID=pa.nulls(3), 角色=pa.nulls(3), 内容=pa.nulls(3)), ()),
        Case("bytes.parquet", packed(会话ID=["g1", "g1"], 角色=["客户", "客户"], 内容=[b"ok", b"\xff"]), ("g1",), 1),
        Case("bad-rows.parquet", packed(会话ID=["g1", "b", "b"], 角色=["客户", "老板", "客户"], 内容=["x", "x", "\0"]), ("g1",), 2),
        Case("nested.parquet", packed(id=["g1", "b1", "b2"], messages=[[{"role": "bot", "text": "x"}], [{"role": "x", "text": "x"}], []]),
            ("g1",), 2)]


def plain_files() -> list[Case]:
    good = "# g1\n客户: 在吗\n\n# g2\n客服: 在的\n"
    return [
        Case("nobody-first.txt", f"谁\n{good}".encode(), ("g1", "g2"), 1),
        Case("invalid-byte.txt", good.encode() + b"\xff\xfe\n", ("g1", "g2"), 1),
        Case("bad-time.txt", f"{good}客@25:61: x\n".encode(), ("g1", "g2"), 1),
        Case("empty-heading.txt", f"{good}\n# 空\n".encode(), ("g1", "g2"), 1),
        Case("same-heading.txt", f"{good}\n# g1\n客户: 别的\n".encode(), ("g1", "g2"), 2),
        Case("nul.txt", f"{good}\n# b\n客户: a\0b\n".encode(), ("g1", "g2"), 2), Case("blanks-only.txt", b"\n \n\t\n", ()),
        Case("prose.txt", "从前有座山\n山里有座庙\n".encode(), (), 2),
        Case("binary.txt", bytes(range(128, 256)), (), 1), Case("colons.txt", b":" * 5_000, (), 1),
        Case("brackets.txt", ("[" * 5_000 + "\n" + good).encode(), ("g1", "g2"), 1)]


CASES: Final = [*jsonl_lines(), *jsonl_bytes(), *csv_rows(), *csv_bytes(), *xlsx_files(), *parquet_files(), *plain_files()]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_hostile_file(read: Any, case: Case) -> None:
    if case.good == ERROR:
        with pytest.raises(SourceError) as caught:
            read(case.name, case.data)
        assert caught.value.where.endswith(case.name)
        return
    out = read(case.name, case.data)
    assert tuple(sorted(out.ids)) == case.good
    assert sum(r.rows for r in out.rejects) == case.bad


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 120
    assert len({c.name for c in CASES}) == len(CASES)
