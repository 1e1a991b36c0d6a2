"""What the packs on recovery, process, timeliness and customer risk find in chats that are not their own examples."""
from __future__ import annotations

from dataclasses import replace

import pytest

from qa_service.engine.inspector import Inspector
from qa_service.importers.plain import parse_plain
from qa_service.model.finding import Finding
from qa_service.rules.standard import Standard

PACKS = ("recovery", "process", "timeliness", "customer_risk")


def found(standard: Standard, chat: str, channel: str = "tmall") -> tuple[Finding, ...]:
    """The findings of a small chat."""
    return Inspector(standard).evaluate(replace(parse_plain(chat, "case"), channel=channel)).findings


def rules(standard: Standard, chat: str, channel: str = "tmall") -> set[str]:
    """Ids of the rules of these packs that a chat meets."""
    mine = {r.id for r in standard.rules if r.pack in PACKS}
    return {f.rule for f in found(standard, chat, channel) if f.rule in mine}


HITS = [
    # recovery
    ("RC01", "客: 拆开看到两个碗都裂了\n服: 单号\n客: 0011223344\n服: 你去点退款"),
    ("RC01", "客: 才穿了一次就开胶了\n服: 怎么穿的\n客: 正常走路\n服: 寄回来吧"),
    ("RC01", "客: 快递一直停在广州不动\n服: 我看下\n客: 嗯\n服: 到广州了"),
    ("RC01", "客: 你们这什么服务\n服: 请说\n客: 问半天不回\n服: 现在回了"),
    ("RC02", "客: 说好的顺丰给我发成平邮\n服: 不好意思亲\n客: 所以呢 就一句不好意思\n服: 真的抱歉了"),
    ("RC02", "客: 锅盖把手掉了\n服: 非常抱歉呢亲\n客: 我要的不是道歉\n服: 实在对不起"),
    ("RC03", "客: 箱子里漏发了两包\n服: 哦\n客: 怎么说\n服: 嗯嗯"),
    ("RC04", "客: 收到三个全碎了\n服: 啊\n客: 图片给你了\n服: 看到了\n客: 然后呢\n服: 嗯"),
    ("RC05", "客: 帮我换个收件人\n服: 换不了的\n客: 为什么换不了 还没出库啊\n服: 就是不能换的呢"),
    ("RC05", "客: 能恢复这张券不\n服: 恢复不支持的哦\n客: 是你们页面出错了啊\n服: 确实不支持恢复"),
    ("RC06", "客: 让你们店长联系我\n服: 店长休息,没空"),
    ("RC06", "客: 我会投诉你们的\n服: 随便您"),
    ("RC06", "客: 转主管\n服: 没有主管,有事跟我说"),
    ("RC07", "客: 电饭煲才用三天就不通电坏了\n服: 估计是您使用不当造成的"),
    ("RC07", "客: 收到就少了一件\n服: 仓库发货前都核对过的,不可能少"),
    ("PS12", "客: 袖子破了\n服: 什么问题呢\n客: 前面已经说过了"),
    ("PS12", "客: 补差价\n服: 请问有什么可以帮您\n客: 跟你讲了三遍了"),
    ("PS12", "客: 我的问题是发票\n服: 快递三天到\n客: 答非所问"),
    ("RC09", "客: 补发的那件多久寄出\n服: 会尽快给您安排的哦"),
    ("RC09", "客: 怎么还没退款\n服: 请耐心等待哦亲"),
    ("RC10", "客: 赠品没收到\n服: 好的呢,请问还有其他问题需要帮您处理吗\n客: 赠品的事你还没说"),
    ("RC10", "客: 登不上去\n服: 重启试试,还有别的可以帮您吗\n客: 还是登不上"),
    ("RC11", "客: 这锅粘得厉害\n服: 都是这样的\n客: 以后不买你家东西了"),
    ("RC12", "客: 退货的钱几天退\n服: 仓库收到退货后五个工作日左右退款"),
    ("RC14", "客: 收到两瓶都漏了\n服: 很抱歉,您看是给您补发两瓶,还是申请退款呢"),
    ("RC15", "客: 配送员太没礼貌了\n服: 给您带来不便请见谅,请问还有其他可以帮您的吗"),
    ("RC17", "客: 电池鼓包了去哪检测\n服: 您自己去问一下线下维修点吧"),
    ("RC18", "客: 检测报告要几天出来\n服: 检测这块小妹这边不负责售后所以检测要多久并不了解的哦"),
    # process
    ("PS01", "客@09:00:00: 这件几斤\n服@09:00:09: 两斤"),
    ("PS02", "客@09:00:00: 几斤\n服@09:00:03: 您好\n服@09:00:09: 两斤\n客@09:00:40: 谢谢啦"),
    ("PS03", "客: 几斤\n服: 两斤,辛苦给个评价\n客: 好\n服: 麻烦打个分\n客: 等会\n服: 别忘了给五星哦,记得给我评价"),
    ("PS04", "客: 我想想\n服: 快去付款吧\n客: 嗯\n服: 想好了没\n客: 再看看\n服: 抓紧拍"),
    ("PS05", "客: 打不开\n服: 请按照说明书上的步骤重新操作\n客: 按了\n服: 请按照说明书上的步骤重新操作\n客: 没用啊\n服: 请按照说明书上的步骤重新操作"),
    ("PS08", "客: 保价能申请几次\n服: 在的\n客: 保价能申请几次啊\n服: 保价是七天\n客: 保价能申请几次"),
    ("PS10", "客: 怎么别人的都过审了\n服: 审核要走完整套流程呢\n客: 我的就是没过\n服: 审核要走完整套流程呢"),
    # timeliness
    ("TM01", "客@14:00:00: 有货没\n服@14:00:16: 您好,有的"),
    ("TM02", "客@14:00:00: 有货没\n服@14:01:00: 您好,有的"),
    ("TM03", "客@14:00:00: 有货没\n服@14:05:00: 抱歉久等,有的"),
    ("TM04", "客@14:00:00: 有货没\n服@14:00:05: 您好,有的\n客@14:01:00: 能刻字吗\n服@14:06:00: 抱歉,可以"),
    ("TM05", "客@14:00:00: 有货没\n服@14:00:05: 您好,有的\n客@14:01:00: 能刻字吗\n服@14:31:00: 抱歉,可以"),
    ("TM06", "客@14:00:00: 有货没\n服@14:05:00: 有的亲"),
    ("TM07", "客@14:00:00: 有货没\n服@14:00:05: 您好,有的\n客@14:01:00: 能刻字吗"),
    ("TM08", "客: 退货地址是哪里"),
    ("TM09", "机: 您好,请留言\n客: 退货地址是哪里"),
    ("TM10", "客@14:00:00: 能刻字吗\n服@14:00:04: 在的亲\n客@14:00:40: 能吗\n服@14:02:10: 能的,刻四个字"),
    ("TM11", "客@2025-11-01 09:00:00: 寄来的壶破损了\n服@2025-11-02 10:00:00: 抱歉,给您换"),
    ("TM12", "客@09:00:00: 差评了 气人\n服@11:00:00: 抱歉,怎么了"),
    ("TM13", "客: 能改蓝色吗\n客: 怎么都不回我\n服: 可以改"),
    # customer risk
    ("CR01", "客: 我现在就去市场监督局举报"),
    ("CR01", "客: 等着收法院传票吧 我已经找律师了"),
    ("CR02", "客: 明天再不到 我直接给一星"),
    ("CR02", "客: 不给处理就打差评"),
    ("CR03", "客: 赔我300 不然我就去投诉"),
    ("CR04", "客: 我把你们店发小红书避雷去 给你们曝光"),
    ("CR05", "客: 换个能做主的来"),
    ("CR06", "客: 黑心商家"),
    ("CR07", "客: 根据食品安全法第一百四十八条 我要求十倍赔偿"),
    ("CR08", "客: 专柜鉴定说不是正品"),
    ("CR09", "客: 充电的时候插头冒烟了"),
    ("CR09", "客: 孩子吃了你们的饼干拉肚子了"),
    ("CR10", "客: 东西我不寄回去 直接退款"),
    ("CR11", "客: 我已经申请小二介入了"),
    ("CR12", "客: 转人工\n机: 亲,请描述\n客: 找人工\n机: 为您推荐\n客: 转人工!!"),
]

SILENT = [
    ("RC01", "客: 拆开看到两个碗都裂了\n服: 哎呀非常抱歉\n客: 嗯\n服: 给您补两个"),
    ("RC01", "客: 这个碗路上会碎吗\n服: 泡沫包好的\n客: 碎了赔吗\n服: 赔的"),
    ("RC01", "客: 拆开看到两个碗都裂了\n服: 单号发我"),
    ("RC02", "客: 锅盖把手掉了\n服: 非常抱歉,马上补一个把手\n客: 好\n服: 让您久等了,单号稍后发您"),
    ("RC02", "客: 再便宜十块\n服: 不好意思亲\n客: 那五块\n服: 抱歉真的少不了"),
    ("RC05", "客: 帮我换个收件人\n服: 换不了的\n客: 好吧\n服: 嗯嗯"),
    ("RC05", "客: 少十块\n服: 不行的亲\n客: 为什么别家可以\n服: 我们不能少了"),
    ("RC06", "客: 转主管\n服: 好的,已经升级,主管半小时内联系您"),
    ("RC07", "客: 收到就少了一件\n服: 抱歉,我马上核实,少了给您补发"),
    ("PS12", "客: 你们客服之前说过能退\n服: 能退"),
    ("RC09", "客: 补发的多久寄出\n服: 明天上午尽快给您寄"),
    ("RC09", "客: 尽快发货哈\n服: 会尽快的"),
    ("RC10", "客: 赠品没收到\n服: 已补,还有其他问题需要帮您处理吗\n客: 没有了 谢谢"),
    ("RC11", "客: 这锅粘得厉害\n服: 给您换新锅\n客: 以后不买了"),
    ("RC12", "客: 钱几天退\n服: 收到退货后24小时内退款"),
    ("RC14", "客: 能退吗\n服: 支持退货退款,也可以换货"),
    ("RC15", "客: 配送员太没礼貌了\n服: 非常抱歉,已为您反馈站点,请问还有其他可以帮您的吗"),
    ("RC17", "客: 电池鼓包去哪检测\n服: 我帮您联系维修点,电话稍后发您"),
    ("PS01", "客@09:00:00: 几斤\n机@09:00:01: 您好,欢迎光临\n服@09:00:09: 两斤"),
    ("PS01", "客: 几斤\n服: 两斤"),
    ("PS02", "客@09:00:00: 几斤\n服@09:00:03: 您好\n服@09:00:09: 两斤\n客@09:00:40: 谢谢\n服@09:00:45: 不客气"),
    ("PS03", "客: 好了\n服: 不客气,辛苦给个评价"),
    ("PS05", "客: 好\n服: 好的亲亲\n客: 好\n服: 好的亲亲\n客: 好\n服: 好的亲亲"),
    ("TM01", "客@14:00:00: 有货没\n服@14:00:12: 您好,有的"),
    ("TM03", "客: 有货没\n服: 您好,有的"),
    ("TM06", "客@14:00:00: 有货没\n服@14:05:00: 抱歉,让您久等,有的"),
    ("TM03", "客@02:00:00: 有货没\n服@08:10:00: 您好,有的"),
    ("TM05", "客@22:58:00: 有货没\n服@22:58:05: 有的\n客@23:30:00: 能刻字吗\n服@23:58:00: 能"),
    ("TM07", "客: 有货没\n服: 您好,有的\n客: 能刻字吗"),
    ("TM08", "客: 你好"),
    ("TM13", "客: 快递员电话没人接\n服: 我帮您联系"),
    ("CR01", "客: 用工商银行付款可以吗"),
    ("CR01", "服: 您可以拨打12315\n客: 不用"),
    ("CR02", "客: 不会给你们差评的放心"),
    ("CR02", "客: 看评价里有个差评说掉毛"),
    ("CR05", "客: 老板给便宜点"),
    ("CR06", "客: 这个怎么操作啊"),
    ("CR07", "客: 你们是假一赔四吗"),
    ("CR08", "客: 保证是正品吧 不会是假货吧"),
    ("CR09", "客: 敏感肌用会不会过敏"),
    ("CR10", "客: 还没发货 我点仅退款可以吧"),
    ("CR11", "客: 我不是要投诉你"),
    ("CR12", "客: 我要转人工\n服: 您好,请讲"),
]


@pytest.mark.parametrize(("rule", "chat"), HITS)
def test_finds(standard: Standard, rule: str, chat: str) -> None:
    """A fault said in other words than the pack's examples is found."""
    assert rule in rules(standard, chat)


@pytest.mark.parametrize(("rule", "chat"), SILENT)
def test_stays_silent(standard: Standard, rule: str, chat: str) -> None:
    """Its harmless neighbour is not."""
    assert rule not in rules(standard, chat)


GOOD = [
    "客: 你好 这件有黑色吗\n服: 您好,黑色M到XL都有现货\n客: 什么时候发\n服: 今天16点前付款当天发\n客: 好 谢谢\n服: 不客气,祝您生活愉快",
    "客: 收到的杯子裂了\n服: 非常抱歉给您添麻烦了,麻烦拍张照片\n客: [图片]\n服: 看到了,给您补发一个,或者全额退款,您看哪种合适\n客: 补发吧\n服: 好的,"
    "今天寄出,单号晚上8点前发您\n客: 谢谢\n服: 应该的,祝您愉快",
    "客: 退货运费谁出\n服: 亲,有运费险,寄回后自动赔付到您账户\n客: 好的\n服: 嗯嗯,有问题随时找我",
    "客: 物流两天没动了\n服: 抱歉让您着急了,我帮您查一下\n服: 在杭州中转站,明天上午派送,到不了我再帮您催\n客: 好的\n服: 谢谢理解",
]


@pytest.mark.parametrize("chat", GOOD)
def test_good_service_scores_high(standard: Standard, chat: str) -> None:
    """A good chat without times keeps at least 95 points."""
    assert Inspector(standard).evaluate(replace(parse_plain(chat, "good"), channel="tmall")).score.total >= 950


def test_customer_risk_costs_the_agent_nothing(standard: Standard) -> None:
    """Whatever the customer threatens, the agent's answer is what counts."""
    chat = "客: 再不退我就打12315 给你们差评 垃圾店\n服: 非常抱歉,已为您登记并升级主管,今天18点前给您答复\n客: 行"
    score = Inspector(standard).evaluate(replace(parse_plain(chat, "risk"), channel="tmall")).score
    risks = [f for f in found(standard, chat) if f.category.startswith("customer-risk")]
    assert len({f.rule for f in risks}) >= 3
    assert score.total == 1000
    assert score.deductions == ()


def test_safety_and_threats_ask_for_a_person(standard: Standard) -> None:
    """Critical risks are put in front of somebody."""
    critical = [r for r in standard.rules if r.pack == "customer_risk" and r.severity == "critical"]
    assert critical
    assert all(r.needs_human for r in critical)


@pytest.mark.parametrize(("rule", "chat", "channel"), [
    ("RC12", "客: 钱几天退\n服: 收到退货后五个工作日左右退款", "jd"),
    ("TM11", "客@2025-11-01 09:00:00: 寄来的壶破损了\n服@2025-11-02 10:00:00: 抱歉,给您换", "jd"),
    ("TM12", "客@09:00:00: 差评了\n服@11:00:00: 抱歉", "pdd"),
])
def test_time_limits_are_the_shops_own(standard: Standard, rule: str, chat: str, channel: str) -> None:
    """Limits of one platform's policy do not bind the shops of another."""
    assert rule in rules(standard, chat)
    assert rule not in rules(standard, chat, channel)


def test_without_times_nothing_is_said_of_speed(standard: Standard) -> None:
    """Order alone shows no seconds: only a chat that nobody answered can be late."""
    chat = "客: 有货没\n服: 有\n客: 能刻字吗\n服: 能\n客: 谢谢\n服: 不客气"
    assert not {r for r in rules(standard, chat) if r.startswith("TM")}


def test_worse_service_scores_lower(standard: Standard) -> None:
    """The same trouble handled well, badly and not at all: the score tells them apart."""
    begin = "客: 收到的锅坏了两个\n"
    good = begin + "服: 非常抱歉,给您补发或者退款都可以\n客: 补发吧\n服: 好的,今天寄出"
    poor = begin + "服: 拍照\n客: 拍了\n服: 申请退款吧"
    bad = begin + "服: 不可能坏的,我们都检查过的\n客: 就是坏的 叫你们主管来\n服: 主管不在\n客: 你们这什么态度\n服: 随便您"
    totals = [Inspector(standard).evaluate(replace(parse_plain(c, "x"), channel="tmall")).score.total for c in (good, poor, bad)]
    assert totals == sorted(totals, reverse=True)
    assert len(set(totals)) == 3
