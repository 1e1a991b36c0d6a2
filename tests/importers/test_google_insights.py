"""Google Conversational Insights: who spoke by role or, without one, by profile; times in microseconds or as offsets."""
from __future__ import annotations

from typing import Any

import orjson
import pytest

from qa_service.importers.base import ReadOptions
from qa_service.importers.columns import ColumnProfile

START = 1762131600000000


def file(*entries: dict[str, Any], **more: Any) -> bytes:
    return orjson.dumps({"entries": [{"text": "x", "user_id": 1, "role": "CUSTOMER", "start_timestamp_usec": START} | e for e in entries], **more})


@pytest.mark.parametrize(("written", "role"), [("AGENT", "agent"), ("HUMAN_AGENT", "agent"), ("CUSTOMER", "customer"), ("END_USER", "customer"),
                                               ("AUTOMATED_AGENT", "bot"), ("agent", "agent")])
def test_roles(read: Any, written: str, role: str) -> None:
    assert read("a.json", file({"role": written})).only.messages[0].role == role


def test_the_conversation_is_named_after_its_file(read: Any) -> None:
    assert read("call-0001.json", file({})).only.id == "google-insights/call-0001"
    lines = b"\n".join([file({}), file({"text": "y"})])
    assert read("day.jsonl", lines).ids == ["google-insights/day", "google-insights/day-2"]


def test_without_roles_a_profile_says_who_a_user_is(read: Any) -> None:
    data = file({"role": None}, {"role": None, "user_id": 2})
    (reject,) = read("a.json", data).rejects
    assert "user_id '1'" in reject.reason
    assert "roles" in reject.reason
    options = ReadOptions(columns=ColumnProfile({}, {"1": "customer", "2": "agent"}))
    c = read("a.json", data, options).only
    assert [(m.role, m.agent_id) for m in c.messages] == [("customer", ""), ("agent", "2")]


def test_small_times_are_offsets(read: Any) -> None:
    c = read("a.json", file({"start_timestamp_usec": 1_000_000}, {"start_timestamp_usec": "5000000", "role": "AGENT", "user_id": 2})).only
    assert [m.at.isoformat() for m in c.messages] == ["2025-11-01T00:00:01+08:00", "2025-11-01T00:00:05+08:00"]
    assert c.meta["repairs"] == ["时间只是从开头算起的偏移,日期按 2025-11-01 计"]


@pytest.mark.parametrize("written", [-5, "abc", True, 10**17])
def test_a_time_that_is_none_is_left_empty_and_told(read: Any, written: object) -> None:
    c = read("a.json", file({}, {"start_timestamp_usec": written})).only
    assert c.messages[1].at is None
    assert "读不出" in c.meta["repairs"][0]


@pytest.mark.parametrize("entries", [None, [], {}, [3], "x"])
def test_no_entries(read: Any, entries: object) -> None:
    data = orjson.dumps({"conversation_info": {}, "entries": entries, "start_timestamp_usec": 1})
    assert len(read("a.json", data, ReadOptions(source="google-insights")).rejects) == 1
