"""Conversations of every odd kind, and the inspector that ships."""
from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st

from qa_service.engine.inspector import Inspector
from qa_service.model.conversation import CHANNELS, KINDS, Conversation, Message
from qa_service.rules.standard import Standard

_EVIL = st.sampled_from((
    "𠮷野家", "👨\u200d👩\u200d👧", "🇨🇳", "e\u0301", "\u0301\u0302", "\u200b", "\u202e右", "مرحبا", "שלום", "\x1f", "\x00", "\n", "\r\n", "\u2028", "\u2029", "\ufeff", "\ufffc",
    "\ufffd", "繁體臺灣貨運費", "加ｖ信", "➕薇", "V❤", "[数字x]", "[金额x]元", "#E-s[数字x]", "[图片]", "[", "]", "<a", "&nbsp;", "https://a.cn/b", "⟦", "⟧", "🧧", " ", "　", "\t"))
_TALK = st.sampled_from((
    "亲,在的", "在吗", "这件有M码吗", "什么时候发货", "好的", "嗯嗯", "稍等", "帮您查一下", "今天给您补发", "24小时内退款给您", "补偿您10元", "加我微信吧", "加 v 信聊", "微信转账给你", "不支持微信交易",
    "退货运费您自己出", "好评返现5元", "给五星好评返现十元", "这不是我们的问题", "你爱买不买", "自己看详情", "我要投诉你们", "打12315", "给差评", "手机号13800138000", "保证100%正品", "全网最低价", "不知道",
    "滚", "傻逼", "尽快给您处理", "明天下午给您回电话", "身份证号发一下", "感谢您的支持", "祝您生活愉快", "转人工", "?", "。。。", "质量太差了", "少发了一件", "非常抱歉", "不退不换", "最终解释权归本店"))
_TEXTS = st.one_of(_TALK, st.lists(_TALK | _EVIL | st.text(st.characters(exclude_categories=("Cs",)), max_size=4), max_size=8).map("".join))
_BEGIN = datetime(2025, 11, 1, 2, tzinfo=UTC)
_TIMES = st.none() | st.integers(0, 4000).map(lambda s: _BEGIN + timedelta(seconds=s))
_MESSAGES = st.builds(Message, role=st.sampled_from(("customer", "agent", "customer", "agent", "bot", "system")), text=_TEXTS, at=_TIMES,
                      kind=st.sampled_from(("text",) * 12 + tuple(sorted(KINDS))), agent_id=st.sampled_from(("", "a1", "a2")))


@pytest.fixture(scope="session")
def chats() -> st.SearchStrategy[Conversation]:
    """Conversations with everyday lines, rule words and evil unicode, in any order of roles and times."""
    return st.builds(Conversation, id=st.text("abc1", min_size=1, max_size=4), messages=st.lists(_MESSAGES, min_size=1, max_size=14).map(tuple),
                     shop=st.sampled_from(("default", "demo")), channel=st.sampled_from(sorted(CHANNELS)))


@pytest.fixture(scope="session")
def inspector(standard: Standard) -> Inspector:
    """The inspector of the Standard that ships."""
    return Inspector(standard)
