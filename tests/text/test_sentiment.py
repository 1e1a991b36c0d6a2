"""Sentiment of the customer: the evidence of weighted phrases, and the shipped model on plain, angry, grateful and deceptive lines."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from qa_service.model.conversation import Conversation, Message
from qa_service.model.finding import Mood
from qa_service.model.policy import Policy
from qa_service.rules.standard import Standard
from qa_service.text.normalise import normalise, skeleton_of
from qa_service.text.phrases import PhraseBook
from qa_service.text.sentiment import MOOD_EVIDENCE, MoodEvidence, trend, turned
from qa_service.text.topics import expand

SHIPPED = Path(__file__).parents[2] / "lexicons" / "words" / "sentiment.yaml"
Moods = Callable[..., list[tuple[str, float]]]
COLUMNS = ("positive", "negative", "neutral", "doubt")

POSITIVE = ["谢谢", "好的谢谢啦", "没有了,谢谢您", "非常感谢你的帮助", "客服态度真好,给你点赞", "衣服很喜欢,质量也不错", "收到了,很满意", "你们家的粽子真好吃,下次还来", "物流很快,包装也严实", "辛苦了,多谢",
            "五星好评已经给了", "这么快就解决了,太棒了", "一直在你们家买,信得过", "老公说很好用", "太好了", "服务周到,值得推荐"]
NEGATIVE = ["什么态度啊你们", "我要投诉你们客服", "等了半个月还没收到,太慢了", "垃圾店,再也不来了", "你们这是欺骗消费者", "质量太差,刚用两天就坏了", "呵呵,你们可真会做生意", "都三天了还没发货,到底发不发", "再不处理我就给差评",
            "气死我了,发错两次", "说好的昨天发,结果一直没发", "太让人失望了", "无语,打电话也没人接", "味道怪怪的,很难吃", "什么破快递", "没人理我,一直不回复", "被你们坑惨了", "凭什么不给退", "一点都不满意",
            "受够了,天天推来推去", "浪费我时间", "杯子收到就是碎的,真是服了", "这质量也太差劲了吧", "骗子,图片和实物完全不符", "还没处理好吗?都一个星期了,效率太低", "用了两次就没反应了,后悔买了"]
NEUTRAL = ["在吗", "什么时候发货", "麻烦催一下快递", "帮我改一下地址谢谢", "怎么申请退款", "我要退货", "请给我退款", "好评有返现吗", "怎么给差评改好评", "质量好吗", "这个好吃吗", "会不会掉色", "如果坏了怎么办", "万一不合适可以退吗",
           "这两款有什么不一样", "尺码不合适,想换大一号", "为什么付不了款", "投诉电话是多少", "地址写错了,帮我改下", "不好意思我拍错了", "尽快发货哦", "我要开发票", "便宜点可以吗", "没关系", "好吧", "还没发货的话帮我取消",
           "好的 我等快递", "赠品有什么", "不要了,退掉吧", "有没有质量问题包退", "优惠券过期了还能用吗", "方便告诉我单号吗", "一般几天能到", "我就是问问", "麻烦你帮我查一下,谢谢", "哪个好用一点", "别发错了", "不喜欢可以退吗",
           "新鲜吗", "退款多久到账"]


def evidence(weights: dict[str, dict[str, float]], *texts: str) -> list[dict[str, float]]:
    """What the phrase lists say of texts."""
    book = PhraseBook()
    made = MoodEvidence(weights, book)
    found = made.read(book.compile().match(normalise(texts, sound=False)), np.ones(len(texts), dtype=bool))
    return [dict(zip(MOOD_EVIDENCE, row, strict=True)) for row in found.round(2).tolist()]


@pytest.fixture
def moods(standard: Standard) -> Moods:
    """Label and score of lines, each alone in a chat."""
    def go(*texts: str) -> list[tuple[str, float]]:
        chats = [Conversation(f"c{n}", (Message("customer", text),)) for n, text in enumerate(texts)]
        return [(t.moods[0].label, t.moods[0].score) for t in standard.reader.read(chats, [Policy("none")] * len(chats)).transcripts]
    return go


@pytest.mark.parametrize(("label", "said"), [("positive", POSITIVE), ("negative", NEGATIVE), ("neutral", NEUTRAL)])
def test_nine_lines_in_ten_are_felt_as_a_person_would(moods: Moods, label: str, said: list[str]) -> None:
    wrong = [(text, got) for text, got in zip(said, moods(*said), strict=True) if got[0] != label]
    assert len(wrong) * 10 <= len(said), wrong


def test_a_request_is_never_taken_for_a_grievance(moods: Moods) -> None:
    assert [text for text, (label, _) in zip(NEUTRAL, moods(*NEUTRAL), strict=True) if label == "negative"] == []


@pytest.mark.parametrize(("good", "bad"), [
    ("味道很好,送得也快", "味道一般,送得太慢"), ("做工精细,老婆很喜欢", "做工粗糙,不值这个价"), ("房间干净,服务热情", "房间很脏,服务差"), ("分量足,下次还点", "分量少,不会再点了"), ("用着很顺手,推荐", "用了几天就死机,不推荐"),
    ("苹果又脆又甜", "苹果烂了好几个"), ("是正品,性价比高", "肯定是假货"), ("很暖和,合身", "起球掉毛,后悔")])
def test_reviews_lean_to_their_side(moods: Moods, good: str, bad: str) -> None:
    (_, high), (_, low) = moods(good, bad)
    assert low < high
    assert low < 0


def test_a_fault_weighs_in_a_mixed_line(moods: Moods) -> None:
    mixed, good, bad = (score for _, score in moods("东西不错,就是快递太慢了", "东西不错", "快递太慢了"))
    assert bad < 0 < good
    assert mixed < good


def test_a_neutral_phrase_hides_what_is_inside() -> None:
    found = evidence({"negative": {"不满意": 1}, "neutral": {"不是不满意": 0}}, "不满意", "不是不满意", "不是不满意,是不满意")
    assert [f["net"] for f in found] == [-1.0, 0.0, -1.0]


def test_business_is_taken_off_thanks_and_never_makes_them_negative() -> None:
    found = evidence({"positive": {"谢谢": 0.7, "太棒": 2}, "neutral": {"帮我": 0.5, "查一下": 0.5}}, "谢谢", "帮我谢谢", "帮我查一下谢谢", "太棒帮我")
    assert [f["net"] for f in found] == [0.7, 0.2, 0.0, 1.5]


def test_doubt_is_taken_off_a_grievance_and_never_makes_it_positive() -> None:
    found = evidence({"negative": {"坏了": 0.8, "垃圾": 3}, "doubt": {"如果": 0.5, "怎么办": 0.5}}, "坏了", "如果坏了", "如果坏了怎么办", "如果垃圾")
    assert [f["net"] for f in found] == [-0.8, -0.3, 0.0, -2.5]
    assert found[1] == {"positive": 0.0, "negative": 0.8, "neutral": 0.0, "doubt": 0.5, "net": -0.3}


def test_only_wanted_messages_are_read() -> None:
    book = PhraseBook()
    made = MoodEvidence({"negative": {"垃圾": 2}}, book)
    found = made.read(book.compile().match(normalise(["垃圾", "垃圾"], sound=False)), np.array([False, True]))
    assert found[:, MOOD_EVIDENCE.index("net")].tolist() == [0.0, -2.0]


def test_every_spoken_customer_message_has_a_mood_and_no_other(standard: Standard) -> None:
    chat = Conversation("c", (Message("customer", "垃圾"), Message("agent", "垃圾"), Message("customer", "好"), Message("customer", "x", kind="image")))
    (t,) = standard.reader.read([chat], [Policy("none")]).transcripts
    assert [m.message for m in t.moods] == [0, 2]


def test_the_words_that_decided_are_named(standard: Standard) -> None:
    said = standard.reader.models.why_mood("你们什么态度啊真让人生气", "negative")
    assert said[0][1] >= said[-1][1] > 0
    assert any("态度" in words or "生气" in words for words, _ in said)


@given(st.lists(st.lists(st.sampled_from([*POSITIVE, *NEGATIVE, *NEUTRAL, "，", "?", "没有", "不"]), max_size=6), min_size=1, max_size=6))
def test_scores_stay_in_range_and_lean_to_their_label(standard: Standard, pieces: list[list[str]]) -> None:
    chat = Conversation("c", tuple(Message("customer", "".join(p)) for p in pieces))
    for mood in standard.reader.read([chat], [Policy("none")]).transcripts[0].moods:
        assert -1.0 <= mood.score <= 1.0
        assert mood.label != "positive" or mood.score >= 0
        assert mood.label != "negative" or mood.score <= 0


@pytest.mark.parametrize(("scores", "at"), [
    ([], None), ([0.0, -0.9], None), ([0.1, 0.0, 0.1, -0.8, -0.9], 3), ([-0.9, -0.8, 0.7, 0.9, 0.8], 2), ([0.1, 0.0, 0.2, 0.1], None)])
def test_the_moment_it_turned(scores: list[float], at: int | None) -> None:
    assert turned([Mood(i, "neutral", score) for i, score in enumerate(scores)]) == at


@pytest.mark.parametrize(("scores", "moved"), [([], 0.0), ([1.0, -1.0], 0.0), ([-0.6, 0.0, 0.6], 1.2), ([0.5, 0.5, 0.0, 0.0, -0.5, -0.7, -0.1], -0.9)])
def test_trend_compares_the_last_third_with_the_first(scores: list[float], moved: float) -> None:
    assert trend([Mood(i, "neutral", score) for i, score in enumerate(scores)]) == moved


def test_the_shipped_list_is_sound() -> None:
    data = yaml.safe_load(SHIPPED.read_text("utf-8"))
    assert tuple(data) == COLUMNS
    assert SHIPPED.read_text("utf-8").startswith("#")
    forms = {column: [tuple(skeleton_of(part) for part in parts) for key in phrases for parts in expand(key)] for column, phrases in data.items()}
    assert all(len(parts) <= 2 and all(parts) for written in forms.values() for parts in written)
    judged = Counter(parts for column in COLUMNS[:3] for parts in forms[column])
    assert [parts for parts, n in judged.items() if n > 1] == []
    assert [parts for parts, n in Counter(forms["doubt"]).items() if n > 1] == []
    assert all(isinstance(key, str) for phrases in data.values() for key in phrases)
    assert all(0.0 < weight <= 2.0 for column in ("positive", "negative", "doubt") for weight in data[column].values())
    assert all(0.0 <= weight <= 1.0 for weight in data["neutral"].values())


def test_no_key_of_the_shipped_list_is_written_twice() -> None:
    keys = [line.rsplit(":", 1)[0] for line in SHIPPED.read_text("utf-8").splitlines() if line.startswith("  ") and "#" not in line]
    assert len(keys) == sum(len(phrases) for phrases in yaml.safe_load(SHIPPED.read_text("utf-8")).values())
