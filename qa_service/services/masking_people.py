"""Names after the words that announce one or beside a number or an address, and the ids of WeChat, QQ and mail."""
from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

_H: Final = r"[\u4e00-\u9fff]"
_COMPOUND: Final = "欧阳|司马|诸葛|上官|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|东方|独孤|南宫|长孙|宇文"
_SURNAME: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛"
    "郝顾龚邵万覃武钱戴严莫孔向常汤康易乔文赖樊兰殷施洪翟安颜倪牛温芦季俞章鲁葛伍申尤毕聂柴焦柳邢岳齐梅庄辛管祝左涂谷祁时舒耿卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍"
    "覃霍翁隋甘景薄单包柏宁柯阮桂闵解强丛车冉房尚萧")
_NAME: Final = rf"(?:(?:{_COMPOUND})|[{_SURNAME}])"
_END: Final = r"(?=[^\u4e00-\u9fff·]|电话|手机|联系|地址|收$|收[^\u4e00-\u9fff]|的|吗|呢|吧|哦|$)"
_LABEL: Final = r"(?:收货人|收件人|签收人|寄件人|取件人|联系人|收货姓名|收件姓名|真实姓名|姓名|名字|户名|开户名|开户人|持卡人|机主)(?:姓名|名字)?"
_AFTER_LABEL: Final = re.compile(
    rf"{_LABEL}(?:[ \t\u3000]*(?:写的?是|改成|改为|换成|叫|是|为|[:=])[ \t\u3000]*|[ \t\u3000]+)({_NAME}[\u4e00-\u9fff·]{{1,3}}?){_END}")
_ANY_AFTER_LABEL: Final = re.compile(
    rf"{_LABEL}[ \t\u3000]*:[ \t\u3000]*((?:{_H}|·){{2,6}}?|[a-z]{{2,15}}(?: [a-z]{{2,15}}){{0,2}})(?={_END[3:-1]}|[ ,;，；\d])", re.IGNORECASE)
_I_AM: Final = re.compile(rf"(?:我叫|本人叫?|名叫|我是(?:买家|客户)|我的?名字是?)[ ]?({_NAME}[\u4e00-\u9fff]{{1,2}}){_END}")
_NO_NAME: Final = re.compile(
    r"电话|手机|地址|必填|本人|客服|同上|填写|号码|姓名|我自己|自己|写错|不对|随便|方便|方法|方式|金额|金色|高度|高级|周[一二三四五六日末]|安排|安装|常用|常见|任何|马上|白色|黄色|江苏|江西|"
    r"时间|时候|单独|单号|包邮|包裹|何时|成功|成本|向日|关注|关于|解决|任意|严重|温度|文件|路上|车上|房间|尚未|强烈|强调|于是|易碎|安全|许多|万一|常温|石头|景区|应该|多少|谢谢|感谢|"
    r"查收|查件|查一下|查下|查看|管用|解释|发票|游客|盛夏|夏天|夏季|秋冬|曲面|时效|程序|高清|全部|武汉|温州|杭州|金华|洪水|雷电|白天|莫非|龙头|马桶|毛巾|石材|田园")
_JOIN: Final = r"[ \t\u3000,，;；、:/|\n\-]"
_BEFORE: Final = re.compile(rf"(?:^|{_JOIN}|[)）】])({_NAME}{_H}{{1,2}})(?:{_JOIN}{{0,3}}|收{_JOIN}{{0,2}})$")
_BEHIND: Final = re.compile(rf"{_JOIN}{{0,3}}({_NAME}{_H}{{1,2}})(?=收|{_JOIN}|\d|$)")
_BESIDE: Final = re.compile(rf"(?:^|\n)({_H}{{2,4}}){_JOIN}{{1,3}}$")  # whatever the surname, at the head of a line that holds number and address
_FOR: Final = re.compile(rf"{_JOIN}{{0,3}}({_H}{{2,3}})收(?=[^\u4e00-\u9fff]|$)")
_NO_PERSON: Final = re.compile(r"电话|手机|号码|联系|地址|我的|寄|发|改|换|快递|门口|代|查|签|请|没|未|已")
_CONTACT: Final = re.compile(
    r"(?:(?P<q>扣扣|抠抠|球球|企鹅|(?<![a-z])q[ .]?q)|[微薇威维徽卫v][ ]?[信芯❤心星x]|微(?=号)|[加➕+][ ]?(?:个|下|一下|我|你|您|店长|客服|老板){0,2}[ ]?(?:的)?[微薇威维v](?:x(?![a-z]))?"
    r"|(?<![a-z?&/=._])(?:v[ .]?x|w[ .]?x|wechat|weixin)|(?<![a-z0-9])v(?=[ ]?[:是号]))(?:群)?(?:号码|号|账号|帐号|id|名)?[ \t\u3000]*"
    r"(?:[(（][^()（）]{0,6}[)）])?(?:就?是|为|[:=~\-]|[吗呢吧][,，?]?)?[ \t\u3000]*"
    r"(?P<id>[a-z][a-z0-9_\-]{5,19}|\d(?:[ \-]?\d){4,11})(?![a-z0-9_])", re.IGNORECASE)
_CONTACT_AFTER: Final = re.compile(
    r"(?<![a-z0-9_])(?P<id>[a-z][a-z0-9_\-]{5,19}|\d{5,12})[ ,，。]{0,2}(?:这?个?(?:就?是)?)?加?我?(?:的)?"
    r"(?:微信|薇信|威信|扣扣|(?<![a-z])(?:vx|wx|qq)(?![a-z]))(?:号)?(?=[^\u4e00-\u9fffa-z]|$|加|哦|吧)",
    re.IGNORECASE)
_NO_ID: Final = re.compile(r"pay|iphone|android|ipad|weixin|wechat|official|mini|program|http|www", re.IGNORECASE)
_HOST: Final = re.compile(r"[ ]?(?:[a-z0-9\-]{1,63}(?:\.|。|点|dot )){1,4}(?:com|cn|net|org|edu|gov|con|vip|cc|top|io|me|hk|tw)(?![a-z])", re.IGNORECASE)
_LOCAL: Final = re.compile(r"[A-Za-z0-9._%+\-]{1,64}[ ]?$")


def names(shadow: str, anchors: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The part of each name behind its first character. `anchors`: numbers and addresses, which names stand beside."""
    for pattern in (_AFTER_LABEL, _ANY_AFTER_LABEL, _I_AM):
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
        if beside is not None and (base == 0 or beside.start() or shadow[base - 1] == "\n") and not _NO_PERSON.search(beside[1]):
            yield base + beside.start(1) + 1, base + beside.end(1)


def contacts(shadow: str) -> Iterator[tuple[int, int]]:
    """The part of each WeChat or QQ id behind its first character. A QQ id is digits."""
    for m in _CONTACT.finditer(shadow):
        if not _NO_ID.match(m["id"]) and not (m["q"] and not m["id"][0].isdigit()):
            yield m.start("id") + 1, m.end("id")
    for m in _CONTACT_AFTER.finditer(shadow):
        if not _NO_ID.match(m["id"]):
            yield m.start("id") + 1, m.end("id")


def mails(shadow: str) -> Iterator[tuple[int, int]]:
    """The part of each mail name behind its first character."""
    at = shadow.find("@")
    while at >= 0:
        local = _LOCAL.search(shadow, max(0, at - 66), at)
        if local is not None and _HOST.match(shadow, at + 1, at + 200):
            end = at - (shadow[at - 1] == " ")
            yield (local.start() + 1 if end - local.start() > 1 else local.start()), end
        at = shadow.find("@", at + 1)
