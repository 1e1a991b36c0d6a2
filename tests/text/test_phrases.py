"""Phrases: no decoration hides them, and no accident makes them."""
from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.model.errors import RefusedStandard
from qa_service.text.normalise import normalise, skeleton_of, sound_of
from qa_service.text.phrases import Hit, Matcher, PhraseBook, longest

WECHAT = ("加v信", "加微信", "加薇", "加v", "微信", "vx", "v信", "v心")


def find(texts: str | Sequence[str], phrases: Sequence[str], *, sound: bool = False) -> list[Hit]:
    """Hits of one list in one text or a batch, longest only."""
    book = PhraseBook()
    book.add(phrases, sound=sound)
    return kept(raw(book.compile(), [texts] if isinstance(texts, str) else texts))


def raw(matcher: Matcher, texts: Sequence[str]) -> list[Hit]:
    hits = matcher.match(normalise(texts, sound=matcher.needs_sound))
    return list(zip(hits.message.tolist(), hits.start.tolist(), hits.end.tolist(), strict=True))


@pytest.mark.parametrize(("text", "evidence"), [
    ("可以加 v 信聊", "加 v 信"), ("➕薇详聊", "➕薇"), ("+V", "+V"), ("加Ｖ 信", "加Ｖ 信"), ("加v-信", "加v-信"), ("加.微.信", "加.微.信"), ("微\u200b信号发您", "微\u200b信"),
    ("V❤同号", "V❤"), ("V💗", "V💗"), ("ＶＸ：", "ＶＸ"), ("加個微信", "微信"), ("微🌸信", "微🌸信"), ("ⓥⓧ", "ⓥⓧ"), ("𝐯𝐱", "𝐯𝐱"), ("微\u3000信", "微\u3000信"),
    ("微、、信", "微、、信"), ("加\u202ev信", "加\u202ev信"), ("微\n\n信", "微\n\n信"), ("微*信", "微*信")])
def test_an_evasion_is_seen_through(text: str, evidence: str) -> None:
    assert [text[start:end] for _, start, end in find(text, WECHAT)] == [evidence]


@pytest.mark.parametrize(("text", "evidence"), [("加威信", "加威信"), ("加薇芯", "加薇芯"), ("加 威 信", "加 威 信"), ("加微心", "加微心")])
def test_a_homophone_is_heard(text: str, evidence: str) -> None:
    found = find(text, ("加微信",), sound=True)
    spelled = [text[start:end] for _, start, end in found]
    assert spelled == ([evidence] if text != "加薇芯" else []), "half of the characters must be the phrase's own"


@pytest.mark.parametrize("text", ["威信", "卫星", "尾信"])
def test_two_characters_have_too_many_homophones(text: str) -> None:
    assert find(text, ("微信",), sound=True) == []


def test_a_variant_of_two_characters_is_a_phrase_of_its_own() -> None:
    assert find("加我威信", ("威信", "薇芯")) == [(0, 2, 4)]


def test_the_phrase_itself_is_not_heard_a_second_time() -> None:
    book = PhraseBook()
    book.add(("好评返现",), sound=True)
    assert raw(book.compile(), ["好评返现"]) == [(0, 0, 4)]


@pytest.mark.parametrize(("text", "phrase"), [
    ("这个要加。微信里说", "加微信"), ("要不要稍微,信我一次", "微信"), ("微\n信", "微信"), ("微#E-s[数字x]信", "微信"), ("微[图片]信", "微信"), ("微https://a.com 信", "微信"),
    ("devx", "vx"), ("vxworks", "vx"), ("avx2", "vx"), ("2012315", "12315"), ("12315678", "12315"), ("微、信", "微信"), ("微…信", "微信")])
def test_an_accident_is_no_hit(text: str, phrase: str) -> None:
    assert find(text, (phrase,)) == []


@pytest.mark.parametrize(("text", "phrase"), [
    ("加vx吧", "vx"), ("vx123", "vx"), ("1vx", "vx"), ("my vx ok", "vx"), ("打12315。", "12315"), ("拨12315热线", "12315"), ("v x", "vx"), ("vx:", "vx")])
def test_a_border_that_is_one(text: str, phrase: str) -> None:
    assert len(find(text, (phrase,))) == 1


def kept(hits: Sequence[Hit]) -> list[Hit]:
    """Of the hits of each message those that are not inside a longer one."""
    return [(m, *span) for m in sorted({h[0] for h in hits}) for span in longest([h[1:] for h in hits if h[0] == m])]


def test_hits_do_not_cross_messages() -> None:
    assert find(["加", "微信"], ("加微信",)) == []
    assert find(["好", "加微信", "", "加微 信"], ("加微信",)) == [(1, 0, 3), (3, 0, 4)]


def test_overlapping_hits_are_all_found_and_the_longest_kept() -> None:
    book = PhraseBook()
    book.add(("微信", "加微信", "信号", "微信号"))
    hits = raw(book.compile(), ["加微信号"])
    assert hits == [(0, 0, 3), (0, 1, 3), (0, 1, 4), (0, 2, 4)]
    assert kept(hits) == [(0, 0, 3), (0, 1, 4)]


@pytest.mark.parametrize(("spans", "left"), [
    ([], []), ([(1, 2), (1, 2)], [(1, 2)]), ([(2, 3), (0, 4)], [(0, 4)]), ([(0, 2), (0, 1)], [(0, 2)]),
    ([(0, 3), (2, 5)], [(0, 3), (2, 5)]), ([(0, 5), (1, 2), (3, 6), (4, 6)], [(0, 5), (3, 6)])])
def test_longest(spans: list[tuple[int, int]], left: list[tuple[int, int]]) -> None:
    assert longest(spans) == left


@pytest.mark.parametrize("phrase", ["", "!!!", "[图片]", "\u200b", "😀"])
def test_a_phrase_of_nothing_is_refused(phrase: str) -> None:
    with pytest.raises(RefusedStandard, match="没有可匹配的文字"):
        PhraseBook().add([phrase])


def test_a_book_of_nothing_finds_nothing() -> None:
    assert raw(PhraseBook().compile(), ["加微信"]) == []


@pytest.mark.parametrize(("phrases", "text"), [(("加微信",), "加微信"), (("vx",), "加 v x 聊"), (("加微信", "加薇信"), "加薇 信")])
def test_a_list_knows_its_own_phrases(phrases: tuple[str, ...], text: str) -> None:
    book = PhraseBook()
    other = book.add(("无关",))
    mine = book.add(phrases, allow=("加微信群",))
    lists = hits_by_list(book.compile(), ["好", text])
    assert [(m - 1, start, end) for m, start, end in lists[mine.id]] == find(text, phrases)
    assert other.id not in lists


def hits_by_list(matcher: Matcher, texts: Sequence[str]) -> dict[int, list[Hit]]:
    lists = matcher.by_list(matcher.match(normalise(texts)))
    columns = (lists.message.tolist(), lists.start.tolist(), lists.end.tolist())
    return {at: kept(list(zip(*(c[low:high] for c in columns), strict=True))) for at, (low, high) in lists.rows.items()}


def test_nothing_found_is_nothing_handed_out() -> None:
    book = PhraseBook()
    book.add(("微信",))
    assert hits_by_list(book.compile(), ["好", "的"]) == {}


def test_a_gate_counts_inside_longer_words_too() -> None:
    book = PhraseBook()
    gate, words = book.add_gate(("vx",)), book.add(("vx",))
    lists = hits_by_list(book.compile(), ["devx", "加vx吧"])
    assert lists[gate.id] == [(0, 2, 4), (1, 1, 3)]
    assert lists[words.id] == [(1, 1, 3)]


def test_equal_lists_are_one() -> None:
    book = PhraseBook()
    assert book.add(("微信", "vx"), allow=("微信群",)) is book.add(("微信", "vx"), allow=("微信群",))
    assert book.add(("微信", "vx")).id != book.add(("微信", "vx"), sound=True).id


_DECORATION = st.sampled_from(("", " ", ".", "*", "\u200b", "🌸", "~", "  ", "-", "、、", "\u0301"))
_HAN = st.sampled_from("加微信好评返现支付宝转账私下交易客服红包运费退")
_NOISE = st.text(st.sampled_from("亲您好的,。!? ab12😀\u200b[]图片\n#es"), max_size=8)


@given(st.lists(st.lists(_HAN, min_size=1, max_size=4).map("".join), min_size=1, max_size=4, unique=True), st.lists(
    st.lists(_HAN | _DECORATION | _NOISE, max_size=15).map("".join), min_size=1, max_size=3), st.booleans())
def test_every_hit_reads_as_its_phrase(phrases: list[str], texts: list[str], sound: bool) -> None:
    book = PhraseBook()
    book.add(phrases, sound=sound)
    matcher = book.compile()
    hits = matcher.match(normalise(texts))
    for message, start, end, number in zip(*(a.tolist() for a in (hits.message, hits.start, hits.end, hits.phrase)), strict=True):
        said = texts[message][start:end]
        assert matcher.phrases[number] in (skeleton_of(said), sound_of(said))
        assert said[0] not in " \u200b~"


@given(st.lists(_HAN, min_size=2, max_size=5), st.lists(_DECORATION, min_size=4, max_size=4), _NOISE.filter(lambda t: "[" not in t and "#" not in t))
def test_a_decorated_phrase_is_always_found(word: list[str], marks: list[str], before: str) -> None:
    written = word[0] + "".join(m + c for m, c in zip(marks, word[1:], strict=False))
    text = f"{before}。{written}"
    assert (0, len(before) + 1, len(text)) in find(text, ("".join(word),))
