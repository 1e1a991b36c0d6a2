"""The summary on the terminal: 80 columns, no terminal needed, nothing a chat says can steer it."""
from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from qa_service.entrypoints.summary import print_summary
from qa_service.model.conversation import Conversation, Message, Party
from qa_service.model.wire import parse_time
from qa_service.services.tally import Tally


@dataclass
class Counts:
    read: int = 6
    scored: int = 3
    rejected: int = 2
    duplicate: int = 1


def tally(text: str = "亲,在的", title: str = "客户已提问,客服只问候不答复", *, timed: bool = True, many: int = 3) -> Tally:
    t = Tally()
    for i in range(many):
        at = parse_time(f"2025-11-11T10:00:0{i % 10}+08:00", "") if timed else None
        c = Conversation(f"c{i}", (Message("customer", "有M码吗", at), Message("agent", text, at, agent_id="a1")), agent=Party("a1", "小美"))
        print_of = f"f{i}"
        finding: dict[str, Any] = {
            "rule": f"ER{i:02d}", "name": "n", "category": "promise.return-freight", "severity": "major",
            "status": "stable" if i % 2 == 0 else "trial", "title": title, "why": "w", "suggest": "s", "source": {},
            "fingerprint": print_of, "confidence": 1.0, "needs_human": False,
            "spans": [{"message": 1, "start": 0, "end": len(text), "text": text}]}
        t.add(c, {
            "score": {"total": 90.0, "grade": "excellent", "auto_fail": False, "sections": [],
                      "deductions": [{"rule": f"ER{i:02d}", "section": "r", "points": -10.0, "fingerprints": [print_of], "capped": False}]},
            "findings": [finding], "topics": [], "sentiment": {"customer": [], "trend": 0.0}, "notes": [],
            "commitments": [{"type": "refund", "message": 1, "start": 0, "end": 1, "text": "亲", "deadline_text": None, "due": None,
                             "amount_text": None, "amount": None, "status": "open"}],
            "measures": {"first_response_seconds": 6.0 if timed else None, "effective_first_response_seconds": None}})
    return t


def printed(t: Tally, counts: Any = None, width: int = 80) -> str:
    out = io.StringIO()
    print_summary(t, counts or Counts(), Console(file=out, width=width), 1.5)
    return out.getvalue()


def test_it_says_what_came_of_the_run() -> None:
    out = printed(tally())
    for part in ("读取 6 = 评分 3 + 拒绝 2 + 重复 1", "均分", "90.0", "优秀 3", "名义首响", "有效首响", "100.0%", "退货运费与承诺不符", "ER00",
                 "【亲,在的】", "c0", "待兑现 3"):
        assert part in out
    assert "对不上" not in out
    assert "\x1b" not in out


def test_a_lost_record_is_said_aloud() -> None:
    assert "对不上: 右边是 6" in printed(tally(), Counts(read=9))


@pytest.mark.parametrize("width", [80, 60, 120])
def test_it_keeps_within_the_width(width: int) -> None:
    out = printed(tally("这是一句很长的话,里面什么都有" * 30, "很长的标题" * 12, many=10), width=width)
    assert max(cell_len(line.rstrip()) for line in out.splitlines()) <= width


def test_nothing_a_chat_says_steers_the_terminal() -> None:
    out = printed(tally("\x1b[2J[bold red]亲[/] 13812345678", "[red]标题[/red]"))
    assert "\x1b" not in out
    assert "[bold red]亲[/]" in out
    assert "[red]标题[/red]" in out
    assert "13812345678" not in out


def test_no_chat_and_no_times() -> None:
    assert "没有会话可评分" in printed(Tally(), Counts(0, 0, 0, 0))
    assert "日志没有时间" in printed(tally(timed=False))
