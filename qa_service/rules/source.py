"""YAML with places: what was read and the line it stands on, so that a refusal can say ``path:line``. Duplicate keys are refused."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from qa_service.model.errors import RefusedStandard

_Base: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[valid-type, misc]
    """SafeLoader that keeps dates as text and refuses a key written twice."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    if not all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
        raise yaml.constructor.ConstructorError(None, None, "键应为文字", node.start_mark)
    keys = [key.value for key, _ in node.value]
    twice = {k for k in keys if keys.count(k) > 1}
    if twice:
        raise yaml.constructor.ConstructorError(None, None, f"键写了两次: {'、'.join(sorted(map(str, twice)))}", node.start_mark)
    loader.flatten_mapping(node)
    return {loader.construct_object(k, deep=True): loader.construct_object(v, deep=True) for k, v in node.value}


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))


@dataclass(frozen=True, slots=True)
class Entry:
    """One mapping of a file with the line it begins on and the line of each of its keys (1-based)."""

    data: dict[str, Any]
    path: Path
    line: int
    lines: dict[str, int] = field(default_factory=dict)

    def where(self, key: str = "") -> str:
        """``path:line`` of a key, or of the entry."""
        return f"{self.path}:{self.lines.get(key, self.line)}"


def read_yaml(path: Path) -> Entry:
    """The top-level mapping of a file."""
    node, data = _load(path)
    if not isinstance(data, dict) or not isinstance(node, yaml.MappingNode):
        raise RefusedStandard("文件应为 YAML 映射", where=f"{path}:1")
    return Entry(data, path, node.start_mark.line + 1, _key_lines(node))


def read_list(path: Path, key: str) -> Iterator[Entry]:
    """The mappings of the list under `key` of a file."""
    node, data = _load(path)
    if not isinstance(node, yaml.MappingNode) or not isinstance(data, dict):
        raise RefusedStandard("文件应为 YAML 映射", where=f"{path}:1")
    for key_node, value_node in node.value:
        if key_node.value != key:
            continue
        if not isinstance(value_node, yaml.SequenceNode):
            raise RefusedStandard(f"{key} 应为列表", where=f"{path}:{value_node.start_mark.line + 1}")
        for item, content in zip(value_node.value, data[key], strict=True):
            if not isinstance(content, dict):
                raise RefusedStandard(f"{key} 的每一项应为映射", where=f"{path}:{item.start_mark.line + 1}")
            yield Entry(content, path, item.start_mark.line + 1, _key_lines(item))


def _load(path: Path) -> tuple[yaml.Node | None, Any]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RefusedStandard(f"文件读不出来: {error}", where=str(path)) from None
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        return node, loader.construct_document(node) if node is not None else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RefusedStandard(f"YAML 语法错误: {error.problem}", where=f"{path}:{line}") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise RefusedStandard(f"YAML 语法错误: {error}", where=f"{path}:1") from None
    finally:
        loader.dispose()


def _key_lines(node: yaml.MappingNode) -> dict[str, int]:
    return {str(k.value): k.start_mark.line + 1 for k, _ in node.value}
