"""The Standards that judged, whole: every file by its digest, so that any old evaluation can be explained and made again."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qa_service.model.evaluation import StandardRef
from qa_service.store.engine import Database


@dataclass(frozen=True, slots=True)
class KeptStandard:
    """A Standard that was kept."""

    ref: StandardRef
    stored_at: datetime


class Standards:
    """The Standards of a shop."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def keep(self, shop: str, ref: StandardRef, files: Mapping[str, bytes], *, now: datetime) -> bool:
        """Keep a Standard with its files (path in the Standard -> bytes); whether it was new. Files are shared between Standards."""
        raise NotImplementedError

    def has(self, shop: str, digest: str) -> bool:
        """Whether the shop has it."""
        raise NotImplementedError

    def list(self, shop: str) -> list[KeptStandard]:
        """All, newest first."""
        raise NotImplementedError

    def files(self, shop: str, digest: str) -> dict[str, bytes]:
        """Path -> bytes; empty where there is no such Standard."""
        raise NotImplementedError

    def write_to(self, shop: str, digest: str, folder: Path) -> None:
        """Lay the files out as a folder that `load_standard` reads. Raises UsageError where there is no such Standard."""
        raise NotImplementedError
