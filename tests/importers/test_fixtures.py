"""Every source has a fixture in its real shape, defects included, and what comes of it stands beside it. None is lost, whatever is done to it.

``fixtures/NAME`` is an input; ``fixtures/expected/NAME.jsonl`` holds its records: conversations as the wire has them, rejects and duplicates.
"""
from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qa_service.importers.base import Intake, ReadOptions
from qa_service.importers.detect import IMPORTERS, detect
from qa_service.importers.files import open_source
from qa_service.model.errors import SourceError
from qa_service.model.record import Duplicate, Imported, Record
from qa_service.model.wire import conversation_to_dict

FIXTURES: Final = Path(__file__).parent / "fixtures"
SOURCES: Final = {p.name: max((n for n in IMPORTERS if p.name.startswith(n)), key=len) for p in FIXTURES.iterdir() if p.is_file()}
"""A fixture's name begins with that of its importer."""
JSON: Final = sorted(name for name in SOURCES if ".json" in name)
JUNK: Final = st.sampled_from([None, True, False, 0, -1, 1.5, 10**18, "", " ", "x", "\0", "2025-02-30", [], {}, [None], [{}], {"id": {}}, [[]], "9" * 30])
SETTINGS: Final = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def as_json(record: Record) -> dict[str, Any]:
    """A record as its line in the expected file."""
    if isinstance(record, Imported):
        return {"row": record.row, "rows": record.rows, "conversation": conversation_to_dict(record.conversation)}
    where = {"row": record.row, "rows": record.rows, "reason": record.reason}
    return where | ({"duplicate": True} if isinstance(record, Duplicate) else {"field": record.field})


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_fixture_is_told_by_its_content_alone(name: str, tmp_path: Path) -> None:
    nameless = tmp_path / "export"
    nameless.write_bytes((FIXTURES / name).read_bytes())
    with open_source(str(nameless)) as source:
        assert detect(source, ReadOptions()) == SOURCES[name]


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_fixture_gives_what_stands_beside_it(read_path: Any, name: str) -> None:
    expected = [orjson.loads(line) for line in (FIXTURES / "expected" / f"{name}.jsonl").read_bytes().splitlines()]
    assert [as_json(r) for r in read_path(FIXTURES / name).records] == expected


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_what_was_imported_goes_through_our_wire_without_loss(read: Any, read_path: Any, name: str) -> None:
    conversations = read_path(FIXTURES / name).conversations
    wire = b"".join(orjson.dumps(conversation_to_dict(c)) + b"\n" for c in conversations)
    assert read("wire.jsonl", wire).conversations == conversations


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_fixture_read_again_is_all_duplicates(read_path: Any, name: str) -> None:
    intake = Intake()
    first = read_path(FIXTURES / name, intake=intake)
    again = read_path(FIXTURES / name, intake=intake)
    assert not again.conversations
    assert len(again.duplicates) == len(first.conversations) + len(first.duplicates)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to every value inside `value`."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(p for key, v in inside for p in places(v, (*at, key)))]


def changed(value: Any, way: tuple[Any, ...], to: Any) -> Any:
    if not way:
        return to
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[way[0]] = changed(copy[way[0]], way[1:], to)
    return copy


@pytest.mark.parametrize("name", JSON)
@pytest.mark.parametrize("junk", [[], {"x": []}, "x"], ids=str)
def test_every_single_value_may_be_of_another_kind(read: Any, name: str, junk: Any) -> None:
    lines = (FIXTURES / name).read_bytes().splitlines() if name.endswith("l") else [(FIXTURES / name).read_bytes()]
    for i, line in enumerate(lines):
        value = orjson.loads(line)
        for way in places(value):
            changed_line = orjson.dumps(changed(value, way, junk))
            read("x.json", b"\n".join([*lines[:i], changed_line, *lines[i + 1:]]) if name.endswith("l") else changed_line, ReadOptions(source=SOURCES[name]))


@SETTINGS
@given(st.sampled_from(JSON), st.data())
def test_any_value_may_be_anything(read: Any, name: str, data: st.DataObject) -> None:
    lines = (FIXTURES / name).read_bytes().splitlines() if name.endswith("l") else [(FIXTURES / name).read_bytes()]
    values = [orjson.loads(line) for line in lines]
    for _ in range(data.draw(st.integers(1, 4))):
        which = data.draw(st.integers(0, len(values) - 1))
        way = data.draw(st.sampled_from(places(values[which])))
        values[which] = changed(values[which], way, data.draw(JUNK))
    written = b"\n".join(orjson.dumps(v) for v in values)
    out = read("x.json", written, ReadOptions(source=SOURCES[name]))
    assert out.records or out.intake.rows == 0


@SETTINGS
@given(st.sampled_from(sorted(SOURCES)), st.integers(0, 4_000), st.binary(max_size=20), st.integers(0, 60))
def test_bytes_may_be_cut_out_and_put_in(read: Any, name: str, at: int, put: bytes, out: int) -> None:
    whole = (FIXTURES / name).read_bytes()
    at %= len(whole)
    _no_traceback(read, whole[:at] + put + whole[at + out:], SOURCES[name])
    _no_traceback(read, whole[:at], SOURCES[name])


@SETTINGS
@given(st.sampled_from(sorted(set(SOURCES.values()))), st.binary(max_size=200) | st.text('{}[]":,1a \n客', max_size=120).map(str.encode))
def test_any_bytes_at_all(read: Any, source: str, data: bytes) -> None:
    assume(not data.startswith((b"\x1f\x8b", b"PK")))
    _no_traceback(read, data, source)


def _no_traceback(read: Any, data: bytes, source: str) -> None:
    """Records whose rows add up (the fixture sees to that), or a SourceError that says what to do with the file."""
    with suppress(SourceError):
        read("x", data, ReadOptions(source=source))
