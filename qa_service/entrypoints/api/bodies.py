"""What the API takes: the conversation of CONTRACT section 1, strictly (an unknown field is an error), and the parameters of its routes."""
from __future__ import annotations

from dataclasses import replace
from datetime import date, tzinfo
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel

from qa_service.model.conversation import Conversation
from qa_service.model.errors import InvalidRecord
from qa_service.model.wire import conversation_from_dict, parse_time
from qa_service.store.scope import ID_LONGEST

Channel = Literal["tmall", "taobao", "jd", "pdd", "douyin", "wechat", "web", "other"]
Kind = Literal["text", "image", "video", "voice", "card", "order", "link", "revoked", "other"]
Role = Literal["customer", "agent", "bot", "system"]
CommitmentType = Literal["reissue", "refund", "compensation", "exchange", "ship_by", "deliver_by", "callback", "verify", "order_change", "other"]
Grade = Literal["excellent", "good", "pass", "fail"]
Severity = Literal["info", "minor", "major", "critical"]
Topic = Literal["product_spec", "price", "shipping_time", "usage", "logistics", "quality", "wrong_item", "return", "refund", "complaint", "invoice",
                "order_change", "other"]
YesNo = Literal["true", "false"]


def _is_time(value: str) -> str:
    try:
        parse_time(value, "")
    except InvalidRecord as error:
        raise ValueError(error.why) from None
    if not value:
        raise ValueError("时间为空")
    return value


def _day(value: str) -> str:
    if parse_day(value) is None:
        raise ValueError("日期应为 YYYY-MM-DD")
    return value


def parse_day(value: str) -> str | None:
    """A calendar day as ``YYYY-MM-DD``, None for anything else."""
    try:
        return value if date.fromisoformat(value).isoformat() == value else None
    except ValueError:
        return None


Time = Annotated[str, AfterValidator(_is_time), Field(json_schema_extra={"format": "date-time"}, max_length=40)]
Day = Annotated[str, AfterValidator(_day), Field(json_schema_extra={"format": "date"})]


class Body(BaseModel):
    """A JSON object of which every field is known and has its own type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class PartyIn(Body):
    """客服或客户。"""

    id: str = ""
    name: str = ""


class MessageIn(Body):
    """一条消息。"""

    role: Role
    text: str
    at: Time | None = Field(None, description="RFC 3339;没有时区的按 QA_ZONE 读")
    kind: Kind = "text"
    agent_id: str = ""
    id: str = ""
    meta: dict[str, Any] = {}


class ConversationIn(Body):
    """一段会话。shop 由密钥决定,写出时须与之相同。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "id": "c-1001", "channel": "tmall", "messages": [
            {"role": "customer", "text": "这件有M码吗", "at": "2025-11-01T10:00:00+08:00"},
            {"role": "agent", "text": "亲,在的", "at": "2025-11-01T10:00:06+08:00"}]}]})
    id: str = Field(min_length=1, max_length=ID_LONGEST)
    shop: str | None = None
    channel: Channel = "other"
    agent: PartyIn | None = None
    customer: PartyIn | None = None
    messages: list[MessageIn] = Field(min_length=1)
    meta: dict[str, Any] = {}

    def conversation(self, shop: str, zone: tzinfo) -> Conversation:
        """The conversation, of the caller's shop; naive times are read in `zone`."""
        return conversation_from_dict(self.model_dump(exclude_unset=True) | {"shop": shop}, zone=zone)


class BatchIn(RootModel[list[Any]]):
    """至多 1,000 段会话;逐条校验,一条有误不影响其余。"""

    root: list[Any] = Field(min_length=1, max_length=1000)


class SoFarIn(ConversationIn):
    """到目前为止的会话;可以还没有消息。"""

    id: str = Field("draft", min_length=1, max_length=ID_LONGEST)
    messages: list[MessageIn] = []

    def conversation(self, shop: str, zone: tzinfo) -> Conversation:
        """As ever; a talk that has not begun is read with one message that is taken out again."""
        data = {"id": self.id} | self.model_dump(exclude_unset=True) | {"shop": shop}
        if data.get("messages"):
            return conversation_from_dict(data, zone=zone)
        return replace(conversation_from_dict(data | {"messages": [{"role": "customer", "text": ""}]}, zone=zone), messages=())


class ReplyCheckIn(Body):
    """会话与准备发出的回复。"""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "conversation": {"channel": "tmall", "messages": [{"role": "customer", "text": "这件有M码吗"}]}, "reply": "亲,在的"}]})
    conversation: SoFarIn
    reply: str = Field(min_length=1, max_length=20_000)


class Query(BaseModel):
    """Query parameters: an unknown one is an error."""

    model_config = ConfigDict(extra="forbid")


class NoQuery(Query):
    """No query parameters."""


class StoreQuery(Query):
    """Whether what is scored is kept."""

    store: YesNo = Field("true", description="false 只评分,不保存")


class PageQuery(Query):
    """One page of a list."""

    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=3000, pattern="^[A-Za-z0-9_=-]*$", description="上一页的 next_cursor")


class EvaluationPath(BaseModel):
    """The id of an evaluation: conversation digest, standard digest."""

    id: str = Field(pattern="^[0-9a-f]{64}[.][0-9a-f]{64}$")


class IdPath(BaseModel):
    """The id of a resource."""

    id: str = Field(min_length=1, max_length=ID_LONGEST)
