"""`phrase`: any, all, N of, none; clearing words, guards, borders."""
from __future__ import annotations

from collections.abc import Callable

import pytest

Look = Callable[..., list[list[str]]]


@pytest.mark.parametrize(("check", "chat", "found"), [
    ("phrase: {any: [微信, 支付宝]}", "服: 加微信,支付宝也行", [["微信", "支付宝"]]),
    ("phrase: {any: [微信]}", "服: 微信\n客: 微信\n服: 微 信", [["微信"], ["微 信"]]),
    ("phrase: {any: 微信}", "服: 淘宝", []),
    ("phrase: {any: [12315], where: customer}", "客: 打12315", [["12315"]]),
    ("phrase: {all: [五星, 返现]}", "服: 五星好评就返现", [["五星", "返现"]]),
    ("phrase: {all: [五星, 返现]}", "服: 五星好评\n服: 返现", []),
    ("phrase: {any: [姓名, 电话, 地址], at_least: 2}", "服: 姓名电话发一下", [["姓名", "电话"]]),
    ("phrase: {any: [姓名, 电话, 地址], at_least: 2}", "服: 电话电话电话", []),
    ("phrase: {any: [亲], times: 3}", "服: 亲,有的亲,明天到亲", [["亲", "亲", "亲"]]),
    ("phrase: {any: [亲], times: 3}", "服: 亲,有的亲", []),
    ("phrase: {none: [请, 您]}", "服: 快说\n服: 请讲", [["快说"]]),
    ("phrase: {any: [退], none: [您]}", "服: 退不了\n服: 您这个退不了", [["退"]]),
    ("phrase: {any: [退不了], unless: [建议]}", "服: 退不了\n服: 退不了,建议您转卖", [["退不了"]]),
    ("phrase: {any: [退不了], unless_clause: [定制]}", "服: 定制款退不了\n服: 定制款,退不了", [["退不了"]]),
    ("phrase: {any: ['re:好评.{0,4}返现?']}", "服: 好评后返2元", [["好评后返"]]),
    ("phrase: {any: ['re:[0-9]+元']}", "服: 只要25元,30元", [["25元", "30元"]]),
    ("phrase: {any: [{phrases: [大麻], allow: [大麻烦]}]}", "服: 大麻烦了\n服: 大麻和大麻烦", [["大麻"]]),
    ("phrase: {any: [{phrases: [加微信], sound: true}]}", "服: 加威信吧", [["加威信"]]),
    ("phrase: {any: [{list: wechat}]}", "服: 加我v信聊", True),
    ("phrase: {any: [{regex: ['退[货款]'], phrases: [换货]}]}", "服: 退款还是换货", [["退款", "换货"]]),
    ("phrase: {any: [保障], boundary: word}", "服: 有保障\n服: 正品保障", [["保障"]]),
    ("phrase: {any: [保障]}", "服: 有保障\n服: 正品保障", [["保障"], ["保障"]]),
    ("phrase: {any: [加微信, 微信]}", "服: 加微信", [["加微信"]]),
    ("phrase: {any: [微信]}", "服(image): 微信", []),
    ("phrase: {any: [微信]}", "机: 微信", [])])
def test_phrase(look: Look, check: str, chat: str, found: object) -> None:
    said = look(check, chat)
    assert bool(said) if found is True else said == found


@pytest.mark.parametrize(("guard", "text", "hit"), [
    ("skip: [negated]", "服: 我们支持微信交易", True), ("skip: [negated]", "服: 我们不支持微信交易", False), ("skip: [negated]", "服: 没问题的呀,微信交易", True),
    ("skip: [negated]", "服: 不会再让您这边走微信交易", True), ("skip: [negated], reach: 12", "服: 不会再让您这边走微信交易", False),
    ("only: [negated]", "服: 我们不支持微信交易", True), ("only: [negated]", "服: 我们支持微信交易", False),
    ("skip: [question]", "服: 您要微信交易吗", False), ("skip: [question]", "服: 您要微信交易,可以吗", True), ("only: [question]", "服: 是不是微信交易", True),
    ("skip: [condition]", "服: 如果微信交易就没有保障", False), ("skip: [condition]", "服: 微信交易的话没保障", False), ("skip: [condition]", "服: 微信交易有优惠", True),
    ("skip: [quoted]", '服: 您说的"微信交易"不可以', False), ("skip: [quoted]", "服: 微信交易可以", True), ("skip: [quoted]", "客: 能微信交易吗\n服: 微信交易可以", False),
    ("skip: [negated, question]", "服: 微信交易便宜", True), ("skip: [negated, question]", "服: 不能微信交易", False)])
def test_guards(look: Look, guard: str, text: str, hit: bool) -> None:
    assert bool(look(f"phrase: {{any: [微信交易], guard: {{{guard}}}}}", text)) is hit


CHAT = "客: a1\n服: a2\n机: a3\n服: a4\n客: a5\n服: a6\n服: a7"


@pytest.mark.parametrize(("where", "found"), [
    ("agent", "a2 a4 a6 a7"), ("customer", "a1 a5"), ("bot", "a3"), ("any", "a1 a2 a3 a4 a5 a6 a7"), ("{first: 2}", "a2 a4"), ("{last: 1}", "a7"),
    ("{role: any, first: 3, last: 1}", "a3"), ("{range: [2, 3]}", "a4 a6"), ("{range: [2, -1]}", "a4 a6 a7"), ("{range: [-2, -1]}", "a6 a7"), ("{range: [1, -2]}", "a2 a4 a6"),
    ("{range: [5, 9]}", ""), ("{range: [-9, 1]}", "a2"), ("{role: customer, range: [2, 2]}", "a5")])
def test_positions(look: Look, where: str, found: str) -> None:
    assert look(f"phrase: {{any: ['re:a[0-9]'], where: {where}}}", CHAT) == [[x] for x in found.split()]
    assert look(f"phrase: {{none: [没有], where: {where}}}", CHAT) == [[x] for x in found.split()]


@pytest.mark.parametrize(("where", "chat", "hit"), [
    ("{after_wait: 60s}", "客@10:00:00: 在\n服@10:02:00: 好", True), ("{after_wait: 60s}", "客@10:00:00: 在\n服@10:00:30: 好", False), ("{after_wait: 60s}", "客: 在\n服: 好", False),
    ("{after_wait: 1m}", "服@10:00:00: 在\n客@10:02:00: 在\n服@10:02:10: 好", False),
    ("{answers: concrete}", "客: 怎么退货\n服: 好", True), ("{answers: concrete}", "客: 在吗\n服: 好", False), ("{answers: concrete}", "服: 好", False),
    ("{asked: [shipping_time]}", "客: 什么时候发货\n服: 好", True), ("{asked: [shipping_time]}", "客: 有没有发票\n服: 好", False), ("{asked: shipping_time}", "服: 好", False)])
def test_surroundings(look: Look, where: str, chat: str, hit: bool) -> None:
    assert bool(look(f"phrase: {{any: [好], where: {where}}}", chat)) is hit
