"""The courtesy pack against chats that are not its own examples: the same fault said otherwise, and the same words said rightly."""
from __future__ import annotations

import pytest

from qa_service.importers.plain import parse_plain
from qa_service.model.policy import Policy
from qa_service.rules.standard import Standard


def found(standard: Standard, chat: str) -> set[str]:
    """Categories of the stable courtesy findings in a chat."""
    transcript = standard.reader.read([parse_plain(chat, "case")], [Policy("case")])[0]
    return {f.category for rule in standard.rules if rule.category.startswith("courtesy.") and rule.status == "stable"
            for f in rule.find(transcript)}


HITS = {
    "courtesy.perfunctory": [
        "客: 这件洗了会缩水吗\n服: 没洗过,不晓得",
        "客: 这款跟上一代有啥不同\n服: 亲这个我们也不太懂呢",
        "客: 里面的棉是什么棉\n服: 不好意思亲 这边没有这个信息呢",
        "客: 国庆发货吗\n服: 还没有通知哦亲",
        "客: 为什么取消我的订单\n服: 这个我们也不知道什么原因呢",
        "客: 什么时候能修好寄给我\n服: 具体时间我们也不清楚哦",
        "客: 衣架能挂几斤\n服: 不太了解,您百度下吧",
        "客: 下周会不会再便宜\n服: 亲亲这个小妹也说不好呢",
        "客: 什么时候补货\n服: 等通知吧",
        "客: 颜色跟图片一样吗\n服: 收到了就知道了",
        "客: 充电器是多少瓦的\n服: 自己上网搜",
        "客: 套餐里有哪些东西\n服: 亲您看下页面介绍哦",
        "客: 套餐里有哪些东西\n服: 宝贝详情里面都有的亲亲",
        "客: 保质期到什么时候\n服: 包装上有",
        "客: 尺码怎么选\n服: 上面不是有尺码表吗",
        "客: 到底哪天发货\n服: 该发的时候自然会发",
        "客: 都5天了还没到\n服: 这个您只能等了哦",
        "客: 这个怎么用啊\n服: 有手就行",
        "客: 少发一包怎么办\n服: 那我也没办法呀",
        "客: 收到是坏的\n服: 能用就行了呗",
        "客: 收到是坏的\n服: 那只能自认倒霉了",
        "客: 能便宜点么\n服: 就这价",
        "客: 瓶子收到是破的\n服: 以后我们一定注意哦亲"],
    "courtesy.shirking": [
        "客: 快递弄丢了怎么办\n服: 货发出去就跟我们没关系了",
        "客: 快递弄丢了怎么办\n服: 你找快递公司,我们只管发货",
        "客: 优惠券用不了\n服: 不归我们这边处理",
        "客: 屏幕碎了\n服: 签收了就不归我们负责了",
        "客: 都5天了还没到\n服: 亲快递的事情我们也控制不了呢",
        "客: 那我的损失谁来赔\n服: 亲这个不在我们的职责范围哦",
        "客: 昨天问的怎么还没结果\n服: 昨天不是我接待的呢亲",
        "客: 快递员态度很差\n服: 那你找他去啊",
        "客: 能不能帮我跟快递说一下\n服: 亲您自己和快递联系下呢",
        "客: 为什么不能拆单\n服: 上面就是这么规定的",
        "客: 我要找你们主管\n服: 主管不在哦",
        "客: 杯子碎了谁负责\n服: 这个是运输过程中造成的呢亲",
        "客: 杯子碎了谁负责\n服: 亲发出去的时候都是好的呢",
        "客: 怎么少了一个盖子\n服: 亲我们发货都有核对的哦不会少的",
        "客: 味道怪怪的是不是坏了\n服: 别的亲都没有这样的反馈呢",
        "客: 杯子有裂\n服: 肯定是您自己摔的",
        "客: 订单能改地址吗\n服: 拍的时候干嘛去了",
        "客: 鞋底开胶了,质量太差\n服: 我们的产品没有质量问题的",
        "客: 生产日期都糊了有问题吧\n服: 日期又不是我们印的"],
    "courtesy.impatient": [
        "客: 到底能不能修\n服: 不是跟你讲了不能修吗",
        "客: 到底哪天发货\n服: 都跟您说了会发的,问什么问",
        "客: 能便宜点吗\n服: 爱 买 不 买",
        "客: 能便宜点吗\n服: 爱买bu买,艾买不买",
        "客: 我要投诉\n服: 投诉我也没用",
        "客: 我要给差评\n服: 你这是威胁我吗",
        "客: 你们发货也太慢了\n服: 嫌慢你去别家",
        "客: 能便宜点吗\n服: 一分钱都不少",
        "客: 赠品为什么没送\n服: 活动规则写得清清楚楚,您看清楚再来问",
        "客: 退款怎么还没到\n服: 急什么,又不会少你的",
        "客: 扣子掉了\n服: ?",
        "客: 收纳箱能承重多少\n服: 这我哪知道啊",
        "客: 这个怎么用啊\n服: 这么简单都不会?",
        "客: 为什么不回我\n服: 没看到很忙吗",
        "客: 换一个颜色可以不\n服: 你事真多",
        "客: 退货地址是哪里\n服: 已经跟您说过了"],
    "courtesy.mocking": [
        "客: 这价格也太高了吧\n服: 穷鬼就别来问",
        "客: 可以送个小礼物吗\n服: 没有,想都别想",
        "客: 说好送的赠品呢\n服: 一个赠品而已,至于嘛",
        "客: 你们态度真差\n服: 彼此彼此",
        "客: 坏了一个,怎么赔\n服: 呵呵"],
    "courtesy.abusive": [
        "客: 你怎么骂人\n服: 傻 逼 东 西",
        "客: 再不处理我投诉\n服: 你脑子是不是有毛病",
        "客: 快点退钱\n服: 滚一边去",
        "客: 客服呢\n服: 神*经*病"],
}

SILENT = [
    "客: 可以放冰箱冷冻吗\n服: 可以的,不过具体能放多久我不太清楚,一般建议三个月内吃完",
    "客: 几点能发\n服: 具体几点不确定的哦,下午五点快递来收件",
    "客: 什么时候有货\n服: 这个月底哦,具体哪天不清楚呢",
    "客: 快递到哪了\n服: 我这边也不清楚,帮您问下快递站点",
    "客: 有没有红色\n服: 抱歉这款没有的",
    "客: 好评有返现吗\n服: 没有返现的哦",
    "客: 能再便宜点吗\n服: 亲不好意思呢已经是最低价了哦",
    "客: 两个颜色哪个好看\n服: 都差不多的,看您喜欢哪个",
    "客: 两个颜色质量一样吗\n服: 都一样的",
    "客: 多少一包\n服: 差不多五块一包",
    "客: 优惠券在哪\n服: 店铺首页哦",
    "客: 有保修卡吗\n服: 盒子里面有的",
    "客: 是新款吗\n服: 是的您看下详情页哦",
    "客: 尺码怎么选\n服: 看下尺码表哦,您身高体重多少",
    "客: 能看一下细节吗\n服: 亲看详情页哦[图片]",
    "客: 怎么退货\n服: 您自己在订单里申请售后就可以了",
    "客: 可以自己选快递吗\n服: 自己备注就可以",
    "客: 图片你看到没\n服: 没看到呢再发一次",
    "客: 你知道我买的哪个吗\n服: 不知道呢您发下订单号",
    "客: 什么时候到\n服: 请您耐心等待一下哦",
    "客: 大概到哪了\n服: 快了,马上到杭州",
    "客: 安装麻烦吗\n服: 很简单的亲",
    "客: 可以退吗\n服: 可以的随便什么理由都行",
    "客: 备注写什么\n服: 随便写一个就行",
    "客: 不会有质量问题吧\n服: 质量都没问题的",
    "客: 会发错吗\n服: 不会错的亲放心",
    "客: 是快递的问题吗\n服: 嗯是快递的问题",
    "客: 你们负责安装吗\n服: 我们不负责安装的哦,需要自己找师傅",
    "客: 坏了怎么保修\n服: 联系我们或者联系厂家都可以",
    "客: 包裹压坏了\n服: 是快递的问题,这边给您赔",
    "客: 怎么不早说要停发\n服: 真的抱歉呢我们也是刚接到通知",
    "客: 是不是我自己装错了\n服: 是您装反了哦,转过来就好",
    "客: 你们是自己生产的吗\n服: 不是我们生产的,我们是经销商",
    "客: 已经好几次了\n服: 说了几次了呢,都怪快递,我再去催",
    "客: 你们说随便投诉是什么意思\n服: 没有说随便投诉的意思,非常抱歉",
    "客: 难道不能退吗\n服: 可以退的",
    "客: 你急什么时候要\n服: 您着急用吗",
    "客: 哈哈你们客服真好\n服: 哈哈谢谢亲",
    "客: 平底锅怎么样\n服: 傻瓜式操作,新手也能煎好",
    "客: 洗衣机什么款\n服: 滚筒的哦",
    "客: 你是不是有病啊\n服: 您消消气,我马上帮您处理",
    "客: 你们爱发不发!不知道你们怎么做生意的\n服: 非常抱歉让您久等了,今晚8点前安排揽收",
    "客: 我找不到申请入口\n服: 不知道在哪没关系,我把入口发您",
    "客: 亏了亏了,呵呵\n服: 亲,降价可以申请价保的",
    "客: 说明书丢了,怎么清洗滤网\n服: 说明书里写的是每月一次,拆下来清水冲就行",
    "客: 傻子都会装?我就不会\n服: 我一步一步教您",
    "客: 什么时候能好\n服: ?\n服: 您说的是哪个订单呢",
]


@pytest.mark.parametrize(("category", "chat"), [(c, chat) for c, chats in HITS.items() for chat in chats])
def test_the_fault_said_otherwise(standard: Standard, category: str, chat: str) -> None:
    assert category in found(standard, chat)


@pytest.mark.parametrize("chat", SILENT)
def test_the_same_words_said_rightly(standard: Standard, chat: str) -> None:
    assert found(standard, chat) == set()


@pytest.mark.parametrize(("chat", "flagged"), [
    ("客: 能水洗吗\n服: 不知道", True),
    ("客: 能水洗吗\n服: 不知道\n服: 刚问了,可以水洗的,水温别超过30度", False),
    ("客: 能水洗吗\n服: 不知道\n客: 那帮我问下\n服: 可以水洗的", True),
])
def test_an_answer_clears_the_turn_it_stands_in_and_no_other(standard: Standard, chat: str, flagged: bool) -> None:
    assert bool(found(standard, chat)) is flagged


@pytest.mark.parametrize("chat", ["客: 你这个骗子,神经病\n服: 给您添麻烦了,我马上核实", "客: 爱买不买是吧,滚\n服: 非常抱歉给您不好的感受"])
def test_what_the_customer_says_never_counts(standard: Standard, chat: str) -> None:
    assert found(standard, chat) == set()


def test_every_category_has_a_better_wording_and_a_source(standard: Standard) -> None:
    rules = [r for r in standard.rules if r.pack == "courtesy"]
    assert {r.category for r in rules} == {"courtesy." + c for c in ("perfunctory", "shirking", "impatient", "mocking", "abusive")}
    assert all(len(r.suggest) >= 10 and r.source["title"] and r.source["checked"] for r in rules)
    assert all(r.severity == "critical" for r in rules if r.category == "courtesy.abusive")
