from __future__ import annotations

import io
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from qa_service.importers.base import ReadOptions
from qa_service.model.errors import SourceError

AT = datetime(2025, 11, 1, 2, 0, tzinfo=UTC)


def packed(table: pa.Table | dict[str, Any], **options: Any) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(table if isinstance(table, pa.Table) else pa.table(table), buffer, **options)
    return buffer.getvalue()


def test_one_row_one_message(read: Any) -> None:
    data = packed({"session_id": [7, 7], "time": pa.array([AT, None], pa.timestamp("ns", "UTC")),
        "role": pa.array(["买家", "客服"]).dictionary_encode(),
                   "text": pa.array([b"\xe5\x9c\xa8", "好".encode()]), "价": [Decimal("1.50"), None], "n": [2.0, None]})
    chat = read("a.parquet", data).only
    assert chat.id == "7"
    assert [(m.role, m.text, m.at) for m in chat.messages] == [("customer", "在", AT), ("agent", "好", None)]
    assert chat.messages[0].meta == {"价": "1.50", "n": "2"}


def test_one_row_one_conversation(read: Any) -> None:
    message = pa.struct([("role", pa.string()), ("text", pa.string()), ("at", pa.timestamp("us")), ("kind", pa.string()),
        ("id", pa.int64())])
    data = packed({"id": ["c1", "c2", "c3"], "shop": ["一店", None, None], "messages": pa.array([
        [{"role": "customer", "text": "在吗", "at": datetime(2025, 11, 1, 10), "id": 5}, {"role": "agent", "text": "在", "kind": "text"}],
        [{"role": "boss", "text": ""}], None], pa.list_(message))})
    out = read("a.parquet", data)
    assert out.only.shop == "一店"
    assert [(m.text, m.id, m.at.isoformat() if m.at else None) for m in out.only.messages] == [("在吗", "5", "2025-11-01T10:00:00+08:00"),
        ("在", "", None)]
    assert [(r.row, r.field) for r in out.rejects] == [(2, "/messages/0/role"), (3, "/messages")]


def test_a_value_that_is_no_text_costs_its_row(read: Any) -> None:
    data = packed({"session_id": ["a", "a"], "role": ["客户", "客户"], "text": pa.array([b"\xff\xfe", "好".encode()], pa.binary())})
    out = read("a.parquet", data)
    assert [m.text for m in out.only.messages] == ["好"]
    assert [r.row for r in out.rejects] == [1]
    far = pa.array([2**62, 0], pa.int64()).cast(pa.timestamp("us"))
    out = read("b.parquet", packed({"session_id": ["a", "a"], "role": ["客户", "客户"], "text": ["x", "y"], "time": far}))
    assert len(out.rejects) == 1


def test_text_that_claims_to_be_utf_8_and_is_not_costs_its_row(read: Any) -> None:
    broken = pa.Array.from_buffers(pa.string(), 2, pa.array([b"\xff", b"ok"]).buffers())
    out = read("a.parquet", packed({"session_id": ["a", "a"], "role": ["客户", "客户"], "text": broken}))
    assert [m.text for m in out.only.messages] == ["ok"]
    assert [r.row for r in out.rejects] == [1]


def test_an_id_in_a_float_column_that_lost_digits_is_rejected(read: Any) -> None:
    out = read("a.parquet", packed({"session_id": [1.25e18, 12.0], "role": ["客户", "客户"], "text": ["x", "y"]}))
    assert out.ids == ["12"]
    assert "文本" in out.rejects[0].reason


@pytest.mark.parametrize(("table", "missing"), [
    ({"a": [1]}, "会话ID、内容、角色"), ({"session_id": ["1"], "text": ["x"]}, "角色"), ({"messages": ["[]"]}, "会话ID")])
def test_missing_columns_are_named(read: Any, table: dict[str, Any], missing: str) -> None:
    with pytest.raises(SourceError, match=missing):
        read("a.parquet", packed(table))


def test_an_empty_table_is_no_error(read: Any) -> None:
    empty = packed({"session_id": pa.array([], pa.string()), "role": pa.array([], pa.string()), "text": pa.array([], pa.string())})
    assert read("a.parquet", empty).records == []


GOOD = packed({"session_id": [str(i // 3) for i in range(300)], "role": ["客户", "客服", "客服"] * 100, "text": [f"第{i}句" for i in range(300)]},
    compression="zstd")


@pytest.mark.parametrize("cut", [4, 8, 100, len(GOOD) // 2, len(GOOD) - 9, len(GOOD) - 1])
def test_a_file_that_breaks_off_is_refused(read: Any, cut: int) -> None:
    with pytest.raises(SourceError, match="损坏"):
        read("a.parquet", GOOD[:cut])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_flipped_bytes_are_a_reason_never_a_crash(read: Any, flips: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for place, value in flips:
        data[place] = value
    with suppress(SourceError):
        read("a.parquet", bytes(data), ReadOptions(source="parquet"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=100))
def test_any_bytes_are_refused(read: Any, data: bytes) -> None:
    with pytest.raises(SourceError):
        read("a.parquet", b"PAR1" + data, ReadOptions(source="parquet"))
