"""The table of importers is whole, and looking at a head is cheap and never fails."""
from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.importers.base import ReadOptions
from qa_service.importers.detect import IMPORTERS, importer
from qa_service.importers.files import Source, open_source
from qa_service.importers.head import OURS, Head

MODULES: Final = Path(__file__).resolve().parents[2] / "qa_service" / "importers"


def head(data: bytes) -> Head:
    with open_source("/dev/null") as source:
        return Head(Source("-", "标准输入", data, source.stream, ()), ReadOptions())


def test_every_importer_stands_in_the_table_once() -> None:
    assert sorted(IMPORTERS.values()) == sorted(p.stem for p in MODULES.glob("*.py") if "\ndef detects(" in p.read_text("utf-8"))
    for name in IMPORTERS:
        module = importer(name)
        assert callable(module.detects)
        assert callable(module.read)


@given(st.binary(max_size=200) | st.text('{}[]":,\\ \n客id', max_size=80).map(str.encode))
def test_any_head_gets_an_answer_between_no_and_certain(data: bytes) -> None:
    assert all(0.0 <= importer(name).detects(head(data)) <= OURS for name in IMPORTERS)


@pytest.mark.parametrize(("text", "keys"), [
    ('{"a": {"b": 1}, "c": ["d", {"e\\"": 2}]', {"a", "b", "c", 'e\\"'}), ('[{"a": "b:\\": 1"', {"a"}), ('a "b": 1', set()), ("", set())])
def test_the_keys_near_the_beginning(text: str, keys: set[str]) -> None:
    assert head(text.encode()).keys == keys
