"""Chinese names of the codes on the wire, for everything that people read: tables, the summary, the day report."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from qa_service.rules.pack import CATEGORIES, ROOT_CATEGORIES

GRADES: Final[Mapping[str, str]] = {"excellent": "优秀", "good": "良好", "pass": "合格", "fail": "不合格"}
SEVERITIES: Final[Mapping[str, str]] = {"critical": "严重", "major": "较重", "minor": "轻微", "info": "提示"}
STATUSES: Final[Mapping[str, str]] = {"stable": "正式", "trial": "试行"}
ROLES: Final[Mapping[str, str]] = {"customer": "客户", "agent": "客服", "bot": "机器人", "system": "系统"}
MOODS: Final[Mapping[str, str]] = {"positive": "正面", "neutral": "中性", "negative": "负面"}
COMMITMENTS: Final[Mapping[str, str]] = {
    "reissue": "补发", "refund": "退款", "compensation": "补偿", "exchange": "换货", "ship_by": "发货时限", "deliver_by": "送达时限",
    "callback": "回电", "verify": "核实", "order_change": "订单操作", "other": "其他"}
COMMITMENT_STATUSES: Final[Mapping[str, str]] = {"open": "待兑现", "kept": "已兑现", "contradicted": "前后矛盾"}
CHANNELS: Final[Mapping[str, str]] = {
    "tmall": "天猫", "taobao": "淘宝", "jd": "京东", "pdd": "拼多多", "douyin": "抖音", "wechat": "微信", "web": "网页", "other": "其他"}
MEASURES: Final[Mapping[str, str]] = {
    "messages": "消息数", "customer_messages": "客户消息", "agent_messages": "客服消息", "speaking_messages": "客服有内容消息", "bot_messages": "机器人消息",
    "duration_seconds": "时长(秒)", "first_response_seconds": "首响(秒)", "effective_first_response_seconds": "有效首响(秒)",
    "mean_response_seconds": "平均响应(秒)", "longest_wait_seconds": "最长等待(秒)", "effective_longest_wait_seconds": "有效最长等待(秒)",
    "response_30s_rate": "30秒响应率", "effective_response_30s_rate": "30秒有效响应率", "answered_turns": "已答轮次",
    "effectively_answered_turns": "有效答复次数", "unanswered_turns": "末尾未答", "effectively_unanswered_turns": "末尾未有效答复", "answer_ratio": "答问比",
    "agents": "客服人数", "handovers": "转接次数", "handover_seconds": "转接等待(秒)", "effective_handover_seconds": "有效转接等待(秒)"}
LINES: Final[Mapping[str, str]] = {"clamp": "封顶保底", "auto-fail": "一票否决"}


def category_title(category: str) -> str:
    """The name of a category, or of the nearest root it lies below; the code itself where neither is known."""
    while category:
        title = CATEGORIES.get(category) or ROOT_CATEGORIES.get(category)
        if title:
            return title
        head = category.rpartition(".")[0]
        if not head:
            break
        category = head
    return category


def measure_title(name: str) -> str:
    """The name of a measure; the code itself for one that a user added."""
    return MEASURES.get(name, name)
