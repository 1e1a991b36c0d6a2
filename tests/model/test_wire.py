"""The one codec: what goes in comes out, and what cannot go in is named by its place."""
from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.model.conversation import EMPTY, Conversation, Message, Party
from qa_service.model.errors import InvalidRecord
from qa_service.model.wire import conversation_digest, conversation_from_dict, conversation_to_dict, parse_time

CHAT: dict[str, Any] = {
    "id": "c-1", "shop": "demo", "channel": "tmall", "agent": {"id": "a7", "name": "小美"}, "customer": {"id": "u9"},
    "messages": [
        {"role": "customer", "text": "这件有M码吗", "at": "2025-11-01T10:00:00+08:00"},
        {"role": "agent", "text": "亲,在的", "at": "2025-11-01T10:00:06+08:00", "agent_id": "a7", "kind": "text", "id": "m2", "meta": {"x": 1}}],
    "meta": {"order_id": "8", "csat": 4}}


def changed(path: str, value: Any) -> dict[str, Any]:
    """CHAT with the value at a JSON pointer replaced; `...` takes the key away."""
    data: dict[str, Any] = deepcopy(CHAT)
    at: Any = data
    *way, last = path.strip("/").split("/")
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    if value is ...:
        del at[last]
    else:
        at[int(last) if isinstance(at, list) else last] = value
    return data


@given(st.data())
def test_what_is_written_is_read_back(conversations: st.SearchStrategy[Conversation], data: st.DataObject) -> None:
    conversation = data.draw(conversations)
    written = conversation_to_dict(conversation)
    assert conversation_from_dict(written) == conversation
    assert conversation_from_dict(json.loads(json.dumps(written)), strict=True) == conversation
    assert conversation_to_dict(conversation_from_dict(written)) == written


@given(st.data())
def test_the_digest_is_that_of_the_content(conversations: st.SearchStrategy[Conversation], data: st.DataObject) -> None:
    conversation = data.draw(conversations)
    other_way = dict(reversed(conversation_to_dict(conversation).items()))
    assert conversation_digest(conversation_from_dict(other_way)) == conversation_digest(conversation)


def test_the_digest_stays_what_it_was_published_as() -> None:
    expected = "sha256:fa7fe59e72f52f9e"
    assert conversation_digest(conversation_from_dict(CHAT)).startswith(expected)


@pytest.mark.parametrize(("path", "value"), [
    ("/id", "c-2"), ("/shop", "other"), ("/channel", "jd"), ("/agent/name", "小丽"), ("/customer/id", "u8"), ("/meta/csat", 5),
    ("/messages/0/text", "这件有L码吗"), ("/messages/0/role", "agent"), ("/messages/0/kind", "image"), ("/messages/1/at", "2025-11-01T10:00:07+08:00"),
    ("/messages/1/agent_id", "a8"), ("/messages/1/id", "m3"), ("/messages/1/meta/x", 2)])
def test_any_change_changes_the_digest(path: str, value: Any) -> None:
    assert conversation_digest(conversation_from_dict(changed(path, value))) != conversation_digest(conversation_from_dict(CHAT))


def test_defaults_are_filled_in() -> None:
    conversation = conversation_from_dict({"id": "1", "messages": [{"role": "agent", "text": ""}]})
    assert conversation == Conversation("1", (Message("agent", ""),), "default", "other", Party(), Party())
    assert conversation.meta is EMPTY
    assert conversation.messages[0].meta is EMPTY


def test_unknown_keys_of_a_file_are_kept_in_meta() -> None:
    data = changed("/rating", 5)
    data["messages"][0]["device"] = "ios"
    conversation = conversation_from_dict(data)
    assert conversation.meta == {"rating": 5, "order_id": "8", "csat": 4}
    assert conversation.messages[0].meta == {"device": "ios"}


def test_what_meta_says_goes_before_an_unknown_key_of_the_same_name() -> None:
    data = changed("/csat", 1)
    assert conversation_from_dict(data).meta["csat"] == 4


@pytest.mark.parametrize("pointer", ["/rating", "/messages/1/device"])
def test_strict_refuses_unknown_keys_by_name(pointer: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        conversation_from_dict(changed(pointer, 5), strict=True)
    assert caught.value.field == pointer
    assert "meta" in caught.value.fix


def test_a_key_with_a_slash_is_escaped_in_the_pointer() -> None:
    with pytest.raises(InvalidRecord) as caught:
        conversation_from_dict({**CHAT, "a/b~c": 1}, strict=True)
    assert caught.value.field == "/a~1b~0c"


@pytest.mark.parametrize(("pointer", "value"), [
    ("/id", ...), ("/id", ""), ("/id", None), ("/id", ["c"]), ("/id", True), ("/shop", {"a": 1}), ("/channel", "amazon"), ("/channel", 3),
    ("/agent", "小美"), ("/agent/id", ["a7"]), ("/agent/name", True), ("/customer", 5), ("/customer/id", {"u": 9}), ("/meta", "x"),
    ("/messages", ...), ("/messages", []), ("/messages", "你好"), ("/messages", 5), ("/messages/0", "你好"), ("/messages/0/role", ...), ("/messages/0/role", "boss"),
    ("/messages/0/role", ["agent"]), ("/messages/1/text", ...), ("/messages/1/text", None), ("/messages/1/text", 5), ("/messages/1/kind", "gif"),
    ("/messages/1/kind", ["text"]), ("/messages/1/at", "昨天"), ("/messages/1/at", 1761962400), ("/messages/1/at", "0001-01-01T00:00:00+14:00"),
    ("/messages/1/agent_id", ["a"]), ("/messages/1/id", {"a": 1}), ("/messages/1/meta", [1])])
@pytest.mark.parametrize("strict", [False, True])
def test_every_refusal_names_its_place(pointer: str, value: Any, strict: bool) -> None:
    with pytest.raises(InvalidRecord) as caught:
        conversation_from_dict(changed(pointer, value), strict=strict)
    assert caught.value.field == pointer
    assert caught.value.why


@pytest.mark.parametrize("data", [None, [], "c-1", 5, [CHAT]])
def test_what_is_no_object_is_no_conversation(data: object) -> None:
    with pytest.raises(InvalidRecord) as caught:
        conversation_from_dict(data)
    assert caught.value.field == ""


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(("id", "messages", "role", "text", "at", "kind", "agent", "customer", "name", "meta", "shop", "x")), inner, max_size=6)),
       st.booleans())
def test_nothing_but_a_refusal_comes_of_nonsense(data: object, strict: bool) -> None:
    try:
        conversation = conversation_from_dict(data, strict=strict)
    except InvalidRecord as error:
        places = {error.field[:1]}
    else:
        places = {"/"} if conversation.id and conversation.messages else set()
    assert places in ({""}, {"/"})


def test_numbers_are_taken_for_identifiers() -> None:
    data = changed("/id", 1001)
    data["messages"][1]["agent_id"] = 7
    conversation = conversation_from_dict(data)
    assert (conversation.id, conversation.messages[1].agent_id) == ("1001", "7")


def test_a_naive_time_is_read_in_the_zone_of_the_source() -> None:
    assert parse_time("2025-11-01T10:00:00", "") == datetime(2025, 11, 1, 2, tzinfo=UTC)
    assert parse_time("2025-11-01 10:00:00", "", ZoneInfo("Europe/Berlin")) == datetime(2025, 11, 1, 9, tzinfo=UTC)


def test_a_zone_goes_before_that_of_the_source() -> None:
    at = parse_time("2025-11-01T10:00:00+09:00", "")
    assert at is not None
    assert at.utcoffset() == timedelta(hours=9)


@pytest.mark.parametrize("value", [None, ""])
def test_no_time_is_no_time(value: str | None) -> None:
    assert parse_time(value, "") is None
