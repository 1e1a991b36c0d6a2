"""`sequence`, `context`, `absence`, `count`, `combine`: where things stand to each other."""
from __future__ import annotations

from collections.abc import Callable

import pytest

Look = Callable[..., list[list[str]]]
WORDS = """
question: {phrase: {any: ['re:a[0-9]'], where: any}}
answer: {phrase: {any: ['re:b[0-9]'], where: any}}
apology: {phrase: {any: [抱歉]}}
complaint: {phrase: {any: [投诉], where: customer}}
"""


@pytest.mark.parametrize(("params", "chat", "found"), [
    ("", "客: a1\n服: b1\n服: b2", ["b1 a1", "b2 a1"]), ("", "客: b1\n服: a1", []), (", place: before", "客: b1\n服: a1", ["b1 a1"]), (", place: before", "客: a1\n服: b1", []),
    (", place: around", "客: b1\n服: a1\n客: b2", ["b1 a1", "b2 a1"]), (", place: same", "客: a1 b1\n服: b2", ["b1 a1"]), (", place: same_turn", "客: a1\n客: b1\n服: b2", ["b1 a1"]),
    (", hit: first", "客: a1\n服: b1\n客: a2\n服: b2", ["b1 a1", "b2 a1"]), (", hit: last", "客: a1\n服: b1\n客: a2\n服: b2", ["b2 a2"]), (", hit: 2", "客: a1\n服: b1\n客: a2\n服: b2", ["b2 a2"]),
    (", hit: 3", "客: a1\n服: b1\n客: a2\n服: b2", []), (", messages: 1", "客: a1\n服: x\n服: b1", []), (", messages: 2", "客: a1\n服: x\n服: b1", ["b1 a1"]),
    (", seconds: 1m", "客@10:00:00: a1\n服@10:00:59: b1\n服@10:01:30: b2", ["b1 a1"]), (", seconds: 1m", "客: a1\n服: b1", []),
    (", until: customer", "客: a1\n服: b1\n客: x\n服: b2", ["b1 a1"]), (", until: customer", "客: a1\n客: x\n服: b1", []), (", until: agent", "客: a1\n机: x\n客: b1", ["b1 a1"]),
    (", place: before, until: customer", "服: b1\n客: x\n服: b2\n服: a1", ["b2 a1"])])
def test_sequence(look: Look, params: str, chat: str, found: list[str]) -> None:
    assert look(f"sequence: {{anchor: question, then: answer{params}}}", chat, conditions=WORDS) == [x.split() for x in found]


@pytest.mark.parametrize(("params", "chat", "found"), [
    ("needs: [answer]", "客: b1\n服: a1", ["a1"]), ("needs: [answer]", "客: x\n服: a1", []), ("needs: [answer]", "服: a1\n客: b1", []), ("needs: [answer], after: 1", "服: a1\n客: b1", ["a1"]),
    ("needs: [answer], before: 1", "客: b1\n服: x\n服: a1", []), ("bars: [answer]", "客: b1\n服: a1", []), ("bars: [answer]", "客: x\n服: a1", ["a1"]), ("bars: [answer], before: 0", "客: b1\n服: a1", ["a1"]),
    ("needs: [answer, apology]", "客: b1\n服: 抱歉\n服: a1", ["a1"]), ("needs: [answer, apology]", "客: b1\n服: a1", [])])
def test_context(look: Look, params: str, chat: str, found: list[str]) -> None:
    assert look(f"context: {{find: question, {params}}}", chat, conditions=WORDS) == [[x] for x in found]


@pytest.mark.parametrize(("params", "chat", "found"), [
    ("trigger: complaint", "客: 我要投诉\n服: 好的", ["投诉"]), ("trigger: complaint", "客: 我要投诉\n服: 很抱歉", []), ("trigger: complaint", "客: 我要投诉", []), ("trigger: complaint, ended: false", "服: 好\n客: 我要投诉", ["投诉"]), ("trigger: complaint, ended: false, at_least: 0", "客: 我要投诉", ["投诉"]),
    ("trigger: complaint, ended: false", "客: 我要投诉", []), ("trigger: opening, at_least: 0", "客: 在", []), ("trigger: closing, at_least: 0", "客: 在", []),
    ("trigger: complaint", "服: 抱歉\n客: 我要投诉\n服: 好", ["投诉"]), ("trigger: complaint, replies: 1", "客: 我要投诉\n服: 好\n客: 嗯\n服: 抱歉", ["投诉"]),
    ("trigger: complaint, replies: 2", "客: 我要投诉\n服: 好\n客: 嗯\n服: 抱歉", []), ("trigger: complaint, messages: 1", "客: 我要投诉\n服: 好\n服: 抱歉", ["投诉"]), ("trigger: complaint, messages: 2", "客: 我要投诉\n服: 好\n服: 抱歉", []),
    ("trigger: complaint, seconds: 60s", "客@10:00:00: 投诉\n服@10:00:30: 抱歉", []), ("trigger: complaint, seconds: 60s", "客@10:00:00: 投诉\n服@10:00:30: 好\n服@10:02:00: 抱歉", ["投诉"]),
    ("trigger: complaint, unless: question", "客: 投诉 a1\n服: 好", []), ("trigger: complaint, at_least: 2", "客: 投诉\n服: 好", []), ("trigger: complaint, at_least: 2", "客: 投诉\n服: 好\n客: x\n服: y", ["投诉"]),
    ("trigger: complaint", "客: 投诉\n服: 好\n客: 投诉\n服: 好", ["投诉"]), ("trigger: complaint, once: false", "客: 投诉\n服: 好\n客: 投诉\n服: 好", ["投诉", "投诉"]),
    ("trigger: complaint, least: 2", "客: 投诉\n服: 好", []), ("trigger: complaint, least: 2", "客: 投诉\n服: 好\n客: x\n服: y", ["投诉"]),
    ("trigger: opening, replies: 1", "客: 在\n服: 好\n服: 抱歉", []), ("trigger: opening, replies: 1", "客: 在\n服: 好\n客: x\n服: 抱歉", ["好"]), ("trigger: opening", "客: 在", []),
    ("trigger: closing, replies: 1", "客: 在\n服: 抱歉\n客: x\n服: 好", ["好"]), ("trigger: closing, replies: 1", "客: 在\n服: 好\n客: x\n服: 抱歉", []), ("trigger: closing, replies: 2", "客: 在\n服: 抱歉\n客: x\n服: 好", [])])
def test_absence(look: Look, params: str, chat: str, found: list[str]) -> None:
    assert look(f"absence: {{must: apology, {params}}}", chat, conditions=WORDS) == [[x] for x in found]


def test_a_robots_welcome_is_a_welcome(look: Look) -> None:
    check = "absence: {trigger: opening, must: {phrase: {any: [欢迎], where: any}}, replies: 1}"
    assert look(check, "客: 在\n机: 欢迎光临\n服: 有的") == []
    assert look(check, "客: 在\n服: 有的") == [["有的"]]


@pytest.mark.parametrize(("params", "chat", "found"), [
    ("", "客: a1\n服: x\n客: a2", ["a1 a2"]), ("", "客: a1", []), (", times: 3", "客: a1 a2\n客: a3", ["a1 a2 a3"]), (", times: 3", "客: a1 a2", []), (", messages: 1", "客: a1\n服: x\n客: a2", []),
    (", messages: 1", "客: a1\n服: x\n客: a2\n客: a3", ["a2 a3"]), (", times: 1", "服: a1", ["a1"])])
def test_count(look: Look, params: str, chat: str, found: list[str]) -> None:
    assert look(f"count: {{find: question{params}}}", chat, conditions=WORDS) == [x.split() for x in found]


@pytest.mark.parametrize(("params", "chat", "found"), [
    ("all: [question, answer]", "客: a1\n服: b1\n服: b2", ["a1 b1"]), ("all: [question, answer]", "客: a1", []), ("any: [question, answer]", "服: b1", ["b1"]), ("any: [question, answer]", "服: x", []),
    ("any: [question, answer, apology], at_least: 2", "服: b1", []), ("any: [question, answer, apology], at_least: 2", "服: b1 抱歉", ["b1 抱歉"]), ("all: [question], none: [apology]", "客: a1\n服: b1", ["a1"]),
    ("all: [question], none: [apology]", "客: a1\n服: 抱歉", []), ("all: [question], any: [answer, apology]", "客: a1", []), ("all: [question], any: [answer, apology]", "客: a1\n服: 抱歉", ["a1 抱歉"]),
    ("all: [question, answer], each: true", "客: a1\n客: a2\n服: b1", ["a1", "a2"]), ("any: [question, answer], each: true", "客: a1\n服: b1", ["a1", "b1"])])
def test_combine(look: Look, params: str, chat: str, found: list[str]) -> None:
    assert look(f"combine: {{{params}}}", chat, conditions=WORDS) == [x.split() for x in found]


def test_conditions_nest(look: Look) -> None:
    check = "sequence: {anchor: {combine: {all: [complaint], none: [apology]}}, then: {count: {find: question, times: 2}}, place: around}"
    assert look(check, "客: a1 a2\n客: 投诉", conditions=WORDS) == [["a1", "a2", "投诉"]]
    assert look(check, "客: a1 a2\n客: 投诉\n服: 抱歉", conditions=WORDS) == []
