"""A conversation written by a plain writer and read by an importer is the same conversation."""
from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from qa_service.importers.base import ReadOptions
from qa_service.model.conversation import CHANNELS, KINDS, ROLES, Conversation, Message, Party
from qa_service.model.wire import conversation_to_dict

COLUMNS = ("session_id", "shop", "channel", "time", "role", "agent_id", "agent_name", "customer_id", "kind", "message_id", "content")
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
names = st.text("abc小美:-_01", min_size=1, max_size=8)
zones = st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-5, minutes=-30))])
times = st.datetimes(datetime(2001, 1, 1), datetime(2100, 1, 1), timezones=zones)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """Any conversation a table can hold: one agent, times in order or none."""
    agent, timed = draw(names), draw(st.booleans())
    said = draw(st.lists(st.tuples(st.sampled_from(sorted(ROLES)), texts, st.sampled_from(sorted(KINDS)), times), min_size=1, max_size=6))
    said.sort(key=lambda m: m[3])
    messages = tuple(Message(role, text, at if timed else None, kind, agent if role == "agent" else "", f"m{i}") for i,
        (role, text, kind, at) in enumerate(said))
    return Conversation(f"会话{draw(names)}", messages, draw(names), draw(st.sampled_from(sorted(CHANNELS))), Party(agent, draw(names)),
        Party(draw(names), ""))


def rows(c: Conversation) -> list[tuple[str, ...]]:
    return [(c.id, c.shop, c.channel, m.at.isoformat() if m.at else "", m.role, c.agent.id, c.agent.name, c.customer.id, m.kind, m.id,
        m.text) for m in c.messages]


@SETTINGS
@given(conversations(), st.booleans())
def test_jsonl(read: Any, chat: Conversation, pretty: bool) -> None:
    data = orjson.dumps(conversation_to_dict(chat), option=orjson.OPT_INDENT_2 if pretty else 0)
    assert read("a.jsonl", data).only == chat


@SETTINGS
@given(conversations(), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), st.sampled_from(",;\t|"))
def test_csv(read: Any, chat: Conversation, encoding: str, delimiter: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([COLUMNS, *rows(chat)])
    assert read("a.csv", buffer.getvalue().encode(encoding), ReadOptions(source="csv")).only == chat


@SETTINGS
@given(conversations())
def test_parquet(read: Any, chat: Conversation) -> None:
    buffer = io.BytesIO()
    columns: dict[str, Any] = dict(zip(COLUMNS, map(list, zip(*rows(chat), strict=True)), strict=True))
    parquet.write_table(pa.table(columns), buffer)
    assert read("a.parquet", buffer.getvalue()).only == chat


@SETTINGS
@given(conversations())
def test_parquet_of_whole_conversations(read: Any, chat: Conversation) -> None:
    data = conversation_to_dict(chat)
    wide = {"id": chat.id, "shop": chat.shop, "channel": chat.channel, "agent_id": chat.agent.id, "agent_name": chat.agent.name,
        "customer_id": chat.customer.id,
            "messages": data["messages"]}
    buffer = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist([wide]), buffer)
    assert read("a.parquet", buffer.getvalue()).only == chat


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text("{}[]\":,\\u0d8 \n客id1", max_size=120).map(str.encode))
def test_any_bytes_after_good_lines(read: Any, tail: bytes) -> None:
    good = "".join(f'{{"id": "g{i}", "messages": [{{"role": "bot", "text": "您好"}}]}}\n' for i in range(20)).encode()
    out = read("a.jsonl", good + tail)
    assert out.ids[:20] == [f"g{i}" for i in range(20)]
    rest = [line for line in tail.split(b"\n") if line.strip(b" \t\r\x0b\x0c")]
    assert out.intake.rows == 20 + len(rest)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("{}[]\":,1a \n客", max_size=80))
def test_any_array(read: Any, tail: str) -> None:
    read("a.json", f"[{tail}", ReadOptions(source="jsonl"))
    read("b.json", f"{{\n{tail}", ReadOptions(source="jsonl"))
