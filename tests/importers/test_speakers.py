"""Accounts, machines and recalled messages are told by how desks write them, and ordinary words are not taken for them."""
from __future__ import annotations

import pytest

from qa_service.importers.speakers import account_of, is_robot, marked_automatic, same_nick, says_revoked, shop_of, tmall_or_taobao


@pytest.mark.parametrize(("written", "account", "shop"), [
    ("cntaobao云杉家居旗舰店:小禾", "云杉家居旗舰店:小禾", "云杉家居旗舰店"), (" 云杉家居：小禾 ", "云杉家居：小禾", "云杉家居"),
    ("cnalichn木石工厂", "木石工厂", ""), ("云杉:", "云杉:", ""), ("cntaobao", "cntaobao", ""), ("", "", "")])
def test_accounts(written: str, account: str, shop: str) -> None:
    assert account_of(written) == account
    assert shop_of(account) == shop


def test_only_tmall_shops_are_called_flagship() -> None:
    assert [tmall_or_taobao(s) for s in ("云杉家居旗舰店", "青禾专营店", "云杉家居", "旗舰店代发小铺")] == ["tmall", "tmall", "taobao", "taobao"]


@pytest.mark.parametrize("account", ["云杉家居旗舰店:机器人", "店小蜜", "青禾:智能客服01", "jimi", "shop:robot_2", "云杉:自动回复"])
def test_robots(account: str) -> None:
    assert is_robot(account)


@pytest.mark.parametrize("account", ["云杉家居旗舰店:小禾", "机器人玩具旗舰店:小禾", "abbott", "智能家居", "bottle:阿星", "robotics01:客服"[9:]])
def test_people(account: str) -> None:
    assert not is_robot(account)


@pytest.mark.parametrize(("text", "automatic"), [
    ("[自动回复]您好,在的", True), ("【机器人】亲,请问有什么可以帮您", True), ("(系统自动回复) 稍等", True),
    ("自动回复怎么关", False), ("[图片]", False), ("(自动挡的吗)", False), ("", False)])
def test_marks_of_automatic_replies(text: str, automatic: bool) -> None:
    assert marked_automatic(text) is automatic


@pytest.mark.parametrize(("text", "revoked"), [
    ("你撤回了一条消息", True), ("对方撤回了一条消息", True), ('"小禾"撤回了一条消息', True), ("[撤回]", True), ("该消息已被撤回", True),
    ("刚才撤回的是什么", False), ("我撤回退款申请了", False), ("退款申请可以撤回吗", False), ("", False)])
def test_what_stands_for_a_recalled_message(text: str, revoked: bool) -> None:
    assert says_revoked(text) is revoked


@pytest.mark.parametrize(("one", "other", "same"), [
    ("tb88231", "b88231", True), ("阿岚elly", "岚elly", True), ("jojo77:小号", "jojo77", True), ("TB88231", "tb88231", True), ("t***1", "tb88231", True),
    ("tb88231", "tb88232", False), ("a", "ba", False), ("tb88231", "88231tb", False), ("阿岚", "岚", False), ("*", "tb", False), ("t*1", "t*1x", False),
    ("xxxtb88231", "tb88231", False)])
def test_two_writings_of_a_nickname(one: str, other: str, same: bool) -> None:
    assert same_nick(one, other) is same
    assert same_nick(other, one) is same
