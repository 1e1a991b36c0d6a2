"""One run over inputs: every row accounted for, whatever stands in it; outputs whole or not there."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_service.engine.inspector import Inspector
from qa_service.importers.base import ReadOptions
from qa_service.model.errors import QaError, SourceError, UsageError
from qa_service.rules.standard import Standard
from qa_service.services import inspection
from qa_service.services.inspection import Counts, Job, score


@pytest.fixture(scope="module")
def inspector(standard: Standard) -> Inspector:
    return Inspector(standard)


@pytest.fixture
def go(inspector: Inspector, tmp_path: Path) -> Callable[..., inspection.Outcome]:
    """Score lines of JSONL in this process."""
    def run(data: bytes, out: str | None = None, **more: object) -> inspection.Outcome:
        source = tmp_path / "in.jsonl"
        source.write_bytes(data)
        job = Job([str(source)], ReadOptions(), out and str(tmp_path / out), rejects=tmp_path / "rejects.jsonl", **more)  # type: ignore[arg-type]
        return score(job, inspector, lambda: inspector)
    return run


def chat(name: str, text: str = "亲,在的") -> bytes:
    return orjson.dumps({"id": name, "messages": [{"role": "customer", "text": "这件有M码吗"}, {"role": "agent", "text": text}]}) + b"\n"


GOOD = st.builds(lambda n: chat(f"c{n}"), st.integers(0, 5))
OTHER = st.builds(lambda n, t: chat(f"c{n}", t), st.integers(0, 5), st.sampled_from(["M码有", "没有"]))
BAD = st.sampled_from([b"{\n", b"[]\n", b'{"id": "x"}\n', b"\xff\xfe\n", b"null\n", b'{"id":"s","messages":[{"role":"agent","text":"\\ud83d"}]}\n'])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(GOOD | OTHER | BAD, max_size=12))
def test_read_is_scored_and_rejected_and_duplicate(go: Callable[..., inspection.Outcome], tmp_path: Path, lines: list[bytes]) -> None:
    outcome = go(chat("first") + b"".join(lines), "out.jsonl")
    counts = outcome.counts
    assert counts.read == len(lines) + 1 == counts.scored + counts.rejected + counts.duplicate
    assert len((tmp_path / "out.jsonl").read_bytes().splitlines()) == counts.conversations == outcome.tally.n
    written = (tmp_path / "rejects.jsonl").read_bytes().splitlines() if outcome.rejects else []
    assert sum(orjson.loads(w)["rows"] for w in written) == counts.rejected
    assert (tmp_path / "rejects.jsonl").exists() == bool(counts.rejected)


def test_the_lowest_score_is_known_also_when_it_is_zero(go: Callable[..., inspection.Outcome], inspector: Inspector) -> None:
    abuse = chat("a", "滚,你个傻逼")
    assert go(abuse + chat("b", "M码有的")).lowest == 0.0
    assert go(b"").lowest is None


def test_rows_that_do_not_add_up_are_an_error_and_no_file(
        go: Callable[..., inspection.Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counts, "balanced", property(lambda self: False))
    with pytest.raises(QaError, match="行数对不上"):
        go(chat("a"), "out.csv", format="csv")
    assert not (tmp_path / "out.csv").exists()


def test_an_input_that_cannot_be_read_leaves_no_output(inspector: Inspector, tmp_path: Path) -> None:
    good, bad = tmp_path / "a.jsonl", tmp_path / "b.xlsx"
    good.write_bytes(chat("a"))
    bad.write_bytes(b"PK\x03\x04 not a workbook")
    job = Job([str(good), str(bad)], ReadOptions(), str(tmp_path / "out.jsonl"), rejects=tmp_path / "r.jsonl")
    with pytest.raises(SourceError, match=r"b\.xlsx"):
        score(job, inspector, lambda: inspector)
    assert not (tmp_path / "out.jsonl").exists()


def test_an_output_never_takes_the_place_of_an_input(inspector: Inspector, tmp_path: Path) -> None:
    source, link = tmp_path / "in.jsonl", tmp_path / "link.jsonl"
    source.write_bytes(chat("a"))
    link.symlink_to(source)
    for out, rejects in ((source, tmp_path / "r"), (link, tmp_path / "r"), (None, link), (tmp_path / "o", tmp_path / "o")):
        with pytest.raises(UsageError, match="同一个文件"):
            score(Job([str(source)], ReadOptions(), out and str(out), rejects=rejects), inspector, lambda: inspector)
    assert source.read_bytes() == chat("a")


class Stop(Exception):
    """Something happens in the middle of a run."""


def stopped(inspector: Inspector, job: Job, after: int) -> None:
    """Run a job and stop it after so many chunks."""
    def progress(done: int) -> None:
        nonlocal after
        after -= 1
        if after <= 0:
            raise Stop
    with pytest.raises(Stop):
        score(job, inspector, lambda: inspector, progress)


@pytest.fixture
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.engine.runners.CHUNK_CONVERSATIONS", 3)


@pytest.mark.usefixtures("short_chunks")
@pytest.mark.parametrize("cut", [0, 1, 40])
@pytest.mark.parametrize("before", ["fresh", "resumed"])
def test_a_run_is_taken_up_where_it_was_cut(inspector: Inspector, tmp_path: Path, cut: int, before: str) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"".join(chat(f"c{n}", "在的" if n % 2 else "M码有") for n in range(20)) + b"{bad\n")
    make = partial(Job, [str(tmp_path / "in.jsonl")], ReadOptions(), rejects=tmp_path / "r.jsonl")
    whole = score(make(str(tmp_path / "whole.jsonl")), inspector, lambda: inspector)
    out = str(tmp_path / "out.jsonl")
    stopped(inspector, make(out, resume=before == "resumed"), 3)
    partial_file = tmp_path / "out.jsonl.partial"
    data = partial_file.read_bytes()
    assert data.count(b"\n") == 9
    partial_file.write_bytes(data[:len(data) - cut])
    again = score(make(out, resume=True), inspector, lambda: inspector)
    assert (tmp_path / "out.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert again.counts.reused == (9 if cut == 0 else 8)
    assert again.lowest == whole.lowest
    assert again.tally.n == whole.tally.n == 20
    assert again.tally.scores.mean == pytest.approx(whole.tally.scores.mean)
    assert again.counts.rejected == 1
    assert not partial_file.exists()


@pytest.mark.usefixtures("short_chunks")
def test_a_fresh_run_forgets_what_was_kept(inspector: Inspector, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(b"".join(chat(f"c{n}") for n in range(9)))
    job = Job([str(tmp_path / "in.jsonl")], ReadOptions(), str(tmp_path / "out.jsonl"), rejects=tmp_path / "r.jsonl")
    stopped(inspector, job, 2)
    assert score(job, inspector, lambda: inspector).counts.reused == 0
    assert len((tmp_path / "out.jsonl").read_bytes().splitlines()) == 9


@pytest.mark.usefixtures("short_chunks")
def test_other_inputs_or_another_standard_are_refused(inspector: Inspector, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(b"".join(chat(f"c{n}") for n in range(9)))
    job = Job([str(source)], ReadOptions(), str(tmp_path / "out.jsonl"), rejects=tmp_path / "r.jsonl", resume=True)
    stopped(inspector, job, 2)
    kept = (tmp_path / "out.jsonl.partial").read_bytes()
    for changed in (b"".join(chat(f"d{n}") for n in range(9)), chat("c0"), b""):
        source.write_bytes(changed)
        with pytest.raises(UsageError, match="输入与上次不同"):
            score(job, inspector, lambda: inspector)
        assert (tmp_path / "out.jsonl.partial").read_bytes() == kept
    source.write_bytes(b"".join(chat(f"c{n}") for n in range(9)))
    (tmp_path / "out.jsonl.partial").write_bytes(kept.replace(inspector.standard.ref.digest.encode(), b"sha256:other"))
    with pytest.raises(UsageError, match="另一份质检标准"):
        score(job, inspector, lambda: inspector)
