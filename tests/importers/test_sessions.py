"""Where one conversation of a buyer ends and the next begins; and that the same stream gives the same sessions again."""
from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from qa_service.importers.sessions import cuts, sessions, split_again
from qa_service.importers.splitting import Splitting
from qa_service.model.conversation import Conversation, Message
from qa_service.model.wire import DEFAULT_ZONE

DAY: Final = datetime(2025, 11, 3, tzinfo=DEFAULT_ZONE)
RULE: Final = Splitting(gap=timedelta(hours=2), closing_gap=timedelta(minutes=10), patience=timedelta(hours=24), day_starts=time(4))
ROLES: Final = {"客": "customer", "服": "agent", "机": "bot", "系": "system"}


def said(*lines: str) -> list[Message]:
    """``10:00 客 在吗``; ``+1 09:00 …`` is a day later."""
    out = []
    for line in lines:
        later, line = (int(line[1]), line[3:]) if line.startswith("+") else (0, line)
        clock, role, text = line.split(" ", 2)
        hour, minute = map(int, clock.split(":"))
        out.append(Message(ROLES[role], text, DAY + timedelta(days=later, hours=hour, minutes=minute)))
    return out


def starts(messages: list[Message], rule: Splitting = RULE, closes: frozenset[int] = frozenset()) -> list[tuple[int, str]]:
    return [(c.start, c.why) for c in cuts(messages, rule, DEFAULT_ZONE, closes)]


def test_a_silence_ends_a_session() -> None:
    found = starts(said("10:00 客 有M码吗", "10:01 服 有", "13:00 客 那L码呢", "13:01 服 也有"))
    assert found == [(0, "记录从这里开始"), (2, "此前静默 2 小时 59 分钟")]


def test_a_shorter_silence_does_not() -> None:
    assert len(starts(said("10:00 客 有M码吗", "10:01 服 有", "11:59 客 那L码呢"))) == 1


def test_a_late_answer_is_late_and_no_new_session() -> None:
    assert len(starts(said("10:00 客 有M码吗", "18:00 服 不好意思,有的"))) == 1


def test_a_robot_does_not_answer_for_the_shop() -> None:
    assert len(starts(said("10:00 客 有M码吗", "10:00 机 亲亲稍等", "18:00 服 不好意思,有的"))) == 1


def test_patience_has_an_end() -> None:
    assert starts(said("10:00 客 有M码吗", "+1 10:00 服 上新啦")) == [(0, "记录从这里开始"), (1, "此前静默 1 天")]


def test_the_customer_who_comes_back_unanswered_begins_anew() -> None:
    assert len(starts(said("10:00 客 有M码吗", "15:00 客 还在吗"))) == 2


def test_who_had_an_answer_is_not_waiting() -> None:
    assert len(starts(said("10:00 客 有M码吗", "10:01 服 有的", "13:00 服 亲还需要吗"))) == 2


def test_after_words_of_farewell_a_short_silence_is_enough() -> None:
    talk = said("10:00 客 谢谢", "10:01 服 不客气,祝您生活愉快", "10:12 客 对了退货怎么弄")
    assert starts(talk)[1] == (2, "上一段已道别,静默 11 分钟")
    assert len(starts(said("10:00 客 谢谢", "10:01 服 不客气,祝您生活愉快", "10:09 客 对了退货怎么弄"))) == 1
    assert len(starts(talk, Splitting(closing=("白白",)))) == 1


def test_a_business_day_turns_at_its_hour_not_at_midnight() -> None:
    talk = said("23:50 客 睡了吗", "23:51 服 没有", "+1 00:10 客 那我下单了", "+1 00:11 服 好的", "+1 04:00 客 改个地址")
    assert starts(talk, Splitting(gap=timedelta(hours=9))) == [(0, "记录从这里开始"), (4, "过了 04:00,换日")]
    assert len(starts(talk, Splitting(gap=timedelta(hours=9), day_starts=None))) == 1


def test_the_platforms_own_end_counts() -> None:
    talk = said("10:00 客 好了", "10:01 系 关闭会话", "10:02 客 再问一下")
    assert starts(talk, closes=frozenset((1,))) == [(0, "记录从这里开始"), (2, "平台结束了上一段会话")]


def test_no_session_is_longer_than_allowed() -> None:
    talk = said(*[f"10:{i:02d} {'客服'[i % 2]} 第{i}句" for i in range(25)])
    assert [start for start, _ in starts(talk, Splitting(longest=10))] == [0, 10, 20]


def test_a_system_message_goes_with_what_it_announces() -> None:
    talk = said("10:00 客 在吗", "10:01 服 在", "10:02 系 客服离开", "15:00 系 接入会话", "15:01 客 再问问")
    assert [start for start, _ in starts(talk)] == [0, 3]


def test_without_times_nothing_is_cut() -> None:
    assert starts([Message("customer", "a"), Message("agent", "b"), Message("customer", "c")]) == [(0, "记录从这里开始")]
    assert cuts([], RULE) == []


def test_a_session_says_why_and_by_which_rule() -> None:
    stream = Conversation("w/1", tuple(said("10:00 客 有M码吗", "10:01 服 有", "13:00 客 那L码呢")), meta={"room": "r"})
    _, second = (c for _, c in sessions(stream, RULE))
    assert second.id == "w/1@20251103T130000"
    assert second.meta["room"] == "r"
    assert second.meta["session"] == {"stream": "w/1", "why": "此前静默 2 小时 59 分钟", "rule": RULE.explain()}


def test_two_that_begin_in_one_second_have_two_names() -> None:
    at = DAY + timedelta(hours=10)
    stream = Conversation("w/1", tuple(Message("customer", f"{i}", at) for i in range(5)))
    assert [c.id for _, c in sessions(stream, Splitting(longest=2))] == ["w/1@20251103T100000", "w/1@20251103T100000-2", "w/1@20251103T100000-3"]


steps = st.lists(st.tuples(st.sampled_from(["customer", "agent", "bot", "system"]), st.sampled_from([0, 5, 400, 700, 5_000, 9_000, 90_000]),
                           st.sampled_from(["在吗", "再见", "有的"])), min_size=1, max_size=30)


def stream_of(walk: list[tuple[str, int, str]]) -> Conversation:
    at, out = DAY, []
    for role, step, text in walk:
        at += timedelta(seconds=step)
        out.append(Message(role, text, at))
    return Conversation("s", tuple(out))


@settings(max_examples=200, deadline=None)
@given(steps, st.sampled_from([RULE, Splitting(gap=timedelta(minutes=5), longest=3), Splitting(day_starts=None)]))
def test_nothing_is_lost_and_names_are_unique(walk: list[tuple[str, int, str]], rule: Splitting) -> None:
    stream = stream_of(walk)
    found = [c for _, c in sessions(stream, rule)]
    assert tuple(m for c in found for m in c.messages) == stream.messages
    assert len({c.id for c in found}) == len(found)


@settings(max_examples=200, deadline=None)
@given(steps, steps)
def test_what_comes_later_changes_at_most_the_last_session(walk: list[tuple[str, int, str]], more: list[tuple[str, int, str]]) -> None:
    before = [c for _, c in sessions(stream_of(walk), RULE)]
    after = [c for _, c in sessions(stream_of(walk + more), RULE)]
    assert after[:len(before) - 1] == before[:-1]
    if any(m.role != "system" for m in before[-1].messages):
        assert after[len(before) - 1].id == before[-1].id


@settings(max_examples=200, deadline=None)
@given(steps)
def test_a_split_can_be_redone(walk: list[tuple[str, int, str]]) -> None:
    stream, other = stream_of(walk), Splitting(gap=timedelta(minutes=5), longest=4)
    once = [c for _, c in sessions(stream, RULE)]
    assert list(split_again(once, other)) == [c for _, c in sessions(stream, other)]
    assert list(split_again(split_again(once, other), RULE)) == once


def test_what_is_no_session_stays_as_it_is() -> None:
    alone = Conversation("c1", (Message("customer", "在吗"),))
    assert list(split_again([alone], RULE)) == [alone]
