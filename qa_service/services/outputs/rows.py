"""The tables for people, as rows of plain values: conversations, findings, commitments, measures. Masking comes later, cell by cell."""
from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from qa_service.model.conversation import Conversation, agent_key
from qa_service.model.wire import DEFAULT_ZONE
from qa_service.services import labels
from qa_service.services.masking import Masker

Value = str | float | int | datetime | None
Row = list[Value]

CONVERSATION_HEAD: Final = ("会话ID", "店铺", "渠道", "客服", "客户", "开始时间", "消息数", "得分", "等级", "一票否决")
CONVERSATION_TAIL: Final = (
    "命中数", "命中规则", "证据", "建议", "需人工复核", "承诺数", "咨询主题", "客户末句情绪", "首响(秒)", "有效首响(秒)", "最长等待(秒)", "备注")
FINDING_HEADER: Final = (
    "会话ID", "店铺", "客服", "开始时间", "规则", "规则说明", "分类", "严重度", "状态", "消息序号", "说话人", "客户上文", "证据", "说明",
    "为什么", "建议", "该规则扣分", "需人工复核", "置信度", "依据")
COMMITMENT_HEADER: Final = (
    "会话ID", "店铺", "客服", "开始时间", "类型", "承诺原文", "期限原文", "到期时间", "金额原文", "金额(元)", "状态", "消息序号")
MEASURE_HEAD: Final = ("会话ID", "店铺", "客服", "开始时间", "得分")
_HALF: Final = 400


def started_at(c: Conversation, zone: tzinfo = DEFAULT_ZONE) -> datetime | None:
    """The first time the chat knows, on the clock of `zone`, without a zone: spreadsheets know none."""
    at = next((m.at for m in c.messages if m.at is not None), None)
    return at.astimezone(zone).replace(tzinfo=None, microsecond=0) if at is not None else None


def agent_title(c: Conversation) -> str:
    """The agent as people know them."""
    return c.agent.name or agent_key(c)


def conversation_header(sections: Sequence[tuple[str, str]]) -> list[str]:
    """Header of the table of conversations; `sections` are (id, title) of the scorecard."""
    return [*CONVERSATION_HEAD, *(title for _, title in sections), *CONVERSATION_TAIL]


def sections_of(evaluation: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The (id, title) of the scorecard's sections, also those that do not apply."""
    return [(s["id"], s["title"]) for s in evaluation["score"]["sections"]]


def conversation_row(c: Conversation, e: Mapping[str, Any], sections: Sequence[tuple[str, str]], masker: Masker | None = None) -> Row:
    """One conversation. A section that does not apply is empty, not 0. With a `masker` the buyer stands under a pseudonym."""
    score, measures = e["score"], e["measures"]
    findings = sorted(e["findings"], key=lambda f: f["status"] != "stable")
    points = {s["id"]: s["points"] for s in score["sections"] if s["applicable"]}
    moods = e["sentiment"]["customer"]
    buyer = masker.buyer(c.shop, c.customer.id or c.customer.name) if masker is not None else c.customer.name or c.customer.id
    return [
        c.id, c.shop, labels.CHANNELS.get(c.channel, c.channel), agent_title(c), buyer, started_at(c),
        len(c.messages), score["total"], labels.GRADES.get(score["grade"], score["grade"]), yes(score["auto_fail"]),
        *(points.get(i) for i, _ in sections),
        len(findings), _lines(f"{f['rule']} {f['title']}{'' if f['status'] == 'stable' else '(试行)'}" for f in findings),
        _lines(_said(c, f) for f in findings), _lines(f["suggest"] for f in findings if f["status"] == "stable"),
        yes(any(f["needs_human"] for f in findings)), len(e["commitments"]), "、".join(dict.fromkeys(t["title"] for t in e["topics"])),
        labels.MOODS.get(moods[-1]["label"], "") if moods else "", measures.get("first_response_seconds"),
        measures.get("effective_first_response_seconds"), measures.get("longest_wait_seconds"), ";".join(e["notes"])]


def finding_rows(c: Conversation, e: Mapping[str, Any]) -> list[Row]:
    """One row a finding. What its rule cost stands in the first row of that rule only, so that the column adds up."""
    cost: dict[str, float] = {}
    for d in e["score"]["deductions"]:
        cost[d["rule"]] = cost.get(d["rule"], 0.0) + d["points"]
    out: list[Row] = []
    for f in e["findings"]:
        first = f["spans"][0]["message"] if f["spans"] else None
        out.append([
            c.id, c.shop, agent_title(c), started_at(c), f["rule"], f["title"], labels.category_title(f["category"]),
            labels.SEVERITIES.get(f["severity"], f["severity"]), labels.STATUSES.get(f["status"], f["status"]),
            None if first is None else first + 1, "" if first is None else labels.ROLES.get(c.messages[first].role, ""),
            _asked(c, first), " … ".join(s["text"] for s in f["spans"]), f.get("detail", ""), f["why"], f["suggest"],
            cost.pop(f["rule"], None), yes(f["needs_human"]), f["confidence"], " ".join(str(v) for v in f["source"].values())])
    return out


def commitment_rows(c: Conversation, e: Mapping[str, Any]) -> list[Row]:
    """One row a commitment."""
    return [[
        c.id, c.shop, agent_title(c), started_at(c), labels.COMMITMENTS.get(p["type"], p["type"]), p["text"], p["deadline_text"],
        datetime.fromisoformat(p["due"]).astimezone(DEFAULT_ZONE).replace(tzinfo=None, microsecond=0) if p["due"] else None,
        p["amount_text"], p["amount"], labels.COMMITMENT_STATUSES.get(p["status"], p["status"]), p["message"] + 1]
        for p in e["commitments"]]


def measure_row(c: Conversation, e: Mapping[str, Any], names: Sequence[str]) -> Row:
    """All measures of one conversation, in the order of `names`."""
    return [c.id, c.shop, agent_title(c), started_at(c), e["score"]["total"], *(e["measures"].get(n) for n in names)]


def yes(value: bool) -> str:
    """是, or nothing: a column of 否 hides the few that matter."""
    return "是" if value else ""


def _lines(parts: Any) -> str:
    return "\n".join(dict.fromkeys(p for p in parts if p))


def _said(c: Conversation, finding: Mapping[str, Any]) -> str:
    if not finding["spans"]:
        return str(finding.get("detail", ""))
    first = finding["spans"][0]
    words = " … ".join(s["text"][:_HALF] for s in finding["spans"])
    return f"第{first['message'] + 1}条 {labels.ROLES.get(c.messages[first['message']].role, '')}:「{words}」"


def _asked(c: Conversation, message: int | None) -> str:
    """The customer's last words before a message: what the evidence answers to."""
    if message is None:
        return ""
    return next((c.messages[i].text[:_HALF] for i in range(message - 1, max(-1, message - 50), -1) if c.messages[i].role == "customer"), "")
