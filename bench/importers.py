"""What reading a format costs beside reading its JSON: CPU seconds of the importer over those of ``json.loads`` on the same file.

One demo day written in each format; what is no JSON is shown beside ``json.loads`` on the same day in our own wire, for scale only.
Rounds are interleaved; the median ratio with [min..max]. A new format is one line in FORMATS and the function that writes it.
"""
from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from html import escape
from pathlib import Path
from typing import Any, Final

from qa_service.importers.base import Intake, ReadOptions
from qa_service.importers.detect import open_records
from qa_service.model.conversation import Conversation, Message
from qa_service.model.record import Imported
from qa_service.model.wire import conversation_to_dict
from qa_service.rules.locate import lexicons_root
from qa_service.services.demo_day import demo_day

Day = list[Conversation]


def lines(rows: Iterable[Any]) -> str:
    """JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def whole(value: Any) -> str:
    """One document, as most interfaces answer."""
    return json.dumps(value, ensure_ascii=False)


def said(day: Day) -> Iterator[tuple[Conversation, Message, int, bool]]:
    """Every message with a time: its conversation, itself, its epoch in ms, and whether the shop sent it."""
    for c in day:
        for m in c.messages:
            if m.at is not None and m.role != "system":
                yield c, m, int(m.at.timestamp() * 1000), m.role != "customer"


def jd(day: Day) -> str:
    """Pages of 50 rows."""
    rows = [{"sid": c.id, "customer": c.customer.id, "waiter": c.agent.name or "店小二", "skuId": 100045178912, "content": m.text, "time": at,
             "waiterSend": sent} for c, m, at, sent in said(day)]
    return lines({"jingdong_im_pop_chatlog_get_responce": {"code": "0", "ChatLogPage": {"chatLogList": rows[i:i + 50]}}} for i in range(0, len(rows), 50))


def qiyu(day: Day) -> str:
    """The message file of the pair."""
    return lines({"id": f"{c.id}-{at}", "sessionId": c.id, "time": at, "from": int(not sent), "staffId": 77 if sent else 0, "staffName": c.agent.name,
                  "mType": 1, "autoReply": 0, "msg": m.text} for c, m, at, sent in said(day))


def aliyun_sca(day: Day) -> str:
    """One document of tickets."""
    return whole({"tickets": [{"tid": c.id, "fileName": f"{c.id}.txt", "dialogue": [
        {"role": "客服" if m.role != "customer" else "客户", "identity": c.agent.id, "words": m.text, "begin": 1000 * i, "end": 1000 * i + 900,
         "beginTime": f"{m.at:%Y-%m-%d %H:%M:%S}" if m.at else "", "hourMinSec": f"{m.at:%H:%M:%S}" if m.at else ""}
        for i, m in enumerate(c.messages)]} for c in day]})


def taobao_top(day: Day) -> str:
    """One answer a line."""
    def answer(c: Conversation) -> dict[str, Any]:
        messages = [{"direction": int(m.role == "customer"), "time": f"{m.at:%Y-%m-%d %H:%M:%S}" if m.at else "", "content": m.text} for m in c.messages]
        return {"count": len(messages), "ret": 10000, "msgs": {"msg": messages}}

    return lines({"from_id": f"cntaobao{c.shop}:{c.agent.name}", "to_id": f"cntaobao{c.customer.id}", "wangwang_eservice_chatlog_get_response": answer(c)}
                 for c in day)


def qianniu_json(day: Day) -> str:
    """One buyer's object a line; the exporter writes one file a buyer."""
    return lines({"user": c.customer.id, "exportTime": "2025/11/12 10:00:00", "count": len(c.messages), "chats": [
        {"date": f"{m.at:%Y-%m-%d}" if m.at else "", "time": f"{m.at:%H:%M:%S}" if m.at else "", "sender": sender(c, m), "text": m.text, "imgUrl": ""}
        for m in c.messages]} for c in day)


def wangwang_txt(day: Day) -> str:
    """Lines of who and when, each with what was said below."""
    return "".join(f"{c.customer.id} --> {c.shop}:{c.agent.name} {m.at:%Y-%m-%d %H:%M:%S}\n{m.text}\n" if m.role == "customer" else
                   f"{c.shop}:{c.agent.name} {m.at:%H:%M:%S}\n{m.text}\n" for c in day for m in c.messages if m.at)


def qianniu_html(day: Day) -> str:
    """One page, as if one buyer had said it all."""
    return "<!DOCTYPE html><html><body><div class='activeUserNickname'>u</div>" + "".join(
        f'<div class="groupTime--a">{m.at:%Y-%m-%d}</div><div class="chatWrap--k3">'
        f'<span class="chatName--u">{"u" if m.role == "customer" else sender(c, m)}</span><span class="chatTime--p">{m.at:%H:%M:%S}</span>'
        f'<div class="chatTextLeft--9"><span>{escape(m.text)}</span></div></div>'
        for c in day for m in c.messages if m.at) + "</body></html>"


def sender(c: Conversation, m: Message) -> str:
    """Who sent a message, as 千牛 names them."""
    return c.customer.id if m.role == "customer" else f"{c.shop}:机器人" if m.role == "bot" else f"{c.shop}:{c.agent.name}"


def seconds(m: Message) -> int:
    """The epoch of a message."""
    return int(m.at.timestamp()) if m.at else 0


def chatwoot_message(c: Conversation, m: Message, n: int) -> dict[str, Any]:
    """A message as the REST API gives it."""
    shop = m.role != "customer"
    sender = {"id": 7 if shop else 90_001, "name": c.agent.name if shop else c.customer.id, "type": "user" if shop else "contact",
              "thumbnail": "", "email": None}
    return {"id": n, "content": m.text, "account_id": 7, "inbox_id": 3, "conversation_id": n // 1000, "message_type": int(shop), "created_at": seconds(m),
            "updated_at": "2025-11-11T02:15:03.412Z", "private": False, "status": "sent", "source_id": None, "content_type": "text", "content_attributes": {},
            "sender_type": "User" if shop else "Contact", "sender_id": sender["id"], "external_source_ids": {}, "additional_attributes": {}, "sender": sender}


def chatwoot(day: Day) -> str:
    """A conversation a line."""
    return lines({"id": i, "account_id": 7, "inbox_id": 3, "status": "resolved", "meta": {"sender": {"id": 90_001, "name": c.customer.id}},
                  "messages": [chatwoot_message(c, m, 1000 * i + n) for n, m in enumerate(c.messages)]} for i, c in enumerate(day))


def chatwoot_events(day: Day) -> str:
    """A webhook event a message."""
    def event(i: int, c: Conversation, m: Message, n: int) -> dict[str, Any]:
        inner = chatwoot_message(c, m, 1000 * i + n)
        person = {"id": 90_001, "name": c.customer.id, "email": None, "phone_number": None, "thumbnail": "", "identifier": None, "type": "contact"}
        about = {"id": i, "inbox_id": 3, "channel": "Channel::WebWidget", "status": "open", "messages": [inner], "labels": [], "unread_count": 1,
                 "meta": {"sender": person, "assignee": {"id": 7, "name": c.agent.name}, "hmac_verified": False}, "additional_attributes": {}}
        return {"event": "message_created", "id": inner["id"], "content": m.text, "content_type": "text", "content_attributes": {}, "source_id": None,
                "created_at": m.at.isoformat() if m.at else "", "message_type": "incoming" if m.role == "customer" else "outgoing", "private": False,
                "sender": inner["sender"], "inbox": {"id": 3, "name": "官网"}, "account": {"id": 7, "name": c.shop}, "conversation": about}

    return lines(event(i, c, m, n) for i, c in enumerate(day) for n, m in enumerate(c.messages))


def google_insights(day: Day) -> str:
    """A conversation a line; the format has one a file."""
    return lines({"conversation_info": {"categories": []}, "entries": [
        {"start_timestamp_usec": seconds(m) * 1_000_000, "text": m.text, "role": "CUSTOMER" if m.role == "customer" else "AGENT",
         "user_id": int(m.role != "customer")} for m in c.messages]} for c in day)


def zendesk_qa(day: Day) -> str:
    """One document."""
    return whole({"data": [{"id": c.id, "assigneeEmail": "a@shop.example", "assigneeName": c.agent.name, "subject": "", "description": "", "status": "closed",
                            "channel": "web", "created": "2025-11-11T00:00:00Z", "customerName": c.customer.id, "customerEmail": "b@mail.example", "tags": [],
                            "comments": [zendesk_comment(c, m, i) for i, m in enumerate(c.messages)]} for c in day]})


def zendesk_comment(c: Conversation, m: Message, i: int) -> dict[str, Any]:
    """A comment of a Zendesk QA conversation."""
    return {"id": f"{c.id}-{i}", "authorName": c.agent.name, "authorEmail": "a@shop.example", "authorIsNotClient": m.role != "customer", "public": True,
            "comment": m.text, "created": m.at.isoformat() if m.at else None}


def zendesk_chat(day: Day) -> str:
    """A chat a line."""
    def row(c: Conversation, m: Message, i: int) -> dict[str, Any]:
        who = ("Visitor", None) if m.role == "customer" else ("Agent", "5")
        return {"type": "chat.msg", "index": i, "msg": m.text, "msg_id": f"{c.id}-{i}", "name": c.agent.name, "sender_type": who[0], "agent_id": who[1],
                "department_id": 9, "channel": "#c1", "timestamp": m.at.isoformat() if m.at else ""}

    return lines({"id": c.id, "type": "chat", "visitor": {"id": c.customer.id, "name": c.customer.id, "email": ""}, "agent_names": {"5": c.agent.name},
                  "history": [row(c, m, i) for i, m in enumerate(c.messages)]} for c in day)


def intercom(day: Day) -> str:
    """A conversation a line."""
    def part(c: Conversation, m: Message, i: int) -> dict[str, Any]:
        author = {"type": "user" if m.role == "customer" else "admin", "id": "81", "name": c.agent.name, "email": "a@shop.example"}
        return {"type": "conversation_part", "id": f"{c.id}-{i}", "part_type": "comment", "body": f"<p>{escape(m.text)}</p>", "created_at": seconds(m),
                "updated_at": seconds(m), "notified_at": seconds(m), "assigned_to": None, "author": author, "attachments": [], "external_id": None,
                "redacted": False}

    return lines({"type": "conversation", "id": c.id, "created_at": seconds(c.messages[0]), "state": "closed", "source": part(c, c.messages[0], 0),
                  "conversation_parts": {"conversation_parts": [part(c, m, i) for i, m in enumerate(c.messages)][1:]}} for c in day)


def wecom_archive(day: Day) -> str:
    """A message a line, in the order of time, as it is fetched."""
    def row(c: Conversation, m: Message, at: int, sent: bool, n: int) -> dict[str, Any]:
        buyer, staff = f"wm{c.id:0>30}", "ZhouLan"
        return {"msgid": f"{n}_{at}_external", "action": "send", "from": staff if sent else buyer, "tolist": [buyer if sent else staff], "roomid": "",
                "msgtime": at, "msgtype": "text", "text": {"content": m.text}}

    return lines(row(*one, n) for n, one in enumerate(sorted(said(day), key=lambda one: one[2])))


def wechat_kf(day: Day) -> str:
    """A record a line, in the order of time."""
    return lines({"openid": f"oDF3iY9WMaswOPWjCIp_{c.id}", "opercode": 2002 if sent else 2003, "text": m.text, "time": at // 1000, "worker": "kf2001@yunqi"}
                 for c, m, at, sent in sorted(said(day), key=lambda one: one[2]))


FORMATS: Final[dict[str, Callable[[Day], str]]] = {
    "aliyun-sca": aliyun_sca,
    "chatwoot": chatwoot,
    "chatwoot-events": chatwoot_events,
    "google-insights": google_insights,
    "intercom": intercom,
    "jd": jd,
    "jsonl": lambda day: lines(map(conversation_to_dict, day)),
    "qianniu-html": qianniu_html,
    "qianniu-json": qianniu_json,
    "qiyu": qiyu,
    "taobao-top": taobao_top,
    "wangwang-txt": wangwang_txt,
    "wechat-kf": wechat_kf,
    "wecom-archive": wecom_archive,
    "zendesk-chat": zendesk_chat,
    "zendesk-qa": zendesk_qa,
}


def cost(function: Callable[[], object]) -> float:
    """CPU seconds of this process."""
    gc.collect()
    begin = time.process_time()
    function()
    return time.process_time() - begin


def read(path: Path, name: str) -> int:
    """Messages of all conversations of a file."""
    source = name.removesuffix("-events")
    return sum(len(r.conversation.messages) for r in open_records(str(path), ReadOptions(source=source), Intake()) if isinstance(r, Imported))


def loads(path: Path) -> None:
    """The same file through json.loads: line by line, or whole when it is one document."""
    text = path.read_text("utf-8")
    for line in text.split("\n"):
        if line:
            json.loads(line)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("formats", nargs="*", metavar="FORMAT", help=f"of {', '.join(FORMATS)}; all when none is named")
    parser.add_argument("--chats", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    day = list(demo_day(lexicons_root() / "demo", chats=args.chats, seed=args.seed, day=date(2025, 11, 11)))
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder, f"{name}.txt") for name in dict.fromkeys([*(args.formats or FORMATS), "jsonl"])}
        for name, path in paths.items():
            path.write_text(FORMATS[name](day), "utf-8")
        del day
        ratios: dict[str, list[float]] = {name: [] for name in paths}
        speeds: dict[str, list[float]] = {name: [] for name in paths}
        messages = {name: read(path, name) for name, path in paths.items()}
        is_json = {name: path.read_text("utf-8")[0] == "{" for name, path in paths.items()}
        for _ in range(args.rounds):
            for name, path in paths.items():
                plain = cost(lambda name=name, path=path: loads(path if is_json[name] else paths["jsonl"]))  # type: ignore[misc]
                taken = cost(lambda name=name, path=path: read(path, name))  # type: ignore[misc]
                ratios[name].append(taken / plain)
                speeds[name].append(messages[name] / taken)
    print(f"{args.chats} chats, {args.rounds} rounds, one core, CPU time")
    for name, found in ratios.items():
        beside = "json.loads of it" if is_json[name] else "json.loads of the same day in our wire"
        print(f"{name:16} {statistics.median(found):6.2f}x {beside} [{min(found):.2f}..{max(found):.2f}]   {statistics.median(speeds[name]):9,.0f} messages/s")


if __name__ == "__main__":
    main()
