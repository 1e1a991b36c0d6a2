"""Names after the words that announce one or beside a number or an address, and the ids of WeChat, QQ and mail."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_H: Final = r"[\u4e00-\u9fff]"
_COMMON: Final = (  # surnames that are hardly anything else
    "王李张刘陈杨赵吴周徐孙朱胡郭何林罗郑梁宋唐许韩邓冯曹彭曾肖董潘袁蔡蒋余杜叶魏苏吕丁卢姚沈钟姜崔谭陆范汪廖贾夏邹熊孟秦邱侯江尹薛闫龙黎史陶贺郝顾龚邵钱戴严莫孔汤康易樊兰殷洪翟倪季俞鲁葛伍聂柴邢岳梅庄辛")
_COMPOUND: Final = "欧阳|司马|诸葛|上官|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|东方|独孤|南宫|长孙|宇文"
_SURNAME: Final = _COMMON + (
    "黄马高谢田于程任石金韦付方白段雷毛万覃武向常乔文赖施安颜牛温芦章申尤毕焦柳齐管祝左涂谷祁时舒耿卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍霍翁隋甘景薄单包柏宁柯阮桂闵解强丛车冉房尚萧")
_NAME: Final = rf"(?:(?:{_COMPOUND})|[{_SURNAME}])"
_END: Final = (
    r"(?=[^\u4e00-\u9fff·]|先生|女士|小姐|电话|手机|联系|地址|收$|收[^\u4e00-\u9fff]|性别|年龄|身份|的|吗|呢|吧|哦|对|可以|就|要|不是|不对|写|和|跟|改|$)")
_PERSON_LABEL: Final = (
    r"(?:[收签寄][ ]?[货件收][ ]?人|[取提][ ]?[件货][ ]?人|联[ ]?系[ ]?人|[收货件]+姓名|真实姓名|实名|[购订下][购单]人|"
    r"[付打]款人|开户名|开户人|户名|持卡人|机主)(?:的?(?:姓名|名字|信息))?")
_LABEL: Final = rf"(?:{_PERSON_LABEL}|姓[ ]?名|名字)"
_KIN: Final = r"(?:(?:我|俺|他|她)?(?:妈妈?|爸爸?|老公|老婆|媳妇|[姐妹弟哥][姐妹弟哥]?|儿子|女儿|朋友|同事|同学|室友|家人|对象)(?:的)?(?:名字)?(?:叫|是)?[ ]?)?"
_LINK: Final = (
    rf"(?:[ \t\u3000]*(?:是不是|就?是|(?:从|由|原来是|之前是){_H}{{1,4}}[改换][成为]|就?写的?是?|就?填的?是?|留的?是?|显示的?是?|[改换][成为](?:了)?|请改为|叫|为"
    r"|[:=,，(（【\[])[ \t\u3000:(（【\[]*|[ \t\u3000]*)")
_AFTER_LABEL: Final = re.compile(rf"{_LABEL}{_LINK}{_KIN}({_NAME}[\u4e00-\u9fff·]{{1,3}}?){_END}")
_LINKED: Final = re.compile(  # no word ends the name that we know: then it has three characters
    rf"{_PERSON_LABEL}[ \t\u3000]*(?:就?是|[改换][成为]|为|:)[ \t\u3000]*{_KIN}((?:{_COMPOUND}|[{_COMMON}]){_H}{{2}})")
_ANY_AFTER_LABEL: Final = re.compile(
    rf"{_LABEL}[ \t\u3000]*:[ \t\u3000]*({_NAME} {_H}{{1,2}}|{_H}{{1,6}}(?:·{_H}{{1,6}}){{1,3}}|{_H}(?:{_H}|·){{1,5}}?|[a-z]{{2,15}}(?: [a-z]{{2,15}}){{0,2}})"
    rf"(?={_END[3:-1]}|[ ,;，；\d])", re.IGNORECASE)
_I_AM: Final = re.compile(
    rf"(?:我叫|(?<!日)本人叫?|名叫|我是(?:买家|客户)|我的?名字是?|我姓{_H}[ ,，]?名?叫|(?:^|[\s,，;；。])收[ ]?:)[ ]?({_NAME}[\u4e00-\u9fff]{{1,2}}?){_END}")
_SHE_IS: Final = re.compile(rf"(?:[她他]|对方|那位?)(?:名字)?叫[ ]?({_H}{{2,3}})(?=[ ,，。]*(?:电话|手机|地址|\d|住))")  # whatever the surname
_MYSELF: Final = re.compile(rf"(?:^|[\s,，。])我是([{_COMMON}]{_H}(?!老板|[人的])[\u4e00-\u9fff])(?=[,，。 ]|$)")
_HONOURED: Final = re.compile(
    rf"((?:{_COMPOUND}|(?<![感多致])[{_COMMON}]|(?<![^请给找叫由\s,，:])[{_SURNAME}])(?:(?![的老二两三一有要到是时])[\u4e00-\u9fff]){{1,2}}?)(?:先生|女士|小姐(?!姐))")
_NO_NAME: Final = re.compile(
    r"电话|手机|地址|必填|本人|客服|同上|填写|号码|姓名|我自己|自己|写错|不对|随便|方便|方法|方式|金额|金色|高度|高级|周[一二三四五六日末]|安排|安装|常用|常见|任何|马上|白色|黄色|江苏|江西|"
    r"时间|时候|单独|单号|包邮|包裹|何时|成功|成本|向日|关注|关于|解决|任意|严重|温度|文件|路上|车上|房间|尚未|强烈|强调|于是|易碎|安全|许多|万一|常温|石头|景区|应该|多少|谢谢|感谢|"
    r"查收|查件|查一下|查下|查看|管用|解释|发票|游客|盛夏|夏天|夏季|秋冬|曲面|时效|程序|高清|全部|武汉|温州|杭州|金华|洪水|雷电|白天|莫非|龙头|马桶|毛巾|石材|田园|"
    r"付|关机|包[括装好]|查|时|先生|女士|小姐|谢[谢了]|单[子位]|全是|解决|向|安心|文化|高大|周[围边]|江浙|韩国|韩式|苏[州北南]|郑州|苏老板")
_JOIN: Final = r"[ \t\u3000,，;；、:/|\n\-]"
_BEFORE: Final = re.compile(rf"(?:^|{_JOIN}|[)）】给叫是为人])({_NAME}(?!先生|女士|小姐){_H}{{1,2}})(?:{_JOIN}{{0,3}}|收{_JOIN}{{0,2}})$")
_BEHIND: Final = re.compile(rf"{_JOIN}{{0,3}}({_NAME}{_H}{{1,2}})(?=收|{_JOIN}|\d|$)")
_BESIDE: Final = re.compile(rf"(?:^|\n|[,，])({_H}{{2,4}}){_JOIN}{{1,3}}$")  # whatever the surname, by itself in a line that holds number and address
_FOR: Final = re.compile(rf"{_JOIN}{{0,3}}({_H}{{2,3}})收(?=[^\u4e00-\u9fff]|$)")
_NO_PERSON: Final = re.compile(r"好的|谢谢|您好|你好|麻烦|这个|那个|可以|亲|是的|对|快点|电话|手机|号码|联系|地址|我的|寄|发|改|换|快递|门口|代|查|签|请|没|未|已")
_S: Final = r"[ .·_*/~\-]?"  # what stands between letters that shall not be found
_ADD: Final = "(?:[加➕+]|十(?=[ ]?v))[ ]?(?:个|下|一下|我|你|您|店长|客服|老板){0,2}[ ]?(?:的)?"
_CONTACT: Final = re.compile(
    rf"(?:(?P<q>扣扣|抠抠|[球秋蔻叩]{_S}[球秋蔻叩]|企鹅|(?<![a-z])q{_S}q|(?:[加进入找][ ]?(?:个|一下|我们?|你们?)?的?[ ]?|q)群"
    rf"|(?P<bare>(?<![a-z0-9])q(?=[ ]?[:是号]|[ ]?\d{{8,11}}(?!\d))|(?<=我)q)"
    rf"|{_ADD}q(?!{_S}q))"
    rf"|[微薇威维徽嶶溦魏卫v]{_S}[信芯❤♥心星x]|(?<![a-z])(?:wei|w){_S}[信芯❤♥心星]|微(?={_S}号)|(?:(?<=我)|(?<=我的))[微v]|绿泡泡|绿色(?:软件|聊天)|{_ADD}[微薇威维v](?:x(?![a-z]))?"
    rf"|(?<![a-z?&/=._])(?:v{_S}x|w{_S}x|wechat|wei{_S}xin)|(?<![a-z0-9])v(?=[ ]?[:是号])|(?:抖音|快手|小红书|陌陌|微博|闲鱼)(?=号|账号|id))"
    rf"(?:群)?{_S}(?:号码|号|账号|帐号|id|名|邮箱)?[ \t\u3000]*"
    r"(?:[(（][^()（）]{0,6}[)）])?(?:就?是|为|[里上]?(?:搜索?|查找|查|加|联系|找)(?:一?下)?(?:我|这个)?|[:=~\-]|[吗呢吧][,，?]?){0,2}[ \t\u3000]*"
    r"(?P<id>[a-z][a-z0-9_\-]{5,19}|\d(?:[ \-]?\d){4,11})(?![a-z0-9_])", re.IGNORECASE)
_CODE_BEFORE: Final = re.compile(r"(?:型号|货号|款号|编号|编码|条码|序列号|单号|sku)[ :是为]{0,2}$", re.IGNORECASE)
_CONTACT_AFTER: Final = re.compile(
    r"(?<![a-z0-9_])(?P<id>[a-z][a-z0-9_\-]{5,19}|\d{5,12})[ ,，。]{0,2}(?:这?个?(?:就?是)?)?加?我?(?:的)?"
    r"(?:微信|薇信|威信|扣扣|(?<![a-z])(?:vx|wx|qq)(?![a-z]))(?:号)?(?=[^\u4e00-\u9fffa-z]|$|加|哦|吧)",
    re.IGNORECASE)
_NO_ID: Final = re.compile(r"pay|iphone|android|ipad|weixin|wechat|official|mini|program|http|www", re.IGNORECASE)
_AT: Final = re.compile(r"@|[(\[（【]at[)\]）】]|艾特", re.IGNORECASE)
_HOST: Final = re.compile(r"[ ]?(?:[a-z0-9\-]{1,63}(?:\.|。|·|点|dot )){1,4}(?:com|cn|net|org|edu|gov|con|vip|cc|top|io|me|hk|tw)(?![a-z])", re.IGNORECASE)
_LOCAL: Final = re.compile(r"[A-Za-z0-9._%+\-]{1,64}[ ]?$")


def names(shadow: str, anchors: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The part of each name behind its first character. `anchors`: numbers and addresses, which names stand beside."""
    for pattern in (_AFTER_LABEL, _LINKED, _ANY_AFTER_LABEL, _I_AM, _SHE_IS, _MYSELF, _HONOURED):
        for m in pattern.finditer(shadow):
            if not _NO_NAME.match(m[1]):
                yield m.start(1) + 1, m.end(1)
    for start, end in anchors:
        base = max(0, start - 9)
        before = _BEFORE.search(shadow[base:start])
        if before is not None and not _NO_NAME.match(before[1]):
            yield base + before.start(1) + 1, base + before.end(1)
        behind = _BEHIND.match(shadow, end, end + 8)
        if behind is not None and not _NO_NAME.match(behind[1]):
            yield behind.start(1) + 1, behind.end(1)
        addressee = _FOR.match(shadow, end, end + 8)
        if addressee is not None and not _NO_PERSON.search(addressee[1]):
            yield addressee.start(1) + 1, addressee.end(1)
        beside = _BESIDE.search(shadow[base:start]) if len(anchors) > 1 else None
        if beside is not None and (base == 0 or beside.start() or shadow[base - 1] in "\n,，") and not _NO_PERSON.search(beside[1]):
            yield base + beside.start(1) + 1, base + beside.end(1)


def contacts(shadow: str) -> Iterator[tuple[int, int]]:
    """The part of each WeChat or QQ id behind its first character. A QQ id is digits."""
    for m in _CONTACT.finditer(shadow):
        if m["bare"] and _CODE_BEFORE.search(shadow[max(0, m.start() - 6):m.start()]):
            continue
        if not _NO_ID.match(m["id"]) and not (m["q"] and not m["id"][0].isdigit()):
            yield m.start("id") + 1, m.end("id")
    for m in _CONTACT_AFTER.finditer(shadow):
        if not _NO_ID.match(m["id"]):
            yield m.start("id") + 1, m.end("id")


def mails(shadow: str) -> Iterator[tuple[int, int]]:
    """The part of each mail name behind its first character."""
    for sign in _AT.finditer(shadow):
        at = sign.start()
        local = _LOCAL.search(shadow, max(0, at - 66), at)
        if local is not None and _HOST.match(shadow, sign.end(), sign.end() + 200):
            end = at - (shadow[at - 1] == " ")
            yield (local.start() + 1 if end - local.start() > 1 else local.start()), end
