"""A lock between processes: a file that one of them holds. The system lets go of it when its holder ends, however it ends."""
from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final

from qa_service.model.errors import StoreBusy, StoreGone

try:
    import fcntl
except ImportError:  # Windows: there the database's own waiting has to do
    fcntl = None  # type: ignore[assignment]

_PAUSE: Final = 0.001
_LONGEST_PAUSE: Final = 0.01


@dataclass(slots=True)
class FileLock:
    """Held inside ``with``. Raises StoreBusy when others hold it for longer than `seconds`."""

    path: Path
    seconds: float
    _handle: int = field(default=-1, init=False)

    def __enter__(self) -> FileLock:
        if fcntl is None:
            return self
        try:
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreGone(f"存储不能写: {error.strerror}", where=str(self.path), fix="检查文件夹的权限") from None
        until, pause = time.monotonic() + self.seconds, _PAUSE
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    os.close(handle)
                    raise StoreBusy("存储正忙: 另一个进程在写", where=str(self.path), fix="稍后再试") from None
                time.sleep(pause)
                pause = min(_LONGEST_PAUSE, pause * 1.5)
        self._handle = handle
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
