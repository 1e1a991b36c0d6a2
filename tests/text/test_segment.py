"""Segmentation: jieba's cuts, the shop's words whole, and nobody else's jieba touched."""
from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.model.conversation import Conversation, Message
from qa_service.model.policy import Policy
from qa_service.rules.standard import Standard
from qa_service.services.demo_day import demo_day
from qa_service.text.segment import NAME, Segmenter

_ASCII = re.compile(r"[\x00-\x7f]+")
_LINES = (
    "这件衣服洗了会不会掉色,我上次在你们家买的裤子洗一次就褪得厉害", "麻烦帮我看看快递为什么三天都没有动", "乒乓球拍卖完了没有", "我要的是南京市长江大桥那张明信片",
    "结婚的和尚未结婚的都可以参加活动", "下雨天留客天留我不留", "客官您好,小店今日满减活动已经结束了呢", "商品和服务的评分都会影响权重", "他说的确实在理",
    "这个杯子的容量是五百毫升", "羽绒服充绒量一百八十克,零下二十度也能穿", "退货的运费由谁承担", "请问有没有实体店可以试穿", "发票抬头写公司名称加税号就行")


@pytest.fixture(scope="module")
def plain() -> Segmenter:
    return Segmenter()


def without_ascii(lexicons: Path) -> Iterator[str]:
    """Lines of three demo days without their ASCII, our own lines, and random joins of words from them."""
    lines = {_ASCII.sub("", m.text) for seed in (1, 2) for c in demo_day(lexicons / "demo", chats=300, seed=seed) for m in c.messages}
    lines.update(_ASCII.sub("", line) for line in _LINES)
    known = sorted(lines - {""})
    yield from known
    words, rng = sorted({w for line in known for w in jieba.cut(line)}), random.Random(7)
    for _ in range(2_000):
        yield "".join(rng.choices(words, k=rng.randint(1, 14)))


def test_it_cuts_as_jieba_does_on_text_without_ascii(plain: Segmenter, lexicons: Path) -> None:
    lines = list(without_ascii(lexicons))
    assert len(lines) > 2_500
    assert [line for line in lines if plain.cut(line) != jieba.lcut(line)] == []


_TEXTS = st.characters(exclude_categories=("Cs",), exclude_characters="\x1f")


@given(st.text(_TEXTS, max_size=60))
def test_the_words_are_the_text(plain: Segmenter, text: str) -> None:
    assert "".join(plain.cut(text)) == text
    assert [text[a:b] for a, b in plain.spans(text)] == plain.cut(text)


@given(st.lists(st.text(_TEXTS, max_size=12), max_size=5))
def test_a_batch_is_cut_like_its_texts(plain: Segmenter, texts: list[str]) -> None:
    assert plain.cut_batch(texts) == [plain.cut(t) for t in texts]


@pytest.mark.parametrize("word", ["假一赔四", "七天无理由", "运费险", "好评返现", "仅退款"])
def test_the_words_of_the_trade_stay_whole(standard: Standard, word: str) -> None:
    for text in (f"这款支持{word}吗", f"我们店有{word}的呢", word):
        assert word in standard.reader.segmenter.cut(text)


def test_half_a_surrogate_pair_is_cut_like_any_sign(standard: Standard) -> None:
    t = standard.reader.read([Conversation("x", (Message("agent", "好\ud83d的"),))], [Policy("none")]).transcripts[0]
    assert "".join(t.words(0)) == t.norm(0)
    assert t.word_spans(0)[-1][1] == 3
    assert t.bare(0) == "好的"


def test_the_global_jieba_does_not_know_them(standard: Standard) -> None:
    text = "这款支持假一赔四吗"
    assert "假一赔四" in standard.reader.segmenter.cut(text)
    assert "假一赔四" not in jieba.lcut(text)
    assert "假一赔四" not in Segmenter().cut(text)


def test_the_name_says_library_and_version() -> None:
    assert re.fullmatch(r"rjieba/\d+(\.\d+)+\S*", NAME)
