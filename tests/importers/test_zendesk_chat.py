"""Zendesk Chat: triggers are automatic, joins are told, rows of one chat come together from JSON and from tables."""
from __future__ import annotations

from typing import Any

import orjson
import pytest


def row(index: int, text: str, sender: str = "Visitor", chat: str = "k1", **more: Any) -> dict[str, Any]:
    return {"chat_id": chat, "index": index, "timestamp": f"2025-11-05T01:00:{index:02d}Z", "type": "chat.msg", "msg": text, "msg_id": f"{chat}-{index}", "name": "甲",
            "sender_type": sender, "agent_id": "501" if sender == "Agent" else None, **more}


def lines(*rows: dict[str, Any]) -> bytes:
    return b"\n".join(orjson.dumps(r) for r in rows)


@pytest.mark.parametrize(("sender", "role"), [("Visitor", "customer"), ("Agent", "agent"), ("Trigger", "bot"), ("visitor", "customer"), ("end_user", "customer"),
                                              ("System", "system")])
def test_who_spoke(read: Any, sender: str, role: str) -> None:
    assert read("a.jsonl", lines(row(0, "在吗"), row(1, "x", sender))).only.messages[1].role == role


def test_index_gives_the_order(read: Any) -> None:
    assert [m.text for m in read("a.jsonl", lines(row(2, "三"), row(0, "一"), row(1, "二", "Agent"))).only.messages] == ["一", "二", "三"]


def test_rows_of_several_chats_may_be_mixed(read: Any) -> None:
    out = read("a.jsonl", lines(row(0, "一"), row(0, "甲", chat="k2"), row(1, "二"), row(1, "乙", chat="k2")))
    assert {c.id: len(c.messages) for c in out.conversations} == {"zendesk-chat/k1": 2, "zendesk-chat/k2": 2}


def test_a_table_with_semicolons_and_a_mark(read: Any) -> None:
    data = "\ufeffchat_id;timestamp;type;msg;sender_type;agent_id\nk1;2025-11-05T01:00:00Z;chat.msg;有吗;Visitor;\nk1;2025-11-05T01:00:09Z;chat.msg;有;Agent;501\n"
    c = read("a.csv", data).only
    assert [(m.role, m.agent_id) for m in c.messages] == [("customer", ""), ("agent", "501")]


def test_a_row_of_a_table_with_too_many_cells_is_refused(read: Any) -> None:
    out = read("a.csv", "chat_id,msg,sender_type\nk1,有吗,Visitor\nk1,a,b,c\n")
    assert "4 列" in out.rejects[0].reason


def test_agents_join_leave_and_hand_over(read: Any) -> None:
    joins = [row(1, "", "", type="chat.memberjoin", name="周岚", agent_id="501"), row(2, "", "", type="chat.memberleave", name="周岚", agent_id="501")]
    said = read("a.jsonl", lines(row(0, "在吗"), *joins)).only.messages
    assert [(m.role, m.text) for m in said[1:]] == [("system", "周岚 进入会话"), ("system", "周岚 离开会话")]


def test_what_is_no_talk_is_counted(read: Any) -> None:
    c = read("a.jsonl", lines(row(0, "在吗"), row(1, "", "", type="chat.tags"), row(2, "", "", type="chat.rating", new_rating="bad"))).only
    assert c.meta["rating"] == "bad"
    assert c.meta["repairs"] == ["不算对话、没有读入: 操作记录 1 条、评价 1 条"]


def test_a_message_left_while_nobody_was_there(read: Any) -> None:
    chat = {"id": "k9", "type": "offline_msg", "visitor": {"id": "v", "name": "李"}, "message": "几点上班", "timestamp": "2025-11-04T19:00:00Z", "history": [], "msg_id": 1}
    c = read("a.json", orjson.dumps({"chats": [chat]})).only
    assert [(m.role, m.text) for m in c.messages] == [("customer", "几点上班")]


@pytest.mark.parametrize(("change", "field"), [({"chat_id": ""}, "chat_id"), ({"sender_type": "Robot9"}, "sender_type"), ({"msg": 3}, "msg")])
def test_a_row_that_is_wrong(read: Any, change: dict[str, Any], field: str) -> None:
    (reject,) = read("a.jsonl", lines(row(0, "x") | change)).rejects
    assert reject.field == field
