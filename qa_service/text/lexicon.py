"""The words of the language layer: what is courtesy, what asks, what answers. Data in lexicons/words/*.yaml, never in code."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from qa_service.model.errors import RefusedStandard
from qa_service.text.patterns import Remover

Group = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`groups`: named alternations over skeletons; `removers`: those of courtesy, for cutting out of a batch.

    `topics`, `moods`: label -> phrase -> weight. `lists`: named phrase lists.
    """

    groups: Mapping[str, Group]
    removers: Mapping[str, Remover]
    topics: Mapping[str, Mapping[str, float]]
    moods: Mapping[str, Mapping[str, float]]
    lists: Mapping[str, tuple[str, ...]]

    def group(self, name: str) -> Group:
        """The named alternation; RefusedStandard names it when it is missing."""
        try:
            return self.groups[name]
        except KeyError:
            raise RefusedStandard(f"词库缺少分组 {name}", where="words/") from None


def load_lexicon(folder: Path) -> Lexicon:
    """Read ``courtesy.yaml asking.yaml slots.yaml`` (groups), ``topics.yaml sentiment.yaml`` (weights) and ``*.txt`` (lists)."""
    groups: dict[str, Group] = {}
    for name in ("courtesy", "asking", "slots"):
        for key, patterns in _yaml(folder / f"{name}.yaml").items():
            groups[f"{name}.{key}"] = _alternation(patterns, folder / f"{name}.yaml", key)
    removers = {key: Remover(group.pattern) for key, group in groups.items() if key.startswith("courtesy.")}
    lists = {path.stem: _lines(path) for path in sorted(folder.glob("*.txt"))}
    return Lexicon(groups, removers, _weights(folder / "topics.yaml"), _weights(folder / "sentiment.yaml"), lists)


def _yaml(path: Path) -> dict[str, Any]:
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise RefusedStandard(f"词库读不出来: {error}", where=str(path)) from None
    if not isinstance(data, dict):
        raise RefusedStandard("词库应为 YAML 映射", where=str(path))
    return data


def _alternation(patterns: Sequence[str], path: Path, key: str) -> Group:
    if not isinstance(patterns, list) or not all(isinstance(p, str) and p for p in patterns):
        raise RefusedStandard(f"分组 {key} 应为字符串列表", where=str(path))
    try:
        return re.compile("|".join(f"(?:{p})" for p in sorted(patterns, key=len, reverse=True)))
    except re.error as error:
        raise RefusedStandard(f"分组 {key} 的正则不能用: {error}", where=str(path)) from None


def _weights(path: Path) -> dict[str, dict[str, float]]:
    out: dict[str, dict[str, float]] = {}
    for label, phrases in _yaml(path).items():
        if isinstance(phrases, dict):
            out[label] = {str(k): float(v) for k, v in phrases.items()}
        else:
            raise RefusedStandard(f"{label} 应为 词: 权重 的映射", where=str(path))
    return out


def _lines(path: Path) -> tuple[str, ...]:
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
