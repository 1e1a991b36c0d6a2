"""A reply before it is sent: what a sender can still act on, and which rules cannot be asked yet."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from qa_service.model.conversation import Conversation, Message
from qa_service.rules.rule import Rule
from qa_service.services.judging import Judging

# Checks that look at what follows a reply or at the whole talk, with the reason a sender can understand.
_LATER: Final[Mapping[str, str]] = {
    "absence": "要看整段会话里有没有说过",
    "sequence": "要看前后的消息",
    "interval": "要看实际发送的时间",
    "measure": "要看整段会话的指标",
    "count": "要看整段会话里的次数",
    "repetition": "要看以后是否重复",
}
_NOT_OF_WORDS: Final = ("timeliness.",)


@dataclass(frozen=True, slots=True)
class ReplyCheck:
    """Findings and commitments of the draft alone; spans point into it (`message` is the index the draft would have)."""

    findings: tuple[dict[str, Any], ...]
    commitments: tuple[dict[str, Any], ...]
    needs_context: tuple[dict[str, str], ...]

    def document(self, draft: int) -> dict[str, Any]:
        """As JSON has it. `draft`: the index of the draft among the messages."""
        return {"message": draft, "ok": not self.findings, "findings": list(self.findings), "commitments": list(self.commitments),
                "needs_context": list(self.needs_context)}


def check_reply(judging: Judging, so_far: Conversation, reply: str) -> ReplyCheck:
    """Judge `reply` as the next message of the agent. `so_far` may have no messages yet."""
    draft = len(so_far.messages)
    whole = replace(so_far, messages=(*so_far.messages, Message("agent", reply, agent_id=so_far.agent.id)))
    (judged,) = judging.judge([whole])
    findings = [f for f in judged.document["findings"]
                if any(s["message"] == draft for s in f["spans"]) and not f["category"].startswith(_NOT_OF_WORDS)]
    return ReplyCheck(
        tuple(findings), tuple(c for c in judged.document["commitments"] if c["message"] == draft),
        tuple(_waiting(rule) for rule in judging.inspector.standard.rules if rule.check_name in _LATER and rule.status == "stable"))


def _waiting(rule: Rule) -> dict[str, str]:
    return {"rule": rule.id, "name": rule.name, "title": rule.title, "reason": _LATER[rule.check_name]}
