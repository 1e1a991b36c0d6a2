"""Words that sources use for a role, a kind of message and a channel, and the kind that a text gives away by itself."""
from __future__ import annotations

import re
import unicodedata
from typing import Final

_ROLE_WORDS: Final[dict[str, str]] = {
    "customer": "客户 顾客 买家 访客 用户 会员 消费者 顾客端 买家端 客 customer buyer visitor user client guest member consumer incoming inbound in 接收 收 客户发送",
    "agent": "客服 卖家 商家 坐席 座席 人工 人工客服 店铺 店家 商户 店小二 小二 客服人员 在线客服 服 agent seller staff waiter merchant shop operator kf "
             "servicer service outgoing outbound out 发送 发 客服发送 shopkeeper admin",
    "bot": "机器人 自动回复 智能 智能客服 机器人客服 自动 欢迎语 自动欢迎语 机 bot robot auto autoreply template assistant 智能机器人 ai",
    "system": "系统 系统消息 系统提示 提示 通知 系 system sys notice activity notification",
}
ROLE_OF: Final[dict[str, str]] = {word: role for role, words in _ROLE_WORDS.items() for word in words.split()}
_KIND_WORDS: Final[dict[str, str]] = {
    "text": "文本 文字 文本消息 文字消息 text txt message msg",
    "image": "图片 图片消息 image img pic picture photo 截图 表情图片",
    "video": "视频 短视频 video",
    "voice": "语音 音频 语音消息 voice audio",
    "card": "卡片 商品 商品卡片 宝贝 card goods product item",
    "order": "订单 订单卡片 order",
    "link": "链接 网址 link url",
    "revoked": "撤回 撤回消息 已撤回 revoked revoke recall recalled",
    "other": "其他 其它 other file 文件 表情 emoji emotion sticker",
}
KIND_OF: Final[dict[str, str]] = {word: kind for kind, words in _KIND_WORDS.items() for word in words.split()}
_CHANNEL_WORDS: Final[dict[str, str]] = {
    "tmall": "天猫 tmall 天猫旗舰店 天猫国际", "taobao": "淘宝 taobao 千牛 旺旺 1688 淘系", "jd": "京东 jd jingdong 咚咚 京东咚咚",
    "pdd": "拼多多 pdd pinduoduo", "douyin": "抖音 抖店 飞鸽 douyin tiktok 抖音小店", "wechat": "微信 企业微信 企微 公众号 小程序 微信客服 wechat weixin wecom wx",
    "web": "网页 官网 网站 web website h5 pc app", "other": "其他 其它 other",
}
CHANNEL_OF: Final[dict[str, str]] = {word: channel for channel, words in _CHANNEL_WORDS.items() for word in words.split()}
_LONGEST: Final = 64
_MARKED: Final = re.compile(r"\[([^\[\]\s]{2,5})\]|<([a-z]{3,5})>")
_LINK: Final = re.compile(r"https?://[^\s\u3000-\u9fff\uff00-\uffef]+", re.IGNORECASE)


def plain_word(text: str) -> str:
    """A cell or header reduced to what identifies it: width, case, blanks, ``_ - .`` and a trailing bracket do not count."""
    text = text.strip()[:_LONGEST]
    text = text.lower() if text.isascii() else unicodedata.normalize("NFKC", text.lstrip("\ufeff")).lower()
    if not text.isalnum():
        text = re.sub(r"[\[(【].*?[\])】]$", "", text)
        text = re.sub(r"[\s_\-./*:\"']+", "", text)
    return text


def kind_of_text(text: str) -> str:
    """The kind of message that the whole of `text` gives away: a mark such as ``[图片]``, or a bare link; otherwise text."""
    if not text or text[0] not in "[<hH 【\n" or len(text) > 4_096:
        return "text"
    stripped = text.strip()
    match = _MARKED.fullmatch(stripped)
    if match is not None:
        kind = KIND_OF.get((match[1] or match[2]).lower(), "text")
        # A smiley such as [表情] is said, not sent: it stays with the language and is blanked there.
        return kind if kind in ("image", "video", "voice", "card", "order", "link") else "text"
    return "link" if _LINK.fullmatch(stripped) else "text"
