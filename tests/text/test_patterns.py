"""Expressions: their literals never lie, what RE2 cannot run is refused in words, and none of them is slow."""
from __future__ import annotations

import pickle
import re
from time import perf_counter

import pytest
import re2
from hypothesis import assume, given
from hypothesis import strategies as st

from qa_service.model.errors import RefusedStandard
from qa_service.text.normalise import skeleton_of
from qa_service.text.patterns import Pattern, Remover, required_clauses

_ATOM = st.sampled_from(("亲", "好", "微信", "退", "a", "V", "1", "[亲您]", "[0-9]", ".", "[^好]", r"\d", "加.信", "!", " "))


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = inner.map(lambda x: f"({x})")
    return (st.lists(inner, min_size=1, max_size=3).map("".join) | st.lists(inner, min_size=2, max_size=3).map(lambda xs: f"(?:{'|'.join(xs)})")
            | st.tuples(group, st.sampled_from(("?", "*", "+", "{2}", "{0,2}", "{1,3}", "+?"))).map("".join))


_EXPRESSIONS = st.recursive(_ATOM, _grown, max_leaves=6)


@given(_EXPRESSIONS, st.data())
def test_every_match_holds_a_literal_of_every_clause(source: str, data: st.DataObject) -> None:
    said = data.draw(st.from_regex(re.compile(source), fullmatch=True))
    assume(said and "\x1f" not in said)
    for clause in required_clauses(source):
        assert any(word in skeleton_of(said) for word in clause), (source, said, clause)


_TALK = st.text("亲好微信退aV1您加! \n\r元", max_size=14)


@given(_EXPRESSIONS, _TALK)
def test_short_texts_are_matched_as_long_ones_are(source: str, text: str) -> None:
    expected = [m.span() for m in re2.compile(source).finditer(text) if m.end() > m.start()]
    assert Pattern(source).spans(text) == expected
    assert Pattern(source).spans(text) == expected


@pytest.mark.parametrize(("source", "text"), [
    ("好$", "好\n"), ("^好", "亲\n好"), ("好.", "好\n"), (r"\d+", "１٣3"), (r"\w+", "好a_1"), (r"\s", "\t\u3000"), (r"\bvx\b", "加vx吧"), ("(?i)VX", "vx"), ("(?U)好+", "好好"), ("好{,2}", "好好{,2}"),
    ("[[:digit:]]+", "d12]"), (r"\pN+", "12"), (r"\x{597d}", "好"), (r"\Q.\E", "a."), ("(?s).+", "好\n的"), ("(?m)^好$", "亲\n好\n亲"), ("[a&&b]", "&a"), ("[]好]", "]好"), ("[$]", "$"), (r"\$", "$"), ("(亲|亲亲)(好|亲好)?", "亲亲好"),
    ("(|好)的", "好的"), ("(好?)*的", "好好的"), ("(?:(?:好|的){0,2}){2}", "好的好的好"), ("[^好]", "\n"), ("(?P<a>好)", "好"), ("好??的", "好的"), (r"\A好\z", "好"), ("[--a]", "-.a"), ("[a||b]", "|"), ("a{2}{3}", "aaaaaa")])
def test_one_meaning_whatever_the_length(source: str, text: str) -> None:
    try:
        expected = [m.span() for m in re2.compile(source).finditer(text) if m.end() > m.start()]
    except re2.error:
        with pytest.raises(RefusedStandard):
            Pattern(source)
    else:
        assert Pattern(source).spans(text) == expected


@pytest.mark.parametrize(("source", "clauses"), [
    ("加微信", [{"加微信"}]), ("加(微|薇)信", [{"加微信", "加薇信"}]), ("(退|换)货", [{"换货", "退货"}]), ("好评.{0,6}返现", [{"好评"}, {"返现"}]), ("[0-9]+元", [{"元"}]), ("(a|b)*", []), (".*", []), ("[0-9]+", []), ("(微信|)", []),
    ("(?:不.{0,3}退货|拒收)", [{"拒收", "退货"}]), ("(抱歉|!)", []), ("[[:alpha:]好]元?", []), ("好{,2}的", [])])
def test_clauses(source: str, clauses: list[set[str]]) -> None:
    assert sorted(map(sorted, required_clauses(source))) == sorted(map(sorted, clauses))


def test_too_many_ways_to_say_it_are_no_literal_or_a_short_one() -> None:
    source = "".join("(一|二|三|四|五)" for _ in range(6))
    for clause in required_clauses(source):
        assert 0 < len(clause) <= 64


@pytest.mark.parametrize(("source", "reason"), [
    ("(?<!不)退货", "环视"), ("(?=好)", "环视"), (r"(亲)\1", "反向引用"), ("(亲", "missing"), ("[亲", "missing"), ("亲{1,2000}", "1000"), ("*亲", "不能用")])
def test_what_cannot_be_run_is_refused_in_words(source: str, reason: str) -> None:
    with pytest.raises(RefusedStandard) as caught:
        Pattern(source)
    assert repr(source) in caught.value.why
    assert reason in str(caught.value)


def test_an_endless_expression_is_refused() -> None:
    with pytest.raises(RefusedStandard, match="超过"):
        Pattern("亲" * 100_000)


def test_spans_are_code_points_and_empty_matches_are_left_out() -> None:
    assert Pattern("好+").spans("😀好好𠮷好") == [(1, 3), (4, 5)]
    assert Pattern("好*").spans("亲亲") == []


def test_expressions_travel_between_processes() -> None:
    again = pickle.loads(pickle.dumps(Pattern("好评.{0,4}返现")))
    assert again.spans("好评后返现") == [(0, 5)]
    assert again.analysis.clauses == (("好评",), ("返现",))
    assert pickle.loads(pickle.dumps(Remover("好的?"))).strip("亲好的呀") == "亲呀"


@pytest.mark.parametrize("source", ["(亲+)+!$", "(亲|亲亲)+!$", "(.*,){20}好", "(a?){30}a{30}"])
def test_an_evil_expression_is_fast(source: str) -> None:
    pattern, text = Pattern(source), "亲" * 20_000 + "a" * 29
    begin = perf_counter()
    assert pattern.spans(text + "!好") is not None
    assert pattern.spans("亲" * 100 + "a") is not None
    assert perf_counter() - begin < 2


@given(st.lists(st.text("亲好的呀在ab1", max_size=8), max_size=6))
def test_a_remover_cuts_a_batch_as_it_cuts_one(bares: list[str]) -> None:
    remover = Remover("亲+|好的?$|[^a\n]在")
    assert remover.strip_all(bares) == [remover.strip(b) for b in bares]


def test_a_remover_is_fast_on_a_page_of_one_character() -> None:
    remover = Remover("(请问)?亲*有什么事|亲亲|亲+")
    begin = perf_counter()
    assert remover.strip("亲" * 60_000) == ""
    assert remover.strip_all(["亲" * 60_000, "亲好"]) == ["", "好"]
    assert perf_counter() - begin < 5


def test_a_remover_that_cannot_run_is_refused() -> None:
    with pytest.raises(RefusedStandard, match="RE2"):
        Remover("(?<!不)好")
