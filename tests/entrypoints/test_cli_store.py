"""`score --store` and `db`: what a user keeps, copies and puts back."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from qa_service.store.store import Store, open_store


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Any) -> str:
    """The settings' database; `run` clears settings first."""
    url = f"sqlite:///{tmp_path / 'data' / 'qa.db'}"
    monkeypatch.setenv("QA_DATABASE_URL", url)
    return url


@pytest.fixture
def kept(database: str) -> Iterator[Store]:
    store = open_store(database)
    yield store
    store.database.close()


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_scored_is_kept(run: Any, day: Path, kept: Store, workers: int) -> None:
    ran = run("score", day, "--store", "--out", "-", "--workers", workers, "--quiet")
    assert ran.code == 0
    lines = ran.stdout.splitlines()
    assert [kept.evaluations.current("default", d["conversation"]["id"]).line for d in ran.documents] == lines  # type: ignore[union-attr]
    assert run("score", day, "--store", "--quiet").code == 0
    assert kept.conversations.count("default") == 2
    assert len(kept.evaluations.history("default", "bad")) == 1
    assert [s.ref.digest for s in kept.standards.list("default")] == [ran.documents[0]["standard"]["digest"]]


def test_a_record_that_cannot_be_kept_is_rejected_whole(run: Any, day: Path, kept: Store) -> None:
    day.write_bytes(day.read_bytes() + orjson.dumps({"id": "x" * 600, "messages": [{"role": "customer", "text": "在吗"}]}) + b"\n")
    ran = run("score", day, "--store")
    assert ran.code == 3
    (reject,) = [orjson.loads(line) for line in Path("rejects.jsonl").read_bytes().splitlines()]
    assert (reject["row"], reject["field"]) == (3, "/id")
    assert orjson.loads(reject["raw"])["id"] == "x" * 600
    assert kept.conversations.count("default") == 2


def test_a_run_taken_up_again_keeps_what_the_first_wrote(run: Any, day: Path, kept: Store) -> None:
    assert run("score", day, "--out", "o.jsonl", "--quiet").code == 0
    whole = Path("o.jsonl").read_bytes()
    Path("o.jsonl").unlink()
    Path("o.jsonl.partial").write_bytes(whole.splitlines(keepends=True)[0])
    assert run("score", day, "--out", "o.jsonl", "--resume", "--store", "--quiet").code == 0
    assert Path("o.jsonl").read_bytes() == whole
    assert kept.conversations.count("default") == 2


def test_a_store_that_cannot_be_used_is_one_clear_answer(run: Any, day: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("nonsense", "mysql://h/d", "postgresql+psycopg://u:secret@127.0.0.1:1/d"):
        monkeypatch.setenv("QA_DATABASE_URL", url)
        ran = run("score", day, "--store")
        assert ran.code == 2
        assert ran.err.startswith("错误: ")
        assert "Traceback" not in ran.err
        assert "secret" not in ran.err


def test_the_password_is_not_shown(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QA_DATABASE_URL", "postgresql+psycopg://u:secret@127.0.0.1:1/d")
    ran = run("doctor")
    assert "postgresql+psycopg://u:***@127.0.0.1:1/d" in ran.out
    assert "secret" not in ran.out + ran.err
    assert ran.code == 2


def test_doctor_looks_and_makes_nothing(run: Any, day: Path, database: str, tmp_path: Path) -> None:
    ran = run("doctor")
    assert ran.code == 0
    assert "还没有" in ran.out
    assert not (tmp_path / "data" / "qa.db").exists()
    run("db", "upgrade")
    assert "版本 0001" in run("doctor").out


def test_there_and_back(run: Any, day: Path, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("db", "backup", "copy.db").code == 2
    assert run("score", day, "--store", "--quiet").code == 0
    ran = run("db", "backup", "copy.db")
    assert (ran.code, "2 个会话" in ran.out) == (0, True)
    assert run("db", "backup", "copy.db").code == 2
    assert run("db", "restore", "copy.db").code == 2
    monkeypatch.setenv("QA_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    assert run("db", "restore", "copy.db").code == 0
    store = open_store(f"sqlite:///{tmp_path / 'new.db'}")
    assert store.conversations.count("default") == 2
    store.database.close()
    assert run("db", "upgrade").out == "数据库已是 0001\n"
