"""Intercom: the source is the first message, notes are internal, assignments hand over, redacted parts stay as revoked."""
from __future__ import annotations

from typing import Any

import orjson
import pytest

ADMIN = {"type": "admin", "id": "81", "name": "周岚"}
USER = {"type": "user", "id": "u5", "name": "赵敏"}


def part(text: str | None, author: dict[str, Any] = USER, kind: str = "comment", at: int = 1762219810, **more: Any) -> dict[str, Any]:
    return {"id": f"p{at}{text}", "part_type": kind, "body": text, "created_at": at, "author": author, **more}


def chat(*parts: dict[str, Any], body: str = "<p>在吗</p>", author: dict[str, Any] = USER, **more: Any) -> bytes:
    source = {"id": "s1", "body": body, "author": author, **more.pop("source", {})}
    return orjson.dumps({"id": "1", "created_at": 1762219800, "source": source, "conversation_parts": {"conversation_parts": list(parts)}, **more})


@pytest.mark.parametrize(("author", "role"), [
    (ADMIN, "agent"), ({"type": "team", "id": "9"}, "agent"), (USER, "customer"), ({"type": "lead", "id": "1"}, "customer"), ({"type": "contact", "id": "1"}, "customer"),
    ({"type": "bot", "id": "b"}, "bot"), (ADMIN | {"from_ai_agent": True}, "bot"), (ADMIN | {"is_ai_answer": True}, "bot")])
def test_who_spoke(read: Any, author: dict[str, Any], role: str) -> None:
    assert read("a.json", chat(part("<p>x</p>", author))).only.messages[1].role == role


@pytest.mark.parametrize(("how", "role"), [("customer_initiated", "agent"), ("admin_initiated", "agent"), ("automated", "bot"), ("campaigns_initiated", "bot")])
def test_an_opening_that_software_sent_is_automatic(read: Any, how: str, role: str) -> None:
    assert read("a.json", chat(part("好"), author=ADMIN, source={"delivered_as": how})).only.messages[0].role == role


@pytest.mark.parametrize("kind", ["comment", "close", "open", "quick_reply"])
def test_parts_that_carry_words(read: Any, kind: str) -> None:
    assert read("a.json", chat(part("<p>再见</p>", ADMIN, kind))).only.messages[1].text == "再见"


@pytest.mark.parametrize(("kind", "body", "what"), [("note", "老客户", "内部备注"), ("close", None, "操作记录"), ("conversation_tags_updated", None, "操作记录")])
def test_parts_that_do_not(read: Any, kind: str, body: str | None, what: str) -> None:
    c = read("a.json", chat(part(body, ADMIN, kind))).only
    assert len(c.messages) == 1
    assert f"{what} 1 条" in c.meta["repairs"][0]


def test_an_assignment_is_a_hand_over_and_its_text_a_note(read: Any) -> None:
    c = read("a.json", chat(part("请跟进", ADMIN, "assignment", assigned_to={"type": "admin", "id": "82", "name": "陈曦"}), part("我来", {"type": "admin", "id": "82"}))).only
    assert [(m.role, m.text, m.agent_id) for m in c.messages] == [("customer", "在吗", ""), ("system", "会话转给 陈曦", ""), ("agent", "我来", "82")]
    assert "随指派写的备注 1 条" in c.meta["repairs"][0]


def test_redacted_is_revoked_with_or_without_words(read: Any) -> None:
    said = read("a.json", chat(part("<p>骂人</p>", ADMIN, redacted=True), part(None, ADMIN, at=1762219820, redacted=True))).only.messages
    assert [(m.kind, m.text) for m in said[1:]] == [("revoked", "骂人"), ("revoked", "")]


def test_html_becomes_text(read: Any) -> None:
    assert read("a.json", chat(body="<p>A&amp;B<br>二</p>")).only.messages[0].text == "A&B\n二"


def test_attachments_have_their_kind(read: Any) -> None:
    files = [{"name": "a", "url": "u", "content_type": kind} for kind in ("image/png", "video/mp4", "audio/ogg", "application/pdf")]
    said = read("a.json", chat(part(None, attachments=files))).only.messages
    assert [m.kind for m in said[1:]] == ["image", "video", "voice", "other"]


def test_who_the_customer_is_when_only_staff_spoke(read: Any) -> None:
    data = chat(author=ADMIN, contacts={"contacts": [{"type": "contact", "id": "c77"}]})
    assert read("a.json", data).only.customer.id == "c77"


def test_the_rating_goes_along(read: Any) -> None:
    meta = read("a.json", chat(conversation_rating={"rating": 1, "remark": "慢"})).only.meta
    assert (meta["csat"], meta["csat_remark"]) == (1, "慢")


def test_parts_as_a_bare_list(read: Any) -> None:
    data = orjson.loads(chat())
    data["conversation_parts"] = [part("<p>好</p>", ADMIN)]
    assert len(read("a.json", orjson.dumps(data)).only.messages) == 2
