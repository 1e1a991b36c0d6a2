"""The promise and privacy packs against chats that are not their own examples: said otherwise, dodged, denied, asked, quoted."""
from __future__ import annotations

import pytest

from qa_service.importers.plain import parse_plain
from qa_service.model.policy import Policy
from qa_service.rules.rule import fact_fits
from qa_service.rules.standard import Standard

SELLER = {"return_freight": "seller", "authenticity": 4, "no_reason_days": 7, "opened_returnable": True, "max_compensation": 50,
          "ship_within_hours": 48, "refund_within_hours": 24}
BUYER = {**SELLER, "return_freight": "buyer", "authenticity": 0}


def found(standard: Standard, chat: str, facts: dict[str, object] = SELLER) -> set[str]:
    """Categories of the stable promise and privacy findings in a chat."""
    conversation = parse_plain(chat, "case")
    transcript = standard.reader.read([conversation], [Policy("case", facts)])[0]
    return {f.category for rule in standard.rules if rule.category.startswith(("promise", "privacy")) and rule.status == "stable"
            for f in rule.find(transcript)}


HITS = {
    "promise.return-freight": [
        "客: 穿着不舒服想退了\n服: 好的亲,退货邮费要您那边出一下哦",
        "客: 颜色不喜欢\n客: 能退不\n服: 能退,不过来回的快递费得自己付哈",
        "客: 拍错型号了,退一下\n服: 可以申请退货,寄回的运费买家自理",
        "客: 7天无理由要我付邮费么\n服: 是的亲需要您承担的呢",
        "客: 退回去的快递费谁给\n客: 我就是不想要了\n服: 运费这块小店不承担的哦",
        "客: 不要了\n服: 个人原因退货运费咱们一家一半吧亲",
        "客: 尺寸不合适我要退\n服: 给您同意退货,到时候扣掉退货运费再退您",
        "客: 退货\n服: 非质量问题的话退货运费是买家承担的亲亲",
        "客: 不喜欢能退不\n服: 支持七天无理由退换货,邮费自付",
        "客: 收到的瓶子漏了\n服: 退可以退的,寄回运费您自己承担哈",
        "客: 你们少发了一件,我要退货\n服: 退货的话快递费要您出的",
        "客: 拉链坏了退货\n服: 同意退货,运费自理",
        "客: 破了谁出运费\n服: 破损的话也是买家承担来回运费的"],
    "promise.authenticity": [
        "客: 假一赔四算数吗\n服: 亲这个链接没有假一赔四的",
        "客: 页面写着假一赔十\n服: 假一赔十是活动款才有,您买的这件不参加",
        "客: 是正品吧,假一赔几\n服: 我们不做假一赔三的哦",
        "客: 支持假一罚十不\n服: 不支持的亲",
        "客: 你家保真么\n服: 不敢保证正品的,价格摆在这",
        "客: 是专柜货吗\n服: 说实话是高仿的亲,做工一样"],
    "promise.absolute": [
        "客: 别的店便宜两块\n服: 我们价格全网最低,您放心拍",
        "客: 贵了\n服: 找不到比我们更便宜的了亲",
        "客: 吃了能瘦吗\n服: 亲保证一个月瘦十斤",
        "客: 祛痘真的行吗\n服: 绝对有效果的,七天保证见效",
        "客: 能根治吗\n服: 三个疗程包治好,百分百不复发",
        "客: 会缩水吗\n服: 绝对不会缩水的哦",
        "客: 会不会掉色\n服: 亲百分之百不掉色",
        "客: 后天能到不\n服: 后天肯定能到的",
        "客: 三天能到吗\n服: 保证三天内到货",
        "客: 过年前能收到么\n服: 放心,一定能在年前送到的",
        "客: 申诉会给通过吗\n服: 肯定会通过的哈",
        "客: 这款还会补货么\n服: 月底肯定会有货的",
        "客: 会过敏么\n服: 绝对不会过敏的亲",
        "客: 真的管用吗\n服: 肯定的亲,用过的都说好",
        "客: 确定能拦下来吗\n服: 放心,肯定能的"],
    "promise.off-platform": [
        "客: 有实拍吗\n服: 亲加下微❤看实拍哈",
        "客: 批发价多少\n服: 加 V 详谈哦 abc12345",
        "客: 还有优惠吗\n服: 您添加一下我的微X信,那边给您优惠",
        "客: 有群吗\n服: ＋ｖｘ：abc_12345",
        "客: 怎么买\n服: 加我薇❤吧,微信上聊",
        "客: 差价怎么退\n服: 您的微信号发我一下,我转您",
        "客: 便宜点\n服: 加扣扣 1234567890 聊",
        "客: 能定制吗\n服: 加V信:abcd1234 沟通",
        "客: 多买怎么算\n服: 嗯嗯 加 微 信 说吧",
        "客: 补5块怎么补\n服: 您转账给我支付宝就可以,138开头那个",
        "客: 我要十件\n服: 咱们私下交易吧,不走平台便宜一成",
        "客: 怎么付\n服: 亲扫下面这个收款码付一下差价",
        "客: 退差价\n服: 我用支付宝转给您哈,别走平台了",
        "客: 送个礼物呗\n服: 转发我们朋友圈集赞截图就送您一份",
        "客: 谢谢\n服: 加我好友的时候备注下订单号哦"],
    "promise.review-bribe": [
        "客: 收到啦\n服: 亲五星好评加晒图可以返3元红包哦",
        "客: 不错\n服: 写15字以上好评截图,给您返两块钱",
        "客: 有优惠吗\n服: 收货后给个好评晒单,送您一张10元优惠券",
        "客: 一般吧\n服: 好评的话给您退5元运费哈",
        "客: 给了差评\n服: 亲帮忙把差评删一下吧,给您补10元",
        "客: 中评写了\n服: 您改成五星,红包10元马上发您",
        "客: 好评有返现吗\n服: 有的呢,3元",
        "客: 卡片说晒图返红包\n服: 是的哦\n客: 怎么弄\n服: 评价好了截图发我",
        "客: 好的\n服: 返您5元,麻烦您给个带图好评"],
    "promise.over-limit": [
        "客: 寄丢了怎么办\n服: 亲给您赔偿300元可以吗",
        "客: 耽误我用了\n服: 抱歉,给您双倍赔偿吧"],
    "promise.broken": [
        "客: 邮费谁出\n服: 邮费我们店承担的哈\n客: 好的寄了\n服: 亲邮费需要您自己承担的哦",
        "客: 说好昨天退款的\n服: 抱歉亲,之前答应您的还没处理"],
    "promise.return-refused": [
        "客: 买来不喜欢\n服: 不好意思本店不支持七天无理由退货",
        "客: 鞋子大了想退\n服: 鞋子试穿过就不能退了",
        "客: 包装打开看了下,不想要\n服: 打开了就不能退了亲",
        "客: 能退吗\n服: 打折商品不退不换哈",
        "客: 退一下\n服: 特价款不支持无理由退货的"],
    "promise.unfair-terms": [
        "客: 为啥我没赠品\n服: 活动解释权归本店",
        "客: 碎了\n服: 签收后我们不负责的哦",
        "客: 坏的\n服: 您签收就视为完好了"],
    "privacy.asks": [
        "客: 怎么改名字\n服: 亲把身份证正反面拍照发我",
        "客: 退款失败\n服: 报一下您的银行卡号和开户行",
        "客: 登不上\n服: 把短信验证码告诉我哈",
        "客: 收到短信了\n服: 验证码是多少,发我一下"],
    "privacy.leaks": [
        "客: 面单上不是我\n服: 跟另一个买家寄混了,她电话是13911110000",
        "客: 我的呢\n服: 发到别人那里去了,您打13911110000跟他换"]}

CLEAR = {
    "promise.return-freight": [
        "客: 不想要了\n服: 可以退的,退货运费我们来出",
        "客: 七天无理由要运费吗\n服: 亲有运费险的,您先垫付,会自动赔给您",
        "客: 新疆包邮吗\n服: 新疆地区邮费需要您自己承担哦",
        "客: 发顺丰吧\n服: 顺丰的话运费差价您补一下",
        "客: 能修吗\n服: 过保维修来回运费需要您自理的",
        "客: 再寄一份发票\n服: 补寄发票邮费到付哦",
        "客: 退货运费多少钱\n服: 您那边寄回多少运费,拍照发我,给您报销",
        "客: 质量问题退货\n服: 来回运费不需要您承担",
        "客: 运费怎么还没退我\n服: 财务今天打给您",
        "客: 退货的运费要我出吗\n服: 不用的亲"],
    "promise.authenticity": [
        "客: 不支持假一赔四吧\n服: 支持的亲,假一赔四放心拍",
        "客: 是真的吗\n服: 假一赔四,假的我们赔",
        "客: 是正品吗\n服: 100%正品,支持专柜验货",
        "客: 是不是高仿\n服: 不是高仿哦,品牌授权",
        "客: 支持货到付款吗\n服: 不支持的亲",
        "客: 会不会是假货\n服: 不会的,假一罚十"],
    "promise.absolute": [
        "客: 质量怎么样\n服: 质量保证,放心购买",
        "客: 还能少吗\n服: 已经是最低价了亲",
        "客: 明天能到吗\n服: 不敢保证明天一定到的",
        "客: 快点发\n服: 一定尽快给您安排",
        "客: 包好点\n服: 一定给您包装严实",
        "客: 什么面料\n服: 100%纯棉的哦",
        "客: 会退钱吗\n服: 收到货后一定给您退款的",
        "客: 新鲜吗\n服: 保证新鲜,当天现做",
        "客: 怎么用\n服: 第一次用最好先看说明,有问题第一时间联系我",
        "客: 一定有效吗\n服: 效果因人而异,不能保证一定有效",
        "客: 能抢到吗\n服: 不一定能抢到,建议提前加购",
        "客: 有消息吗\n服: 有结果了肯定第一时间回复您",
        "客: 券还有效吗\n服: 券是一定有效的,月底到期",
        "客: 会坏吗\n服: 一年质保,坏了免费换"],
    "promise.off-platform": [
        "客: 加微信聊吧\n服: 抱歉亲,不可以加微信的,这里说就好",
        "客: 微信能付吗\n服: 可以用微信支付的",
        "客: 钱退哪\n服: 原路退回您的支付宝或微信零钱",
        "客: 怎么保修\n服: 微信搜索公众号绑定就行",
        "客: 手表能加微信好友吗\n服: 手表支持微信聊天的,装好应用登录就行",
        "客: 有人加我说是客服\n服: 那是骗子,客服不会加您微信的,注意防范",
        "客: QQ邮箱可以收发票吗\n服: 可以的,发票发到您qq邮箱",
        "客: 能线下看货吗\n服: 线下门店在解放路,可以去看看",
        "客: 支付宝付不了\n服: 您换银行卡试试",
        "客: 我加你微信发你图\n服: 图直接发在这里就可以了"],
    "promise.review-bribe": [
        "客: 好评返现么\n服: 没有的亲,如实评价就可以",
        "客: 收到了\n服: 喜欢的话给个五星好评哦,祝您生活愉快",
        "客: 降价了\n服: 差价给您返5元,已经打款",
        "客: 坏了一个\n服: 给您补偿5元,真的很抱歉",
        "客: 给了差评\n服: 抱歉让您失望了,您看退货还是换新",
        "客: 在哪评价\n服: 订单页点评价就行,可以晒图",
        "客: 有赠品吗\n服: 有的,随单送一份小礼品",
        "客: 关注有礼吗\n服: 关注店铺可以领3元券"],
    "promise.over-limit": [
        "客: 怎么补\n服: 给您补偿5元您看行吗",
        "客: 退我钱\n服: 给您全额退款299元"],
    "promise.broken": [
        "客: 邮费谁出\n服: 邮费您先出\n客: 凭什么\n服: 好的邮费我们承担",
        "客: 说好今天发的\n服: 已经发出了,单号给您了"],
    "promise.return-refused": [
        "客: 拆了还能退吗\n服: 拆开看没事的,不影响退货",
        "客: 蛋糕能退不\n服: 食品拆封不支持退货的哦",
        "客: 买了半个月了\n服: 超过七天了,不支持无理由退货",
        "客: 刻了名字的能退吗\n服: 定制的不支持七天无理由"],
    "promise.unfair-terms": [
        "客: 解释一下\n服: 活动规则是满300减30",
        "客: 收货要看吗\n服: 签收前请检查,有破损拍照联系我们"],
    "privacy.asks": [
        "客: 快递丢了\n服: 您留个电话,专员今天联系您",
        "客: 改地址\n服: 新的地址和手机号发我",
        "客: 海淘的\n服: 跨境商品清关要用身份证号,请在订单页补充",
        "客: 开票\n服: 抬头税号开户行账号发我下",
        "客: 收不到验证码\n服: 您看看短信是不是被拦截了",
        "客: 要卡号吗\n服: 原路退,不需要提供银行卡号"],
    "privacy.leaks": [
        "客: 售后电话\n服: 售后电话是13911110000",
        "客: 发错人了\n服: 发到别的客户那里了,我们安排快递取回"]}


@pytest.mark.parametrize(("category", "chat"), [(c, chat) for c, chats in HITS.items() for chat in chats])
def test_said_otherwise_it_is_still_found(standard: Standard, category: str, chat: str) -> None:
    assert category in found(standard, chat)


@pytest.mark.parametrize(("category", "chat"), [(c, chat) for c, chats in CLEAR.items() for chat in chats])
def test_good_service_is_left_alone(standard: Standard, category: str, chat: str) -> None:
    assert category not in found(standard, chat)


@pytest.mark.parametrize("chat", [
    "客: 穿着不舒服想退了\n服: 好的亲,退货邮费要您那边出一下哦",
    "客: 退货\n服: 非质量问题的话退货运费是买家承担的亲亲",
    "客: 7天无理由要我付邮费么\n服: 是的亲需要您承担的呢"])
def test_one_line_of_policy_turns_the_no_reason_freight_off(standard: Standard, chat: str) -> None:
    assert "promise.return-freight" in found(standard, chat, SELLER)
    assert "promise.return-freight" not in found(standard, chat, BUYER)


def test_a_fault_of_the_shop_is_major_whatever_the_policy(standard: Standard) -> None:
    chat = "客: 拉链坏了退货\n服: 同意退货,运费自理"
    assert "promise.return-freight" in found(standard, chat, BUYER)
    assert standard.by_id["PR04"].severity == "major"
    assert not standard.by_id["PR04"].policy


def test_authenticity_is_judged_where_the_shop_promised_it(standard: Standard) -> None:
    chat = "客: 支持假一罚十不\n服: 不支持的亲"
    assert "promise.authenticity" in found(standard, chat, SELLER)
    assert "promise.authenticity" not in found(standard, chat, BUYER)
    assert "promise.authenticity" not in found(standard, chat, {})


def test_the_no_reason_rules_name_the_law_the_article_and_the_line_to_change(standard: Standard) -> None:
    for rule in (standard.by_id[i] for i in ("PR01", "PR02", "PR03")):
        assert "运营文章" in rule.why or rule.id == "PR03"
        assert "第二十五条" in rule.why
        assert "return_freight = buyer" in rule.why
        assert (rule.severity, rule.status, rule.needs_human) == ("minor", "stable", True)


@pytest.mark.parametrize(("fact", "wanted", "fits"), [
    (4, {"over": 0}, True), (0, {"over": 0}, False), (None, {"over": 0}, False), (True, {"over": 0}, False), ("4", {"over": 0}, False),
    (5, {"over": 0, "under": 5}, False), (4.5, {"over": 0, "under": 5}, True), (3, {"under": 5}, True),
    ("seller", "seller", True), ("buyer", ["seller", "buyer"], True), ("buyer", ["seller"], False), (None, "seller", False)])
def test_a_fact_fits_a_value_a_list_or_a_range(fact: object, wanted: object, fits: bool) -> None:
    assert fact_fits(fact, wanted) is fits
