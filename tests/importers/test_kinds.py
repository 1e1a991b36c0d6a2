from __future__ import annotations

import pytest

from qa_service.importers.kinds import CHANNEL_OF, KIND_OF, ROLE_OF, kind_of_text, plain_word
from qa_service.model.conversation import CHANNELS, KINDS, ROLES


def test_every_word_means_something_that_exists() -> None:
    assert set(ROLE_OF.values()) == ROLES
    assert set(KIND_OF.values()) == KINDS
    assert set(CHANNEL_OF.values()) == CHANNELS


@pytest.mark.parametrize("words", [ROLE_OF, KIND_OF, CHANNEL_OF])
def test_every_word_is_written_as_it_is_looked_up(words: dict[str, str]) -> None:
    assert [w for w in words if plain_word(w) != w] == []


@pytest.mark.parametrize(("text", "expected"), [
    ("[图片]", "image"), (" [视频] ", "video"), ("[语音]", "voice"), ("[卡片]", "card"), ("[订单]", "order"), ("<image>", "image"), ("【图片】", "text"),
    ("https://item.example.com/1.html?a=b", "link"), ("HTTP://a.b", "link"), ("看这个 https://a.b", "text"), ("https://a.b 这个", "text"),
    ("https://a.b这个", "text"),
    ("[图片]看", "text"), ("[微笑]", "text"), ("[表情]", "text"), ("[文本]", "text"), ("", "text"), ("亲", "text"), ("[图片", "text"),
    ("[" * 10_000, "text")])
def test_the_kind_that_a_text_gives_away(text: str, expected: str) -> None:
    assert kind_of_text(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("Session_ID", "sessionid"), ("会话 ID", "会话id"), ("会话ID", "会话id"), ("发送时间(北京时间)", "发送时间"), ("\ufeff内容", "内容"),
    ("created-at", "createdat"),
    ("", ""), ("(" * 1_000_000, "(" * 64)])
def test_headers_are_compared_by_what_identifies_them(text: str, expected: str) -> None:
    assert plain_word(text) == expected
