"""The program as a process: killed, interrupted, cut off from its reader, on a full disk."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest

CHATS = 3_000
PROGRAM = (sys.executable, "-m", "qa_service.entrypoints.cli")


@pytest.fixture(scope="module")
def env(environment: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("QA_")} | dict(environment)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough chats for a run to be caught in the middle; one bad record near the end."""
    path = tmp_path_factory.mktemp("log") / "in.jsonl"
    said = [{"role": r, "text": t} for r, t in (("customer", "这件有M码吗"), ("agent", "亲,在的"), ("customer", "我的快递怎么还没到"), ("agent", "帮您查一下"))]
    lines = [orjson.dumps({"id": f"c{n}", "messages": said * 4}) for n in range(CHATS)]
    path.write_bytes(b"\n".join([*lines[:-10], b"{broken", *lines[-10:], b""]))
    return path


@pytest.fixture(scope="module")
def whole(log: Path, env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a run that nothing disturbed."""
    out = tmp_path_factory.mktemp("whole") / "out.jsonl"
    assert subprocess.run([*PROGRAM, "score", log, "--out", out, "-q"], env=env, check=False).returncode == 3
    return out


def started(log: Path, out: Path, env: dict[str, str], *more: str) -> subprocess.Popen[bytes]:
    """A run that has written something and is not done."""
    process = subprocess.Popen([*PROGRAM, "score", str(log), "--out", str(out), *more], env=env, stderr=subprocess.PIPE, start_new_session=True)
    partial = out.with_name(out.name + ".partial")
    for _ in range(1_200):
        if partial.exists() and partial.stat().st_size:
            break
        time.sleep(0.025)
    assert process.poll() is None
    return process


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_run_is_taken_up_and_ends_with_the_same_bytes(
        log: Path, whole: Path, env: dict[str, str], tmp_path: Path, workers: str) -> None:
    out = tmp_path / "out.jsonl"
    process = started(log, out, env, "--workers", workers, "-q")
    process.kill()
    process.communicate()
    assert not out.exists()
    kept = (tmp_path / "out.jsonl.partial").read_bytes().count(b"\n")
    assert 0 < kept < CHATS
    (tmp_path / "out.jsonl.partial").write_bytes((tmp_path / "out.jsonl.partial").read_bytes() + b'{"cut off')
    again = subprocess.run([*PROGRAM, "score", log, "--out", out, "--resume"], env=env, capture_output=True, check=False)
    assert again.returncode == 3
    assert f"接着上次: {kept:,} 个会话" in again.stderr.decode()
    assert out.read_bytes() == whole.read_bytes()
    assert Path(f"{out}.rejects.jsonl").read_bytes() == Path(f"{whole}.rejects.jsonl").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.jsonl", "out.jsonl.rejects.jsonl"]


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_is_130_and_says_how_to_go_on(log: Path, env: dict[str, str], tmp_path: Path, workers: str) -> None:
    process = started(log, tmp_path / "out.jsonl", env, "--workers", workers)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "已中断" in err.decode()
    assert "--resume" in err.decode()
    assert b"Traceback" not in err


@pytest.mark.slow
def test_the_workers_of_a_killed_run_do_not_stay(log: Path, env: dict[str, str], tmp_path: Path) -> None:
    process = started(log, tmp_path / "out.jsonl", env, "--workers", "2", "-q")
    children = [int(p) for p in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    process.kill()
    process.communicate()
    assert len(children) >= 2
    for _ in range(200):
        if not any(alive(p) for p in children):
            break
        time.sleep(0.05)
    assert [p for p in children if alive(p)] == []


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.slow
def test_a_worker_that_dies_is_one_clear_line(log: Path, env: dict[str, str], tmp_path: Path) -> None:
    process = started(log, tmp_path / "out.jsonl", env, "--workers", "2")
    children = [int(p) for p in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    os.kill(max(children), signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "评分进程意外终止" in err.decode()
    assert b"Traceback" not in err


@pytest.mark.slow
def test_a_reader_that_goes_away_is_no_error(log: Path, env: dict[str, str]) -> None:
    process = subprocess.Popen([*PROGRAM, "score", str(log), "--out", "-", "-q"], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(10) == b'{"schema":'
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), err) == (0, b"")


@pytest.mark.slow
def test_a_full_disk_behind_standard_output(log: Path, env: dict[str, str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([*PROGRAM, "score", str(log), "--out", "-", "-q"], env=env, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 2
    assert ran.stderr.decode().startswith("错误: ")
    assert b"Traceback" not in ran.stderr
