"""The words a commitment is read from: acts a shop can promise, who acts, and what makes an act promised, done, denied or asked about.

An act alone is never a commitment (退款 is a noun, a button and a wish); `commitments` weighs it against the clause around it.
Each word belongs to one act; None marks longer words that only look like an act (发票, 送货上门) and takes their characters away.
"""
from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# act -> the contract's commitment type
TYPE_OF: Final[Mapping[str, str]] = MappingProxyType({
    "reissue": "reissue", "refund": "refund", "arrive": "refund", "return_money": "compensation", "compensate": "compensation",
    "token": "compensation", "freight": "compensation", "exchange": "exchange", "swap": "exchange", "ship": "ship_by",
    "deliver": "deliver_by", "carry": "deliver_by", "call": "callback", "tell": "callback", "contact": "verify", "report": "verify",
    "lookup": "verify", "amend": "order_change", "invoice": "other",
    "gift": "other", "discount": "other", "handle": "other", "effort": "other"})

_ACTS: Final[Mapping[str | None, str]] = {
    "reissue": "补发 补寄 重发 重新发 从新发 重寄 重新寄 再发一 再寄一 补一 补给您 补给你 补给亲 补送 补您 补你 补亲 补上",
    "refund": "退款 退钱 退还 退您 退你 退亲 退给 退全款 打款 原返 原路返还 原路退 原路返回 返还 退到 退至 退",
    "arrive": "到账 到帐 付款 时效是 时效为",
    "return_money": "返您 返你 返亲 返给 返现 反现 反您 返 转给您 打给您 转账给您 打到您 转到您",
    "compensate": "赔付 赔偿 补偿 补贴 赔您 赔 差价 补差",
    "token": "优惠券 代金券 无门槛券 现金券 京券 东券 京豆 红包 券",
    "freight": "运费 邮费 快递费 来回费用",
    "exchange": "换货 换新 调换",
    "swap": "换",
    "ship": "发货 发出 发走 寄出 寄给 邮寄 寄过去 邮过去 发过去 一起过去 发快递 出库 揽收 发",
    "deliver": "送达 送到 送过去 送去",
    "carry": "配送 派送 派件 安排送",
    "call": "回电 回访 致电 联系您 联系你 联系亲 与您联系 跟您联系 和您联系 同您联系 电话联系 电话通知 电话回复 打电话 来电 外呼",
    "tell": "回复 答复 通知 告知 告诉 留言 短信 回话 同步给您 跟您说 和您说 跟你说 跟亲说 和亲说 更新消息 发您",
    "contact": "联系 催 跟进 跟踪 追踪 沟通 协商 协调 督促 说一下 说一声 说下 说声 转接 加急",
    "report": "反馈 上报 提报 升级 登记 记录 提交 转交 上传",
    "lookup": "核实 核查 查下 查一下 查查 查清 排查 问下 问一下 问问 问个 问清 咨询 询问",
    "amend": "改价 改运费 改地址 改一下 改下 修改 改成 改 备注 取消 拦截 合并 改发 更换 恢复 关闭 拒绝 审核 延长",
    "invoice": "开票 开发票 补开 换开 重开 开具 开",
    "gift": "赠送 送您 送亲 送你 送给 多送 送",
    "discount": "优惠 便宜 减 包邮 免邮 免单 延保 留一",
    "handle": "处理 申请 安排 办理 上门",
    "effort": "检查 包装好 包好 包严 包装严 打包 预留 留着 留货",
    None: "发票 发现 发生 发图 发我 发给我 发送 发来 发错 发图片 发起 发下 发一下 发个 发什么 发哪 批发 开发 出发 触发 漏发 送货 送货单 赠品 退货 退换 退换货 退回来 "
          "换成功 可换 检查到 开始 开心 开通 开袋 打开 离开 拆开 开启 开关 分开 公开 开头 开机 撕开 开放 "
          "改善 改进 改变 减少 减肥 加减 满减 立减 包退 包换 返回 返修 返厂 返校 证券 领券 用券 假一赔 假1赔 三包 联系我 联系方式 联系客服 联系电话 联系在线 联系人 "
          "优惠券去 通知栏 短信验证码 反复 登记住 记录里 安排在 开展 展开 退出 减免 换季 换洗 兑换 转换 换算 换行 切换 变换 申请人 送料 退步 "
          "买一送一 买二送一 买1送1 买2送1 买三送一 买就送 断货发 催促 催单 催发货 催快递 催件",
}
# the compounds of 催 belong to 催 itself; they stand above only to keep 催发货 from being read as 发货
_CHASE: Final = frozenset(("催促", "催单", "催发货", "催快递", "催件"))


def _table() -> dict[str, str | None]:
    table: dict[str, str | None] = {word: act for act, words in _ACTS.items() for word in words.split()}
    return table | dict.fromkeys(_CHASE, "contact")


ACT_OF: Final[Mapping[str, str | None]] = MappingProxyType(_table())


def _alternation(words: list[str]) -> str:
    """The words, longest first, grouped by first character: the matcher then skips to candidates by a character set."""
    heads: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda w: (-len(w), w)):
        heads.setdefault(word[0], []).append(re.escape(word[1:]))
    return "|".join(f"{head}(?:{'|'.join(tails)})" if any(tails) else head for head, tails in heads.items())


ACT: Final = re.compile(_alternation(list(ACT_OF)))

# A message without any of these promises nothing: most messages that merely name an act (申请退款, 发货时间) are left after one search.
EVIDENCE: Final = re.compile(
    r"[给帮为替跟和与向][您你亲客咱小宝]|[补退返送赔偿复知发寄打][您你亲给到多]|单号|上门|会|尽[快早]|马上|立即|[今明后下][天午周]|今晚|[时日天点h]之?[内前]|工作日|小时|[让叫]|(?<!您)这[边里]|我|小二|小妹"
    r"|妹子|妹纸|掌柜|仓库|专员|财务|承担|返[现差运邮]|秒到|短信|告知|通知|当天|次日|天发|周[一二三四五六日末]|免费|多送|赠送|全额|天后")

# A clause ends at a mark, a blank, or a closing particle (chat text often has no marks); a blank before a unit, ~ and : between digits
# do not end it.
BOUNDARY: Final = re.compile(
    r"[,。!?;、:\ufffc…哦呢哈哟呀啦嘛哒噢喔咯哇呐吗啊\s~-]"
    r"(?:(?<![\s~:-])|(?<=:)(?!\d)|(?<=\s)(?:(?<!\d\s)|(?!\s?(?:小时|个|天|元|块|分钟|点|日|号|h|\d)))|(?<=~)(?!\d)|(?<=-)(?<!\d-)(?!\d))")

WHO: Final = "(?:您|你|亲|客官|咱们?|小主|宝贝|主人|美女|帅哥|朋友)"
# Who acts: the last of these before the act decides. `to`: for the customer; `we`: the shop or its people; `you`: the customer;
# `aside`: nobody. The look-ahead keeps the search cheap.
ACTOR: Final = re.compile(
    r"(?=[帮给为替向跟和与对找咨询快配师小站物系平联您你亲请麻辛再先稍保这那感谢客烦劳建记自需如让可顾买我咱妹掌老主经仓库专财售商厂供卖工技本店公同部京])"
    rf"(?:(?P<to>(?:帮|给|为|替|向|跟|和|与|对){WHO}|帮(?=忙|[^我]))"
    r"|(?P<aside>(?:与|和|跟|向|找|咨询|询问)(?:商家|卖家|快递|配送|站点|售后|厂家|品牌)|快递员?|配送员?|师傅|小哥|站点|站长|物流|系统|平台|联系.{0,2}(?:商家|卖家|客服|售后|快递|站点|仓库|配送)|您好"
    r"|您放心|您看|你看|您稍|您的|你的|亲的|您耐心|请您?(?:放心|耐心|稍|见谅|谅解|问|示|理解)|(?:您|亲|你|麻烦|辛苦)?(?:再|先)?稍等"
    r"|您?(?:保持|这种|这个|这款|这单|那个|感谢|谢谢))"
    r"|(?P<you>(?:您|你)(?:那边|这边|自己|那|这)|(?:亲|客官)(?:那边|自己)|帮我|给我|找(?:我|小|客服)|(?<!申)请|麻烦|辛苦|烦请|劳烦|建议|记得|自己|自行|需要|如需|让您|可以先|您|你|联系我|顾客|买家)"
    r"|(?P<we>我们|我(?!要|想)|咱们?|这边|这里|这面|小二|小妹|妹子|妹纸|小弟|小编|掌柜|老板|主管|经理|仓库|库房|专员|专人|专家|财务|售后|商家|厂家|厂商|供应商|卖家|工作人员|客服"
    r"|技术|小店|本店|店里|店铺|店家|公司|同事|部门|工程师|京东|小红人))")
DIRECT: Final = re.compile(r"(?:亲亲?|客官|您|你|请|麻烦)(?:可以|直接|再|先|去|自己|自行|就|在|要|这边|申请|选择|点击|点)*$")

FUTURE: Final = re.compile(
    r"会(?<![不只才机社约]会)(?!员|议|场|所)|将(?=[会在于给为由帮]|尽)|马上|立即|立刻|这就|现在就|尽快|尽早|尽力|加紧|尽量|第一时间|一定|保证|肯定|务必|到时|届时|稍后|晚点|等下|待会"
    r"|明天|今天|今晚|今日|后天|明早|下午|晚上|后就|完就|了就|好就|就给|就帮|就为|后给|后帮|后为|优先|负责|随后|之后|过几天|到货|拍下|持续|继续")
STRONG_FUTURE: Final = re.compile(r"会(?<![不只才机社约]会)(?!员|议|场|所)|将(?=[会在于给为由帮]|尽)|马上|尽快|明天|明早|到时|届时|稍后|后(?<!售后)(?=给|帮|为|就|直接|短信|电话|我|小)"
    r"|了(?=就|给您|帮您|为您|跟您|再)|再(?=给|帮|为|跟|和)|第一时间|这就|来(?=改|帮|给)|我来$")
HEDGE: Final = re.compile(r"一般|通常|正常|大概|大约|左右|可能|估计|预计|预估|应该|应是|不一定|不确定|不保证|不能保证|不敢保证|无法保证|说不准|基本|参考|为准")

NOT: Final = re.compile(
    r"(?:不(?<!要不)|没|无法|没法|没办法|没有办法|未|别|勿|拒绝|难以|无需|免)"
    r"(?:能|会|可以|需要|用|要|是|再|予|支持|同意|给|帮|为|替|您|你|亲|我们|我|这边|单独|直接|额外|办理|处理|安排|申请|马上|立即|立刻|第一时间|今天|明天|提供|有|操作|到|让|进行|做|一起|接受|参与|人|办法){0,6}$"
    rf"|(?:不能|无法|没办法|没法)(?:帮|给|为){WHO}[^,。!?]{{0,8}}$")
NOT_AFTER: Final = re.compile(r"(?:货|款)?(?:不了|不到|不出(?!意外)|不起|不上|没办法|无法|没法|不下来)")
DONE_BEFORE: Final = re.compile(r"已|刚|昨天|昨晚|前天|之前(?<![点号日天分时周月底\d]之前)(?!的)|早就(?<!一早就)|上次|曾|才(?=给|帮)|上面")
DONE_AFTER: Final = re.compile(
    r"(?:过去|出去|出|好|完|掉|成功|货|款|了一下|上)?(?:了(?!解)|过(?!去|来|几|后)|完毕|完成(?!后)|成功|中$)|.{0,7}(?<!就好)(?<!可以)(?<!就行)(?<!为)了(?:的|得)?$|给您了|是(?:今天|昨天)")
ONGOING: Final = re.compile(r"正在|正(?=帮|给|为|在)|在(?=帮|给您|为您)|在$|一直(?=在|有|都)")
NOUN_AFTER: Final = re.compile(
    r"(?:(?:上去|一下|下)?的话|是(?!$|因为)|的(?!话|了|哈|客官|亲|您|你|$)|时间|时候|时效|申请|原因|流程|金额|周期|方式|政策|规则|记录|页面|按钮|服务单|信息|单号|地址|前(?!$)|后|之前|之后|以后"
    r"|地|速度|慢|单子|顺序"
    r"|入口|进度|状态|结果|界面|成本|公司|人|员|部门?"
    r"|电话|编号|账|热线|渠道|协议|险|说明|明细|类|专票|抬头|来回)")
ASKING: Final = re.compile(r"请问|要不(?=亲|您|你)|下次|可否|能否|什么|怎么|是否|是不是|要不要|需不需要|有没有|能不能|哪|需要(?=帮|给|为|我|小)|要(?=我|帮您|给您|为您|给亲|帮亲)|是(?=要|需要"
    r"|想)|想(?=要|让)|还有其他")
QUESTION: Final = re.compile(r"[吗?]")
PERMISSION: Final = re.compile(r"[,\s哦呢哈~]{0,3}(?:亲亲?|客官)?(?:您看|你看)?(?:这样|这边)?(?:可以|可否|好|行|好不好|可不可以|行不行|ok|怎么样|如何)(?:不|么|吗|嘛|呢|的吗|吧)?")
OFFER_END: Final = re.compile(r"(?:您看|你看|这样|看|亲)?.{0,4}(?:可以|好|行|同意|接受|ok|怎么样|如何|好不好|可以不|好么|可以么)$")
ABILITY: Final = re.compile(r"(?:可以(?!的)|能|能够|才能|帮到)[^,]{0,8}$")
HOLDING: Final = re.compile(r"稍等|稍候|请等|等等|等一下|等我|等下|稍微等|不要下线|不要离开|分钟")

THIRD: Final = re.compile(
    r"仓库|库房|快递|物流|厂家|厂商|供应商|商家|卖家|站点|站长|配送|师傅|专员|专人|售后|技术|部门|同事|财务|工厂|网点|派件|揽件|工程师|研发|邮政|顺丰|圆通|申通|韵达|中通|天天|百世|汇通")
OUR_SIDE: Final = re.compile(
    r"(?:我们|我|咱们|咱|商家|卖家|店家|小店|本店|店里|店铺|小二|掌柜|公司)(?:这边|家|店|来|全部|全额|会|给您?|帮您|全|先)*(?:出|承担|负责|付|退|报销|补|给)|(?:商家|卖家|店家|我方|我们)包")
HANDED_BACK: Final = re.compile(r"[^您你亲不已,]{0,8}(?:退给|返给|退还|返还|补给|还给|给|退|返|打给|转给|报销给)(?:您|你|亲|客官)")
REVIEW: Final = re.compile(r"好评|评价|晒图|五星|5星|晒单|截图|追评|收藏|关注")
