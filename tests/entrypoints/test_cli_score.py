"""`qa-service score`: what goes in, what comes out where, and with which exit code."""
from __future__ import annotations

import csv
import gzip
import io
import re
import shutil
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as parquet
import pytest
import pyzipper
from python_calamine import CalamineWorkbook


def ids(data: bytes) -> list[str]:
    return [orjson.loads(line)["conversation"]["id"] for line in data.splitlines()]


def test_standard_output_holds_jsonl_and_nothing_else(run: Any, day: Path) -> None:
    ran = run("score", day, "--out", "-")
    assert ran.code == 0
    assert [d["conversation"]["id"] for d in ran.documents] == ["bad", "good"]
    assert [d["score"]["total"] < 100 for d in ran.documents] == [True, False]
    assert "读取 2 = 评分 2 + 拒绝 0 + 重复 0" in ran.err


def test_without_out_there_is_only_the_summary(run: Any, day: Path, tmp_path: Path) -> None:
    ran = run("score", day)
    assert (ran.code, ran.stdout) == (0, b"")
    assert "读取 2 = 评分 2" in ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["day.jsonl"]


def test_quiet_says_nothing(run: Any, day: Path) -> None:
    assert (run("score", day, "--quiet").err, run("score", day, "-q").stdout) == ("", b"")


def test_files_folders_globs_gzip_and_standard_input_in_their_order(run: Any, empty_reply: bytes, answered: bytes, tmp_path: Path) -> None:
    (tmp_path / "logs/deep").mkdir(parents=True)
    (tmp_path / "logs/b.jsonl").write_bytes(answered)
    (tmp_path / "logs/deep/a.jsonl.gz").write_bytes(gzip.compress(empty_reply))
    assert ids(run("score", "logs", "--out", "-").stdout) == ["good", "bad"]
    assert ids(run("score", "logs/*/*.gz", "logs/b.jsonl", "--out", "-").stdout) == ["bad", "good"]
    assert ids(run("score", "logs/b.jsonl", "-", "--out", "-", stdin=empty_reply).stdout) == ["good", "bad"]
    assert ids(run("score", "-", "--out", "-", stdin=gzip.compress(empty_reply + answered)).stdout) == ["bad", "good"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_in_chinese_in_any_encoding(run: Any, tmp_path: Path, encoding: str) -> None:
    table = "会话ID,发送时间,角色,内容\n00123,2025-11-01 10:00:00,客户,这件有M码吗\n00123,2025-11-01 10:00:06,客服,亲,在的\n".replace("亲,在的", '"亲,在的"')
    (tmp_path / "day.csv").write_bytes(table.encode(encoding))
    ran = run("score", "day.csv", "--out", "-")
    (document,) = ran.documents
    assert ran.code == 0
    assert document["conversation"]["id"] == "00123"
    assert document["findings"][0]["spans"][0]["text"] == "亲,在的"
    assert document["measures"]["first_response_seconds"] == 6.0


def test_a_columns_file_names_the_columns(run: Any, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("甲,乙,丙\n1,顾,这件有M码吗\n1,店,在的\n", "utf-8")
    assert run("score", "odd.csv").code == 2
    (tmp_path / "columns.yaml").write_text("{conversation_id: 甲, role: 乙, content: 丙, roles: {顾: customer, 店: agent}}", "utf-8")
    ran = run("score", "odd.csv", "--columns", "columns.yaml", "--out", "-")
    assert ids(ran.stdout) == ["1"]


def test_the_source_can_be_named(run: Any, tmp_path: Path) -> None:
    (tmp_path / "chat.data").write_text("客: 这件有M码吗\n服: 亲,在的\n", "utf-8")
    (document,) = run("score", "chat.data", "--from", "plain", "--out", "-").documents
    assert [f["rule"] for f in document["findings"]] == ["ER01"]
    assert run("score", "chat.data", "--from", "nosuch").code == 2


def test_every_format_holds_every_chat(run: Any, day: Path, tmp_path: Path) -> None:
    for name in ("o.jsonl", "o.csv", "o.xlsx", "o.parquet"):
        assert run("score", day, "--out", name).code == 0
    assert ids((tmp_path / "o.jsonl").read_bytes()) == ["bad", "good"]
    assert [r["会话ID"] for r in csv.DictReader(io.StringIO((tmp_path / "o.csv").read_text("utf-8-sig")))] == ["bad", "good"]
    assert parquet.read_table(tmp_path / "o.parquet").num_rows == 2
    book = CalamineWorkbook.from_path(tmp_path / "o.xlsx")
    assert book.sheet_names[:4] == ["总览", "会话", "命中", "承诺"]
    assert not list(tmp_path.glob("*.tmp")) + list(tmp_path.glob("*.partial"))


def test_format_beats_the_ending_and_a_folder_gets_a_file(run: Any, day: Path, tmp_path: Path) -> None:
    run("score", day, "--out", "out/", "--format", "csv")
    run("score", day, "--out", "out", "--format", "jsonl")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["evaluations.csv", "evaluations.jsonl"]
    assert run("score", day, "--format", "csv").code == 2
    assert run("score", day, "--out", "-", "--format", "xlsx").code == 2


def test_a_bad_record_is_kept_whole_and_the_run_ends_with_3(run: Any, day: Path, tmp_path: Path) -> None:
    day.write_bytes(day.read_bytes() + b'{"id": "x", "messages": []}\n' + day.read_bytes())
    ran = run("score", day, "--out", "o.jsonl")
    assert ran.code == 3
    assert "读取 5 = 评分 2 + 拒绝 1 + 重复 2" in ran.err
    (reject,) = map(orjson.loads, (tmp_path / "o.jsonl.rejects.jsonl").read_bytes().splitlines())
    assert (reject["file"], reject["row"], reject["field"]) == (str(day), 3, "/messages")
    assert reject["reason"]
    assert reject["raw"] == '{"id": "x", "messages": []}'
    assert len(ids((tmp_path / "o.jsonl").read_bytes())) == 2


def test_only_rejects_and_nothing_at_all(run: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_bytes(b"[]\n{\n")
    (tmp_path / "nothing.jsonl").write_bytes(b"")
    ran = run("score", "bad.jsonl", "--out", "o.jsonl", "--rejects", "r/why.jsonl")
    assert ran.code == 3
    assert "读取 2 = 评分 0 + 拒绝 2" in ran.err
    assert len((tmp_path / "r/why.jsonl").read_bytes().splitlines()) == 2
    ran = run("score", "nothing.jsonl", "--out", "o.xlsx")
    assert ran.code == 0
    assert "没有会话可评分" in ran.err


def test_the_rejects_of_an_earlier_run_do_not_stay(run: Any, day: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_bytes(b"{\n")
    assert run("score", "bad.jsonl").code == 3
    assert (tmp_path / "rejects.jsonl").exists()
    assert run("score", day).code == 0
    assert not (tmp_path / "rejects.jsonl").exists()


def test_fail_under(run: Any, day: Path) -> None:
    lowest = min(d["score"]["total"] for d in run("score", day, "--out", "-").documents)
    assert run("score", day, "--fail-under", lowest).code == 0
    assert run("score", day, "--fail-under", lowest + 0.1).code == 1
    day.write_bytes(day.read_bytes() + b"{\n")
    assert run("score", day, "--fail-under", "99").code == 1
    assert run("score", day, "--fail-under", "50").code == 3


@pytest.mark.parametrize("arguments", [
    ("score",), ("score", "missing.jsonl"), ("score", "*.nothing"), ("score", "day.jsonl", "--workers", "0"),
    ("score", "day.jsonl", "--policy", "missing.yaml"), ("score", "day.jsonl", "--standard", "missing"),
    ("score", "day.jsonl", "--columns", "missing.yaml"), ("score", "day.jsonl", "--out", "/dev/null/x/o.jsonl"),
    ("score", "day.jsonl", "--out", "/dev/full"), ("score", "day.jsonl", "--out", "day.jsonl"), ("score", "day.jsonl", "--rejects", "day.jsonl"),
    ("score", "day.jsonl", "--out", "o.jsonl", "--rejects", "o.jsonl"), ("score", "day.jsonl", "--resume"),
    ("score", "day.jsonl", "--resume", "--out", "o.xlsx"), ("score", "day.jsonl", "--resume", "--out", "-"),
    ("score", "day.jsonl", "--engine", "spark"), ("score", "day.jsonl", "--nosuch"), ("nosuch",)])
def test_wrong_usage_and_unusable_files_are_one_clear_answer(run: Any, day: Path, arguments: tuple[str, ...]) -> None:
    before = day.read_bytes()
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.err
    assert "Traceback" not in ran.err
    assert day.read_bytes() == before
    assert sorted(p.name for p in day.parent.iterdir()) == ["day.jsonl"]


def test_a_refused_pack_names_its_place(run: Any, day: Path, small: Path, tmp_path: Path) -> None:
    shutil.copytree(small, tmp_path / "mine")
    pack = tmp_path / "mine/rules/empty_reply.yaml"
    pack.write_text(pack.read_text("utf-8").replace("check: empty_reply", "check: no_such_check", 1), "utf-8")
    ran = run("score", day, "--standard", "mine")
    assert ran.code == 2
    assert "empty_reply.yaml:" in ran.err
    assert "no_such_check" in ran.err


def test_a_policy_of_the_shop_changes_the_standard(run: Any, day: Path, small: Path) -> None:
    plain = run("score", day, "--out", "-").documents[0]["standard"]["digest"]
    other = run("score", day, "--out", "-", "--policy", small / "policies/jd.yaml").documents[0]["standard"]["digest"]
    assert plain != other


def test_shop_and_channel_where_the_record_has_none(run: Any, day: Path) -> None:
    ran = run("score", day, "--shop", "拾光", "--channel", "jd", "--out", "-")
    assert {d["conversation"]["shop"] for d in ran.documents} == {"拾光"}


STRANGE: dict[str, list[dict[str, str]]] = {
    "one": [{"role": "customer", "text": "有吗"}], "no agent": [{"role": "customer", "text": "有吗"}, {"role": "customer", "text": "人呢"}],
    "no customer": [{"role": "agent", "text": "您好"}], "images": [{"role": r, "text": "", "kind": "image"} for r in ("customer", "agent")],
    "half a pair": [{"role": "agent", "text": "\ufffd\u0000加"}],
    "long": [{"role": r, "text": t} for r, t in (("customer", "这件有M码吗"), ("agent", "亲,在的"))] * 500,
    "large": [{"role": "customer", "text": "怎么退货"}, {"role": "agent", "text": "点申请售后就可以,电话13800138000。" * 10_000}]}


def test_strange_chats_are_scored_or_rejected_with_a_reason(run: Any, tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_bytes(b"".join(orjson.dumps({"id": name, "messages": said}) + b"\n" for name, said in STRANGE.items()))
    for out in ("o.jsonl", "o.csv", "o.xlsx"):
        ran = run("score", "x.jsonl", "--out", out)
        assert ran.code == 3
        assert f"读取 {len(STRANGE)} = 评分 {len(STRANGE) - 1} + 拒绝 1 + 重复 0" in ran.err
        (reject,) = map(orjson.loads, (tmp_path / f"{out}.rejects.jsonl").read_bytes().splitlines())
        assert "half a pair" in reject["raw"]
    assert ids((tmp_path / "o.jsonl").read_bytes()) == [name for name in STRANGE if name != "half a pair"]


def test_workers_write_the_same_bytes(run: Any, tmp_path: Path) -> None:
    lines = b"".join(orjson.dumps({"id": f"c{n}", "messages": [
        {"role": "customer", "text": f"这件有{n}码吗"}, {"role": "agent", "text": "亲,在的" if n % 3 else f"{n}码有"}]}) + b"\n" for n in range(700))
    (tmp_path / "in.jsonl").write_bytes(lines)
    for workers in ("1", "2"):
        assert run("score", "in.jsonl", "--out", f"o{workers}.jsonl", "--workers", workers).code == 0
    assert (tmp_path / "o1.jsonl").read_bytes() == (tmp_path / "o2.jsonl").read_bytes()
    assert len(ids((tmp_path / "o1.jsonl").read_bytes())) == 700


FIXTURES = Path(__file__).resolve().parents[1] / "importers" / "fixtures"


def test_a_folder_of_all_formats_is_scored_in_one_call(run: Any, tmp_path: Path, answered: bytes) -> None:
    for path in FIXTURES.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path / path.name)
    (tmp_path / "w.jsonl").write_bytes(answered)
    ran = run("score", tmp_path, "--out", "-", "--rejects", "r.jsonl")
    assert ran.code == 3
    [formats] = [line for line in ran.err.splitlines() if line.startswith("各格式")]
    counted = {name: int(n) for name, n in re.findall(r"([a-z-]+) \d+ 个文件 (\d+) 个会话", formats)}
    ours = {"jsonl": 1, "jd": 3, "qiyu": 3, "aliyun-sca": 3, "wangwang-txt": 3, "taobao-top": 3, "qianniu-html": 4, "qianniu-json": 4}
    assert counted.items() >= ours.items()
    assert sum(counted.values()) == len(ran.documents)


def test_a_protected_archive_opens_with_the_option_or_the_setting(run: Any, tmp_path: Path, answered: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    with pyzipper.AESZipFile(tmp_path / "a.zip", "w", encryption=pyzipper.WZ_AES) as z:
        z.setpassword(b"9f2c41d07b3e")
        z.writestr("a.jsonl", answered)
    refused = run("score", "a.zip", "--out", "-")
    assert refused.code == 2
    assert "--password" in refused.err
    assert ids(run("score", "a.zip", "--out", "-", "--password", "9f2c41d07b3e").stdout) == ["good"]
    monkeypatch.setenv("QA_ZIP_PASSWORD", "9f2c41d07b3e")
    assert ids(run("score", "a.zip", "--out", "-").stdout) == ["good"]
