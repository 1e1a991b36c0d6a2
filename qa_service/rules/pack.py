"""Rule packs: YAML files of rules. A rule that is not complete, not understood or not proven by its own examples is refused."""
from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from qa_service.model.conversation import CHANNELS
from qa_service.model.errors import RefusedStandard
from qa_service.model.finding import SEVERITIES, STATUSES
from qa_service.rules.build import Builder
from qa_service.rules.policy import FACTS
from qa_service.rules.rule import Example, Rule
from qa_service.rules.source import Entry, read_list, read_yaml

ROOT_CATEGORIES: Final[Mapping[str, str]] = {
    "empty-reply": "无效回复", "courtesy": "服务态度", "promise": "违规承诺", "timeliness": "响应时效", "recovery": "售后与投诉处理",
    "process": "流程规范", "privacy": "个人信息", "customer-risk": "客户侧风险"}
CATEGORIES: Final[Mapping[str, str]] = {
    "empty-reply": "无效回复", "courtesy.perfunctory": "敷衍", "courtesy.shirking": "推诿", "courtesy.impatient": "不耐烦",
    "courtesy.mocking": "嘲讽", "courtesy.abusive": "辱骂", "promise.return-freight": "退货运费与承诺不符",
    "promise.authenticity": "否认假一赔N/正品保障", "promise.absolute": "绝对化承诺", "promise.off-platform": "私下交易/导流",
    "promise.review-bribe": "好评返现/利诱改评", "promise.over-limit": "超权限承诺", "promise.broken": "承诺未兑现/前后矛盾",
    "promise.return-refused": "拒绝或限缩七天退货", "promise.unfair-terms": "不公平格式条款", "privacy.asks": "索要个人信息",
    "privacy.leaks": "泄露个人信息"}
_REQUIRED: Final = ("id", "name", "title", "category", "check", "severity", "status", "why", "suggest", "source", "hits", "misses")
_KNOWN: Final = frozenset((*_REQUIRED, "with", "known_misses", "policy", "channels", "needs_human", "confidence"))
_ID: Final = re.compile(r"[A-Z]{2,4}\d{2,3}")
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])(-\d\d)?")


def load_pack(path: Path, builder: Builder) -> list[Rule]:
    """The rules of one file. Raises RefusedStandard with ``path:line``, the rule and the reason."""
    head = read_yaml(path)
    unknown = set(head.data) - {"pack", "conditions", "rules"}
    if unknown:
        raise RefusedStandard(f"未知的键 {'、'.join(sorted(map(str, unknown)))}", where=head.where(), fix="规则包只有 pack、conditions、rules")
    builder.begin_pack(head.data.get("conditions") or {})
    return [_rule(entry, builder) for entry in read_list(path, "rules")]


def _rule(entry: Entry, builder: Builder) -> Rule:
    data = entry.data
    label = f"规则 {data.get('id', '?')}"
    for key in data:
        if key not in _KNOWN:
            raise RefusedStandard(f"{label}: 未知的键 {key!r}", where=entry.where(str(key)), fix=f"可用: {'、'.join(sorted(_KNOWN))}")
    for key in _REQUIRED:
        if not data.get(key):
            raise RefusedStandard(f"{label}: 缺少 {key}", where=entry.where(), fix="每条规则都要有出处、命中例和不命中例" if key in
                                  ("source", "hits", "misses") else "")
    _validate(entry, label)
    try:
        check = builder.check(data["check"], data.get("with"))
    except RefusedStandard as error:
        raise RefusedStandard(f"{label}: {error.why}", where=entry.where("with" if "with" in data else "check"), fix=error.fix) from None
    examples = {key: tuple(_example(x, entry, key, label) for x in data.get(key) or ()) for key in ("hits", "misses", "known_misses")}
    return Rule(
        data["id"], data["name"], data["title"], data["category"], data["severity"], data["status"], str(data["why"]).strip(),
        str(data["suggest"]).strip(), {str(k): str(v) for k, v in data["source"].items()}, check, data["check"], entry.where(),
        entry.path.stem, examples["hits"], examples["misses"], examples["known_misses"], data.get("policy") or {},
        tuple(data.get("channels") or ()), bool(data.get("needs_human", False)), float(data.get("confidence", 1.0)))


def _validate(entry: Entry, label: str) -> None:
    data = entry.data

    def refuse(key: str, why: str, fix: str = "") -> None:
        raise RefusedStandard(f"{label}: {why}", where=entry.where(key), fix=fix)

    if not isinstance(data["id"], str) or not _ID.fullmatch(data["id"]):
        refuse("id", f"id {data['id']!r} 应为 2–4 个大写字母加 2–3 位数字")
    if not isinstance(data["name"], str) or not _NAME.fullmatch(data["name"]):
        refuse("name", f"name {data['name']!r} 应为小写英文词,用 - 连接")
    if str(data["category"]).split(".")[0] not in ROOT_CATEGORIES:
        refuse("category", f"类别 {data['category']!r} 不在 {'、'.join(ROOT_CATEGORIES)} 之下")
    if data["severity"] not in SEVERITIES:
        refuse("severity", f"severity {data['severity']!r} 应为 {'、'.join(SEVERITIES)}")
    if data["status"] not in STATUSES:
        refuse("status", f"status {data['status']!r} 应为 {'、'.join(STATUSES)}")
    source = data["source"]
    if not isinstance(source, Mapping) or not source.get("title") or not _DATE.fullmatch(str(source.get("checked", ""))):
        refuse("source", "出处应为 {title: …, checked: 年-月}")
    if not isinstance(data.get("policy") or {}, Mapping):
        refuse("policy", "policy 应为 店铺政策: 值 的映射")
    for fact, wanted in (data.get("policy") or {}).items():
        if fact not in FACTS:
            refuse("policy", f"没有名为 {fact!r} 的政策项,规则永远不会命中", f"可用: {'、'.join(FACTS)}")
        if isinstance(wanted, Mapping) and not (wanted and set(wanted) <= {"over", "under"} and all(map(_is_number, wanted.values()))):
            refuse("policy", f"政策项 {fact} 的条件应为值、列表,或 {{over: 数, under: 数}},得到 {wanted!r}")
    for key in ("hits", "misses", "known_misses", "channels"):
        if not isinstance(data.get(key) or [], list):
            refuse(key, f"{key} 应为列表")
    for channel in data.get("channels") or ():
        if channel not in CHANNELS:
            refuse("channels", f"没有渠道 {channel!r},规则永远不会命中", f"可用: {'、'.join(sorted(CHANNELS))}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _example(value: Any, entry: Entry, key: str, label: str) -> Example:
    if isinstance(value, str):
        return Example(value)
    if isinstance(value, Mapping) and isinstance(value.get("chat"), str) and set(value) <= {"chat", "policy", "channel"}:
        return Example(value["chat"], value.get("policy") or {}, value.get("channel") or "tmall")
    raise RefusedStandard(f"{label}: 例子应为对话文本,或 {{chat, policy, channel}}", where=entry.where(key))
