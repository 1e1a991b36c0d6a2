"""A Standard: packs + scorecard + policies + words, pinned by one digest. It comes up whole and proven, or not at all."""
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from qa_service.model.conversation import CHANNELS, EMPTY
from qa_service.model.errors import RefusedStandard
from qa_service.model.evaluation import StandardRef
from qa_service.rules.build import Builder
from qa_service.rules.pack import load_pack
from qa_service.rules.policy import Policies, load_policies
from qa_service.rules.rule import Rule
from qa_service.rules.scorecard import Scorecard, lint_scorecard, load_scorecard
from qa_service.rules.source import read_yaml
from qa_service.rules.trial import Failure, try_rules
from qa_service.text.chat_models import MODELS, ChatModels
from qa_service.text.lexicon import load_lexicon
from qa_service.text.model_file import load_models
from qa_service.text.patterns import Analysis
from qa_service.text.phrases import PhraseBook
from qa_service.text.reader import Reader
from qa_service.text.segment import NAME, Segmenter

POLICY = "policy"
_PARTS = ("rules", "scorecards", "policies", "words", "models", "standard.yaml")


@dataclass(frozen=True, slots=True)
class Standard:
    """What conversations are judged by."""

    ref: StandardRef
    root: Path
    rules: tuple[Rule, ...]
    scorecard: Scorecard
    policies: Policies
    reader: Reader
    analyses: Mapping[str, Analysis]
    warnings: tuple[Failure, ...] = ()

    @property
    def by_id(self) -> Mapping[str, Rule]:
        """Rules by id."""
        return {rule.id: rule for rule in self.rules}


def load_standard(root: Path, *, policy: Path | None = None, prove: bool = True, analyses: Mapping[str, Analysis] = EMPTY) -> Standard:
    """Load the Standard in folder `root`; `policy` overrides every policy. Raises RefusedStandard with ``path:line``.

    `prove`: run every example of every rule; without it (the same digest was proven before) nothing else changes. `analyses`: those of a
    Standard of the same digest, so that its expressions need not be looked at again.
    """
    head = read_yaml(root / "standard.yaml")
    lexicon = load_lexicon(root / "words")
    book = PhraseBook()
    builder = Builder(book, lexicon, analyses)
    packs = sorted((root / "rules").glob("*.yaml"))
    rules = tuple(rule for path in packs for rule in load_pack(path, builder) if rule.status != "retired")
    _unique(rules)
    models = ChatModels(load_models(root / "models", MODELS), lexicon, book)
    segmenter = Segmenter(lexicon.lists.get("user_words", ()))
    reader = Reader(lexicon, book.compile(), segmenter, models)
    card_path = root / "scorecards" / f"{head.data.get('scorecard', 'default')}.yaml"
    scorecard = load_scorecard(card_path)
    lint_scorecard(scorecard, {r.id: r.category for r in rules}, card_path)
    policies = load_policies(root / "policies", policy)
    ref = StandardRef(str(head.data.get("name", "default")), str(head.data.get("version", "0")), standard_digest(root, policy))
    failures = try_rules(rules, reader, {c: policies.by_channel.get(c, policies.by_channel["other"]) for c in CHANNELS}) if prove else []
    fatal = [f for f in failures if f.fatal]
    if fatal:
        more = f"(另有 {len(fatal) - 1} 处)" if len(fatal) > 1 else ""
        raise RefusedStandard(f"规则 {fatal[0].rule}: {fatal[0].why}{more}", where=fatal[0].where,
                              fix="例子: " + " / ".join(fatal[0].example.strip().splitlines()))
    return Standard(ref, root, rules, scorecard, policies, reader, builder.analyses, tuple(f for f in failures if not f.fatal))


def _unique(rules: tuple[Rule, ...]) -> None:
    seen: dict[str, Rule] = {}
    for rule in rules:
        for key in (rule.id, rule.name):
            if key in seen:
                raise RefusedStandard(f"规则 {rule.id}: {key!r} 已被 {seen[key].where} 使用", where=rule.where)
        seen[rule.id] = seen[rule.name] = rule


def standard_files(root: Path, policy: Path | None = None) -> dict[str, bytes]:
    """Every file of the Standard in folder `root`, by its path there; an overriding policy as ``policy``. A folder laid out of them, with its
    ``policy`` as the overriding one, is the same Standard.
    """
    places = [p for part in _PARTS for p in ([root / part] if (root / part).is_file() else sorted((root / part).rglob("*"))) if p.is_file()]
    files = {place.relative_to(root).as_posix(): place.read_bytes() for place in places}
    return files if policy is None else files | {POLICY: policy.read_bytes()}


def digest_of(files: Mapping[str, bytes]) -> str:
    """``sha256:`` over the files of a Standard, in their order, and the segmenter's name and version."""
    digest = hashlib.sha256(NAME.encode())
    for name, data in files.items():
        digest.update(f"{name}\x1f{len(data)}\x1f".encode())
        digest.update(data)
    return "sha256:" + digest.hexdigest()


def standard_digest(root: Path, policy: Path | None = None) -> str:
    """The digest of the Standard in folder `root`."""
    return digest_of(standard_files(root, policy))
