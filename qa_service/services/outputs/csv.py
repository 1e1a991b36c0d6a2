"""One row a conversation, for people: UTF-8 with a mark so that spreadsheet programs read it right, masked, no formula."""
from __future__ import annotations

import codecs
import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from qa_service.model.conversation import Conversation
from qa_service.services.masking import Masker
from qa_service.services.outputs.cells import cell
from qa_service.services.outputs.rows import Value, conversation_header, conversation_row, sections_of
from qa_service.services.outputs.target import Target
from qa_service.services.outputs.writer import Writer
from qa_service.services.tally import Tally


class CsvWriter(Writer):
    """The columns of the scorecard's sections are those of the first evaluation."""

    def __init__(self, target: Target, *, masked: bool = True, masker: Masker | None = None) -> None:
        super().__init__(target)
        self._masked = masked
        self._masker = (masker or Masker()) if masked else None
        self._sections: list[tuple[str, str]] | None = None
        self._rows = csv.writer(codecs.getwriter("utf-8-sig")(target.file), lineterminator="\r\n")

    def write(self, conversation: Conversation, evaluation: Mapping[str, Any], raw_json: bytes | None = None) -> None:
        """One row."""
        if self._sections is None:
            self._head(sections_of(evaluation))
        self._put(conversation_row(conversation, evaluation, self._sections or (), self._masker))

    def _head(self, sections: list[tuple[str, str]]) -> None:
        self._sections = sections
        self._put(conversation_header(sections))

    def _put(self, row: Sequence[Value]) -> None:
        self._rows.writerow([v if isinstance(v, datetime) else cell(v, self._masked) for v in row])

    def _finish(self, tally: Tally) -> None:
        if self._sections is None:
            self._head([])
