"""The Standards that judged, whole: every file by its digest, so that any old evaluation can be explained and made again."""
from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from qa_service.model.errors import UsageError
from qa_service.model.evaluation import StandardRef
from qa_service.store.documents import pack, unpack
from qa_service.store.engine import Database
from qa_service.store.rows import insert
from qa_service.store.scope import of_shop
from qa_service.store.tables import files, standard_files, standards


@dataclass(frozen=True, slots=True)
class KeptStandard:
    """A Standard that was kept."""

    ref: StandardRef
    stored_at: datetime


class Standards:
    """The Standards of a shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def keep(self, shop: str, ref: StandardRef, files_of: Mapping[str, bytes], *, now: datetime) -> bool:
        """Keep a Standard with its files (path in the Standard -> bytes); whether it was new. Files are shared between Standards."""
        if self.has(shop, ref.digest):
            return False
        digests = {path: hashlib.sha256(data).hexdigest() for path, data in files_of.items()}
        data = {digests[path]: data for path, data in files_of.items()}
        with self.database.write() as connection:
            row = {"shop": shop, "digest": ref.digest, "name": ref.name, "version": ref.version, "stored_at": now}
            new = insert(connection, standards, [row], ignoring=True) == 1
            insert(connection, files, [{"shop": shop, "digest": d, "data": pack(data[d])} for d in sorted(data)], ignoring=True)
            insert(connection, standard_files,
                   [{"shop": shop, "standard": ref.digest, "path": p, "file": d} for p, d in sorted(digests.items())], ignoring=True)
        return new

    def has(self, shop: str, digest: str) -> bool:
        """Whether the shop has it."""
        with self.database.read() as connection:
            return connection.execute(of_shop(standards, shop, standards.c.digest).where(standards.c.digest == digest)).first() is not None

    def list(self, shop: str) -> list[KeptStandard]:
        """All, newest first."""
        with self.database.read() as connection:
            found = connection.execute(of_shop(standards, shop).order_by(standards.c.stored_at.desc(), standards.c.digest))
            return [KeptStandard(StandardRef(r.name, r.version, r.digest), r.stored_at) for r in found]

    def files(self, shop: str, digest: str) -> dict[str, bytes]:
        """Path -> bytes; empty where there is no such Standard."""
        s, f = standard_files.c, files.c
        with self.database.read() as connection:
            found = connection.execute(of_shop(standard_files, shop, s.path, f.data).join(files, (f.shop == s.shop) & (f.digest == s.file))
                                       .where(s.standard == digest).order_by(s.path))
            return {row.path: unpack(row.data) for row in found}

    def write_to(self, shop: str, digest: str, folder: Path) -> None:
        """Lay the files out as a folder that `load_standard` reads. Raises UsageError where there is no such Standard."""
        found = self.files(shop, digest)
        if not found:
            raise UsageError(f"店铺 {shop} 没有质检标准 {digest}")
        for path, data in found.items():
            steps = PurePosixPath(path).parts
            if PurePosixPath(path).is_absolute() or ".." in steps:
                raise UsageError(f"质检标准里的路径不能用: {path!r}")
            place = folder.joinpath(*steps)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
