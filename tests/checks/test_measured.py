"""`interval`, `measure`, `label`, `similar`, `repetition`, `promise`, `personal_data`: numbers and likenesses."""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qa_service.checks.base import Match

Look = Callable[..., list[list[str]]]
Matches = Callable[..., list[Match]]
TIMED = "客@10:00:00: 怎么退货\n服@10:00:40: 亲\n客@10:01:00: ?\n服@10:02:40: 点申请售后\n客@10:03:00: 好的\n服@10:03:05: 嗯"


@pytest.mark.parametrize(("params", "found"), [
    ("{over: 30s}", ["亲 怎么退货", "点申请售后 ?"]), ("{over: 30s, under: 60s}", ["亲 怎么退货"]), ("{over: 30s, which: first}", ["亲 怎么退货"]), ("{over: 30s, which: later}", ["点申请售后 ?"]),
    ("{over: 30s, effective: true}", ["点申请售后 怎么退货"]), ("{over: 10m}", []), ("{over: 90s, silence: true}", ["点申请售后 ?"]), ("{over: 30s, silence: true}", ["亲 怎么退货", "点申请售后 ?"])])
def test_interval(look: Look, params: str, found: list[str]) -> None:
    assert look(f"interval: {params}", TIMED) == [x.split() for x in found]


def test_intervals_are_silent_without_times_and_say_how_long(look: Look, matches: Matches) -> None:
    assert look("interval: {over: 1s}", "客: 怎么退货\n服: 亲") == []
    assert look("interval: {over: 1s, silence: true}", "客: 怎么退货\n服: 亲") == []
    assert matches("interval: {over: 30s}", TIMED)[0].detail == "等待 40 秒"


@pytest.mark.parametrize(("params", "chat", "found"), [
    ("{unanswered: true}", "客: 怎么退货", ["怎么退货"]), ("{unanswered: true}", "客: 怎么退货\n服: 亲", []), ("{unanswered: true}", "客: 在吗", []), ("{unanswered: true}", "服: 亲\n客: 怎么退货\n机: 欢迎", ["怎么退货"]),
    ("{unanswered: true, over: 60s}", "客@10:00:00: 怎么退货\n客@10:02:00: 人呢", ["怎么退货 人呢"]), ("{unanswered: true, over: 60s}", "客@10:00:00: 怎么退货", [])])
def test_unanswered(look: Look, params: str, chat: str, found: list[str]) -> None:
    assert look(f"interval: {params}", chat) == [x.split() for x in found]


@pytest.mark.parametrize(("params", "hit"), [
    ("{name: messages, over: 5}", True), ("{name: messages, over: 6}", False), ("{name: messages, under: 6}", False), ("{name: longest_wait_seconds, over: 90s}", True),
    ("{name: response_30s_rate, under: 0.5}", True), ("{name: messages, over: 1, under: 9}", True)])
def test_measure(matches: Matches, params: str, hit: bool) -> None:
    found = matches(f"measure: {params}", TIMED)
    assert bool(found) is hit
    assert all(m.spans == () and m.detail for m in found)


def test_a_measure_that_is_null_never_matches(matches: Matches) -> None:
    assert matches("measure: {name: first_response_seconds, under: 1000000}", "客: 在\n服: 在") == []


@pytest.mark.parametrize(("params", "chat", "hit"), [
    ("{topic: shipping_time}", "客: 什么时候发货", True), ("{topic: [invoice, shipping_time]}", "客: 什么时候发货", True), ("{topic: invoice}", "客: 什么时候发货", False), ("{topic: shipping_time}", "服: 什么时候发货", False),
    ("{topic: shipping_time, confidence: 1.0}", "客: 什么时候发货", False), ("{mood: negative}", "客: 太差了,气死我了", True), ("{mood: negative}", "客: 有M码吗", False), ("{mood: positive}", "客: 很满意,质量非常好", True),
    ("{score_under: -0.3}", "客: 太差了,气死我了", True), ("{mood: negative, times: 2}", "客: 太差了,气死我了", False), ("{mood: negative, times: 2}", "客: 太差了,气死我了\n客: 垃圾,骗子", True)])
def test_label(look: Look, params: str, chat: str, hit: bool) -> None:
    assert bool(look(f"label: {params}", chat)) is hit


def test_a_label_counted_lists_every_message(look: Look) -> None:
    assert look("label: {mood: negative, times: 2}", "客: 太差了,气死我了\n客: 垃圾,骗子") == [["太差了,气死我了", "垃圾,骗子"]]


@pytest.mark.parametrize(("params", "chat", "hit"), [
    ("", "服: 这个问题我们处理不了,您找快递", True), ("", "服: 这个问题我们处理不了呢,您去找快递吧", True), ("", "服: 已经帮您处理好了", False), ("", "客: 这个问题我们处理不了,您找快递", False), ("", "服: !!", False),
    (", similarity: 1", "服: 这个问题我们处理不了呢,您找快递", False), (", holds: 快递", "服: 这个问题我们处理不了,您找快递", True), (", holds: 物流", "服: 这个问题我们处理不了,您找快递", False),
    (", where: {last: 1}", "服: 这个问题我们处理不了,您找快递\n服: 好", False)])
def test_similar(look: Look, params: str, chat: str, hit: bool) -> None:
    assert bool(look(f"similar: {{examples: ['这个问题我们处理不了,您找快递', 别来烦我]{params}}}", chat)) is hit


def test_the_nearest_example_is_shown(matches: Matches) -> None:
    (found,) = matches("similar: {examples: [您自己找快递吧, 别来烦我]}", "服: 您自己去找快递吧")
    assert "您自己找快递吧" in found.detail
    assert .75 <= found.confidence < 1


SAME = "您在订单页面点申请售后就可以了"


@pytest.mark.parametrize(("params", "chat", "hit"), [
    ("{}", f"服: {SAME}\n客: 不行\n服: {SAME}", True), ("{}", f"服: {SAME}\n服: {SAME}", False), ("{apart: 0}", f"服: {SAME}\n服: {SAME}", True), ("{}", f"服: {SAME}\n客: 不行\n服: 那我帮您登记", False),
    ("{times: 3}", f"服: {SAME}\n客: 不行\n服: {SAME}", False), ("{times: 3}", f"服: {SAME}\n客: 不行\n服: {SAME}\n客: 不行\n服: {SAME}", True), ("{}", f"服: {SAME}\n客: 不行\n服: {SAME}哦亲", True),
    ("{}", "服: 亲,在的\n客: 不行\n服: 亲,在的", False), ("{length: 30}", f"服: {SAME}\n客: 不行\n服: {SAME}", False), ("{similarity: 0.7}", "服: 您在订单页面点申请售后就行\n客: 不行\n服: 在订单页面点申请售后", True), ("{similarity: 1}", "服: 您在订单页面点申请售后就行\n客: 不行\n服: 在订单页面点申请售后", False),
    ("{unless: [订单]}", f"服: {SAME}\n客: 不行\n服: {SAME}", False), ("{where: customer}", f"客: {SAME}\n服: 不行\n客: {SAME}", True), ("{}", f"客: {SAME}\n服: 不行\n客: {SAME}", False),
    ("{}", f"服: {SAME}\n机: 不行\n服: {SAME}", False)])
def test_repetition(look: Look, params: str, chat: str, hit: bool) -> None:
    assert bool(look(f"repetition: {params}", chat)) is hit


def test_a_repetition_lists_the_last_first(look: Look) -> None:
    assert look("repetition: {}", f"服: {SAME}\n客: 不行\n服: {SAME}哦亲") == [[f"{SAME}哦亲", SAME]]
    assert look("repetition: {times: 3}", f"服: {SAME}\n客: 不行\n服: {SAME}\n客: ?\n服: {SAME}") == [[SAME] * 3]


@pytest.mark.parametrize(("params", "chat", "policy", "hit"), [
    ("{types: [compensation], amount_over: max_compensation}", "客: 少发了\n服: 给您补偿80元", {"max_compensation": 50}, True),
    ("{types: [compensation], amount_over: max_compensation}", "客: 少发了\n服: 给您补偿30元", {"max_compensation": 50}, False),
    ("{types: [compensation], amount_over: max_compensation}", "客: 少发了\n服: 给您补偿80元", {}, False),
    ("{types: [refund], amount_over: max_compensation}", "客: 少发了\n服: 给您补偿80元", {"max_compensation": 50}, False),
    ("{types: [ship_by], hours_over: ship_within_hours}", "客: 何时发货\n服: 72小时内给您发货", {"ship_within_hours": 48}, True),
    ("{types: [ship_by], hours_over: ship_within_hours}", "客: 何时发货\n服: 24小时内给您发货", {"ship_within_hours": 48}, False),
    ("{types: [ship_by], hours_under: ship_within_hours}", "客: 何时发货\n服: 24小时内给您发货", {"ship_within_hours": 48}, True),
    ("{types: [reissue], refused: not_offered}", "客: 少发了\n服: 今天给您补发", {"not_offered": ["reissue"]}, True), ("{types: [reissue], refused: not_offered}", "客: 少发了\n服: 今天给您补发", {}, False),
    ("{types: [reissue]}", "客: 少发了\n服: 今天给您补发", {}, True), ("{types: [reissue], unless: [备注]}", "客: 少发了\n服: 今天给您补发,已备注", {}, False), ("{types: [reissue], status: contradicted}", "客: 少发了\n服: 今天给您补发", {}, False)])
def test_promise(look: Look, params: str, chat: str, policy: dict[str, Any], hit: bool) -> None:
    assert bool(look(f"promise: {params}", chat, policy=policy)) is hit


@pytest.mark.parametrize(("params", "chat", "found"), [
    ("{}", "服: 电话13812345678", ["13812345678"]), ("{}", "客: 电话13812345678", []), ("{where: any}", "客: 电话13812345678", ["13812345678"]), ("{}", "服: 单号138123456789", []), ("{}", "服: １３８１２３４５６７８", ["１３８１２３４５６７８"]),
    ("{kinds: [identity]}", "服: 11010519491231002X", ["11010519491231002X"]), ("{kinds: [identity]}", "服: 110105194912310021", []), ("{kinds: [bank_card]}", "服: 4111111111111111", ["4111111111111111"]), ("{kinds: [bank_card]}", "服: 4111111111111112", []), ("{kinds: [mobile]}", "服: 4111111111111111", []),
    ("{unknown: true}", "客: 我的号13812345678\n服: 是13812345678吗", []), ("{unknown: true}", "客: 你好\n服: 是13812345678吗", ["13812345678"]), ("{unknown: true}", "服: 是13812345678吗\n客: 13812345678", ["13812345678"])])
def test_personal_data(look: Look, params: str, chat: str, found: list[str]) -> None:
    assert look(f"personal_data: {params}", chat) == [[x] for x in found]
