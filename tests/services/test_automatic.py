"""Automatic replies are told apart by what many chats show, and only then."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qa_service.model.conversation import Conversation, Message
from qa_service.model.record import Imported, Record, Reject
from qa_service.services import automatic
from qa_service.services.automatic import AutomaticReplies

AT = datetime(2025, 11, 1, 2, tzinfo=UTC)
WELCOME = "您好,欢迎光临本店,客服马上就来"


def chat(number: int, text: str = WELCOME, after: float | None = 1.0, then: str = "M码有的") -> Imported:
    """A customer's question, the shop's first words `after` seconds, and an answer."""
    at = [AT, AT + timedelta(seconds=after), AT + timedelta(seconds=60)] if after is not None else [None] * 3
    said = zip(("customer", "agent", "agent"), ("有M码吗", text, then), at, strict=True)
    return Imported(Conversation(f"c{number}", tuple(Message(r, t, a) for r, t, a in said)), "x", number)


def roles(records: list[Record]) -> list[str]:
    return [r.conversation.messages[1].role for r in records if isinstance(r, Imported)]


def test_the_same_words_within_seconds_in_many_chats_are_a_machines() -> None:
    replies = AutomaticReplies()
    done = list(replies.mark(chat(n) for n in range(5)))
    assert roles(done) == ["bot"] * 5
    assert replies.marked == 5
    first = done[0]
    assert isinstance(first, Imported)
    assert "逐字" in first.conversation.messages[1].meta["auto_reason"]
    assert [m.role for m in first.conversation.messages] == ["customer", "bot", "agent"]


def test_too_few_chats_too_short_a_text_too_slow_or_no_times_change_nothing() -> None:
    for chats in ([chat(n) for n in range(4)], [chat(n, "在的") for n in range(9)], [chat(n, after=20) for n in range(9)],
                  [chat(n, after=None) for n in range(9)], [chat(n, f"您好,第{n}位客户,请稍等") for n in range(9)]):
        assert list(AutomaticReplies().mark(iter(chats))) == chats


def test_words_that_people_often_type_slowly_are_a_persons() -> None:
    chats = [chat(n, after=1 if n < 5 else 30) for n in range(8)]
    assert roles(list(AutomaticReplies().mark(iter(chats)))) == ["agent"] * 8


def test_only_the_quick_ones_are_marked() -> None:
    chats = [chat(n, after=1 if n < 20 else 30) for n in range(21)]
    assert roles(list(AutomaticReplies().mark(iter(chats)))) == ["bot"] * 20 + ["agent"]


@given(st.lists(st.tuples(st.sampled_from([WELCOME, "在的亲", "您好,请稍等一下哈"]), st.sampled_from([None, 0.0, 2.0, 40.0]), st.booleans()), max_size=30))
def test_nothing_is_lost_and_the_order_stays(plan: list[tuple[str, float | None, bool]]) -> None:
    records: list[Record] = [chat(n, text, after) if good else Reject("x", n, "", "坏", "raw") for n, (text, after, good) in enumerate(plan)]
    done = list(AutomaticReplies().mark(iter(records)))
    assert [r.row for r in done] == [r.row for r in records]
    assert [type(r) for r in done] == [type(r) for r in records]
    for before, after in zip(records, done, strict=True):
        if isinstance(before, Imported) and isinstance(after, Imported):
            assert [m.text for m in after.conversation.messages] == [m.text for m in before.conversation.messages]


def test_the_memory_is_bounded_by_blocks() -> None:
    seen = 0

    def endless() -> object:
        nonlocal seen
        while True:
            seen += 1
            yield chat(seen, f"第{seen}句各不相同的开场白")

    stream = AutomaticReplies().mark(endless())  # type: ignore[arg-type]
    next(stream)
    assert seen * 3 <= automatic._BLOCK_MESSAGES + 3
