"""The published schemas and the codec say the same."""
from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from qa_service.model.conversation import Conversation
from qa_service.model.errors import InvalidRecord
from qa_service.model.schema import conversation_schema, evaluation_schema
from qa_service.model.wire import conversation_from_dict, conversation_to_dict

CONVERSATION = Draft202012Validator(conversation_schema())
SMALL: dict[str, Any] = {"id": "1", "messages": [{"role": "agent", "text": "好"}]}


@pytest.mark.parametrize("schema", [conversation_schema(), evaluation_schema()])
def test_the_schemas_are_schemas(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(schema)) == schema


@given(st.data())
def test_what_the_codec_writes_is_valid(conversations: st.SearchStrategy[Conversation], data: st.DataObject) -> None:
    CONVERSATION.validate(json.loads(json.dumps(conversation_to_dict(data.draw(conversations)))))


@pytest.mark.parametrize("change", [
    {"id": ""}, {"id": None}, {"id": ["x"]}, {"messages": []}, {"messages": None}, {"messages": [1]}, {"messages": [{"role": "agent"}]},
    {"messages": [{"text": "好"}]}, {"messages": [{"role": "boss", "text": "好"}]}, {"messages": [{"role": "agent", "text": 5}]},
    {"messages": [{"role": "agent", "text": "好", "kind": "gif"}]}, {"messages": [{"role": "agent", "text": "好", "meta": 1}]},
    {"messages": [{"role": "agent", "text": "好", "at": 5}]}, {"channel": "amazon"}, {"agent": "小美"}, {"customer": [1]}, {"meta": "x"}])
def test_both_refuse_the_same(change: dict[str, Any]) -> None:
    data = {**SMALL, **change}
    with pytest.raises(ValidationError):
        CONVERSATION.validate(data)
    with pytest.raises(InvalidRecord):
        conversation_from_dict(data)


@pytest.mark.parametrize("change", [{}, {"shop": "a"}, {"channel": "jd"}, {"agent": {"id": "1"}}, {"meta": {"a": [1]}}, {"rating": 5}])
def test_both_take_the_same(change: dict[str, Any]) -> None:
    data = {**SMALL, **change}
    CONVERSATION.validate(data)
    assert conversation_from_dict(data).id == "1"
