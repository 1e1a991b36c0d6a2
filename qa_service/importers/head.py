"""The beginning of an input, as importers look at it to tell whether it is theirs. Each view of it is made once, and only if asked.

How sure an importer is, from 0 (not mine) to 1 (OURS). Table and transcript shapes lie below LIKELY, the own names of one source above it.
"""
from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from qa_service.importers.base import ReadOptions
from qa_service.importers.encoding import head_text
from qa_service.importers.files import Source

OURS: Final = 1.0
"""Our own wire: whatever names of other sources stand in its `meta`."""
CERTAIN: Final = 0.95
"""A magic number, or names that only this source has."""
LIKELY: Final = 0.8
"""The names that this source has, any of which another source might have too."""
POSSIBLE: Final = 0.5
"""The shape fits: JSON, a table, a transcript."""
_LINES: Final = 50
_KEYS_WITHIN: Final = 16 << 10
_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"(\s*:)?', re.DOTALL)


class Head:
    """The first bytes of an input (decompressed), and `options` as the user gave them."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self.data, self.options = source.head, options

    @cached_property
    def text(self) -> str:
        """As text, without leading blanks; what cannot be read is replaced. "" when there is nothing but blanks."""
        return head_text(self.data).lstrip()

    @cached_property
    def lines(self) -> list[str]:
        """The first lines that are not blank."""
        return [line for line in self.text.split("\n")[:_LINES] if line.strip()]

    @property
    def is_json(self) -> bool:
        """Does it open as a JSON object or an array of objects?"""
        opening = self.text[1:_KEYS_WITHIN].lstrip()[:1]
        return (self.text[:1] == "{" and opening in ('"', "}", "")) or (self.text[:1] == "[" and opening in ("{", "]", ""))

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of all JSON objects near the beginning, at any depth; empty when it is not JSON."""
        return frozenset(m[1] for m in _STRING.finditer(self.text, 0, _KEYS_WITHIN) if m[2]) if self.is_json else frozenset()

    def has(self, *keys: str) -> bool:
        """Is it JSON with all these keys?"""
        return self.keys.issuperset(keys)
