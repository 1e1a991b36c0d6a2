"""`reply`: the whole agent turn is a way to say nothing helpful."""
from __future__ import annotations

from collections.abc import Callable

import pytest

Look = Callable[..., list[list[str]]]
ASK = "客: 这个能机洗吗\n"


@pytest.mark.parametrize(("more", "chat", "hit"), [
    ("", ASK + "服: 亲,不清楚呢", True), ("", ASK + "服: 不清楚\n服: 不好意思哦亲", True), ("", ASK + "服: 不清楚,我帮您问一下仓库明天回复您", False), ("", ASK + "服: 不清楚\n服: 您可以看水洗标", False),
    ("", ASK + "服: 不清楚\n服(image): [图片]", False), ("", ASK + "服: 不清楚 https://a.cn/b", False), ("", ASK + "服: 可以的", False), ("", ASK + "服: 不清楚\n客: 那谁清楚\n服: 可以机洗", True),
    (", leaves: 0", ASK + "服: 这个不清楚啊啊", True), (", leaves: 0", ASK + "服: 面料不清楚", False), (", leaves: 2", ASK + "服: 面料不清楚", True),
    (", leaves: 0", ASK + "服: 目前不清楚", False), (", leaves: 0, aside: [courtesy.filler]", ASK + "服: 我们这边目前不清楚", True),
    (", leaves: 0", ASK + "服: 能机洗不清楚", False), (", leaves: 0, echo: true", ASK + "服: 能机洗不清楚", True),
    (", leaves: 20", ASK + "服: 不清楚,30天内吧", True), (", leaves: 20, holds_no: [slots.number]", ASK + "服: 不清楚,30天内吧", False),
    (", unless: [仓库]", ASK + "服: 不清楚\n服: 问仓库", False), (", asked: [机洗]", ASK + "服: 不清楚", True), (", asked: [发货]", ASK + "服: 不清楚", False),
    (", asked_not: [机洗]", ASK + "服: 不清楚", False), (", asked_not: [发货]", ASK + "服: 不清楚", True), (", where: {first: 1}", ASK + "服: 不清楚", True),
    (", where: {first: 1}", ASK + "服: 可以\n客: 烘干呢\n服: 不清楚", False), (", where: {answers: concrete}", "客: 在吗\n服: 不清楚", False)])
def test_reply(look: Look, more: str, chat: str, hit: bool) -> None:
    found = look(f"reply: {{says: [不清楚, 不知道]{more}}}", chat)
    assert found == ([["不清楚"]] if hit else [])


def test_expressions_say_it_too(look: Look) -> None:
    assert look("reply: {says: ['re:不(太)?(清楚|知道)']}", ASK + "服: 这个不太清楚呢") == [["不太清楚"]]
    assert look("reply: {says: ['re:[0-9]']}", ASK + "服: 1") == [["1"]]
