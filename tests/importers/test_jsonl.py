from __future__ import annotations

import json
from typing import Any

import pytest

from qa_service.importers import jsonl
from qa_service.importers.base import Intake, ReadOptions
from qa_service.importers.jsonl import is_document, split_values
from qa_service.model.errors import SourceError, UsageError


def line(identifier: object = "c1", text: str = "在吗", **more: object) -> str:
    return json.dumps({"id": identifier, "messages": [{"role": "customer", "text": text}], **more}, ensure_ascii=False)


def test_one_conversation_a_line(read: Any) -> None:
    out = read("a.jsonl", f"{line()}\n\n{line('c2')}\r\n   \n{line('c3')}")
    assert out.ids == ["c1", "c2", "c3"]
    assert [r.row for r in out.records] == [1, 3, 5]
    assert out.intake.rows == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(read: Any, encoding: str) -> None:
    out = read("a.jsonl", f"{line('c1', '這件有M碼嗎€')}\n{{坏\n{line('c2')}\n".encode(encoding))
    assert out.ids == ["c1", "c2"]
    assert out.conversations[0].messages[0].text == "這件有M碼嗎€"
    assert [(r.row, r.raw) for r in out.rejects] == [(2, "{坏")]


def test_a_line_is_rejected_whole_with_field_and_reason(read: Any) -> None:
    bad = '{"id": "c1", "messages": [{"role": "customer", "text": "a"}, {"role": "boss", "text": "b"}]}'
    [reject] = read("a.jsonl", f"{line('c0')}\n{bad}\n").rejects
    assert (reject.row, reject.field, reject.raw) == (2, "/messages/1/role", bad)
    assert "boss" in reject.reason


def test_the_same_line_again_is_a_duplicate_and_the_same_id_with_other_words_a_reject(read: Any) -> None:
    intake = Intake()
    out = read("a.jsonl", f"{line()}\n{line()} \n{line(text='别的')}\n{line(shop='另一家')}\n", intake=intake)
    assert [(type(r).__name__, r.row) for r in out.records] == [("Imported", 1), ("Duplicate", 2), ("Reject", 3), ("Imported", 4)]
    assert "重复" in out.rejects[0].reason
    again = read("b.jsonl", f"{line()}\n", intake=intake)
    assert len(again.duplicates) == 1
    assert intake.rows == 5


def test_a_long_number_keeps_its_digits(read: Any) -> None:
    out = read("a.jsonl",
        '{"id": 123456789012345678901234567890, "order": 98765432109876543210987,'
        ' "messages": [{"role": "bot", "text": "", "id": 99999999999999999999991}]}')
    assert out.only.id == "123456789012345678901234567890"
    assert out.only.meta["order"] == 98765432109876543210987
    assert out.only.messages[0].id == "99999999999999999999991"


def test_separators_of_unicode_do_not_cut_a_line(read: Any) -> None:
    assert read("a.jsonl", line(text="一\u2028二\u0085三")).only.messages[0].text == "一\u2028二\u0085三"


@pytest.mark.parametrize(("record", "field"), [
    (r'{"id": "a\u0000", "messages": [{"role": "agent", "text": "x"}]}', "/id"),
    (r'{"id": "a", "messages": [{"role": "agent", "text": "x\u0000"}]}', "/messages/0/text"),
    (r'{"id": "a", "messages": [{"role": "agent", "text": "x"}], "k": "\u0000"}', "/meta"),
    (r'{"id": "a", "messages": [{"role": "agent", "text": "\ud800"}]}', "")])
def test_text_that_cannot_be_stored_is_rejected(read: Any, record: str, field: str) -> None:
    out = read("a.jsonl", record)
    assert [r.field for r in out.rejects] == [field]


def test_a_written_backslash_u0000_is_only_text(read: Any) -> None:
    assert read("a.jsonl", r'{"id": "a", "messages": [{"role": "agent", "text": "\\u0000"}]}').only.messages[0].text == r"\u0000"


def test_depth_of_meta_is_limited(read: Any) -> None:
    deep = "[" * 300 + "]" * 300
    out = read("a.jsonl",
        f'{line("c1")[:-1]}, "k": {deep}}}\n{line("c2", k=[[[]]])}\n'
        f'{{"id": "c3", "messages": [{{"role": "bot", "text": "", "k": {deep}}}]}}\n')
    assert out.ids == ["c2"]
    assert {r.field for r in out.rejects} == {"/meta"}


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_of_conversations(read: Any, indent: int | None) -> None:
    data = [json.loads(line("c1", "a]},{\"")), {"id": "x"}, 3, json.loads(line("c2"))]
    out = read("a.json", json.dumps(data, ensure_ascii=False, indent=indent))
    assert out.ids == ["c1", "c2"]
    assert [r.row for r in out.rejects] == [2, 3]


def test_objects_over_several_lines(read: Any) -> None:
    pretty = json.dumps(json.loads(line("c1")), indent=1)
    assert read("a.json", pretty).ids == ["c1"]
    assert read("b.json", f"{pretty}\n{pretty.replace('c1', 'c2')}\n").ids == ["c1", "c2"]


def test_an_array_that_breaks_off_costs_its_last_element(read: Any) -> None:
    out = read("a.json", f"[{line('c1')},\n{line('c2')},\n{line('c3')[:-9]}")
    assert out.ids == ["c1", "c2"]
    assert len(out.rejects) == 1


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_an_array_in_other_encodings(read: Any, encoding: str) -> None:
    assert read("a.json", f"[\n{line('c1', '码')},\n{line('c2')}]".encode(encoding)).conversations[0].messages[0].text == "码"


def test_a_broken_character_in_an_array_costs_its_element(read: Any) -> None:
    data = f"[{line('c1', '码' * 50)},{line('c2', '好XX好')},{line('c3')}]".encode("gb18030").replace(b"XX", b"\xff\xff")
    out = read("a.json", data, ReadOptions(source="jsonl"))
    assert out.ids == ["c1", "c3"]


def test_an_array_too_long_to_hold_is_refused(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAX_DOCUMENT", 100)
    with pytest.raises(SourceError, match="JSONL"):
        read("a.json", f"[{line()},\n{line('c2')}]")


def test_an_over_long_line_is_cut_and_the_next_is_read(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.importers.encoding.MAX_LINE", 1_000)
    out = read("a.jsonl", f"{line('c1')}\n{line('c2', '长' * 2_000)}\n{line('c3')}\n")
    assert out.ids == ["c1", "c3"]
    assert "超过" in out.rejects[0].reason
    assert len(out.rejects[0].raw) <= 1_001


def test_defaults_and_zone(read: Any) -> None:
    out = read("a.jsonl", f"{line('c1')}\n{line('c2', shop='自己的', channel='jd')}\n", ReadOptions(shop="默认店", channel="pdd"))
    assert [(c.shop, c.channel) for c in out.conversations] == [("默认店", "pdd"), ("自己的", "jd")]
    with pytest.raises(UsageError, match="渠道"):
        ReadOptions(channel="淘")


@pytest.mark.parametrize(("head", "expected"), [
    ('{"id": 1}\n{"id": 2}', False), ('{\n "id": 1}', True), ('{"id": 1,\n "messages": []}', True), ("[{}]", True), ("[\n{}]", True),
    ('[1]\n{"id": 1}', False),
    ('{"id": "1", "messages": [\n{"id": "2", "messages": []}', False), ('{"messages": [\n{"role": "a"}]}', True), ("{}", False),
    ("", False), ("{", False)])
def test_lines_and_documents_are_told_apart(head: str, expected: bool) -> None:
    assert is_document(head) is expected


def test_splitting_loses_no_byte_that_matters() -> None:
    assert [v for v in split_values(b'{"a":"}"}{"b":[1,2]}\n}junk') if v.strip()] == [b'{"a":"}"}', b'{"b":[1,2]}', b"\n}", b"junk"]
    assert [v for v in split_values(b'[{"a":1},,"x,y",[3]] tail') if v.strip()] == [b'{"a":1}', b'"x,y"', b"[3]", b" tail"]
    assert list(split_values(b'["')) == [b"", b'"']


