"""Normalisation: every offset is free, and no spelling hides a word."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.text.normalise import CODE, EMOTICON, HAN, NOT_LANGUAGE, normalise, skeleton_of, sound_of, tables

CHAR = st.characters(exclude_categories=("Cs",))
PIECES = st.sampled_from((
    "亲", "加v信", "[数字x]", "[金额x]", "[图片]", "[订单x]", "#E-s[数字x]", "#e-s12", "&nbsp;", "<ID>", "<br/>", "https://a.cn/x?y=1", "Ｖ", "❤", "\u200b",
    "\u0301", "👨\u200d👩\u200d👧", "🇨🇳", "\x1f", "\x00", "\n", "\r\n", "\u2028", "\u202e", "繁體臺灣", "①", "㎏", "ﬁ", "ẞ", "İ", "𝐯𝐱", "𠮷", "مرحبا", "[", "]x]", "."))
TEXTS = st.text(CHAR, max_size=40) | st.lists(PIECES | st.text(CHAR, max_size=3), max_size=12).map("".join)


def norm(text: str) -> str:
    return normalise([text], sound=False).norms[0]


@given(st.lists(TEXTS, max_size=5))
def test_the_norm_is_as_long_as_the_original(texts: list[str]) -> None:
    batch = normalise(texts)
    assert [len(n) for n in batch.norms] == [len(t) for t in texts]
    assert len(batch.bares) == len(texts)
    assert batch.starts.tolist() == [sum(len(t) + 1 for t in texts[:i]) for i in range(len(texts) + 1)]
    assert len(batch.sound) == len(batch.skeleton) == len(batch.places)


@given(st.lists(TEXTS, max_size=5))
def test_a_batch_reads_like_its_texts_one_by_one(texts: list[str]) -> None:
    batch = normalise(texts)
    alone = [normalise([t]) for t in texts]
    assert batch.norms == [a.norms[0] for a in alone]
    assert batch.bares == [a.bares[0] for a in alone]
    assert batch.sound == "".join(a.sound for a in alone)


@given(TEXTS)
def test_every_skeleton_character_has_its_place(text: str) -> None:
    batch = normalise([text])
    assert sorted(set(batch.places.tolist())) == batch.places.tolist()
    assert batch.skeleton.count("\x1f") == 1
    for char, place in zip(batch.skeleton[:-1], batch.places.tolist(), strict=False):
        assert skeleton_of(batch.norms[0][place]) == char


@given(TEXTS)
def test_a_norm_is_its_own_norm(text: str) -> None:
    once = norm(text)
    assert norm(once) == once
    assert skeleton_of(once) == skeleton_of(text)
    assert skeleton_of(skeleton_of(text)) == skeleton_of(text)


@given(TEXTS)
def test_what_is_not_language_is_filled(text: str) -> None:
    batch = normalise([text], [False])
    assert batch.norms == [NOT_LANGUAGE * len(text)]
    assert batch.bares == [""]


@pytest.mark.parametrize(("text", "expected"), [
    ("ＡＢｃ１２，！？：（）", "abc12,!?:()"), ("Hello VX", "hello vx"), ("請問這個產品還有嗎", "请问这个产品还有吗"), ("臺灣", "台湾"),
    ("①②⑩", "12⑩"), ("⑴⑵", "12"), ("Ⅴ", "v"), ("𝐯𝐱𝟏", "vx1"), ("ⓥⓧ", "vx"), ("ѵх", "vx"), ("ｖ∨", "vv"), ("妳", "你"), ("壹貳叁", "一二三"),
    ("“好”‘的’", "\"好\"'的'"), ("【急】", "(急)"), ("【我要退货】", "(我要退货)"), ("～—", "~-"), ("好。的、", "好。的、"), ("　", " "), ("好\r\n的", "好\n\n的"), ("好\x1f的", "好 的"),
    ("ﬁ", "ﬁ"), ("㎏", "㎏")])
def test_one_character_becomes_one(text: str, expected: str) -> None:
    assert norm(text) == expected


@pytest.mark.parametrize(("text", "expected"), [
    ("[数字x]", "00000"), ("[时效x]", "00000"), ("[金额x]", "0000元"), ("[日期x]", "0000日"), ("[时间x]", "0000点"), ("补您[金额x]。", "补您0000元。"),
    ("#E-s[数字x]", EMOTICON * 9), ("#e-s12", EMOTICON * 6), ("/:^_^", EMOTICON * 5), ("/:)-(", "/:)-("), ("/:087", EMOTICON * 5), ("/:(OK)好", EMOTICON * 6 + "好"), ("[微笑]", EMOTICON * 4), ("[图片]", NOT_LANGUAGE * 4),
    ("[链接x]", NOT_LANGUAGE * 5), ("[订单x]", NOT_LANGUAGE * 5), ("[姓名x]", NOT_LANGUAGE * 5), ("[ORDERID_10012]", NOT_LANGUAGE * 15),
    ("<ID>", NOT_LANGUAGE * 4), ("<br/>", NOT_LANGUAGE * 5), ("&nbsp;", NOT_LANGUAGE * 6), ("https://item.example.com/1.html?id=2", NOT_LANGUAGE * 36),
    ("看detail.tmall.com/a这", "看" + NOT_LANGUAGE * 18 + "这"), ("【图片】", NOT_LANGUAGE * 4), ("[[数字x]]", "[00000]")])
def test_placeholders_and_codes(text: str, expected: str) -> None:
    assert norm(text) == expected


@pytest.mark.parametrize("text", ["[未闭合", "a < b 且 c > d", "价格&质量", "3.5", "v1.2", "[很长很长很长的一句话]", "【加微信】", "(图)", "[]", "a/b:c", "10:30"])
def test_ordinary_text_is_no_code(text: str) -> None:
    assert not {NOT_LANGUAGE, EMOTICON} & set(norm(text))


def test_what_a_look_up_gives_is_its_own_look_up() -> None:
    table = tables()
    assert (table.norm[table.norm] == table.norm).all()
    assert (table.kind == table.kind[table.norm])[table.norm != 0x20].all()


@pytest.mark.parametrize(("text", "expected"), [
    ("爱.买.不.买", "爱买不买"), ("加 v 信", "加v信"), ("➕薇", "加薇"), ("+V", "加v"), ("V❤", "v心"), ("微\u200b信", "微信"), ("亲~~在的!!😊", "亲在的"),
    ("好 的\n", "好的"), ("支 付\u3000宝", "支付宝"), ("微*信#号", "微信号"), ("[数字x]元", "00000元"), ("[图片]好", "好"), ("é", "é"), ("🧧包", "红包")])
def test_the_skeleton_has_no_decoration(text: str, expected: str) -> None:
    assert skeleton_of(text) == expected


def test_a_skeleton_says_nothing_of_what_is_not_language() -> None:
    batch = normalise(["看https://a.com/b 这里"])
    assert batch.bares == ["看这里"]
    assert (batch.kinds[1:3] == CODE).all()
    assert batch.kinds[0] == HAN


@pytest.mark.parametrize(("one", "other"), [("威信", "微信"), ("薇芯", "微信"), ("支付保", "支付宝"), ("好平返现", "好评返现"), ("女", "钕")])
def test_words_that_sound_alike(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(("one", "other"), [("女", "怒"), ("微信", "卫生"), ("四", "是")])
def test_words_that_do_not(one: str, other: str) -> None:
    assert sound_of(one) != sound_of(other)


def test_no_texts_is_no_batch() -> None:
    batch = normalise([])
    assert (batch.norms, batch.bares, batch.skeleton, batch.starts.tolist()) == ([], [], "", [0])
