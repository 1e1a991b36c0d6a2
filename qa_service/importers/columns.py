"""Which column of a table is what: header aliases in Chinese and English, decided by the values where a name can mean two things.

A ``--columns`` file (YAML or JSON) says it outright. Each field takes one column name, or a list of names whose values are joined:

    conversation_id: [买家昵称, "@day"]     # "@day" stands for the day of the row's time
    time: [日期, 钟点]
    content: 聊天内容
    role: 发送方
    roles: {小美: agent, 张三: customer}    # what the values of the role (or sender) column mean
"""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import yaml

from qa_service.importers.kinds import KIND_OF, ROLE_OF, plain_word
from qa_service.importers.times import parse_clock
from qa_service.model.conversation import EMPTY, ROLES
from qa_service.model.errors import SourceError

DAY: Final = "@day"
_ALIASES: Final[dict[str, str]] = {
    "conversation_id": "会话id 会话编号 会话号 对话id 对话编号 会话标识 会话 聊天id 聊天编号 咨询id 咨询编号 工单号 工单id "
                       "sessionid conversationid chatid dialogid dialogueid ticketid sid cid session conversation",
    "time": "发送时间 消息时间 聊天时间 发言时间 会话时间 时间 创建时间 日期时间 日期 "
            "time timestamp sendtime createdat createtime msgtime messagetime sentat datetime at ts date",
    "clock": "钟点 时刻 时分秒 clock",
    "role": "角色 身份 发送方角色 发送者角色 发送人角色 消息方向 方向 role sendertype senderrole direction 发送方类型 发送人类型 发送者类型",
    "sender": "发送人 发送者 发送方 昵称 发言人 说话人 发送账号 发送人昵称 发送者昵称 sender from nick nickname speaker fromuser fromid sendername author name 姓名",
    "content": "内容 消息内容 聊天内容 会话内容 对话内容 文本内容 发送内容 消息 文本 聊天记录 content text message msg body messagecontent words utterance",
    "messages": "messages 消息列表 对话列表 dialogue turns",
    "shop": "店铺 店铺名称 店铺名 店铺id 网店 shop shopname shopid store storename",
    "channel": "渠道 平台 来源渠道 接入渠道 channel platform",
    "agent_id": "客服id 客服账号 客服工号 工号 坐席id 坐席工号 子账号 agentid staffid waiterid seatid",
    "agent_name": "客服 客服昵称 客服姓名 客服名称 客服名 接待客服 坐席 坐席姓名 agent agentname staff staffname waiter waitername",
    "customer_id": "客户id 买家id 顾客id 访客id 用户id customerid buyerid userid visitorid openid uid",
    "customer_name": "客户 客户昵称 客户姓名 买家 买家昵称 买家旺旺 买家账号 顾客 顾客昵称 访客 访客昵称 用户昵称 customer customername buyer buyernick visitor username",
    "kind": "消息类型 消息种类 内容类型 kind msgtype messagetype contenttype",
    "message_id": "消息id 消息编号 messageid msgid",
}
ALIASES: Final[dict[str, tuple[str, ...]]] = {name: tuple(words.split()) for name, words in _ALIASES.items()}
TITLES: Final[dict[str, str]] = {
    "conversation_id": "会话ID", "time": "发送时间", "clock": "钟点", "role": "角色", "sender": "发送人", "content": "内容", "messages": "消息列表",
    "shop": "店铺", "channel": "渠道", "agent_id": "客服账号", "agent_name": "客服昵称", "customer_id": "客户ID", "customer_name": "客户昵称",
    "kind": "消息类型", "message_id": "消息ID"}
IDENTIFIERS: Final = ("conversation_id", "agent_id", "customer_id", "message_id")
_ROLE_OR_ELSE: Final = frozenset(("类型", "type", "来源", "source", "方", "来自"))
_ID: Final = frozenset(("id", "编号"))
_SUB_ACCOUNT: Final = re.compile(r"[^\s:：]{2,}[:：][^\s:：]{1,}")
_MOST: Final = 0.9
_ROLES_INSIDE: Final = "这一列的值就是角色(客户、客服……)"
_BY_NAME: Final = "没有角色列,按发送人的名字区分客户和客服"


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What a ``--columns`` file says: field -> column names; value of the role column (plain word) -> role."""

    fields: Mapping[str, tuple[str, ...]]
    roles: Mapping[str, str] = field(default=EMPTY)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """Columns of one table, resolved: `index` field -> positions, `extra` (position, header) of what goes to meta.

    `roles` plain word -> role; `others` is the role of a sender that nothing else decides ("" = cannot be told). `why` says of each field,
    for the user, how its column was found.
    """

    headers: tuple[str, ...]
    index: Mapping[str, tuple[int, ...]]
    extra: tuple[tuple[int, str], ...]
    roles: Mapping[str, str]
    others: str = ""
    per_day: bool = False
    why: Mapping[str, str] = field(default=EMPTY)

    def explain(self) -> str:
        """The mapping in one line for the user."""
        return "; ".join(f"{TITLES[name]} ← {'+'.join(self.headers[i] for i in where)}" for name, where in self.index.items())


def load_columns(path: str) -> ColumnProfile:
    """Read a ``--columns`` file. Raises SourceError that names what is wrong with it."""
    try:
        data = yaml.safe_load(Path(path).read_text("utf-8-sig"))
    except OSError as error:
        raise SourceError(f"读不了列配置: {error.strerror or error}", where=path) from None
    except (UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise SourceError(f"列配置不是合法的 YAML 或 JSON: {str(error).splitlines()[0][:200]}", where=path) from None
    if not isinstance(data, dict) or not data:
        raise SourceError("列配置应为“字段: 列名”的对照表", where=path, fix="例: conversation_id: 会话编号")
    roles = data.pop("roles", None) or {}
    return ColumnProfile({str(key): _names(path, key, value) for key, value in data.items()}, _roles(path, roles))


def _names(path: str, key: object, value: Any) -> tuple[str, ...]:
    if key not in ALIASES:
        raise SourceError(f"列配置里没有字段 {str(key)[:40]!r}", where=path, fix=f"可用: {'、'.join(ALIASES)}、roles")
    names = value if isinstance(value, list) else [value]
    if not names or not all(isinstance(n, str | int) and not isinstance(n, bool) and str(n).strip() for n in names):
        raise SourceError(f"字段 {key} 应为列名或列名的列表", where=path)
    if DAY in names and key != "conversation_id":
        raise SourceError(f"{DAY} 只能用在 conversation_id", where=path)
    return tuple(str(n) for n in names)


def _roles(path: str, roles: Any) -> dict[str, str]:
    if not isinstance(roles, dict):
        raise SourceError("roles 应为“列中的值: 角色”的对照表", where=path, fix="例: roles: {小美: agent}")
    for value, role in roles.items():
        if role not in ROLES:
            raise SourceError(f"roles 中 {str(value)[:40]!r} 的角色应为 {'、'.join(sorted(ROLES))} 之一", where=path)
    return {plain_word(str(value)): str(role) for value, role in roles.items()}


def recognised(headers: Sequence[str], profile: ColumnProfile | None) -> int:
    """How many fields a row of cells names, were it the header: 0 for a row of data, as a rule."""
    if profile is not None:
        cells = {h.strip() for h in headers}
        return sum(set(names) - {DAY} <= cells for names in profile.fields.values())
    words = {plain_word(h) for h in headers if 0 < len(h) <= 40}
    return sum(not words.isdisjoint(aliases) for aliases in ALIASES.values()) + bool(words & (_ROLE_OR_ELSE | _ID))


def is_header(headers: Sequence[str], profile: ColumnProfile | None) -> bool:
    """Does this row name enough to be the header: the content and one thing more, or three things?"""
    if profile is not None:
        return recognised(headers, profile) == len(profile.fields)
    words = {plain_word(h) for h in headers if 0 < len(h) <= 40}
    said = not words.isdisjoint(ALIASES["content"]) or not words.isdisjoint(ALIASES["messages"])
    return recognised(headers, None) >= (2 if said else 3)


def resolve(headers: Sequence[str], sample: Sequence[Sequence[str]], profile: ColumnProfile | None, where: str) -> ColumnMap:
    """Settle the columns by header and by the values of the first rows. Raises SourceError that says which is missing and what to do."""
    headers = tuple(h.strip().lstrip("\ufeff") or f"列{i + 1}" for i, h in enumerate(headers))
    index, why = (_by_profile(headers, profile, where), dict.fromkeys(profile.fields, "列配置指定")) if profile is not None else _by_alias(headers, sample)
    _complete(headers, index, where)
    used = {i for places in index.values() for i in places}
    roles = {**ROLE_OF, **(profile.roles if profile is not None else {})}
    columns = ColumnMap(headers, index, _extra(headers, used), roles,
                        per_day=profile is not None and DAY in profile.fields.get("conversation_id", ()), why=why)
    return columns if "role" in index or "messages" in index else _by_sender(columns, sample, where)


def _extra(headers: tuple[str, ...], used: set[int]) -> tuple[tuple[int, str], ...]:
    names: dict[str, int] = {}
    out = []
    for i, header in enumerate(headers):
        names[header] = names.get(header, 0) + 1
        if i not in used:
            out.append((i, header if names[header] == 1 else f"{header}_{names[header]}"))
    return tuple(out)


def _by_profile(headers: tuple[str, ...], profile: ColumnProfile, where: str) -> dict[str, tuple[int, ...]]:
    index = {}
    for name, columns in profile.fields.items():
        missing = [c for c in columns if c != DAY and c.strip() not in headers]
        if missing:
            raise SourceError(f"列配置中 {name} 的列 {'、'.join(missing)} 不在表头里;表头有: {_list(headers)}", where=where)
        for column in columns:
            if headers.count(column.strip()) > 1:
                raise SourceError(f"表头“{column}”出现了 {headers.count(column.strip())} 次,不知道用哪一列", where=where, fix="请改名或删去多余的列")
        index[name] = tuple(headers.index(c.strip()) for c in columns if c != DAY)
    return index


def _by_alias(headers: tuple[str, ...], sample: Sequence[Sequence[str]]) -> tuple[dict[str, tuple[int, ...]], dict[str, str]]:
    words = [plain_word(h) for h in headers]
    taken: set[int] = set()
    index: dict[str, tuple[int, ...]] = {}
    why: dict[str, str] = {}

    def claim(name: str, place: int, reason: str) -> None:
        if name not in index and place not in taken:
            index[name] = (place,)
            why[name] = reason
            taken.add(place)

    for name, aliases in ALIASES.items():
        for alias in aliases:
            if alias in words and name not in index:
                place = words.index(alias)
                if name == "sender" and "role" not in index and _says_roles(sample, place):
                    claim("role", place, _ROLES_INSIDE)
                else:
                    claim(name, place, f"“{headers[place]}”是{TITLES[name]}的常见表头")
    for place, word in enumerate(words):
        if word in _ROLE_OR_ELSE and place not in taken:
            if _says_roles(sample, place):
                claim("role", place, _ROLES_INSIDE)
            elif _share(sample, place, KIND_OF) >= _MOST:
                claim("kind", place, "这一列的值都是消息类型(文本、图片……)")
        elif word in _ID and place not in taken:
            values = [row[place] for row in sample if place < len(row)]
            if "conversation_id" in index:
                claim("message_id", place, "会话ID另有一列,这个编号是每条消息的")
            elif "messages" in index or len(set(values)) < len(values):
                claim("conversation_id", place, "编号有重复,几行属于一个会话" if "messages" not in index else "每行一个会话,这一列是编号")
    whole = _split_time(words, index, sample)
    if len(whole.get("time", ())) > 1:
        why["time"] = "一列是日期,一列只有钟点,合起来是时间"
    return whole, {name: why[name] for name in whole if name in why}


def _split_time(words: list[str], index: dict[str, tuple[int, ...]], sample: Sequence[Sequence[str]]) -> dict[str, tuple[int, ...]]:
    """A column of days beside a column of clock times makes one time."""
    days = [i for i, w in enumerate(words) if w in ("日期", "date", "聊天日期", "发送日期", "day")]
    clocks = [i for i in (*index.get("time", ()), *index.get("clock", ())) if _clocks(sample, i)]
    if days and clocks and days[0] != clocks[0]:
        index["time"] = (days[0], clocks[0])
    index.pop("clock", None)
    return index


def _clocks(sample: Sequence[Sequence[str]], place: int) -> bool:
    """Are most of this column's values clock times? A few that are damaged cost their own rows only."""
    values = [row[place] for row in sample if place < len(row) and row[place].strip()]
    return bool(values) and 2 * sum(parse_clock(v) is not None for v in values) > len(values)


def _says_roles(sample: Sequence[Sequence[str]], place: int) -> bool:
    """Are the values of this column roles? Nearly all of them, or most of them with both sides among them."""
    share = _share(sample, place, ROLE_OF)
    sides = {ROLE_OF.get(plain_word(row[place]), "") for row in sample if place < len(row)}
    return share >= _MOST or (share > 0.5 and {"customer", "agent"} <= sides)


def _share(sample: Sequence[Sequence[str]], place: int, words: Mapping[str, str]) -> float:
    values = [plain_word(row[place]) for row in sample if place < len(row) and row[place].strip()]
    return sum(v in words for v in values) / len(values) if values else 0.0


def _list(headers: Sequence[str]) -> str:
    shown = "、".join(h[:40] for h in headers[:30])
    return shown + (f" 等 {len(headers)} 列" if len(headers) > 30 else "")


def _complete(headers: tuple[str, ...], index: Mapping[str, tuple[int, ...]], where: str) -> None:
    for name, places in index.items():
        again = [i for i in places if headers.count(headers[i]) > 1]
        if again and name in ("conversation_id", "content", "messages", "role", "sender", "time"):
            header = headers[again[0]]
            raise SourceError(f"表头“{header}”出现了 {headers.count(header)} 次,不知道用哪一列", where=where, fix="请改名或删去多余的列")
    need = ["conversation_id"] if "messages" in index else ["conversation_id", "content"]
    missing = [n for n in need if n not in index]
    if "messages" not in index and "role" not in index and "sender" not in index:
        missing.append("role")
    if missing:
        raise SourceError(f"缺少列: {'、'.join(TITLES[n] for n in missing)};表头有: {_list(headers)}", where=where, fix=_how_to(missing, headers))


def _how_to(missing: Sequence[str], headers: Sequence[str]) -> str:
    free = [h for h in headers if not any(plain_word(h) in aliases for aliases in ALIASES.values())]
    example = "".join(f"\n  {name}: {free[min(i, len(free) - 1)] if free else '列名'}" for i, name in enumerate(missing))
    more = f"\n没有会话编号时可按买家和日期分: conversation_id: [买家昵称, \"{DAY}\"]" if "conversation_id" in missing else ""
    return f"请写一个 YAML 文件用 --columns 指定是哪一列,例:{example}{more}"


def agent_like(sender: str, roles: Mapping[str, str]) -> str:
    """The role that a sender's name alone gives away: role words, ``店铺:子账号``, 客服小美; "" when it gives nothing away."""
    role = roles.get(plain_word(sender), "")
    if role:
        return role
    if _SUB_ACCOUNT.fullmatch(sender) or sender.startswith(("客服", "售前", "售后", "坐席")):
        return "agent"
    return "customer" if sender.startswith(("买家", "客户", "顾客", "访客")) else ""


def _by_sender(columns: ColumnMap, sample: Sequence[Sequence[str]], where: str) -> ColumnMap:
    """No role column: tell sides apart by the sender's name; what the rest must be follows from who is known."""
    place = columns.index["sender"][0]
    known = {agent_like(row[place].strip(), columns.roles) for row in sample if place < len(row) and row[place].strip()}
    agents = "agent" in known or "agent_name" in columns.index or "agent_id" in columns.index
    customers = "customer" in known or "customer_name" in columns.index or "customer_id" in columns.index
    if sample and not agents and not customers:
        raise SourceError(f"缺少列: 角色;从“{columns.headers[place]}”列看不出谁是客户谁是客服;表头有: {_list(columns.headers)}", where=where,
                          fix="请写一个 YAML 文件用 --columns 指定,例:\n  role: 列名\n或\n  roles: {客服小美的账号: agent}")
    others = "agent" if customers and not agents else "customer" if agents and not customers else ""
    return replace(columns, others=others, why={**columns.why, "sender": f"{columns.why.get('sender', '')};{_BY_NAME}".lstrip(";")})
