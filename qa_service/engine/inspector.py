"""The one core: a pure function of (conversation, standard). Every door, process and cluster calls `evaluate_many`."""
from __future__ import annotations

from collections.abc import Sequence

from qa_service.model.conversation import LANGUAGE_KINDS, Conversation
from qa_service.model.evaluation import Evaluation
from qa_service.model.finding import Finding
from qa_service.model.wire import conversation_digest
from qa_service.rules.prefilter import Prefilter
from qa_service.rules.standard import Standard
from qa_service.text.transcript import Transcript


class Inspector:
    """Judges conversations by one Standard."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self._prefilter = Prefilter(standard.rules)

    def evaluate(self, conversation: Conversation) -> Evaluation:
        """A batch of one."""
        return self.evaluate_many([conversation])[0]

    def evaluate_many(self, conversations: Sequence[Conversation]) -> list[Evaluation]:
        """Evaluations in the order of the conversations. Nothing outside a conversation changes its evaluation."""
        if not conversations:
            return []
        policies = [self.standard.policies.of(c) for c in conversations]
        reading = self.standard.reader.read(conversations, policies)
        return [self._evaluate(t, rules) for t, rules in zip(reading.transcripts, self._prefilter.choose(reading), strict=True)]

    def _evaluate(self, t: Transcript, rules: Sequence[int]) -> Evaluation:
        findings = tuple(sorted((f for n in rules for f in self.standard.rules[n].find(t)), key=_place))
        topics = t.topics
        score = self.standard.scorecard.score(findings, frozenset(x.label for x in topics), t.measures)
        c = t.conversation
        return Evaluation(c.id, c.shop, conversation_digest(c), self.standard.ref, score, findings, t.commitments, topics, t.moods,
                          t.trend, t.measures, _notes(c), t.turned)


def _place(finding: Finding) -> tuple[int, int, str]:
    if not finding.spans:
        return -1, 0, finding.rule
    return finding.spans[0].message, finding.spans[0].start, finding.rule


def _notes(c: Conversation) -> tuple[str, ...]:
    """What the reader of a score should know of the conversation."""
    roles = {m.role for m in c.messages}
    timed = sum([m.at is not None for m in c.messages])
    notes = []
    if timed == 0:
        notes.append("没有时间: 响应时效指标为空,时效规则不参与评分")
    elif timed < len(c.messages):
        notes.append(f"{len(c.messages) - timed} 条消息没有时间: 相关时效不计")
    if "agent" not in roles:
        notes.append("没有人工客服消息")
    if "customer" not in roles:
        notes.append("没有客户消息")
    if all(m.kind not in LANGUAGE_KINDS for m in c.messages):
        notes.append("没有文字消息: 只按指标评分")
    return tuple(notes)
