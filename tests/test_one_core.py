"""One core behind every door: the same chats, whichever way they come in, give the same bytes."""
from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pyarrow as pa
import pytest
import xlsxwriter
from pyarrow import parquet

from qa_service.engine.inspector import Inspector
from qa_service.entrypoints.app import create_app
from qa_service.entrypoints.cli import main
from qa_service.entrypoints.logs import make_log
from qa_service.model.access import PERMISSIONS
from qa_service.model.conversation import Conversation, Message, Party
from qa_service.model.wire import DEFAULT_ZONE, conversation_to_dict, evaluation_to_dict
from qa_service.rules.locate import lexicons_root
from qa_service.rules.standard import Standard, load_standard
from qa_service.services.access import new_key
from qa_service.services.demo_day import demo_day
from qa_service.services.service import Service
from qa_service.store.schema import upgrade
from qa_service.store.store import open_store

COLUMNS = ("会话ID", "店铺", "渠道", "发送时间", "角色", "客服账号", "客服昵称", "客户ID", "消息类型", "消息ID", "内容")
AGENT = Party("a1", "小美")


def plain(c: Conversation) -> Conversation:
    """What a table can hold of a chat: one agent, no meta."""
    messages = tuple(Message(m.role, m.text, m.at, m.kind, AGENT.id if m.role == "agent" else "", f"m{n}") for n, m in enumerate(c.messages))
    return Conversation(c.id, messages, c.shop, c.channel, AGENT, Party(c.customer.id, ""))


@pytest.fixture(scope="module")
def inspector(standard: Standard) -> Inspector:
    return Inspector(standard)


@pytest.fixture(scope="module")
def chats(lexicons: Path) -> list[Conversation]:
    """A demo day, as a table can hold it."""
    day = [plain(c) for c in demo_day(lexicons / "demo", chats=300, seed=7, day=date(2025, 11, 11))]
    return [c for c in day if all(m.text and "\r" not in m.text for m in c.messages)]


@pytest.fixture(scope="module")
def expected(inspector: Inspector, chats: list[Conversation]) -> list[bytes]:
    return [orjson.dumps(evaluation_to_dict(e)) for e in inspector.evaluate_many(chats)]


def rows(chats: list[Conversation]) -> list[tuple[str, ...]]:
    return [(c.id, c.shop, c.channel, m.at.isoformat() if m.at else "", m.role, c.agent.id, c.agent.name, c.customer.id, m.kind, m.id, m.text)
            for c in chats for m in c.messages]


def as_jsonl(chats: list[Conversation]) -> bytes:
    return b"".join(orjson.dumps(conversation_to_dict(c)) + b"\n" for c in chats)


def as_csv(chats: list[Conversation]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([COLUMNS, *rows(chats)])
    return buffer.getvalue().encode("gb18030")


def as_xlsx(chats: list[Conversation]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate([COLUMNS, *rows(chats)]):
            sheet.write_row(n, 0, row)
    return buffer.getvalue()


def as_parquet(chats: list[Conversation]) -> bytes:
    buffer = io.BytesIO()
    table: dict[str, list[str]] = {name: list(column) for name, column in zip(COLUMNS, zip(*rows(chats), strict=True), strict=True)}
    parquet.write_table(pa.table(table), buffer)
    return buffer.getvalue()


INPUTS: dict[str, Callable[[list[Conversation]], bytes]] = {
    "in.jsonl": as_jsonl, "in.csv": as_csv, "in.xlsx": as_xlsx, "in.parquet": as_parquet}


def test_the_day_is_worth_comparing(chats: list[Conversation], expected: list[bytes]) -> None:
    assert len(chats) >= 200
    assert sum(bool(orjson.loads(line)["findings"]) for line in expected) >= 50


def test_one_by_one_is_many_at_once(inspector: Inspector, chats: list[Conversation], expected: list[bytes]) -> None:
    assert [orjson.dumps(evaluation_to_dict(inspector.evaluate(c))) for c in chats] == expected


def test_another_inspector_in_another_order(lexicons: Path, chats: list[Conversation], expected: list[bytes]) -> None:
    other = Inspector(load_standard(lexicons, prove=False))
    assert [orjson.dumps(evaluation_to_dict(e)) for e in other.evaluate_many(chats[::-1])] == expected[::-1]


@pytest.mark.parametrize(("name", "workers"), [*((name, 1) for name in INPUTS), ("in.jsonl", 2)])
def test_the_command_line(chats: list[Conversation], expected: list[bytes], lexicons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                          name: str, workers: int) -> None:
    (tmp_path / name).write_bytes(INPUTS[name](chats))
    monkeypatch.setattr("qa_service.services.inspection.AutomaticReplies", _Nobody)
    monkeypatch.setenv("QA_LEXICONS", str(lexicons))
    monkeypatch.setattr("qa_service.entrypoints.commands.score.make_standard", _unproven)
    monkeypatch.setattr(sys, "argv", ["qa-service", "score", str(tmp_path / name), "--out", str(tmp_path / "out.jsonl"), "-q", "--workers", str(workers)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert (tmp_path / "out.jsonl").read_bytes().splitlines() == expected


def test_rest(inspector: Inspector, chats: list[Conversation], expected: list[bytes], tmp_path: Path) -> None:
    """One by one, in batches, and told again from the store."""
    shop = chats[0].shop
    mine = [(c, line) for c, line in zip(chats, expected, strict=True) if c.shop == shop][:60]
    store = open_store(f"sqlite:///{tmp_path}/qa.db")
    upgrade(store.database)
    now = datetime(2025, 11, 11, tzinfo=UTC)
    app = create_app(Service(inspector, lambda: store, lambda: now, DEFAULT_ZONE), log=make_log(io.StringIO()))
    secret, _ = new_key(store, shop, "test", PERMISSIONS, now)
    client, headers = app.test_client(), {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-ndjson"}
    answer = client.post("/api/v1/evaluations/batch", data=as_jsonl([c for c, _ in mine]), headers=headers)
    assert [orjson.dumps(orjson.loads(line)["evaluation"]) for line in answer.data.splitlines()] == [line for _, line in mine]
    for conversation, line in mine[:20]:
        body = orjson.dumps(conversation_to_dict(conversation))
        judged = client.post("/api/v1/evaluations", data=body, headers=headers | {"Content-Type": "application/json"})
        assert (judged.status_code, judged.data) == (200, line)
        assert client.get(judged.headers["Location"], headers=headers).data == line
    store.database.close()


class _Nobody:
    """No pre-pass: what it does to an import is told in its own tests."""

    marked = 0

    @staticmethod
    def mark(records: object) -> object:
        return records


def _unproven(settings: object, *, root: Path | None = None, policy: Path | None = None) -> Standard:
    """The Standard without its trial, which is a test of its own."""
    return load_standard(root or lexicons_root(), policy=policy, prove=False)
