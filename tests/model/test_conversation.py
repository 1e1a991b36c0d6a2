"""The pure data: hashable, picklable, and the identity of a finding."""
from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.model.conversation import EMPTY, Conversation, Message, Turn
from qa_service.model.errors import InvalidRecord, QaError
from qa_service.model.finding import fingerprint
from qa_service.model.policy import Policy

_WORDS = st.lists(st.text(max_size=5), min_size=1, max_size=3).map(tuple)


def test_the_empty_mapping_is_one_wherever_it_travels() -> None:
    assert pickle.loads(pickle.dumps(EMPTY)) is EMPTY
    assert copy.deepcopy(EMPTY) is EMPTY
    assert EMPTY == {}
    assert hash(EMPTY) == hash(EMPTY)


def test_the_empty_mapping_cannot_be_written_to() -> None:
    with pytest.raises(TypeError, match="read-only"):
        EMPTY["a"] = 1  # type: ignore[index]
    for write in (lambda e: e.update(a=1), lambda e: e.setdefault("a", 1), lambda e: e.__ior__({"a": 1})):
        with pytest.raises(TypeError, match="read-only"):
            write(EMPTY)
    assert EMPTY == {}


@given(st.data())
def test_conversations_travel_between_processes(conversations: st.SearchStrategy[Conversation], data: st.DataObject) -> None:
    conversation = data.draw(conversations)
    assert pickle.loads(pickle.dumps(conversation)) == conversation


def test_a_turn_knows_its_ends() -> None:
    turn = Turn("agent", (2, 4, 5))
    assert (turn.first, turn.last) == (2, 5)


@given(_WORDS, st.integers(1, 9))
def test_a_fingerprint_is_of_rule_words_and_turn_of_occurrence(words: tuple[str, ...], nth: int) -> None:
    mine = fingerprint("ER01", words, nth)
    assert mine == fingerprint("ER01", words, nth)
    assert len(mine) == 16
    assert mine not in (fingerprint("ER02", words, nth), fingerprint("ER01", words, nth + 1), fingerprint("ER01", (*words, "x"), nth))


def test_a_fingerprint_has_a_value_for_ever() -> None:
    """Verdicts of people hang on it: it may not change with a release."""
    assert fingerprint("ER01", ("亲,在的",), 1) == "1769aae269a5a2ea"


def test_an_error_reads_as_place_reason_remedy() -> None:
    assert str(QaError("坏了")) == "坏了"
    assert str(QaError("坏了", where="a.yaml:3", fix="改好")) == "a.yaml:3: 坏了。改好"
    assert InvalidRecord("坏了", field="/id").field == "/id"


def test_a_policy_is_silent_where_it_says_nothing() -> None:
    policy = Policy("tmall", {"return_freight": "seller"})
    assert policy.get("return_freight") == "seller"
    assert policy.get("authenticity") is None
    assert policy.get("authenticity", 4) == 4


def test_what_is_made_is_sealed() -> None:
    message = Message("agent", "有的", None, "text", "小美")
    conversation = Conversation("1", (message,))
    for made, name in ((message, "text"), (conversation, "id")):
        with pytest.raises(FrozenInstanceError):
            setattr(made, name, "")
        with pytest.raises(FrozenInstanceError):
            delattr(made, name)
    assert replace(message, text="没有") == Message("agent", "没有", agent_id="小美")
    assert replace(conversation, shop="甲").messages == (message,)
    assert hash(message) == hash(copy.copy(message)) == hash(pickle.loads(pickle.dumps(message)))
    assert type(message) is type(copy.copy(message)) is Message
    with pytest.raises(TypeError):
        Message("agent")  # type: ignore[call-arg]
