"""Strategies for everything a conversation can hold."""
from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import strategies as st

from qa_service.model.conversation import CHANNELS, EMPTY, KINDS, ROLES, Conversation, Message, Party

_TEXT = st.text(max_size=20)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2**53, 2**53) | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3), max_leaves=5)
_META = st.just(EMPTY) | st.dictionaries(_TEXT, _JSON, min_size=1, max_size=3)
_ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_TIMES = st.none() | st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=_ZONES)
_PARTIES = st.builds(Party, id=_TEXT, name=_TEXT)
_MESSAGES = st.builds(Message, role=st.sampled_from(sorted(ROLES)), text=_TEXT, at=_TIMES, kind=st.sampled_from(sorted(KINDS)),
                      agent_id=_TEXT, id=_TEXT, meta=_META)


@pytest.fixture(scope="session")
def conversations() -> st.SearchStrategy[Conversation]:
    """Conversations with every field in every form."""
    return st.builds(Conversation, id=st.text(min_size=1, max_size=20), messages=st.lists(_MESSAGES, min_size=1, max_size=4).map(tuple),
                     shop=st.text(min_size=1, max_size=10), channel=st.sampled_from(sorted(CHANNELS)), agent=_PARTIES, customer=_PARTIES, meta=_META)
