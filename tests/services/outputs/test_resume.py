"""The partial file: what of it is kept, and where it goes."""
from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

from qa_service.model.conversation import Conversation, Message
from qa_service.model.errors import UsageError
from qa_service.model.wire import conversation_digest
from qa_service.services.outputs.resume import open_earlier, partial_of, resumable

CHATS = [Conversation(f"c{n}", (Message("agent", f"第{n}句"),)) for n in range(4)]


def line(c: Conversation) -> bytes:
    return orjson.dumps({"conversation": {"id": c.id, "digest": conversation_digest(c)}, "standard": {"digest": "d"}, "score": {"total": 90.0}})


@pytest.mark.parametrize(("tail", "kept"), [
    (b"", 3), (b'{"cut', 3), (b'{"cut"\n', 3), (b"[]\n", 3), (b"{}\n", 3), (b"\0" * 50, 3), (b"\n" + b"x" * 9, 3), (line(CHATS[3]) + b"\n", 4)])
def test_whole_evaluations_are_kept_and_the_rest_is_written_again(tmp_path: Path, tail: bytes, kept: int) -> None:
    out = tmp_path / "o.jsonl"
    partial_of(out).write_bytes(b"".join(line(c) + b"\n" for c in CHATS[:3]) + tail)
    with open_earlier(str(out), "d", fresh=False) as earlier:
        assert [c.id for c, _ in earlier.replay(iter(CHATS))] == [c.id for c in CHATS[:kept]]
        earlier.append([line(c) for c in CHATS[kept:]])
        earlier.finish()
    assert out.read_bytes() == b"".join(line(c) + b"\n" for c in CHATS)
    assert not partial_of(out).exists()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.jsonl").write_bytes(b"old\n")
    link = tmp_path / "link.jsonl"
    link.symlink_to("real.jsonl")
    with open_earlier(str(link), "d", fresh=True) as earlier:
        earlier.append([line(CHATS[0])])
        assert (tmp_path / "real.jsonl").read_bytes() == b"old\n"
        earlier.finish()
    assert link.is_symlink()
    assert (tmp_path / "real.jsonl").read_bytes() == line(CHATS[0]) + b"\n"


def test_a_run_that_wrote_nothing_leaves_nothing(tmp_path: Path) -> None:
    with open_earlier(str(tmp_path / "o.jsonl"), "d", fresh=True):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_file_cannot_be_taken_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert not resumable(str(tmp_path / "pipe"))
    assert not resumable("-")
    assert not resumable("/dev/null")
    assert resumable(str(tmp_path / "new.jsonl"))
    assert resumable(str(tmp_path))
    with pytest.raises(UsageError, match="无法写入"):
        open_earlier("/dev/null/x/o.jsonl", "d", fresh=True)
