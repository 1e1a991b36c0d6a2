"""YAML -> checks. A check is a frozen dataclass; its fields, by their types, say what the YAML may hold."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from qa_service.checks.absence import Absence
from qa_service.checks.base import GUARDS, Check, Guard, Scope, Shared
from qa_service.checks.combine import Combine
from qa_service.checks.context import Context
from qa_service.checks.count import Count
from qa_service.checks.empty_reply import EmptyReply
from qa_service.checks.interval import Interval
from qa_service.checks.label import Label
from qa_service.checks.measure import MeasureIs
from qa_service.checks.personal_data import PersonalData
from qa_service.checks.phrase import Phrase
from qa_service.checks.promise import Promise
from qa_service.checks.repetition import Repetition
from qa_service.checks.reply import WholeReply
from qa_service.checks.sequence import Sequence as SequenceCheck
from qa_service.checks.similar import Similar
from qa_service.model.conversation import EMPTY
from qa_service.model.errors import RefusedStandard
from qa_service.model.finding import COMMITMENT_TYPES, TOPICS
from qa_service.text.lexicon import Lexicon
from qa_service.text.lookup import Text
from qa_service.text.measures import MEASURES
from qa_service.text.patterns import Analysis, Pattern
from qa_service.text.phrases import PhraseBook
from qa_service.text.reply_quality import REPLY_KINDS

CHECKS: Mapping[str, type[Any]] = {
    "phrase": Phrase, "reply": WholeReply, "empty_reply": EmptyReply, "sequence": SequenceCheck, "absence": Absence,
    "repetition": Repetition, "similar": Similar, "measure": MeasureIs, "interval": Interval, "label": Label, "combine": Combine, "context": Context,
    "count": Count, "promise": Promise, "personal_data": PersonalData}

# What a word-valued parameter may say, by (class, field).
_CHOICES: Mapping[tuple[type[Any], str], frozenset[str]] = {
    (Scope, "role"): frozenset(("customer", "agent", "bot", "system", "any")),
    (Scope, "asked"): frozenset(TOPICS), (Scope, "answers"): frozenset(("", "concrete")),
    (Guard, "skip"): GUARDS, (Guard, "only"): GUARDS,
    (Phrase, "boundary"): frozenset(("", "word")),
    (EmptyReply, "kind"): frozenset(("greeting", "courtesy", "marks", "acknowledgement", "echo", "holding", "padding", "query")),
    (SequenceCheck, "place"): frozenset(("before", "after", "around", "same", "same_turn")),
    (SequenceCheck, "until"): frozenset(("", "customer", "agent")),
    (Absence, "trigger"): frozenset(("opening", "closing")),
    (MeasureIs, "name"): frozenset(MEASURES), (Interval, "which"): frozenset(("any", "first", "later")),
    (Label, "reply"): frozenset(REPLY_KINDS), (Label, "answers"): frozenset(("", "concrete")),
    (Label, "topic"): frozenset(TOPICS), (Label, "mood"): frozenset(("", "positive", "neutral", "negative")),
    (Promise, "types"): frozenset(COMMITMENT_TYPES), (Promise, "status"): frozenset(("", "kept", "contradicted", "open")),
    (PersonalData, "kinds"): frozenset(("mobile", "identity", "bank_card"))}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Builder:
    """Builds checks and registers their words in one book. `analyses`: of expressions, as they are known from before; grows."""

    def __init__(self, book: PhraseBook, lexicon: Lexicon, analyses: Mapping[str, Analysis] = EMPTY) -> None:
        self.book = book
        self.analyses = dict(analyses)
        self.lexicon = lexicon
        self.conditions: Mapping[str, Any] = {}
        self._texts: dict[tuple[int, tuple[str, ...]], Text] = {}  # the same words and expressions are one text, looked for once
        self._shared: dict[str, Shared] = {}
        self._open: list[str] = []  # named conditions that are being built

    def begin_pack(self, conditions: Mapping[str, Any]) -> None:
        """The named conditions of the pack whose rules come next."""
        self.conditions = conditions
        self._shared = {}
        self._open = []

    def check(self, name: object, params: object, path: str = "with") -> Check:
        """The check `name` with its parameters. RefusedStandard names the parameter that is wrong."""
        if not isinstance(name, str) or name not in CHECKS:
            raise RefusedStandard(f"{path}: 没有名为 {name!r} 的检查", fix=f"可用: {'、'.join(CHECKS)}")
        built: Check = self._record(CHECKS[name], params, path)
        return built

    def _record(self, cls: Any, params: object, path: str) -> Any:
        if params is None:
            params = {}
        if not isinstance(params, Mapping):
            raise RefusedStandard(f"{path}: 参数应为映射,得到 {params!r}")
        types = _types(cls)
        for key in params:
            if key not in types:
                raise RefusedStandard(f"{path}: 未知参数 {key!r}", fix=f"可用: {'、'.join(types)}")
        values = {}
        for f in fields(cls):
            if f.name in params:
                values[f.name] = self._value(types[f.name], params[f.name], f"{path}.{f.name}", cls, f.name, params)
            elif f.default is MISSING and f.default_factory is MISSING:
                raise RefusedStandard(f"{path}: 缺少参数 {f.name!r}")
        return cls(**values)

    def _value(self, kind: Any, value: Any, path: str, cls: type[Any], name: str, siblings: Mapping[str, Any]) -> Any:
        origin, args = get_origin(kind), get_args(kind)
        if origin in (Union, UnionType):
            return self._union(args, value, path, cls, name, siblings)
        if kind is Text:
            return self._text([value], path)
        if kind is Scope:
            return self._record(Scope, {"role": value} if isinstance(value, str) else value, path)
        if kind is Guard:
            return self._record(Guard, value, path)
        if kind is Check:
            return self._condition(value, path)
        if origin is tuple:
            return self._tuple(args[0], value, path, cls, name, siblings)
        return self._plain(kind, value, path, cls, name)

    def _union(self, args: tuple[Any, ...], value: Any, path: str, cls: type[Any], name: str, siblings: Mapping[str, Any]) -> Any:
        if value is None and type(None) in args:
            return None
        kinds = [a for a in args if a is not type(None)]
        if len(kinds) == 2 and str in kinds:
            word = isinstance(value, str) and value not in self.conditions
            kinds = [str] if word else [k for k in kinds if k is not str]
        return self._value(kinds[0], value, path, cls, name, siblings)

    def _tuple(self, inner: Any, value: Any, path: str, cls: type[Any], name: str, siblings: Mapping[str, Any]) -> tuple[Any, ...]:
        items = value if isinstance(value, list) else [value]
        if not items:
            raise RefusedStandard(f"{path}: 列表是空的,规则永远不会命中")
        if inner is Text:
            apart = name == "all" or (name == "any" and siblings.get("at_least", 1) != 1)
            return tuple(self._text([x], path) for x in items) if apart else (self._text(items, path),)
        return tuple(self._value(inner, x, f"{path}[{n}]", cls, name, siblings) for n, x in enumerate(items))

    def _plain(self, kind: Any, value: Any, path: str, cls: type[Any], name: str) -> Any:
        if kind is bool:
            if not isinstance(value, bool):
                raise RefusedStandard(f"{path}: 应为 true 或 false,得到 {value!r}")
            return value
        if kind is str:
            text = str(value)
            allowed = _CHOICES.get((cls, name))
            if allowed is not None and text not in allowed:
                raise RefusedStandard(f"{path}: 不认识 {text!r}", fix=f"可用: {'、'.join(sorted(x for x in allowed if x))}")
            if name in ("holds_no", "aside", "lacks") and text not in self.lexicon.groups:
                raise RefusedStandard(f"{path}: 词库没有分组 {text!r}", fix=f"可用: {'、'.join(self.lexicon.groups)}")
            return text
        if kind in (int, float):
            return kind(_number(value, path))
        raise AssertionError(f"unsupported field type {kind} of {cls.__name__}.{name}")

    def _condition(self, value: Any, path: str) -> Check:
        if isinstance(value, str):
            if value not in self.conditions:
                raise RefusedStandard(f"{path}: 没有名为 {value!r} 的公共条件", fix=f"可用: {'、'.join(self.conditions) or '(无)'}")
            if value in self._open:
                raise RefusedStandard(f"{path}: 公共条件 {value!r} 用到了它自己")
            if value not in self._shared:
                self._open.append(value)
                self._shared[value] = Shared(value, self._condition(self.conditions[value], f"conditions.{value}"))
                self._open.pop()
            return self._shared[value]
        if not isinstance(value, Mapping) or len(value) != 1:
            raise RefusedStandard(f"{path}: 条件应写成 {{检查名: {{参数}}}}")
        name, params = next(iter(value.items()))
        return self.check(name, params, f"{path}.{name}")

    def _text(self, items: Sequence[Any], path: str) -> Text:
        phrases: list[str] = []
        patterns: list[Pattern] = []
        allow: list[str] = []
        sound = False
        for item in items:
            if isinstance(item, Mapping):
                unknown = set(item) - {"phrases", "regex", "list", "allow", "sound"}
                if unknown:
                    raise RefusedStandard(f"{path}: 未知参数 {'、'.join(sorted(unknown))}", fix="可用: phrases、regex、list、allow、sound")
                phrases += _strings(item.get("phrases"), path)
                patterns += [self._pattern(p, path) for p in _strings(item.get("regex"), path)]
                allow += _strings(item.get("allow"), path)
                sound = sound or bool(item.get("sound"))
                for name in _strings(item.get("list"), path):
                    if name not in self.lexicon.lists:
                        raise RefusedStandard(f"{path}: 没有词表 {name!r}", fix=f"可用: {'、'.join(self.lexicon.lists)}")
                    phrases += self.lexicon.lists[name]
            elif isinstance(item, str) and item.startswith("re:"):
                patterns.append(self._pattern(item[3:], path))
            elif isinstance(item, str | int):
                phrases.append(str(item))
            else:
                raise RefusedStandard(f"{path}: 应为短语、're:正则' 或映射,得到 {item!r}")
        if not phrases and not patterns:
            raise RefusedStandard(f"{path}: 没有任何短语,规则永远不会命中")
        words = self.book.add(phrases, allow=allow, sound=sound) if phrases else None
        gates = tuple(tuple(self.book.add_gate(clause) for clause in p.analysis.clauses) for p in patterns)
        key = words.id if words else -1, tuple(p.source for p in patterns)
        return self._texts.setdefault(key, Text(words, tuple(patterns), gates))

    def _pattern(self, source: str, path: str) -> Pattern:
        try:
            pattern = Pattern(source, self.analyses.get(source))
        except RefusedStandard as error:
            raise RefusedStandard(f"{path}: {error.why}", fix=error.fix) from None
        self.analyses[source] = pattern.analysis
        return pattern


@cache
def _types(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _strings(value: Any, path: str) -> list[str]:
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(x, str | int) for x in items):
        raise RefusedStandard(f"{path}: 应为字符串列表")
    return [str(x) for x in items]


def _number(value: Any, path: str) -> float:
    if isinstance(value, bool):
        raise RefusedStandard(f"{path}: 应为数字,得到 {value!r}")
    if isinstance(value, int | float):
        return value
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise RefusedStandard(f"{path}: 应为数字或时长(30s、5m、24h),得到 {value!r}")
    return float(found[1]) * _SECONDS[found[2] or "s"]
