"""Values of others read safely, and a conversation put in order with every repair written down."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.importers.draft import Draft, list_of, moment, name_of, part_of, some_of, words_of
from qa_service.model.conversation import Party
from qa_service.model.errors import InvalidRecord
from qa_service.model.wire import DEFAULT_ZONE

NOON = datetime(2025, 11, 3, 12, 0, tzinfo=DEFAULT_ZONE)


def draft(**more: Any) -> Draft:
    return Draft(DEFAULT_ZONE, "c1", **more)


@pytest.mark.parametrize("written", [
    1762142400, 1762142400.0, 1762142400_000, 1762142400_000_000, "1762142400", "1762142400000", "2025-11-03T12:00:00", "2025-11-03T04:00:00Z",
    "2025-11-03T04:00:00.000Z", "2025-11-03 04:00:00 UTC", "2025/11/3 12:00:00", "2025年11月3日 12:00:00"])
def test_one_moment_in_many_forms(written: object) -> None:
    at = moment(written, DEFAULT_ZONE)
    assert at == NOON
    assert at is not None
    assert at.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("written", [0, -1, 1, 99, True, 1e300, float("inf"), float("nan"), "昨天", [], {}, "9" * 20, 10**30])
def test_what_is_no_time(written: object) -> None:
    with pytest.raises(ValueError, match="时间"):
        moment(written, DEFAULT_ZONE)


@pytest.mark.parametrize("written", [None, ""])
def test_no_time_at_all(written: object) -> None:
    assert moment(written, DEFAULT_ZONE) is None


@given(st.datetimes(datetime(2002, 1, 1), datetime(2200, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))])))
def test_microseconds_of_an_epoch_are_kept(at: datetime) -> None:
    micros = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    assert moment(micros, DEFAULT_ZONE) == at
    assert moment(micros // 1_000, DEFAULT_ZONE) == at.replace(microsecond=at.microsecond // 1_000 * 1_000)


@pytest.mark.parametrize(("read", "wrong"), [(name_of, 1.5), (name_of, True), (name_of, []), (words_of, 3), (words_of, {}), (part_of, []), (part_of, "x"),
                                             (list_of, {}), (list_of, [1]), (list_of, [{}, None])])
def test_values_of_the_wrong_kind_name_their_field(read: Any, wrong: object) -> None:
    with pytest.raises(InvalidRecord) as caught:
        read(wrong, "/here")
    assert caught.value.field.startswith("/here")


def test_only_plain_values_go_to_meta() -> None:
    assert some_of({"a": 1, "b": "x", "c": True, "d": None, "e": "", "f": [], "g": float("inf"), "h": 10**40}, *"abcdefgh") == {"a": 1, "b": "x", "c": True}


def test_messages_are_put_in_order_and_it_is_said() -> None:
    d = draft()
    for text, seconds in (("二", 60), ("三", 90), ("一", 0)):
        d.say("customer", text, NOON + timedelta(seconds=seconds))
    c = d.finish()
    assert [m.text for m in c.messages] == ["一", "二", "三"]
    assert c.meta["repairs"] == ["消息未按时间排列,已按时间重排"]


def test_a_message_without_a_time_stays_behind_the_one_it_followed() -> None:
    d = draft()
    d.say("customer", "二", NOON + timedelta(seconds=60))
    d.say("agent", "跟着二", d.at("昨天"))
    d.say("customer", "一", NOON)
    c = d.finish()
    assert [m.text for m in c.messages] == ["一", "二", "跟着二"]
    assert c.meta["repairs"][0] == "有消息的时间读不出,已留空: 不是认得的时间: '昨天'"


def test_one_that_came_twice_is_kept_once_but_what_was_said_twice_is_kept() -> None:
    d = draft()
    for identifier in ("m1", "m1", "", ""):
        d.say("customer", "在吗", NOON, id=identifier)
    c = d.finish()
    assert len(c.messages) == 3
    assert c.meta["repairs"] == ["去掉重复的消息 1 条"]


def test_the_first_to_speak_for_the_shop_is_its_agent_unless_the_source_says_who() -> None:
    d = draft()
    d.say("agent", "在", NOON, agent_id="7", name="小美")
    d.say("agent", "我来接", NOON, agent_id="8", name="小丽")
    assert d.finish().agent == Party("7", "小美")
    d.agent = Party("9", "组长")
    assert d.finish().agent == Party("9", "组长")


def test_a_message_without_words_gets_the_name_of_its_kind() -> None:
    d = draft()
    d.say("customer", "", NOON, kind="voice")
    d.say("customer", "", NOON, kind="revoked")
    assert [m.text for m in d.finish().messages] == ["[语音]", ""]


@pytest.mark.parametrize("left", [0, 3])
def test_nobody_said_anything(left: int) -> None:
    d = draft()
    d.say("system", "会话转给 周岚", NOON)
    d.left_out["内部备注"] += left
    with pytest.raises(InvalidRecord, match="内部备注 3 条" if left else "没有对话消息"):
        d.finish()


def test_no_id() -> None:
    d = Draft(DEFAULT_ZONE, "")
    d.say("customer", "在吗", NOON)
    with pytest.raises(InvalidRecord, match="id"):
        d.finish()
