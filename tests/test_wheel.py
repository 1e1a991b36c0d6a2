"""The wheel alone, in an environment of its own outside the checkout: it starts, finds its own lexicons, and scores a chat."""
from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any, Final

import pytest

pytestmark = pytest.mark.slow

ROOT: Final = Path(__file__).resolve().parents[1]
BARE: Final = {
    "id": "w-1", "shop": "demo", "channel": "tmall", "agent": {"id": "a1"}, "messages": [
        {"role": "customer", "text": "这件外套有M码吗", "at": "2025-11-01T10:00:00+08:00"},
        {"role": "agent", "text": "亲,在的", "at": "2025-11-01T10:00:06+08:00"}]}
GOOD: Final = {
    "id": "w-2", "shop": "demo", "channel": "tmall", "agent": {"id": "a1"}, "messages": [
        {"role": "customer", "text": "这件外套有M码吗", "at": "2025-11-01T11:00:00+08:00"},
        {"role": "agent", "text": "有的亲,M码现货,今天下午就能发出", "at": "2025-11-01T11:00:08+08:00"}]}


def run(*command: str | Path, cwd: Path) -> str:
    """Run `command` with an environment that knows nothing of this checkout; its standard output."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("QA_", "PYTHON", "VIRTUAL_ENV", "COV_", "PYTEST_"))}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, f"{command} -> {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of this checkout."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def child(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a new environment that holds nothing but the wheel, and reads the third-party packages of this one.

    A .pth adds this environment's site-packages as a plain folder: the .pth files in it, the checkout's own among them, are not read.
    So nothing is downloaded here; tests/test_walls.py proves that every import is declared.
    """
    home = tmp_path_factory.mktemp("empty")
    run(sys.executable, "-m", "venv", "--without-pip", home / "env", cwd=home)
    run(sys.executable, "-m", "pip", "--python", home / "env", "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=home)
    site = run(home / "env/bin/python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip()
    folders = dict.fromkeys(sysconfig.get_path(kind) for kind in ("purelib", "platlib"))
    (Path(site) / "third_party.pth").write_text("\n".join(folders) + "\n", "utf-8")
    return home / "env/bin"


def test_the_wheel_holds_the_lexicons_and_nothing_of_the_workshop(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    packed = {n.removeprefix("qa_service/lexicons/") for n in names if n.startswith("qa_service/lexicons/")}
    ours = {p.relative_to(ROOT / "lexicons").as_posix() for p in (ROOT / "lexicons").rglob("*") if p.is_file()}
    assert any(name.startswith("rules/") for name in packed)
    assert packed == {name for name in ours if "__pycache__" not in name}
    assert {n.partition("/")[0] for n in names if ".dist-info/" not in n} == {"qa_service"}
    assert "qa_service/py.typed" in names


def test_it_is_the_wheel_that_is_imported_with_its_own_lexicons(child: Path, tmp_path: Path) -> None:
    code = "import qa_service.model.wire as w; from qa_service.rules.locate import lexicons_root; print(w.__file__); print(lexicons_root())"
    module, lexicons = run(child / "python", "-c", code, cwd=tmp_path).splitlines()
    home = child.parent.resolve()
    assert Path(module).resolve().is_relative_to(home)
    assert Path(lexicons).resolve().is_relative_to(home)


def test_the_wheel_scores_a_chat(child: Path, tmp_path: Path) -> None:
    log = tmp_path / "chats.jsonl"
    log.write_text("".join(json.dumps(chat, ensure_ascii=False) + "\n" for chat in (BARE, GOOD)), "utf-8")
    lines = run(child / "qa-service", "score", log, "--out", "-", cwd=tmp_path).splitlines()
    bare, good = (json.loads(line) for line in lines)
    assert [e["conversation"]["id"] for e in (bare, good)] == ["w-1", "w-2"]
    span = {"message": 1, "start": 0, "end": 4, "text": "亲,在的"}
    assert evidence(bare, "empty-reply") == [("ER01", span), ("ER07", span)]  # only a greeting, and sent for the 30-second rate
    assert evidence(good, "empty-reply") == []
    assert bare["score"]["total"] < good["score"]["total"]


def evidence(evaluation: dict[str, Any], category: str) -> list[tuple[str, dict[str, Any]]]:
    """The rules of one category that found something, with each span."""
    return [(finding["rule"], span) for finding in evaluation["findings"] if finding["category"] == category for span in finding["spans"]]
