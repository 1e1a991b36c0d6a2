"""`label`: what the models say, as a rule asks for it."""
from __future__ import annotations

from collections.abc import Callable

import pytest

from qa_service.model.errors import RefusedStandard

Look = Callable[..., list[list[str]]]
CHAT = "客: 这款多久能发货\n服: 在的亲,请问有什么可以帮您\n客: 我问多久发货\n服: 今天拍的话明天就给您发出哦"


def test_a_reply_is_found_as_a_whole_turn(look: Look) -> None:
    assert look("label: {reply: empty, answers: concrete}", CHAT) == [["在的亲,请问有什么可以帮您"]]
    assert look("label: {reply: [answers, solution]}", CHAT) == [["今天拍的话明天就给您发出哦"]]


def test_what_the_turn_holds_clears_it(look: Look) -> None:
    assert look("label: {reply: [answers, solution], lacks: slots.time}", CHAT) == []


def test_a_higher_probability_may_be_asked_for(look: Look) -> None:
    assert look("label: {reply: empty, confidence: 0.999999}", CHAT) == []


def test_only_what_answers_something_concrete(look: Look) -> None:
    chat = "客: 在吗\n服: 在的亲"
    assert look("label: {reply: [empty, courtesy], confidence: 0.2}", chat) == [["在的亲"]]
    assert look("label: {reply: [empty, courtesy], confidence: 0.2, answers: concrete}", chat) == []


def test_apology_solution_and_options(look: Look) -> None:
    chat = "客: 收到的碗碎了一个\n服: 非常抱歉,给您补发一个,或者退您十元可以吗"
    for said in ("label: {reply: apology}", "label: {reply: solution_offered}", "label: {reply: solution_offered, options: 2}"):
        assert look(said, chat) == [["非常抱歉,给您补发一个,或者退您十元可以吗"]]
    assert look("label: {reply: solution_offered, options: 3}", chat) == []


def test_mood_and_topic_of_a_customer(look: Look) -> None:
    chat = "客: 你们什么态度啊,我要投诉你们\n服: 抱歉"
    assert look("label: {mood: negative}", chat) == [["你们什么态度啊,我要投诉你们"]]
    assert look("label: {topic: complaint, confidence: 0.4}", chat) == [["你们什么态度啊,我要投诉你们"]]


@pytest.mark.parametrize(("check", "why"), [("label: {reply: rude}", "不认识 'rude'"), ("label: {reply: empty, lacks: slots.none}", "词库没有分组")])
def test_what_does_not_exist_is_refused(look: Look, check: str, why: str) -> None:
    with pytest.raises(RefusedStandard, match=why):
        look(check, CHAT)
