"""What is a promise and what is not, with its type, span, time limit, amount and what became of it. All wording is our own."""
from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_service.model.conversation import Conversation, Message
from qa_service.model.finding import COMMITMENT_TYPES, Commitment
from qa_service.text.commitments import read_commitments
from qa_service.text.normalise import normalise

AT: Final = datetime.fromisoformat("2025-11-05T15:00:00+08:00")  # a Wednesday

PROMISES: Final[dict[str, tuple[str, ...]]] = {
    "reissue": ("漏掉的那双筷子我们给您补发", "少了一瓶是吧,这边安排仓库给亲重发一瓶", "碎了的话我给您重新寄一份", "收到您寄回的杯子后给您补发新的",
                "我们下午把缺的螺丝补给您", "给您补发一件可以吗", "明天补发", "漏裝的配件這邊給您補發",
                "明天一早就安排师傅给您补寄遮光帘", "要不今天给亲从新发吧亲看可以吗"),
    "refund": ("仓库签收以后就给您退款", "我们会尽快把钱退给您", "退款会在3个工作日内到账", "储蓄卡1-3个工作日到账", "这边给您退30元", "财务会为您退款的",
               "掌柜上班后给您退款哦", "审核通过会原路返还到您的卡里", "财务会尽快给您退回的哈", "我这边要不退您点钱吧您看可以吗"),
    "compensation": ("来回运费我们承担", "邮费由我们出的", "快递费我们给您报销", "给您补偿10元可以吗", "退您五块钱作为补偿您看行吗", "晒图好评返您3元",
                     "您先垫付运费,收到后我们返给您", "给您申请20元无门槛券", "收到货确认后给您补差价", "好评截图给我返现2元哦", "我补您10块钱您看可以不"),
    "exchange": ("我们给您换一个新的", "给您免费换新", "收到退件后给您换货", "亲退回来我这边给亲换"),
    "ship_by": ("72小时内发货", "拍下后48小时内发货哦", "今天发", "明天给您发出", "我们会尽快发货的", "您的订单今晚8点前安排发出", "新货到了第一时间给您发出",
                "16点前付款当天发货", "三天内给您寄出", "箱子已经打包好了今天发走", "72小時內發貨", "７２小时内发货", "到货会及时发出的哦"),
    "deliver_by": ("明天下午给您送到", "您的包裹今天一定会送达", "到站后会优先给您配送"),
    "callback": ("24小时内给您回电", "专员会在2小时内联系您", "有消息第一时间回复您", "稍后会有专员与您电话联系", "核实清楚后短信告知您", "今天内会给亲回复的",
                 "到货了我通知您", "专员会联系您,请保持电话畅通"),
    "verify": ("我帮您催一下快递", "这边联系仓库核实一下", "明天帮您再问一下物流", "我们让仓库查一下", "帮您反馈给售后部门", "给您升级专员处理", "我跟快递那边说一下",
               "我让仓库核实下亲稍等"),
    "order_change": ("拍下我给您改价", "这边给您备注发顺丰", "我帮您把地址修改一下", "付款前联系我,我们给您改运费", "我们会帮您拦截这个包裹", "好的亲我来改价好了"),
    "other": ("拍两件送您一双袜子", "我给您优惠5元", "会尽快为您处理的", "发票3个工作日内给您开具", "给您多送两包试吃", "我帮您申请一下",
              "非常抱歉,我们给您免单这一件", "安装师傅会在3天内上门")}
NOT_PROMISED: Final[dict[str, tuple[str, ...]]] = {
    "done": ("已经给您补发了", "退款已经退给您了哦", "已为您取消订单", "昨天给您发货了", "刚才帮您催过了", "价格改好了", "已经备注了呢", "给您补发了哦", "今天已经发出了",
             "差价已经给您申请成功了"),
    "estimate": ("一般3天左右到", "一般48小时左右发货", "预计明天送达", "大概后天能发货", "通常退款3-5个工作日到账", "发货时间不确定",
                 "退款一般原路返还,储蓄卡3个工作日到账,信用卡5个工作日到账"),
    "holding": ("稍等帮您查一下", "请稍等,马上为您查询", "正在为您核实", "我帮您看看", "亲稍等"),
    "question": ("需要给您补发吗", "要给您退款吗", "请问有什么可以帮您处理", "您是要退款吗", "是否需要换货呢", "您需要发票吗", "有什么问题我可以帮您解答或处理呢?",
                 "那我给您取消一下,好吗"),
    "refusal": ("不能补发的", "这种情况不给退款", "没办法给您改价", "不支持换货", "发不了货", "今天发不出来", "运费我们不承担", "没有返现的", "无法为您修改地址",
                "暂时不能给您退款", "不会再给您补偿了", "不能帮您和站点进行联系", "降价的话不补差价的"),
    "the customer's act": ("您申请退款就好了", "亲点一下申请售后", "麻烦您联系一下快递", "请您提供一下订单号", "您直接拒收,然后申请退款", "您可以自己备注",
                           "建议您联系商家退款", "记得给我们好评哦", "请您与商家沟通", "收到后24小时内检查有问题联系我们", "您可以拨打快递电话催一下"),
    "a mere word": ("退款流程在订单详情里", "发货地是浙江", "发货前会质检", "退货运费需要您承担", "优惠券在首页领取", "这款买一送一", "满99包邮", "支持七天无理由退换货",
                    "运费险是平台送的", "我们支持假一赔四", "您要是修改地址可以联系小二修改", "发货后物流信息24小时内更新", "我们是厂家直接发货的",
                    "换货流程是先寄回", "全额退款是会删除评价的"),
    "nothing": ("在的亲", "好的", "谢谢您的理解", "祝您生活愉快", "", "  ", "?", "这款有红色和蓝色", "补货中", "一斤大概二十个", "退货地址在详情页", "可以的",
                "下次一定给您包装好")}


def read(*lines: str, at: datetime | None = None, kind: str = "text") -> tuple[Commitment, ...]:
    """The commitments of a chat: a line that starts with 客: is the customer's, 机: the robot's, all others the agent's."""
    roles = {"客:": "customer", "机:": "bot"}
    messages = [Message(roles.get(t[:2], "agent"), t[2:] if t[:2] in roles else t, at, kind) for t in lines]
    return read_commitments(Conversation("c", tuple(messages)), norms_of([m.text for m in messages]))


def norms_of(texts: Sequence[str]) -> list[str]:
    """The norm text of each message."""
    batch = normalise(texts, sound=False)
    return batch.norms


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PROMISES.items() for text in texts])
def test_a_promise_is_read_with_its_type(kind: str, text: str) -> None:
    assert kind in {c.type for c in read(text)}, f"missed: {text}"


@pytest.mark.parametrize("text", list(chain.from_iterable(NOT_PROMISED.values())))
def test_what_is_no_promise_stays_silent(text: str) -> None:
    assert read(text) == (), f"false alarm: {text}"


def test_the_cases_cover_every_type() -> None:
    assert set(PROMISES) == set(COMMITMENT_TYPES)


@pytest.mark.parametrize("line", ["客:你们给我补发一个吧,明天发", "机:72小时内发货"])
def test_only_people_of_the_shop_promise(line: str) -> None:
    assert read(line) == ()


def test_a_card_is_not_read() -> None:
    assert read("72小时内发货", kind="card") == ()
    assert read("72小时内发货", kind="revoked") != ()


@pytest.mark.parametrize(("text", "deadline"), [
    ("24小时内给您回电", "24小时内"), ("今天给您发出", "今天"), ("今晚8点前给您发货", "今晚8点前"), ("明天中午12点前给您回电", "明天中午12点前"),
    ("3个工作日内给您退款", "3个工作日内"), ("订单发货最晚不超过72小时", "最晚不超过72小时"), ("我们会尽快给您发货", "尽快"), ("有结果第一时间回复您", "第一时间"),
    ("48h内给您发货", "48h内"), ("[数字x]小时内给您回电", "[数字x]小时内"), ("今天内给您回复的", "今天内"), ("下午给您发货", "下午"),
    ("一个工作日之内给您退款", "一个工作日之内"), ("会在[数字x]-[数字x]个工作日给您退款", "[数字x]-[数字x]个工作日"), ("给您回电,24小时内", "24小时内"),
    ("今天16点前付款的当天发货", "当天"), ("两三天内给您补发", "两三天内"), ("12月1日前给您发货", "12月1日前"), ("周五前给您发出", "周五前"),
    ("尽快给您发货,明天发出", "尽快"), ("１２小时内给您回复", "１２小时内")])
def test_the_time_limit_is_given_as_it_was_said(text: str, deadline: str) -> None:
    assert read(text)[0].deadline_text == deadline


@pytest.mark.parametrize(("text", "said", "yuan"), [
    ("给您补偿10元", "10元", 10.0), ("退您五块钱您看行吗", "五块钱", 5.0), ("给您申请20元无门槛券", "20元", 20.0), ("返您两元", "两元", 2.0),
    ("给您返6块钱", "6块钱", 6.0), ("这边退您几块钱", "几块钱", None), ("帮您申请十元京券", "十元", 10.0), ("给您补偿5-10元", "5-10元", 10.0),
    ("给您补偿30%的货款", "30%", None), ("给您退[金额x]差价", "[金额x]", None), ("给您补偿[数字x]元", "[数字x]元", None), ("给您补偿三块五", "三块五", 3.5)])
def test_the_amount_is_given_as_said_and_in_yuan(text: str, said: str, yuan: float | None) -> None:
    first = read(text)[0]
    assert (first.amount_text, first.amount) == (said, yuan)


def test_without_a_sum_there_is_no_amount() -> None:
    assert read("给您补发")[0].amount_text is None
    assert read("拍下99元那款72小时内发货")[0].amount_text is None


@pytest.mark.parametrize(("question", "answer", "kind"), [
    ("客:什么时候发货", "亲72小时之内", "ship_by"), ("客:今天能发吗", "今天哦", "ship_by"), ("客:多久能退款呀", "3个工作日内", "refund"),
    ("客:什么时候给我补发", "明天上午哦", "reissue"), ("客:啥时候回我电话", "2小时内", "callback")])
def test_a_bare_time_limit_answers_what_was_asked(question: str, answer: str, kind: str) -> None:
    assert [c.type for c in read(question, answer)] == [kind]


@pytest.mark.parametrize(("question", "answer"), [("客:几天能到", "三四天"), ("客:好的", "今天哦"), ("客:什么时候发货", "大概明天吧"), ("客:什么时候发货", "尽快哦")])
def test_a_bare_time_limit_without_such_a_question_promises_nothing(question: str, answer: str) -> None:
    assert read(question, answer) == ()


@pytest.mark.parametrize(("promise", "later", "status"), [
    ("给您补发一瓶", "已经给您补发了", "kept"), ("给您补发一瓶", "单号是SF1234567890", "kept"), ("给您补发一瓶", "抱歉这个补发不了了", "contradicted"),
    ("给您补发一瓶", "之前说错了,不能给您补发", "contradicted"), ("给您补发一瓶", "好的", "open"), ("给您补发一瓶", "您申请补发了吗", "open"),
    ("给您补发一瓶", "还没给您补发", "open"), ("拍下我给您改价", "价格改好了", "kept"), ("这边给您备注", "备注好了哦", "kept"), ("今天给您发货", "已发出", "kept"),
    ("今天给您发货", "不好意思今天发货不了", "contradicted"), ("我们会给您退款", "退款已经退给您了", "kept"), ("我们会给您退款", "这个不能退款", "contradicted"),
    ("我帮您催一下快递", "已经帮您催了", "kept"), ("24小时内给您回电", "已经备注了", "open"), ("来回运费我们承担", "抱歉运费我们不能承担", "contradicted")])
def test_the_rest_of_the_chat_says_what_became_of_it(promise: str, later: str, status: str) -> None:
    assert [c.status for c in read(promise, "客:好的", later)] == [status]


def test_what_was_said_before_or_by_the_customer_settles_nothing() -> None:
    assert [c.status for c in read("已经给您补发了", "客:补发不了吗", "给您补发一瓶", "客:已经补发了")] == ["open"]


def test_the_nearest_later_word_decides() -> None:
    assert [c.status for c in read("给您补发一瓶", "已经给您补发了", "不能给您补发第二瓶了")] == ["kept"]


def test_a_message_may_hold_several_promises_in_order() -> None:
    found = read("好的", "漏发的给您补发,来回运费我们承担,24小时内给您回电", at=AT)
    assert [(c.message, c.type, c.text) for c in found] == [
        (1, "reissue", "漏发的给您补发"), (1, "compensation", "来回运费我们承担"), (1, "callback", "24小时内给您回电")]
    assert found[2].due == datetime.fromisoformat("2025-11-06T15:00:00+08:00")


def test_one_promise_said_in_two_words_is_one() -> None:
    assert [c.type for c in read("这边联系仓库帮您核实催促一下")] == ["verify"]


def test_without_times_nothing_is_due() -> None:
    first = read("24小时内给您回电")[0]
    assert (first.deadline_text, first.due) == ("24小时内", None)


CHAT: Final = st.lists(st.one_of(
    st.text(max_size=40), st.sampled_from(sorted(chain.from_iterable(PROMISES.values()))),
    st.text(st.sampled_from("给您补发退款返元今明天内前小时3十[数字x]金额吗,。~ 运费我们出会已了好:"), max_size=40)), min_size=1, max_size=6)


@given(CHAT, st.sampled_from([None, AT, datetime.max.replace(tzinfo=AT.tzinfo), datetime.min.replace(tzinfo=AT.tzinfo)]))
def test_spans_are_slices_of_the_original_in_order(lines: list[str], at: datetime | None) -> None:
    conversation = Conversation("c", tuple(Message("agent", t, at) for t in lines))
    found = read_commitments(conversation, norms_of(lines))
    assert [(c.message, c.start) for c in found] == sorted((c.message, c.start) for c in found)
    for c in found:
        assert 0 <= c.start < c.end <= len(lines[c.message])
        assert c.text == lines[c.message][c.start:c.end]
        assert c.type in COMMITMENT_TYPES
        assert c.status in ("open", "kept", "contradicted")
        assert c.deadline_text is None or c.deadline_text in lines[c.message]
        assert c.amount_text is None or c.amount_text in lines[c.message]
        assert c.due is None or (c.due.tzinfo is not None and c.deadline_text is not None)


@pytest.mark.parametrize("unit", ["给您补发", "给您补发,", "已经已经", "的的的", "3", "会尽快", "给您", "明天今天", "补", " ", "1-", "运费我们", "不不给您补发了", "退款后"])
def test_a_long_message_takes_linear_time(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        norms = norms_of([text])
        conversation = Conversation("c", (Message("agent", text, AT),))
        best = float("inf")
        for _ in range(2):
            begun = time.process_time()
            read_commitments(conversation, norms)
            best = min(best, time.process_time() - begun)
        return best

    assert seconds(32_000) < 12 * seconds(8_000) + 0.05
