"""The hooks file: read, or refused with the place."""
from __future__ import annotations

from pathlib import Path

import pytest

from qa_service.model.errors import UsageError
from qa_service.services.hooks.configuration import load_hooks
from qa_service.services.hooks.mapping import at_pointer

GOOD = '[[hook]]\nshop = "a"\nsource = "chatwoot"\nsecrets = ["0123456789abcdef"]\n'


def test_two_shops_may_have_the_same_helpdesk(tmp_path: Path) -> None:
    path = tmp_path / "hooks.toml"
    path.write_text(GOOD + GOOD.replace('"a"', '"b"') + 'channel = "web"\n', "utf-8")
    hooks = load_hooks(path)
    assert {key: hook.channel for key, hook in hooks.items()} == {("chatwoot", "a"): None, ("chatwoot", "b"): "web"}
    assert "0123456789abcdef" not in repr(hooks)
    assert load_hooks(None) == {}


@pytest.mark.parametrize(("text", "why"), [
    ("[[hook", "QA_HOOKS"), ("x = 1", "只应有"), ('hook = "x"', "只应有"), (GOOD + GOOD, "两次"), (GOOD + 'colour = "red"', "colour"),
    (GOOD.replace("chatwoot", "telegram"), "source"), (GOOD.replace('shop = "a"', ""), "shop"), (GOOD.replace("0123456789abcdef", "short"), "16"),
    (GOOD.replace('["0123456789abcdef"]', "[]"), "secrets"), (GOOD.replace('["0123456789abcdef"]', '"0123456789abcdef"'), "secrets"),
    (GOOD + 'channel = "fax"', "渠道"), (GOOD.replace("chatwoot", "generic"), "hook.map"),
    (GOOD.replace("chatwoot", "generic") + '[hook.map]\nconversation = "id"', "conversation"),
    (GOOD.replace("chatwoot", "generic") + '[hook.map]\nconversation = "/id"', "缺少"),
    (GOOD.replace("chatwoot", "generic") + '[hook.map]\nroles = {boss = "king"}', "roles")])
def test_what_cannot_be_used_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "hooks.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=why) as refused:
        load_hooks(path)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize(("pointer", "value"), [
    ("/a/0/b", 1), ("/a/1", None), ("/a/x", None), ("/~1~0", 2), ("", {"a": [{"b": 1}], "/~": 2}), ("/a/0/b/c", None), ("/missing/deep", None)])
def test_json_pointers(pointer: str, value: object) -> None:
    assert at_pointer({"a": [{"b": 1}], "/~": 2}, pointer) == value
