"""A column profile as a file: what was understood of a table, written down so that a person can change it and `--columns` reads it."""
from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from qa_service.importers.columns import DAY, TITLES, ColumnMap
from qa_service.importers.kinds import ROLE_OF
from qa_service.model.errors import UsageError

_HEAD: Final = (
    "# 列配置: 哪一列是什么。每行是“字段: 列名”;几列合成一个字段时写成列表,如 time: [日期, 钟点]。\n"
    "# 没有会话编号的表可按买家和日期分: conversation_id: [买家昵称, \"@day\"]。roles 说明角色列(或发送人)的值是谁。\n"
    "# 用法: qa-service score 文件 --columns 这个文件\n")


def profile_text(columns: ColumnMap) -> str:
    """The profile of a table as YAML, with the reason of each choice. Read again, it maps the same table the same way."""
    lines = [_HEAD]
    for name in (n for n in TITLES if n in columns.index):
        names = [columns.headers[i] for i in columns.index[name]] + ([DAY] if name == "conversation_id" and columns.per_day else [])
        lines.append(f"{name}: {_written(names[0] if len(names) == 1 else names)}  # {TITLES[name]}: {' '.join(columns.why.get(name, '').split())}\n")
    roles = {word: role for word, role in columns.roles.items() if ROLE_OF.get(word) != role}
    if roles:
        lines.append(f"roles: {_written(roles)}\n")
    if columns.extra:
        lines.append(f"# 没有用到、原样放进 meta 的列: {'、'.join(' '.join(header.split()) for _, header in columns.extra)[:2_000]}\n")
    return "".join(lines)


def _written(value: object) -> str:
    """A value on one line of YAML, quoted where it must be."""
    return yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=1 << 20).removesuffix("\n").removesuffix("\n...")


def save_profile(columns: ColumnMap, path: Path) -> None:
    """Write the profile of a table. Raises UsageError where the file cannot be written."""
    try:
        path.write_text(profile_text(columns), "utf-8")
    except OSError as error:
        raise UsageError(f"列配置写不进去: {error.strerror}", where=str(path), fix="用 --save-profile 换一个位置") from None
