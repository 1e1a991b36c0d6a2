"""Zendesk QA: the description that opens a talk, notes that are no part of it, people by mail address."""
from __future__ import annotations

from typing import Any

import orjson
import pytest


def comment(text: str, *, ours: object = False, **more: Any) -> dict[str, Any]:
    return {"id": text, "authorName": "周岚" if ours else "吴", "authorEmail": "lan@s.example" if ours else "wu@m.example", "authorIsNotClient": ours, "public": True,
            "comment": text, "created": "2025-11-02T09:20:00Z", **more}


def file(*comments: dict[str, Any], **more: Any) -> bytes:
    return orjson.dumps({"data": [{"id": 1, "created": "2025-11-02T09:00:00Z", "comments": list(comments), **more}]})


def texts(read: Any, data: bytes) -> list[tuple[str, str]]:
    return [(m.role, m.text) for m in read("a.json", data).only.messages]


def test_the_description_opens_the_talk_unless_a_comment_says_it(read: Any) -> None:
    answer = comment("今天发", ours=True)
    assert texts(read, file(answer, description="什么时候发货")) == [("customer", "什么时候发货"), ("agent", "今天发")]
    assert texts(read, file(comment("什么时候发货"), answer, description="<p>什么时候发货</p>")) == [("customer", "什么时候发货"), ("agent", "今天发")]


def test_notes_among_colleagues_are_left_out(read: Any) -> None:
    c = read("a.json", file(comment("在吗"), comment("内部", ours=True, public=False))).only
    assert len(c.messages) == 1
    assert "内部备注 1 条" in c.meta["repairs"][0]


def test_every_agent_is_known_by_mail(read: Any) -> None:
    c = read("a.json", file(comment("我接手", ours=True, authorEmail="xi@s.example", authorName="陈曦"), assigneeEmail="lan@s.example", assigneeName="周岚")).only
    assert c.agent.id == "lan@s.example"
    assert c.messages[0].agent_id == "xi@s.example"


def test_an_attachment_beside_words_and_without(read: Any) -> None:
    said = read("a.json", file(comment("看图", attachmentUrl="https://x.example/1"), comment("", attachmentUrl="https://x.example/2"))).only.messages
    assert [(m.kind, m.text) for m in said] == [("text", "看图"), ("other", "[其他]"), ("other", "[其他]")]


@pytest.mark.parametrize("ours", ["yes", None, 1])
def test_who_is_neither_ours_nor_a_client(read: Any, ours: object) -> None:
    (reject,) = read("a.json", file(comment("x", ours=ours))).rejects
    assert reject.field == "/comments/0/authorIsNotClient"


def test_satisfaction_and_tags_go_along(read: Any) -> None:
    meta = read("a.json", file(comment("x"), satisfactionScore=1, tags=["退款", 3], ticketFields=[{"id": 1}])).only.meta
    assert (meta["satisfactionScore"], meta["tags"]) == (1, ["退款"])
