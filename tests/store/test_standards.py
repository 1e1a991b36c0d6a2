"""A Standard is kept whole and comes back byte for byte; files that did not change are kept once."""
from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from qa_service.model.errors import UsageError
from qa_service.model.evaluation import StandardRef
from qa_service.store.scope import of_shop
from qa_service.store.store import Store
from qa_service.store.tables import files


def ref(n: int) -> StandardRef:
    return StandardRef("mine", str(n), "sha256:" + str(n) * 64)


def test_kept_whole_and_once(store: Store, shop: str, build: Any, tmp_path: Path) -> None:
    one = {"rules/a.yaml": b"a", "rules/b.yaml": "中".encode(), "models/m/weights.npz": bytes(range(256))}
    two = {**one, "rules/a.yaml": b"other"}
    assert store.standards.keep(shop, ref(1), one, now=build.now)
    assert not store.standards.keep(shop, ref(1), {}, now=build.now)
    assert store.standards.keep(shop, ref(2), two, now=build.now + timedelta(hours=1))
    assert store.standards.files(shop, ref(1).digest) == one
    assert store.standards.files(shop, ref(2).digest) == two
    assert [k.ref for k in store.standards.list(shop)][:2] == [ref(2), ref(1)]
    with store.database.read() as connection:
        assert len(connection.execute(of_shop(files, shop)).all()) == 2 + 4  # the two of the shop's fixture, and what differs
    store.standards.write_to(shop, ref(2).digest, tmp_path)
    assert {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == two


def test_what_is_not_there(store: Store, shop: str, tmp_path: Path) -> None:
    assert not store.standards.has(shop, "sha256:x")
    assert store.standards.files(shop, "sha256:x") == {}
    with pytest.raises(UsageError):
        store.standards.write_to(shop, "sha256:x", tmp_path)


@pytest.mark.parametrize("path", ["../evil", "/etc/evil", "a/../../evil"])
def test_no_file_leaves_its_folder(store: Store, shop: str, build: Any, tmp_path: Path, path: str) -> None:
    store.standards.keep(shop, ref(3), {path: b"x"}, now=build.now)
    with pytest.raises(UsageError):
        store.standards.write_to(shop, ref(3).digest, tmp_path / "in")
    assert list(tmp_path.rglob("evil")) == []
