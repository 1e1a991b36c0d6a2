"""What is remembered of a proven Standard: read back whole, or not at all."""
from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa_service.rules.proof import Proof
from qa_service.text.patterns import Analysis, Pattern

ANALYSES = {source: Pattern(source).analysis for source in ("好评.{0,4}返现", "(a+)+$", "加[vV微]")}


def test_what_is_kept_is_read_back(tmp_path: Path) -> None:
    proof = Proof(tmp_path, "sha256:12")
    assert proof.read() is None
    proof.keep(ANALYSES)
    assert proof.read() == ANALYSES
    assert [p.suffix for p in proof.path.parent.iterdir()] == [".json"]
    assert Proof(tmp_path, "sha256:13").read() is None


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b'{"a": 1}', b'{"a": [[1], true]}', b"\xff\xfe"])
def test_a_damaged_proof_is_no_proof(tmp_path: Path, damage: bytes) -> None:
    proof = Proof(tmp_path, "sha256:12")
    proof.keep(ANALYSES)
    proof.path.write_bytes(damage)
    assert proof.read() is None


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    proof = Proof(tmp_path / "file", "sha256:12")
    proof.keep(ANALYSES)
    assert proof.read() is None


def test_a_known_analysis_is_taken_as_it_is() -> None:
    told = Analysis((("好评",),), False)
    assert Pattern("好评.{0,4}返现", told).analysis is told
    assert Pattern("好评.{0,4}返现", told).spans("给好评就返现哦") == [(1, 6)]
    assert json.loads(json.dumps(told.clauses)) == [["好评"]]
