"""From an evaluation into the store, and back: any kept evaluation can be made again from what is kept, byte for byte."""
from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa_service.engine.inspector import Inspector
from qa_service.importers.plain import parse_plain
from qa_service.model.conversation import Conversation
from qa_service.model.errors import InvalidRecord, UsageError
from qa_service.rules.standard import Standard, load_standard, standard_digest, standard_files
from qa_service.services.keeping import Keeper, evaluate_and_keep, score_again
from qa_service.store import schema
from qa_service.store.store import Store, open_store

CHAT = "客: 这件有M码吗\n服: 亲,在的\n客: 到底有没有\n服: 有的,今天18点前给您发出"


def clock() -> datetime:
    return datetime(2025, 11, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'qa.db'}")
    schema.upgrade(opened.database)
    yield opened
    opened.database.close()


@pytest.fixture
def chat() -> Conversation:
    return parse_plain(CHAT, "c1")


def test_an_evaluation_can_be_made_again(store: Store, standard: Standard, chat: Conversation) -> None:
    keeper = Keeper(store, standard, source="api", clock=clock)
    ((kept, line),) = evaluate_and_keep(Inspector(standard), keeper, [chat])
    assert (kept.change, kept.standard) == ("new", standard.ref.digest)
    assert score_again(store, chat.shop, kept.digest, kept.standard) == line
    assert store.evaluations.current(chat.shop, "c1").line == line  # type: ignore[union-attr]


def test_also_under_a_policy_of_the_shop(store: Store, lexicons: Path, chat: Conversation, tmp_path: Path) -> None:
    policy = tmp_path / "ours.yaml"
    shutil.copy(lexicons / "policies/jd.yaml", policy)
    ours = load_standard(lexicons, policy=policy, prove=False)
    ((kept, line),) = evaluate_and_keep(Inspector(ours), Keeper(store, ours, policy, clock=clock), [chat])
    policy.unlink()
    assert score_again(store, chat.shop, kept.digest, kept.standard) == line
    assert kept.standard != standard_digest(lexicons)


def test_a_standard_whose_files_were_changed_since_is_not_kept(store: Store, lexicons: Path, chat: Conversation, tmp_path: Path) -> None:
    root = tmp_path / "lexicons"
    shutil.copytree(lexicons, root)
    loaded = load_standard(root, prove=False)
    (root / "standard.yaml").write_text((root / "standard.yaml").read_text("utf-8") + "\n", "utf-8")
    with pytest.raises(UsageError, match="改过"):
        evaluate_and_keep(Inspector(loaded), Keeper(store, loaded, clock=clock), [chat])
    assert store.conversations.count(chat.shop) == 0


def test_what_cannot_be_kept_is_not_scored(store: Store, standard: Standard) -> None:
    with pytest.raises(InvalidRecord):
        evaluate_and_keep(Inspector(standard), Keeper(store, standard, clock=clock), [parse_plain(CHAT, "a\0b")])


def test_what_is_not_there_cannot_be_made_again(store: Store, standard: Standard, chat: Conversation) -> None:
    ((kept, _),) = evaluate_and_keep(Inspector(standard), Keeper(store, standard, clock=clock), [chat])
    with pytest.raises(UsageError):
        score_again(store, "other", kept.digest, kept.standard)
    with pytest.raises(UsageError):
        score_again(store, chat.shop, kept.digest, "sha256:0")


def test_the_digest_is_over_the_files(lexicons: Path, tmp_path: Path) -> None:
    files = standard_files(lexicons)
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert standard_digest(tmp_path) == standard_digest(lexicons)
    policy = lexicons / "policies/jd.yaml"
    assert standard_digest(lexicons, policy) == standard_digest(tmp_path, policy) != standard_digest(lexicons)
