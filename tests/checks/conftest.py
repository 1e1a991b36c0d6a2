"""One check from YAML, run on a plain chat."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from qa_service.checks.base import Check, Match
from qa_service.importers.plain import parse_plain
from qa_service.model.policy import Policy
from qa_service.rules.build import Builder
from qa_service.rules.prefilter import Prefilter
from qa_service.text.chat_models import MODELS, ChatModels
from qa_service.text.lexicon import Lexicon, load_lexicon
from qa_service.text.model_file import load_models
from qa_service.text.phrases import PhraseBook
from qa_service.text.reader import Reader
from qa_service.text.segment import Segmenter

Look = Callable[..., list[list[str]]]
Matches = Callable[..., list[Match]]


@pytest.fixture(scope="session")
def lexicon(lexicons: Path) -> Lexicon:
    return load_lexicon(lexicons / "words")


@pytest.fixture(scope="session")
def build(lexicon: Lexicon, lexicons: Path) -> Callable[[str, str], tuple[Check, Reader]]:
    """``build(check, conditions)``: a check written as ``{name: {parameters}}``, and the reader that holds its words."""
    segmenter = Segmenter(lexicon.lists["user_words"])
    models = load_models(lexicons / "models", MODELS)

    @cache
    def go(text: str, conditions: str) -> tuple[Check, Reader]:
        book = PhraseBook()
        builder = Builder(book, lexicon)
        builder.begin_pack(yaml.safe_load(conditions) or {})
        ((name, params),) = yaml.safe_load(text).items()
        check = builder.check(name, params)
        chat_models = ChatModels(models, lexicon, book)
        return check, Reader(lexicon, book.compile(), segmenter, chat_models)

    return go


@pytest.fixture(scope="session")
def matches(build: Callable[[str, str], tuple[Check, Reader]]) -> Matches:
    """``matches(check, chat)``: what a check finds. A check that the prefilter would have left out must find nothing."""
    def go(check: str, chat: str, *, policy: Mapping[str, Any] | None = None, conditions: str = "") -> list[Match]:
        built, reader = build(check, conditions)
        t = reader.read([parse_plain(chat, "t")], [Policy("test", policy or {})]).transcripts[0]
        found = list(built(t))
        chosen = Prefilter([SimpleNamespace(check=built)]).choose(t.reading)
        assert not found or chosen == [[0]], "the prefilter may only leave out what cannot fire"
        return found
    return go


@pytest.fixture(scope="session")
def look(matches: Matches) -> Look:
    """``look(check, chat)``: the evidence of each match, as the words of the original text."""
    def go(check: str, chat: str, **more: Any) -> list[list[str]]:
        texts = [m.text for m in parse_plain(chat, "t").messages]
        return [[texts[i][start:end] for i, start, end in match.spans] for match in matches(check, chat, **more)]
    return go
