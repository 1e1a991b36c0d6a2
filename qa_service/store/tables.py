"""The tables. The shop stands first in every key; no row per message: a conversation is one JSON document.

What hangs on a conversation's evaluation (findings, commitments, topics, tallies) is an index of its CURRENT evaluation, renewed in the same
transaction as that; versions and evaluations themselves are only ever added.
"""
from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
METADATA: Final = MetaData(naming_convention=NAMES)


class Instant(TypeDecorator[datetime]):
    """A moment. Goes in with any zone, comes out in UTC; both databases order it rightly."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What comes out."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a time without a zone: it would be read differently on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json: Final = JSON().with_variant(JSONB(), "postgresql")
Text: Final = String().with_variant(String(collation="C"), "postgresql")  # both databases sort by code point


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _to_conversation() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["shop", "conversation"], ["conversations.shop", "conversations.id"])


conversations: Final = Table(
    "conversations", METADATA,
    _key("shop"), _key("id"),
    Column("serial", BigInteger, nullable=False),  # where its text stands in the search index
    Column("version", Integer, nullable=False),
    _text("digest"), _text("standard"),  # its current version and evaluation
    _text("channel"), _text("source"), _text("agent"), _text("agent_name"), _text("customer"), _text("customer_name"),
    Column("begun", Instant), Column("ended", Instant),
    Column("at", Instant, nullable=False),  # begun, or received where the chat knows no times
    Column("day", Date, nullable=False),
    Column("messages", Integer, nullable=False), Column("agent_messages", Integer, nullable=False),
    Column("total", SmallInteger, nullable=False),  # tenths, by the machine
    Column("standing", SmallInteger, nullable=False),  # tenths, the score that counts: final, else reviewer's, else machine
    _text("grade"), Column("auto_fail", Boolean, nullable=False), Column("needs_human", Boolean, nullable=False),
    Column("findings", Integer, nullable=False),  # of stable rules
    Column("measures", Json, nullable=False),
    Column("received_at", Instant, nullable=False), Column("changed_at", Instant, nullable=False),
    Index("ix_conversations_serial", "serial", unique=True),
    Index("ix_conversations_shop_at", "shop", "at", "id"),
    Index("ix_conversations_shop_agent_at", "shop", "agent", "at"),
    Index("ix_conversations_shop_standing", "shop", "standing", "id"))

versions: Final = Table(
    "conversation_versions", METADATA,
    _key("shop"), _key("conversation"), Column("version", Integer, primary_key=True, autoincrement=False),
    _text("digest"), _text("source"), Column("received_at", Instant, nullable=False), Column("document", LargeBinary, nullable=False),
    _to_conversation(), Index("ix_conversation_versions_shop_digest", "shop", "digest"))

evaluations: Final = Table(
    "evaluations", METADATA,
    _key("shop"), _key("digest"), _key("standard"),
    _text("conversation"), Column("total", SmallInteger, nullable=False), _text("grade"), Column("auto_fail", Boolean, nullable=False),
    Column("scored_at", Instant, nullable=False), Column("document", LargeBinary, nullable=False),
    _to_conversation(), ForeignKeyConstraint(["shop", "standard"], ["standards.shop", "standards.digest"]),
    Index("ix_evaluations_shop_conversation", "shop", "conversation"))

findings: Final = Table(
    "findings", METADATA,
    _key("shop"), _key("conversation"), Column("nth", Integer, primary_key=True, autoincrement=False),
    _text("rule"), _text("category"), _text("severity"), _text("status"), _text("fingerprint"), Column("message", Integer), _text("text"),
    Column("confidence", Float, nullable=False), Column("needs_human", Boolean, nullable=False), _text("agent"),
    Column("at", Instant, nullable=False), _to_conversation(), Index("ix_findings_shop_rule_at", "shop", "rule", "at"), sqlite_with_rowid=False)

commitments: Final = Table(
    "commitments", METADATA,
    _key("shop"), _key("conversation"), Column("nth", Integer, primary_key=True, autoincrement=False),
    _text("type"), Column("message", Integer, nullable=False), Column("start", Integer, nullable=False), Column("end", Integer, nullable=False),
    _text("text"), _text("deadline_text", nullable=True), Column("due", Instant), _text("amount_text", nullable=True), Column("amount", Float),
    _text("status"), _text("agent"), Column("at", Instant, nullable=False), _to_conversation(),
    Index("ix_commitments_shop_status_due", "shop", "status", "due"), sqlite_with_rowid=False)

topics: Final = Table(
    "topics", METADATA,
    _key("shop"), _key("conversation"), _key("label"),
    Column("messages", Integer, nullable=False), Column("confidence", Float, nullable=False), Column("at", Instant, nullable=False),
    _to_conversation(), Index("ix_topics_shop_label_at", "shop", "label", "at"), sqlite_with_rowid=False)

scores: Final = Table(
    "scores", METADATA,
    _key("shop"), _key("conversation"), Column("nth", Integer, primary_key=True, autoincrement=False),
    _text("layer"), Column("total", SmallInteger, nullable=False), _text("author"), _text("reason"), Column("at", Instant, nullable=False),
    _text("digest"), _text("standard"), _to_conversation())

tallies: Final = Table(
    "tallies", METADATA,
    _key("shop"), Column("day", Date, primary_key=True), _key("agent"), _key("kind"), _key("name"),
    Column("n", BigInteger, nullable=False), Column("total", BigInteger, nullable=False), Column("squares", BigInteger, nullable=False),
    sqlite_with_rowid=False)

about: Final = Table("about", METADATA, _key("name"), _text("value"))  # what holds for the whole database, such as how its tallies were counted

agents: Final = Table("agents", METADATA, _key("shop"), _key("id"), _text("name"), sqlite_with_rowid=False)

standards: Final = Table(
    "standards", METADATA, _key("shop"), _key("digest"), _text("name"), _text("version"), Column("stored_at", Instant, nullable=False))
standard_files: Final = Table(
    "standard_files", METADATA, _key("shop"), _key("standard"), _key("path"), _text("file"),
    ForeignKeyConstraint(["shop", "standard"], ["standards.shop", "standards.digest"]),
    ForeignKeyConstraint(["shop", "file"], ["files.shop", "files.digest"]))
files: Final = Table("files", METADATA, _key("shop"), _key("digest"), Column("data", LargeBinary, nullable=False))

chunks: Final = Table(
    "chunks", METADATA, _key("shop"), _key("run"), Column("number", Integer, primary_key=True, autoincrement=False),
    Column("counts", Json, nullable=False), Column("done_at", Instant, nullable=False))

api_keys: Final = Table(
    "api_keys", METADATA, _key("shop"), _key("id"), _text("prefix"), _text("hash"), _text("title"), Column("scopes", Json, nullable=False),
    Column("created_at", Instant, nullable=False), Column("expires_at", Instant), Column("revoked_at", Instant), Column("used_at", Instant),
    Index("uq_api_keys_prefix", "prefix", unique=True))

# A person may work for several shops: who they are stands here, what they may do stands in `members`, by shop.
users: Final = Table(
    "users", METADATA, _key("id"), _text("name"), _text("title"), _text("password"), Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant), Index("uq_users_name", "name", unique=True))
members: Final = Table(
    "members", METADATA, _key("shop"), _key("user"), _text("role"), _text("agent"),
    ForeignKeyConstraint(["user"], ["users.id"]), Index("ix_members_user", "user"))
sessions: Final = Table(
    "sessions", METADATA, _key("hash"), _text("user"), Column("created_at", Instant, nullable=False), Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False), Column("data", Json, nullable=False), ForeignKeyConstraint(["user"], ["users.id"]),
    Index("ix_sessions_user", "user"), Index("ix_sessions_expires_at", "expires_at"))

replays: Final = Table(
    "replays", METADATA, _key("shop"), _key("key"), _text("fingerprint"), Column("status", Integer), _text("kind"), Column("body", LargeBinary),
    Column("created_at", Instant, nullable=False), Index("ix_replays_created_at", "created_at"))
windows: Final = Table(
    "windows", METADATA, _key("subject"), Column("began", BigInteger, primary_key=True, autoincrement=False), Column("n", Integer, nullable=False))

deliveries: Final = Table(
    "deliveries", METADATA, _key("shop"), _key("source"), _key("id"), _text("conversation"),
    Column("nth", Integer, nullable=False),  # of its conversation, from 0: clocks may stand still or go back
    Column("body", LargeBinary, nullable=False), Column("ended", Boolean), Column("received_at", Instant, nullable=False), _text("state"), _text("reason"),
    Index("ix_deliveries_shop_source_conversation", "shop", "source", "conversation", "nth"),
    Index("ix_deliveries_shop_state", "shop", "state"))
