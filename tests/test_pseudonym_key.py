"""The key of buyers' pseudonyms: made once, kept for its owner only, or given; and where the pseudonyms show."""
from __future__ import annotations

import csv
from pathlib import Path

from qa_service.bootstrap import load_settings, make_masker
from qa_service.importers.plain import parse_plain
from qa_service.model.conversation import Party
from qa_service.services.masking import Masker
from qa_service.services.outputs.rows import CONVERSATION_HEAD, conversation_row

EVALUATION = {"score": {"total": 100.0, "grade": "excellent", "auto_fail": False, "sections": []}, "measures": {}, "findings": [], "commitments": [],
              "topics": [], "sentiment": {"customer": []}, "notes": []}


def test_a_key_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    settings = load_settings({"QA_CACHE": str(tmp_path / "cache")})
    first, second = make_masker(settings), make_masker(settings)
    assert first == second
    assert len(first.key) == 32
    assert (tmp_path / "cache" / "pseudonym.key").stat().st_mode & 0o077 == 0
    assert make_masker(load_settings({"QA_CACHE": str(tmp_path / "other")})).key != first.key


def test_a_key_that_is_given_is_used(tmp_path: Path) -> None:
    assert make_masker(load_settings({"QA_CACHE": str(tmp_path), "QA_PSEUDONYM_KEY": "ours"}), orders=True) == Masker(b"ours", True)
    assert list(tmp_path.iterdir()) == []


def test_without_a_place_to_keep_it_a_key_holds_for_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert len(make_masker(load_settings({"QA_CACHE": str(tmp_path / "file")})).key) == 32


def test_tables_name_buyers_by_pseudonym() -> None:
    at = CONVERSATION_HEAD.index("客户")
    one, two = (parse_plain("客: 在吗", i) for i in ("a", "b"))
    named = [conversation_row(c.__class__(c.id, c.messages, "s", "tmall", Party(), Party("tb_lovely88", "小美")), EVALUATION, (), Masker(b"k"))[at]
             for c in (one, two)]
    assert named[0] == named[1] == Masker(b"k").buyer("s", "tb_lovely88")
    assert "lovely" not in str(named[0])
    assert list(csv.reader([str(named[0])])) == [[named[0]]]
