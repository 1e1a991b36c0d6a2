"""What every output writer is. A writer that was not closed with its tally leaves no file."""
from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from qa_service.model.conversation import Conversation
from qa_service.services.outputs.target import Target
from qa_service.services.tally import Tally


class Writer(ABC):
    """Takes evaluations in order. Use as a context manager: leaving it without `close` (an error, a stop) drops what was written."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._closed = False

    @abstractmethod
    def write(self, conversation: Conversation, evaluation: Mapping[str, Any], raw_json: bytes | None = None) -> None:
        """One conversation with its evaluation as the wire has it; `raw_json` is the evaluation already serialised."""

    def close(self, tally: Tally) -> None:
        """Finish: the file appears under its name, complete."""
        self._finish(tally)
        self._target.commit()
        self._closed = True

    def _finish(self, tally: Tally) -> None:  # noqa: B027 — most formats have no end
        """Write what stands at the end of the format."""

    def _drop(self) -> None:  # noqa: B027
        """Let go of what the format holds open."""

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if not self._closed:
            self._drop()
            self._target.abort()
