"""Chatwoot's traps, one by one: two spellings of a type, two of a time, notes, activity, events that come twice, late or without an account."""
from __future__ import annotations

from typing import Any

import orjson
import pytest

from qa_service.importers.base import ReadOptions

ACCOUNT = {"id": 7, "name": "云栖"}


def message(number: int, text: str | None, kind: int | str = 0, at: object = 1762136100, **more: Any) -> dict[str, Any]:
    return {"id": number, "content": text, "message_type": kind, "created_at": at, "private": False, **more}


def event(top: dict[str, Any], inside: tuple[dict[str, Any], ...] = (), *, name: str = "message_created", number: int = 42, **more: Any) -> bytes:
    data = {"event": name, **top, "conversation": {"id": number, "status": "open", "messages": list(inside)}, "inbox": {"id": 3, "name": "官网"}, "account": ACCOUNT}
    return orjson.dumps(data | more) + b"\n"


def whole(*said: dict[str, Any], **more: Any) -> bytes:
    return orjson.dumps({"id": 9, "account_id": 7, "inbox_id": 3, "messages": list(said), **more})


AGENT = {"id": 11, "name": "周岚", "type": "user"}


@pytest.mark.parametrize(("written", "role"), [(0, "customer"), ("incoming", "customer"), (1, "agent"), ("outgoing", "agent"), (3, "bot"), ("template", "bot")])
def test_a_type_is_a_number_or_a_word(read: Any, written: int | str, role: str) -> None:
    assert read("a.json", whole(message(1, "在吗", written, sender=AGENT))).only.messages[0].role == role


@pytest.mark.parametrize("written", [1762136100, "1762136100", 1762136100.0, "2025-11-03T02:15:00.000Z", "2025-11-03 02:15:00 UTC", "2025-11-03T10:15:00+08:00"])
def test_a_time_is_an_epoch_or_written(read: Any, written: object) -> None:
    at = read("a.json", whole(message(1, "在吗", at=written))).only.messages[0].at
    assert at.isoformat() == "2025-11-03T10:15:00+08:00"


@pytest.mark.parametrize("written", [5, "x", True, None, []])
def test_another_type_is_refused_by_name(read: Any, written: object) -> None:
    (reject,) = read("a.json", whole(message(1, "在吗", written))).rejects  # type: ignore[arg-type]
    assert (reject.field, "message_type" in reject.reason) == ("/message_type", True)


def test_notes_and_activity_are_no_part_of_the_talk(read: Any) -> None:
    c = read("a.json", whole(message(1, "在吗"), message(2, "内部: 难缠", 1, private=True), message(3, "Assigned to 周岚", 2))).only
    assert [m.text for m in c.messages] == ["在吗"]
    assert c.meta["repairs"] == ["不算对话、没有读入: 内部备注 1 条、系统动态 1 条"]


@pytest.mark.parametrize(("sender", "more", "role"), [
    (AGENT, {}, "agent"), ({"id": 2, "name": "小云", "type": "agent_bot"}, {}, "bot"), ({"id": 2, "type": "AgentBot"}, {}, "bot"), (None, {}, "bot"),
    (AGENT, {"content_attributes": {"automation_rule_id": 5}}, "bot"), (AGENT, {"additional_attributes": {"campaign_id": 5}}, "bot")])
def test_software_that_sends_is_no_agent(read: Any, sender: Any, more: dict[str, Any], role: str) -> None:
    m = read("a.json", whole(message(1, "您好", 1, sender=sender, **more))).only.messages[0]
    assert (m.role, m.agent_id) == (role, "11" if role == "agent" else "")


def test_a_sender_known_by_number_only_is_an_agent(read: Any) -> None:
    assert read("a.json", whole(message(1, "您好", 1, sender_id=11, sender_type="User"))).only.messages[0].agent_id == "11"


def test_the_first_event_may_bring_the_second_message(read: Any) -> None:
    late = event(message(2, "有货", "outgoing", "2025-11-03T02:15:30Z", sender=AGENT), (message(1, "有货吗"), message(2, "有货", 1, 1762136130)))
    assert [m.text for m in read("a.jsonl", late).only.messages] == ["有货吗", "有货"]


def test_the_first_event_may_bring_the_robot_only(read: Any) -> None:
    robot = event(message(2, "欢迎", "template"), (message(2, "欢迎", 3),))
    buyer = event(message(1, "有货吗", "incoming", "2025-11-03T02:15:00Z"))
    assert [(m.role, m.text) for m in read("a.jsonl", robot + buyer).only.messages] == [("customer", "有货吗"), ("bot", "欢迎")]


def test_an_event_sent_again_is_a_duplicate_row(read: Any) -> None:
    once = event(message(1, "有货吗", "incoming"))
    out = read("a.jsonl", once + once)
    assert (len(out.duplicates), len(out.only.messages)) == (1, 1)


def test_old_versions_leave_out_the_account(read: Any) -> None:
    first = event(message(1, "有货吗", "incoming"))
    second = orjson.dumps({"event": "message_created", **message(2, "有", "outgoing", sender=AGENT), "conversation": {"id": 42}}) + b"\n"
    assert read("a.jsonl", first + second).only.id == "chatwoot/7/42"
    assert read("b.jsonl", second).only.id == "chatwoot/42"


def test_conversations_of_two_accounts_stay_two(read: Any) -> None:
    other = event(message(1, "别家的", "incoming"), account={"id": 8, "name": "另一家"})
    assert sorted(read("a.jsonl", event(message(1, "有货吗", "incoming")) + other).ids) == ["chatwoot/7/42", "chatwoot/8/42"]


def test_what_was_deleted_keeps_its_words_and_is_revoked(read: Any) -> None:
    said = event(message(1, "只要九块九", "outgoing", sender=AGENT))
    gone = event(message(1, "This message was deleted", "outgoing", sender=AGENT, content_attributes={"deleted": True}), name="message_updated")
    for events in (said + gone, gone + said, said + gone + said + b" "):
        (m,) = read("a.jsonl", events).only.messages
        assert (m.kind, m.text, m.agent_id) == ("revoked", "只要九块九", "11")


def test_an_edited_message_is_what_it_became(read: Any) -> None:
    edited = event(message(1, "有 M 码吗", "incoming"), name="message_updated")
    assert [m.text for m in read("a.jsonl", event(message(1, "有 N 码吗", "incoming")) + edited).only.messages] == ["有 M 码吗"]


def test_an_event_about_no_conversation_is_refused_and_named(read: Any) -> None:
    out = read("a.jsonl", orjson.dumps({"event": "contact_updated", "id": 5, "account": ACCOUNT, "inbox": {}}) + b"\n" + event(message(1, "在", "incoming")))
    assert "contact_updated" in out.rejects[0].reason
    assert len(out.conversations) == 1


def test_a_conversation_of_activity_only_is_refused_with_what_it_held(read: Any) -> None:
    (reject,) = read("a.json", whole(message(1, "resolved", 2))).rejects
    assert reject.reason == "没有对话消息(只有: 系统动态 1 条)"


def test_an_epoch_does_not_jump_back_behind_a_fraction(read: Any) -> None:
    c = read("a.json", whole(message(1, "一", at="2025-11-03T02:15:00.900Z"), message(2, "二", at=1762136100))).only
    assert [m.text for m in c.messages] == ["一", "二"]
    assert c.messages[0].at == c.messages[1].at
    assert "不到一秒" in c.meta["repairs"][0]


def test_pictures_and_words_of_one_message_are_two(read: Any) -> None:
    files = [{"file_type": "image", "data_url": "u1"}, {"file_type": "audio"}, {"file_type": None}]
    said = read("a.json", whole(message(1, "你看", attachments=files))).only.messages
    assert [(m.kind, m.text, m.id) for m in said] == [("text", "你看", "1"), ("image", "[图片]", "1/0"), ("voice", "[语音]", "1/1"), ("other", "[其他]", "1/2")]
    assert said[1].meta == {"data_url": "u1"}


def test_the_messages_of_a_conversation_fetched_alone(read: Any) -> None:
    page = {"meta": {"labels": []}, "payload": [message(1, "在吗", conversation_id=5, inbox_id=3), message(2, "在", 1, 1762136110, conversation_id=5, sender=AGENT)]}
    c = read("a.json", orjson.dumps(page)).only
    assert (c.id, [m.role for m in c.messages]) == ("chatwoot/5", ["customer", "agent"])


def test_the_survey_answer_is_the_chats_satisfaction(read: Any) -> None:
    survey = message(2, "请评分", 3, content_type="input_csat", content_attributes={"submitted_values": {"csat_survey_response": {"rating": 2}}})
    assert read("a.json", whole(message(1, "在吗"), survey)).only.meta["csat"] == 2


def test_zones_are_the_shops(read: Any) -> None:
    c = read("a.json", whole(message(1, "在吗", at="2025-11-03T20:15:00Z")), ReadOptions()).only
    assert c.messages[0].at.isoformat() == "2025-11-04T04:15:00+08:00"
