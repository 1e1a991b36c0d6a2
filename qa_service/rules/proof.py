"""What is remembered of a Standard that has proven itself: that it did, and the analyses of its expressions."""
from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qa_service.text.patterns import Analysis

_PACKAGE: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Proof:
    """A file in the cache folder, named by the digest of the Standard and by the code: either one changed, it is proven again."""

    cache: Path
    digest: str

    @property
    def path(self) -> Path:
        """Where it lies."""
        newest = max(p.stat().st_mtime_ns for p in _PACKAGE.rglob("*.py"))
        return self.cache / "proven" / f"{self.digest.removeprefix('sha256:')}-{newest:x}.json"

    def read(self) -> Mapping[str, Analysis] | None:
        """The analyses, by expression; None when there is no proof that can be read."""
        try:
            kept = json.loads(self.path.read_bytes())
            return {source: Analysis(tuple(tuple(clause) for clause in clauses), bool(bounded)) for source, (clauses, bounded) in kept.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def keep(self, analyses: Mapping[str, Analysis]) -> None:
        """Remember. A folder that cannot be written only costs the time of the proof."""
        path = self.path
        aside = path.with_suffix(f".{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_text(json.dumps({source: (a.clauses, a.bounded) for source, a in analyses.items()}, ensure_ascii=False), "utf-8")
            aside.replace(path)
        except OSError:
            return
