"""The small commands: check, rules, schema, doctor, version, help."""
from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator


def test_check_runs_every_example(run: Any, small: Path) -> None:
    ran = run("check", small)
    assert ran.code == 0
    assert "全部通过" in ran.out
    assert "sha256:" in ran.out


def test_check_refuses_a_rule_that_fails_its_trial(run: Any, small: Path, tmp_path: Path) -> None:
    shutil.copytree(small, tmp_path / "mine")
    pack = tmp_path / "mine/rules/empty_reply.yaml"
    pack.write_text(pack.read_text("utf-8").replace("⟦亲,在的⟧", "⟦M码有货⟧", 1), "utf-8")
    ran = run("check", tmp_path / "mine")
    assert ran.code == 2
    assert "规则 ER01" in ran.err


def test_rules_list_show_and_docs(run: Any, tmp_path: Path) -> None:
    assert "ER01" in run("rules", "list").out
    assert run("rules", "list", "--category", "nothing").out == ""
    assert run("rules", "show", "ER01").out == run("rules", "show", "bare-greeting").out
    assert run("rules", "show", "XX99").code == 2
    assert run("rules", "docs", "--out", "rules.md").code == 0
    assert (tmp_path / "rules.md").read_text("utf-8").rstrip("\n") == run("rules", "docs").out.rstrip("\n")


def test_rules_try(run: Any, tmp_path: Path) -> None:
    ran = run("rules", "try", "ER01", stdin="客: 这件有M码吗\n服: 亲,在的\n".encode())
    assert ran.code == 0
    assert "第 2 条 [0:4] 亲,在的" in ran.out
    assert run("rules", "try", "ER01", stdin="客: 在吗\n服: 亲,在的\n".encode()).code == 1
    (tmp_path / "bytes.txt").write_bytes(b"\xff\xfe\xff")
    ran = run("rules", "try", "ER01", "bytes.txt")
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert run("rules", "try", "ER01", "missing.txt").code == 2


@pytest.mark.parametrize("document", ["conversation", "evaluation"])
def test_schema_is_json_schema_and_nothing_else(run: Any, document: str) -> None:
    ran = run("schema", document)
    Draft202012Validator.check_schema(json.loads(ran.out))
    assert (ran.code, ran.err) == (0, "")


def test_doctor_lists_each_setting_with_its_source(run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "qa.toml").write_text('zone = "UTC"\n', "utf-8")
    monkeypatch.setenv("QA_CONFIG", str(tmp_path / "qa.toml"))
    out = run("doctor").out
    assert "QA_ZONE = UTC  [配置文件" in out
    assert "[环境变量]" in out
    assert "[默认]" in out
    (tmp_path / "qa.toml").write_text('zones = "UTC"\n', "utf-8")
    assert run("doctor").code == 2
    monkeypatch.setenv("QA_CONFIG", str(tmp_path / "missing.toml"))
    assert run("doctor").code == 2


def test_doctor_shows_no_password(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "QA_ZIP_PASSWORD = (空)" in run("doctor").out
    monkeypatch.setenv("QA_ZIP_PASSWORD", "9f2c41d07b3e")
    out = run("doctor").out
    assert "QA_ZIP_PASSWORD = (已设置,不显示)  [环境变量]" in out
    assert "9f2c41d07b3e" not in out


def test_version_and_help(run: Any) -> None:
    assert run("--version").out.startswith("qa-service, version ")
    for command in ("score", "demo", "check", "rules", "schema", "doctor"):
        assert run(command, "--help").code == 0
        assert command in run("--help").out
