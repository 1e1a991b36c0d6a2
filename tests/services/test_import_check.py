"""The dry run: what was detected, mapped, repaired, refused; samples masked; no file stops another."""
from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from qa_service.importers.base import ReadOptions
from qa_service.services.import_check import Checked, check_import

FIXTURES = Path(__file__).parents[1] / "importers" / "fixtures"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text("会话ID,发送时间,角色,内容\nA1,2025-11-03 10:00:05,客服,您好\nA1,2025-11-03 10:00:00,客户,我电话13812345678\nA1,昨天,客户,在\n", "utf-8")
    return path


def check(*paths: Path) -> Checked:
    return check_import([str(p) for p in paths], ReadOptions())


def test_a_table_with_its_columns_repairs_and_rejects(table: Path) -> None:
    (file,) = check(table).files
    assert (file.source, file.rows, file.conversations, file.rejected, file.duplicate) == ("csv", 3, 1, 1, 0)
    assert file.columns is not None
    assert file.columns.headers[file.columns.index["content"][0]] == "内容"
    assert [r.text for r in file.repairs] == ["有 1 行无法读取,已拒收", "消息未按时间排列,已按时间重排"]
    assert [(r.row, r.what) for r in file.rejects] == [(4, "发送时间")]


def test_samples_are_masked_and_of_as_many_files_as_there_are(table: Path) -> None:
    samples = check(table, FIXTURES / "chatwoot-events.jsonl", FIXTURES / "intercom.json").samples
    assert [s.id for s in samples] == ["A1", "chatwoot/7/42", "intercom/190001", "chatwoot/43", "intercom/190002"]
    assert samples[0].messages[0].text == "我电话138****5678"


def test_an_id_that_is_a_phone_number_is_masked(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(orjson.dumps({"id": "13812345678", "agent": {"id": "13912345678"}, "messages": [{"role": "agent", "text": "在", "agent_id": "13912345678"}]}))
    (sample,) = check(path).samples
    assert "13812345678" not in sample.id
    assert "13912345678" not in sample.about + sample.messages[0].agent_id


def test_a_file_that_cannot_be_read_does_not_stop_the_others(table: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.bin"
    bad.write_bytes(bytes(range(256)) * 9)
    first, second = check(bad, table).files
    assert first.error
    assert first.name.endswith("bad.bin")
    assert (second.source, second.conversations) == ("csv", 1)


def test_rows_add_up_over_all_files() -> None:
    checked = check(*sorted(p for p in FIXTURES.iterdir() if p.is_file()))
    assert checked.rows == sum(f.rows for f in checked.files) > 50
    assert [Path(f.name).name for f in checked.files if not f.source] == ["qiyu-session.txt"]  # read together with its messages


def test_why_a_session_begins_stands_in_its_sample() -> None:
    assert "分段: 记录从这里开始" in check(FIXTURES / "wechat-kf.json").samples[0].about


def test_messages_that_many_chats_reveal_as_automatic_are_shown_so(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    said = [{"role": "customer", "text": "在吗", "at": "2025-11-03T10:00:00"}, {"role": "agent", "text": "您好,欢迎光临本店", "at": "2025-11-03T10:00:01"}]
    path.write_bytes(b"".join(orjson.dumps({"id": f"c{i}", "messages": said}) + b"\n" for i in range(6)))
    checked = check(path)
    assert checked.automatic == 6
    assert checked.samples[0].messages[1].role == "bot"
