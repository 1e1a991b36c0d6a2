"""Where an output goes: a file that appears under its name only when it is complete, or a stream."""
from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from qa_service.model.errors import UsageError


class Target:
    """Open for writing bytes at `file`. `commit` makes a file durable and gives it its name; `abort` leaves nothing behind."""

    def __init__(self, place: str | Path, extension: str) -> None:
        self._path: Path | None = None
        self._temporary: Path | None = None
        if str(place) == "-":
            self.file: IO[bytes] = sys.stdout.buffer
            return
        path = named(place, extension)
        if path.exists() and not path.is_file():  # a device or a pipe: a rename would replace it
            self.file = self._open(path)
            return
        self._path = path.resolve()
        self._temporary = self._path.with_name(self._path.name + ".tmp")
        self.file = self._open(self._temporary)

    @property
    def name(self) -> str:
        """Where it goes, for messages."""
        return str(self._path) if self._path else getattr(self.file, "name", "-")

    @staticmethod
    def _open(path: Path) -> IO[bytes]:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return path.open("wb")
        except OSError as error:
            raise UsageError(f"无法写入: {error.strerror}", where=str(path).removesuffix(".tmp"), fix="换一个可写的位置") from None

    def commit(self) -> None:
        """Flush to the disk, then rename. Idempotent."""
        if self.file.closed:
            return
        self.file.flush()
        if self._path is None or self._temporary is None:
            self._leave()
            return
        os.fsync(self.file.fileno())
        self.file.close()
        self._temporary.replace(self._path)
        if hasattr(os, "O_DIRECTORY"):  # POSIX: the new name is durable once its folder is
            folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def abort(self) -> None:
        """Drop what was written. After `commit` it does nothing."""
        if self.file.closed:
            return
        with suppress(OSError):  # a full disk: what is in the buffer is dropped with the rest
            self._leave()
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)

    def _leave(self) -> None:
        if self.file is not sys.stdout.buffer:
            self.file.close()


def named(place: str | Path, extension: str) -> Path:
    """The file meant: a folder (one that exists, or a name ending in a separator) gets ``evaluations.<extension>``."""
    path = Path(place)
    if path.is_dir() or str(place).endswith(("/", os.sep)):
        return path / f"evaluations.{extension}"
    return path
