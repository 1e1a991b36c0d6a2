"""key, user and what serve refuses, on the command line."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qa_service.services.access import identity_of
from qa_service.services.passwords import is_password
from qa_service.store.store import open_store


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Any) -> Path:
    """A data folder of its own."""
    monkeypatch.setenv("QA_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def the_store(data: Path) -> Any:
    return open_store(f"sqlite:///{data}/qa.db")


def test_a_key_is_shown_once_used_and_revoked(run: Any, data: Path) -> None:
    made = run("key", "add", "--shop", "demo", "--title", "客服系统", "--role", "supervisor", "--days", "90")
    secret = made.out.strip()
    assert made.code == 0
    assert secret.startswith("qak_")
    store = the_store(data)
    (kept,) = store.keys.list("demo")
    identity = identity_of(store, secret, kept.created_at)
    assert identity is not None
    assert (identity.shop, "evaluations:write" in identity.permissions, "metrics:read" in identity.permissions) == ("demo", True, False)
    listed = run("key", "list", "--shop", "demo").out
    assert "客服系统" in listed
    assert secret not in listed
    assert run("key", "revoke", kept.id, "--shop", "other").code == 2
    assert run("key", "revoke", kept.id, "--shop", "demo").code == 0
    assert "已吊销" in run("key", "list", "--shop", "demo").out
    assert identity_of(store, secret, kept.created_at) is None
    store.database.close()


@pytest.mark.parametrize("arguments", [("--title", "x"), ("--title", "x", "--scope", "everything"), ("--title", "x", "--role", "king"),
                                       ("--title", "x", "--role", "agent", "--days", "0"), ("--title", "", "--role", "agent"), ("--role", "agent")])
def test_a_key_that_makes_no_sense_is_not_made(run: Any, data: Path, arguments: tuple[str, ...]) -> None:
    ran = run("key", "add", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err


def test_users_with_passwords_made_or_given(run: Any, data: Path) -> None:
    made = run("user", "add", "周岚", "--shop", "demo", "--role", "reviewer")
    password = made.out.strip()
    given = run("user", "add", "boss@example", "--shop", "demo", "--role", "admin", "--password-stdin", stdin="天猫旗舰店的主管密码2025\n".encode())
    assert (made.code, given.code, given.out) == (0, 0, "")
    store = the_store(data)
    zhou, boss = store.users.find("周岚"), store.users.find("boss@example")
    assert is_password(password, zhou.password)
    assert is_password("天猫旗舰店的主管密码2025", boss.password)
    assert not is_password("天猫旗舰店的主管密码2024", boss.password)
    assert not is_password("x", None)
    assert zhou.password.startswith("$argon2id$")
    assert run("user", "add", "周岚", "--shop", "second", "--role", "supervisor").out == ""
    assert {(m.shop, m.role) for m in store.users.shops_of(zhou.id)} == {("demo", "reviewer"), ("second", "supervisor")}
    assert "周岚" in run("user", "list", "--shop", "second").out
    store.database.close()


@pytest.mark.parametrize(("name", "stdin"), [("a", b""), ("a b", b""), ("good", b"short\n"), ("good", b"aaaaaaaaaaaaaaaa\n"), ("good", b"\n"), ("x" * 65, b"")])
def test_names_and_passwords_have_a_form(run: Any, data: Path, name: str, stdin: bytes) -> None:
    ran = run("user", "add", name, *(["--password-stdin"] if stdin else []), stdin=stdin)
    assert (ran.code, ran.out) == (2, "")


@pytest.mark.parametrize(("setting", "value"), [
    ("QA_PSEUDONYM_KEY", "secret"), ("QA_PSEUDONYM_KEY", "aaaaaaaaaaaaaaaaaaaaaaaa"),
    ("QA_DATABASE_URL", "postgresql+psycopg://qa:postgres@127.0.0.1:1/qa"), ("QA_BIND", "8080"), ("QA_BIND", "127.0.0.1:99999"), ("QA_WEB_THREADS", "0"),
    ("QA_RATE", "fast"), ("QA_MAX_BODY", "-1")])
def test_serve_refuses_what_is_weak_or_wrong(run: Any, data: Path, monkeypatch: pytest.MonkeyPatch, setting: str, value: str) -> None:
    monkeypatch.setenv(setting, value)
    if setting == "QA_RATE":
        from qa_service.bootstrap import load_settings
        from qa_service.entrypoints.commands.web import application_maker
        from qa_service.model.errors import UsageError
        with pytest.raises(UsageError, match="QA_RATE"):
            application_maker(load_settings())()
        return
    ran = run("serve")
    assert ran.code == 2
    assert setting in ran.err
    assert value not in ran.err or setting in ("QA_BIND", "QA_WEB_THREADS", "QA_MAX_BODY")
    assert not (data / "qa.db").exists()


def test_web_wants_a_hooks_file_that_can_be_used(run: Any, data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from qa_service.bootstrap import load_settings, make_service
    from qa_service.model.errors import UsageError
    monkeypatch.setenv("QA_HOOKS", str(tmp_path / "missing.toml"))
    with pytest.raises(UsageError, match="QA_HOOKS"):
        make_service(load_settings())
