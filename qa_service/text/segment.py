"""Word segmentation: jieba's dictionary and cuts, run by rjieba, with a private user dictionary.

The global jieba is never touched: the user words live in an instance of their own. rjieba cuts as jieba does on text without ASCII
(pinned by tests); runs of ASCII letters, digits and marks stay whole here.
"""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from qa_service.text.normalise import SEPARATOR

if TYPE_CHECKING:
    import rjieba

_FREQUENCY = 20_000
NAME: Final = f"rjieba/{version('rjieba')}"
"""Library and version: part of a Standard's digest."""


class Segmenter:
    """Cuts text into words."""

    def __init__(self, user_words: Iterable[str] = ()) -> None:
        self.user_words = tuple(sorted(set(user_words)))

    @cached_property
    def _jieba(self) -> rjieba.Jieba:
        import rjieba  # 0.2 s and 34 MB: only those who cut pay

        jieba = rjieba.Jieba()
        for word in self.user_words:
            jieba.add_word(word, _FREQUENCY, "n")
        return jieba

    def cut(self, text: str) -> list[str]:
        """The words of one text; joined they are the text."""
        return list(self._jieba.cut(text, True)) if text else []

    def cut_batch(self, texts: Sequence[str]) -> list[list[str]]:
        """The words of many texts in one call."""
        out: list[list[str]] = [[]]
        for word in self._jieba.cut(SEPARATOR.join(texts), True):
            if word == SEPARATOR:
                out.append([])
            else:
                out[-1].append(word)
        return out if texts else []

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Half-open code-point spans of the words of one text."""
        out, at = [], 0
        for word in self.cut(text):
            out.append((at, at + len(word)))
            at += len(word)
        return out
