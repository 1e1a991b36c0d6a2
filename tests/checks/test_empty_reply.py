"""`empty_reply`: each kind, and what clears it."""
from __future__ import annotations

from collections.abc import Callable

import pytest

Look = Callable[..., list[list[str]]]
ASK = "客: 这件有M码吗\n"


@pytest.mark.parametrize(("params", "chat", "found"), [
    ("{kind: greeting}", ASK + "服: 亲,在的", [["亲,在的"]]), ("{kind: greeting}", ASK + "服: 亲\n服: 在的", [["亲", "在的"]]), ("{kind: greeting}", ASK + "服: 亲,在的\n服: 有的", []),
    ("{kind: greeting}", "客: 在吗\n服: 亲,在的", []), ("{kind: greeting}", ASK + "机: 亲,在的", []), ("{kind: greeting}", ASK + "服: 亲,在的\n客: 有没有\n服: 有的", [["亲,在的"]]),
    ("{kind: greeting}", ASK + "服: 亲,感谢您对本店的支持与信赖,祝您购物愉快,生活开心,欢迎再次光临", []), ("{kind: greeting, length: 60}", ASK + "服: 亲,感谢您对本店的支持与信赖,祝您购物愉快,生活开心,欢迎再次光临", True),
    ("{kind: courtesy}", ASK + "服: 亲,感谢您对本店的支持与信赖,祝您购物愉快,生活开心,欢迎再次光临", True), ("{kind: courtesy}", ASK + "服: 亲,在的", []),
    ("{kind: marks}", ASK + "服: 。。。", [["。。。"]]), ("{kind: marks}", ASK + "服: #E-s[数字x]", True), ("{kind: marks}", "客: 谢谢\n服: #E-s[数字x]", []), ("{kind: marks}", ASK + "服: 有", []),
    ("{kind: query}", ASK + "服: ??", [["??"]]), ("{kind: query}", ASK + "服: 。。", []),
    ("{kind: acknowledgement}", "客: 偏大还是偏小\n服: 嗯嗯", [["嗯嗯"]]), ("{kind: acknowledgement}", ASK + "服: 嗯嗯", []), ("{kind: acknowledgement}", "客: 偏大还是偏小\n服: 嗯,偏大", []),
    ("{kind: echo}", "客: 什么时候能发货\n服: 什么时候能发货", True), ("{kind: echo}", "客: 什么时候能发货\n服: 今天能发货", []),
    ("{kind: holding}", ASK + "服: 稍等,帮您查一下", True), ("{kind: holding}", ASK + "服: 稍等\n客: 好\n服: 有的", []), ("{kind: holding}", ASK + "服: 稍等\n客: 好\n服: 请稍等", True),
    ("{kind: padding}", "客@10:00:00: 有M码吗\n服@10:00:05: 亲\n客@10:00:30: ?\n服@10:02:00: 有", [["亲"]]), ("{kind: padding}", "客@10:00:00: 有M码吗\n服@10:00:05: 亲\n客@10:00:07: ?\n服@10:00:20: 有", []),
    ("{kind: padding}", "客@10:00:00: 有M码吗\n服@10:00:40: 亲", []), ("{kind: padding, within: 60s}", "客@10:00:00: 有M码吗\n服@10:00:40: 亲", [["亲"]]), ("{kind: padding}", ASK + "服: 亲", [])])
def test_empty_reply(look: Look, params: str, chat: str, found: object) -> None:
    said = look(f"empty_reply: {params}", chat)
    assert bool(said) if found is True else said == found
