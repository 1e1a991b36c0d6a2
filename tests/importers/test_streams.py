"""Streams in flat memory: what is settled comes out early, and nothing changes by it."""
from __future__ import annotations

from typing import Any

import orjson
import pytest

from qa_service.importers import streams
from qa_service.importers.base import ReadOptions
from qa_service.model.record import Imported

START = 1762308000


def record(buyer: int, seconds: int) -> bytes:
    return orjson.dumps({"openid": f"o{buyer}", "opercode": 2003, "text": f"第{seconds}秒", "time": START + seconds, "worker": "kf1@yq"}) + b"\n"


def days(buyers: int) -> bytes:
    """Each buyer writes twice on each of eight days, all of them interleaved."""
    return b"".join(record(b, 86_400 * day + 60 * b + s) for day in range(8) for s in (0, 30) for b in range(buyers))


def test_early_or_late_the_same_sessions_come_out(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read("a.jsonl", days(20))
    monkeypatch.setattr(streams, "WINDOW", 100)
    monkeypatch.setattr(streams, "_LOOK_EVERY", 1)
    early = read("a.jsonl", days(20))
    assert sorted(early.ids) == sorted(whole.ids)
    assert sorted(early.conversations, key=lambda c: c.id) == sorted(whole.conversations, key=lambda c: c.id)


def test_what_is_silent_long_enough_does_not_wait_for_the_end(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "WINDOW", 10)
    monkeypatch.setattr(streams, "_LOOK_EVERY", 1)
    gone = record(999, 0) + b"".join(record(0, 200_000 + i) for i in range(12))
    first = read("a.jsonl", gone + record(5, 1)).records[0]
    assert isinstance(first, Imported)
    assert first.conversation.customer.id == "o999"


def test_when_too_much_waits_the_longest_silent_goes_first(read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LARGEST", 1_000)
    out = read("a.jsonl", days(5))
    assert sum(len(c.messages) for c in out.conversations) == 80


def test_the_note_says_how_it_was_cut(read: Any) -> None:
    (note,) = read("a.jsonl", days(1)).intake.notes
    assert "静默 1 小时" in note


def test_options_give_shop_and_channel_where_there_is_none(read: Any) -> None:
    c = read("a.jsonl", record(1, 0), ReadOptions(shop="云栖", channel="jd")).only
    assert (c.shop, c.channel) == ("云栖", "wechat")


def test_a_nul_in_a_message_refuses_its_session_only(read: Any) -> None:
    bad = record(1, 0).replace("第0秒".encode(), b"a\\u0000b")
    out = read("a.jsonl", bad + record(2, 0))
    assert out.rejects[0].field == "/messages/0/text"
    assert len(out.conversations) == 1
