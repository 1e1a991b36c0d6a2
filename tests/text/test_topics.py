"""Topics: the scoring of weighted phrases and pairs, and the shipped model on sentences of each consult type."""
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
from qa_service.model.finding import Topic
from qa_service.model.policy import Policy
from qa_service.rules.standard import Standard
from qa_service.text.normalise import normalise, skeleton_of
from qa_service.text.phrases import PhraseBook
from qa_service.text.topics import TOPIC_EVIDENCE, PhraseScorer, TopicEvidence, expand, main_topic

SHIPPED = Path(__file__).parents[2] / "lexicons" / "words" / "topics.yaml"
LABELS = ("product_spec", "price", "shipping_time", "usage", "logistics", "quality", "wrong_item", "return", "refund", "complaint", "invoice",
          "order_change")

SENTENCES = {
    "product_spec": ["身高165体重110斤穿什么码", "这款是纯棉的吗", "保质期到哪天", "黑色和灰色哪个颜色好看", "这两个型号有什么区别呀", "一盒有多少片", "敏感肌能用吗 成分里有酒精吗",
                     "这个充电宝多少毫安", "有没有大一点的款", "孕妇可以吃吗", "还有货吗", "这鞋偏大还是偏小"],
    "price": ["有没有优惠券可以领", "买三盒能便宜点吗", "昨天刚买今天就降价了,能退差价吗", "亲帮我改价", "满多少包邮", "618会有活动吗", "买这个送什么赠品", "两件打几折", "可以申请价保吗", "能不能抹个零头",
              "这款多少钱", "好评返现是多少"],
    "shipping_time": ["今天下单什么时候发货", "明天能发出去吗", "发什么快递", "到哈尔滨要几天能到", "急用,麻烦今天发货", "可以发顺丰吗", "怎么还没发货啊", "预售的要多久发货", "周五之前能收到吗", "48小时内发货吗",
                      "你们是从哪里发货", "几号能到货"],
    "usage": ["这个怎么用", "有没有安装视频", "面膜敷多久要洗掉吗", "怎么连接手机蓝牙", "说明书看不懂,怎么开机", "煮的时候放多少水", "一天吃几粒", "滤芯怎么换,怎么拆", "能不能用洗衣机,怎么清洗", "第一次用要充多久",
              "如何设置定时", "需要放冰箱吗 怎么保存"],
    "logistics": ["物流三天没更新了", "快递到哪里了", "显示签收了可我没收到", "单号发我一下", "快递员电话打不通", "包裹是不是丢了", "快递送到驿站了没有送货上门", "为什么一直在中转站", "我要拒收,能拦截吗", "查一下快递走到哪了",
                  "物流信息不动了", "给我送错地方了"],
    "quality": ["杯子收到就是碎的", "衣服洗一次就掉色", "用了两天就开不了机了", "拉链坏了", "面包发霉了还能吃吗", "这个有一股刺鼻的味道", "屏幕上有划痕", "鞋底开胶了", "质量太差了吧", "这不会是假货吧", "插上没反应",
                "水壶漏水"],
    "wrong_item": ["你们发错颜色了", "我买了两件只收到一件", "少发了一包湿巾", "里面没有充电器", "我要的是大号怎么发来的是小号", "赠品没看到", "收到的不是我买的那款", "漏发了一瓶", "盒子里没有说明书", "少了一个螺丝",
                   "发来的东西数量不对", "麻烦给我补发一个"],
    "return": ["我要退货", "支持七天无理由吗", "尺码不合适想换大一码", "退货地址发一下", "退货运费谁出", "什么时候上门取件", "保修多久", "拆开试过了还能退吗", "换货需要多久", "不想要了怎么退", "有没有运费险",
               "我已经把衣服寄回去了"],
    "refund": ["退款什么时候到账", "我申请了退款请处理一下", "钱退到哪里了", "怎么还没有退款给我", "退款是原路返回吗", "只退款不退货可以吗 我要仅退款", "帮我同意一下退款", "退款金额不对", "什么时候把钱退给我", "钱还没到账",
               "部分退款可以吗", "退款进度在哪里看"],
    "complaint": ["我要投诉你们", "再这样我就打12315了", "你们这是欺骗消费者", "什么态度啊", "等着收差评吧", "一直没人处理,互相推来推去", "必须给我个说法", "叫你们主管来", "我要申请平台介入", "说话不算数的黑店",
                  "我会去消协举报", "你们太过分了"],
    "invoice": ["可以开发票吗", "发票抬头开公司的", "税号发给你了", "电子发票在哪里下载", "要增值税专用发票", "发票开错了能重开吗", "开票资料要哪些", "我需要报销用的发票", "纸质发票随货寄吗", "补开一张发票", "能开专票吗",
                "抬头写错了"],
    "order_change": ["帮我改一下收货地址", "地址写错了怎么办", "我想取消订单", "颜色拍错了,改成白色", "备注一下不要放小票", "电话号码填错了", "两单合并一起发", "收件人改成我妈妈的名字", "晚几天送可以吗 周末再送货", "刚才多拍了一件",
                     "忘记备注口味了", "能不能换成蓝色那款"],
}
OTHER = ["你好", "在吗", "好的谢谢", "嗯嗯", "123456", "转人工", "我看到了", "哈哈哈", "收不到验证码登录不上", "没有了", "订单号12345678", "[图片]"]
Topics = Callable[..., list[tuple[Topic, ...]]]


def evidence(weights: dict[str, dict[str, float]], *texts: str) -> list[dict[str, float]]:
    """What the phrase lists say of texts; only labels with a score."""
    book = PhraseBook()
    made = TopicEvidence(weights, book)
    found = made.read(book.compile().match(normalise(texts, sound=False)), np.ones(len(texts), dtype=bool))
    return [{label: score for label, score in zip(TOPIC_EVIDENCE, row, strict=True) if score} for row in found.tolist()]


@pytest.fixture
def topics(standard: Standard) -> Topics:
    """Topics of lines, each alone in a chat."""
    def go(*texts: str) -> list[tuple[Topic, ...]]:
        chats = [Conversation(f"c{n}", (Message("customer", text),)) for n, text in enumerate(texts)]
        return [t.topics_of(0) for t in standard.reader.read(chats, [Policy("none")] * len(chats)).transcripts]
    return go


@pytest.mark.parametrize("label", LABELS)
def test_each_consult_type_is_recognised(topics: Topics, label: str) -> None:
    said = SENTENCES[label]
    first = [found[0].label if found else "other" for found in topics(*said)]
    wrong = [(text, got) for text, got in zip(said, first, strict=True) if got != label]
    assert len(wrong) * 4 <= len(said), wrong


def test_what_has_no_consult_type_has_no_topic(topics: Topics) -> None:
    wrong = [(text, found) for text, found in zip(OTHER, topics(*OTHER), strict=True) if found]
    assert len(wrong) * 4 <= len(OTHER), wrong


def test_several_topics_come_surest_first_and_never_more_than_three(topics: Topics) -> None:
    for found in topics("发错货了要退货退款,还要重开发票,再不处理就投诉,运费多少钱", "东西坏了我要退款", "退货运费谁出"):
        sure = [topic.confidence for topic in found]
        assert 1 <= len(sure) <= 3
        assert sure == sorted(sure, reverse=True)
        assert all(0.0 < s <= 1.0 for s in sure)


def test_marks_width_and_old_characters_do_not_hide_a_topic(topics: Topics) -> None:
    assert [found[0].label for found in topics("退 . 款", "開發票", "ｆａpiao 发票")] == ["refund", "invoice", "invoice"]


def test_a_fragment_is_read_with_the_turn_before(standard: Standard) -> None:
    def after(said: str, then: str = "大概多久") -> float:
        chat = Conversation("c", (Message("customer", "在吗"), Message("agent", said), Message("customer", then)))
        return next(topic.confidence for topic in standard.reader.read([chat], [Policy("none")]).transcripts[0].topics_of(2) if topic.label == "shipping_time")

    assert after("明天给您发货") > after("给您退款")
    whole = "你们大概要多久才能给我发货呢"
    assert after("明天给您发货", whole) == after("给您退款", whole)


def test_the_words_that_decided_are_named(standard: Standard) -> None:
    assert any("票" in words for words, _ in standard.reader.models.why_topic("可以给我开发票吗", "invoice"))


def test_the_main_topic_is_the_one_its_messages_are_surest_of() -> None:
    assert main_topic([Topic(0, "price", 0.9), Topic(1, "refund", 0.6), Topic(3, "refund", 0.7)]) == "refund"
    assert main_topic([]) == "other"


def test_only_wanted_messages_are_read() -> None:
    book = PhraseBook()
    made = TopicEvidence({"refund": {"退款": 2}}, book)
    found = made.read(book.compile().match(normalise(["退款", "退款"], sound=False)), np.array([False, True]))
    assert found.sum(axis=1).tolist() == [0.0, 2.0]


def test_a_phrase_counts_once_and_not_inside_a_longer_one() -> None:
    found = evidence({"refund": {"退款": 1}, "return": {"退款地址": 2}}, "退款退款退款", "退款地址", "退款,退款地址")
    assert found == [{"refund": 1.0}, {"return": 2.0}, {"return": 2.0, "refund": 1.0}]


def test_a_pair_needs_both_parts_in_order_in_one_message_and_close_by() -> None:
    far = "什么时候" + "啊" * 13 + "发货"
    near = "什么时候" + "啊" * 12 + "发货"
    found = evidence({"shipping_time": {"什么时候|几点+发货|寄出": 1}}, "什么时候能发货", "几点给我寄出", "发货是什么时候", "什么时候", "发货", far, near,
                     "几点发货几点寄出")
    assert [bool(f) for f in found] == [True, True, False, False, False, False, True, True]


def test_a_part_of_a_pair_counts_even_inside_a_longer_phrase() -> None:
    assert set(evidence({"price": {"几天+发货": 1}, "usage": {"发货地": 1}}, "几天到发货地")[0]) == {"price", "usage"}


def test_negative_weights_speak_against() -> None:
    assert evidence({"usage": {"手机号": 2, "验证码": -2}}, "手机号错了", "手机号收不到验证码") == [{"usage": 2.0}, {}]


def test_nothing_to_read(standard: Standard) -> None:
    assert evidence({"refund": {"退款": 1}}) == []
    assert evidence({}, "退款") == [{}]
    assert standard.reader.read([], []).transcripts == []


@given(st.lists(st.lists(st.sampled_from(["退款", "退款地址", "什么时候", "发货", "。", "啊啊啊啊", "的", "x"]), max_size=8), max_size=6))
def test_a_batch_reads_as_its_messages_one_by_one(pieces: list[list[str]]) -> None:
    weights = {"a": {"退款": 1.0, "什么时候+发货": 1.5}, "b": {"退款地址": 0.5, "款": 0.5, "x+退款": 2.0}}
    book = PhraseBook()
    scorer = PhraseScorer(weights, book)
    matcher = book.compile()
    texts = ["".join(p) for p in pieces]
    whole = scorer.score(matcher.match(normalise(texts, sound=False)), [True] * len(texts))
    together = {m: row.tolist() for m, row in zip(whole.message.tolist(), whole.of, strict=True)}
    alone = {}
    for i, text in enumerate(texts):
        one = scorer.score(matcher.match(normalise([text], sound=False)), [True])
        if len(one.message):
            alone[i] = one.of[0].tolist()
    assert together == alone


def test_alternatives_and_pairs_are_written_out() -> None:
    assert expand("a|b") == [("a",), ("b",)]
    assert expand("a|b+c") == [("a", "c"), ("b", "c")]


def test_the_shipped_list_is_sound() -> None:
    data = yaml.safe_load(SHIPPED.read_text("utf-8"))
    assert tuple(data) == LABELS
    assert SHIPPED.read_text("utf-8").startswith("#")
    for label, phrases in data.items():
        written = [tuple(skeleton_of(part) for part in parts) for key in phrases for parts in expand(key)]
        assert all(len(parts) <= 2 and all(parts) for parts in written), label
        assert [parts for parts, n in Counter(written).items() if n > 1] == [], label
        assert all(isinstance(key, str) for key in phrases), label
        assert all(-2.0 <= weight <= 3.0 for weight in phrases.values()), label
        assert len(written) >= 100, label


def test_no_key_of_the_shipped_list_is_written_twice() -> None:
    keys = [line.rsplit(":", 1)[0] for line in SHIPPED.read_text("utf-8").splitlines() if line.startswith("  ") and "#" not in line]
    assert len(keys) == sum(len(phrases) for phrases in yaml.safe_load(SHIPPED.read_text("utf-8")).values())
