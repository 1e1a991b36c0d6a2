"""The first tables."""
from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from qa_service.store.search import DOWN, POSTGRESQL_UP, SQLITE_UP

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
NOT: dict[str, Any] = {"nullable": False}


def upgrade() -> None:
    """All tables and the search index."""
    _conversations()
    _derived()
    _access()
    _search()


def _conversations() -> None:
    """What was said and what was judged."""
    op.create_table(
        "standards", sa.Column("shop", TEXT, **NOT), sa.Column("digest", TEXT, **NOT), sa.Column("name", TEXT, **NOT), sa.Column("version", TEXT, **NOT),
        sa.Column("stored_at", MOMENT, **NOT), sa.PrimaryKeyConstraint("shop", "digest", name="pk_standards"))
    op.create_table(
        "files", sa.Column("shop", TEXT, **NOT), sa.Column("digest", TEXT, **NOT), sa.Column("data", sa.LargeBinary(), **NOT),
        sa.PrimaryKeyConstraint("shop", "digest", name="pk_files"))
    op.create_table(
        "standard_files", sa.Column("shop", TEXT, **NOT), sa.Column("standard", TEXT, **NOT), sa.Column("path", TEXT, **NOT), sa.Column("file", TEXT, **NOT),
        sa.ForeignKeyConstraint(["shop", "file"], ["files.shop", "files.digest"], name="fk_standard_files_shop_file"),
        sa.ForeignKeyConstraint(["shop", "standard"], ["standards.shop", "standards.digest"], name="fk_standard_files_shop_standard"),
        sa.PrimaryKeyConstraint("shop", "standard", "path", name="pk_standard_files"))
    op.create_table(
        "conversations", sa.Column("shop", TEXT, **NOT), sa.Column("id", TEXT, **NOT), sa.Column("serial", sa.BigInteger(), **NOT),
        sa.Column("version", sa.Integer(), **NOT), sa.Column("digest", TEXT, **NOT), sa.Column("standard", TEXT, **NOT),
        sa.Column("channel", TEXT, **NOT), sa.Column("source", TEXT, **NOT), sa.Column("agent", TEXT, **NOT), sa.Column("agent_name", TEXT, **NOT),
        sa.Column("customer", TEXT, **NOT), sa.Column("customer_name", TEXT, **NOT), sa.Column("begun", MOMENT), sa.Column("ended", MOMENT),
        sa.Column("at", MOMENT, **NOT), sa.Column("day", sa.Date(), **NOT), sa.Column("messages", sa.Integer(), **NOT),
        sa.Column("agent_messages", sa.Integer(), **NOT), sa.Column("total", sa.SmallInteger(), **NOT),
        sa.Column("standing", sa.SmallInteger(), **NOT), sa.Column("grade", TEXT, **NOT), sa.Column("auto_fail", sa.Boolean(), **NOT),
        sa.Column("needs_human", sa.Boolean(), **NOT), sa.Column("findings", sa.Integer(), **NOT), sa.Column("measures", JSON, **NOT),
        sa.Column("received_at", MOMENT, **NOT), sa.Column("changed_at", MOMENT, **NOT),
        sa.PrimaryKeyConstraint("shop", "id", name="pk_conversations"))
    op.create_index("ix_conversations_serial", "conversations", ["serial"], unique=True)
    op.create_index("ix_conversations_shop_agent_at", "conversations", ["shop", "agent", "at"])
    op.create_index("ix_conversations_shop_at", "conversations", ["shop", "at", "id"])
    op.create_index("ix_conversations_shop_standing", "conversations", ["shop", "standing", "id"])
    op.create_table(
        "conversation_versions", sa.Column("shop", TEXT, **NOT), sa.Column("conversation", TEXT, **NOT),
        sa.Column("version", sa.Integer(), autoincrement=False, **NOT),
        sa.Column("digest", TEXT, **NOT), sa.Column("source", TEXT, **NOT), sa.Column("received_at", MOMENT, **NOT),
        sa.Column("document", sa.LargeBinary(), **NOT),
        sa.ForeignKeyConstraint(["shop", "conversation"], ["conversations.shop", "conversations.id"], name="fk_conversation_versions_shop_conversation"),
        sa.PrimaryKeyConstraint("shop", "conversation", "version", name="pk_conversation_versions"))
    op.create_index("ix_conversation_versions_shop_digest", "conversation_versions", ["shop", "digest"])
    op.create_table(
        "evaluations", sa.Column("shop", TEXT, **NOT), sa.Column("digest", TEXT, **NOT), sa.Column("standard", TEXT, **NOT),
        sa.Column("conversation", TEXT, **NOT), sa.Column("total", sa.SmallInteger(), **NOT), sa.Column("grade", TEXT, **NOT),
        sa.Column("auto_fail", sa.Boolean(), **NOT), sa.Column("scored_at", MOMENT, **NOT), sa.Column("document", sa.LargeBinary(), **NOT),
        sa.ForeignKeyConstraint(["shop", "conversation"], ["conversations.shop", "conversations.id"], name="fk_evaluations_shop_conversation"),
        sa.ForeignKeyConstraint(["shop", "standard"], ["standards.shop", "standards.digest"], name="fk_evaluations_shop_standard"),
        sa.PrimaryKeyConstraint("shop", "digest", "standard", name="pk_evaluations"))
    op.create_index("ix_evaluations_shop_conversation", "evaluations", ["shop", "conversation"])


def _derived() -> None:
    """What hangs on the current evaluations, and the scores by people."""
    op.create_table(
        "findings", sa.Column("shop", TEXT, **NOT), sa.Column("conversation", TEXT, **NOT), sa.Column("nth", sa.Integer(), autoincrement=False, **NOT),
        sa.Column("rule", TEXT, **NOT), sa.Column("category", TEXT, **NOT), sa.Column("severity", TEXT, **NOT), sa.Column("status", TEXT, **NOT),
        sa.Column("fingerprint", TEXT, **NOT), sa.Column("message", sa.Integer()), sa.Column("text", TEXT, **NOT),
        sa.Column("confidence", sa.Float(), **NOT), sa.Column("needs_human", sa.Boolean(), **NOT), sa.Column("agent", TEXT, **NOT),
        sa.Column("at", MOMENT, **NOT),
        sa.ForeignKeyConstraint(["shop", "conversation"], ["conversations.shop", "conversations.id"], name="fk_findings_shop_conversation"),
        sa.PrimaryKeyConstraint("shop", "conversation", "nth", name="pk_findings"), sqlite_with_rowid=False)
    op.create_index("ix_findings_shop_rule_at", "findings", ["shop", "rule", "at"])
    op.create_table(
        "commitments", sa.Column("shop", TEXT, **NOT), sa.Column("conversation", TEXT, **NOT), sa.Column("nth", sa.Integer(), autoincrement=False, **NOT),
        sa.Column("type", TEXT, **NOT), sa.Column("message", sa.Integer(), **NOT), sa.Column("start", sa.Integer(), **NOT),
        sa.Column("end", sa.Integer(), **NOT), sa.Column("text", TEXT, **NOT), sa.Column("deadline_text", TEXT), sa.Column("due", MOMENT),
        sa.Column("amount_text", TEXT), sa.Column("amount", sa.Float()), sa.Column("status", TEXT, **NOT), sa.Column("agent", TEXT, **NOT),
        sa.Column("at", MOMENT, **NOT),
        sa.ForeignKeyConstraint(["shop", "conversation"], ["conversations.shop", "conversations.id"], name="fk_commitments_shop_conversation"),
        sa.PrimaryKeyConstraint("shop", "conversation", "nth", name="pk_commitments"), sqlite_with_rowid=False)
    op.create_index("ix_commitments_shop_status_due", "commitments", ["shop", "status", "due"])
    op.create_table(
        "topics", sa.Column("shop", TEXT, **NOT), sa.Column("conversation", TEXT, **NOT), sa.Column("label", TEXT, **NOT),
        sa.Column("messages", sa.Integer(), **NOT), sa.Column("confidence", sa.Float(), **NOT), sa.Column("at", MOMENT, **NOT),
        sa.ForeignKeyConstraint(["shop", "conversation"], ["conversations.shop", "conversations.id"], name="fk_topics_shop_conversation"),
        sa.PrimaryKeyConstraint("shop", "conversation", "label", name="pk_topics"), sqlite_with_rowid=False)
    op.create_index("ix_topics_shop_label_at", "topics", ["shop", "label", "at"])
    op.create_table(
        "scores", sa.Column("shop", TEXT, **NOT), sa.Column("conversation", TEXT, **NOT), sa.Column("nth", sa.Integer(), autoincrement=False, **NOT),
        sa.Column("layer", TEXT, **NOT), sa.Column("total", sa.SmallInteger(), **NOT), sa.Column("author", TEXT, **NOT),
        sa.Column("reason", TEXT, **NOT), sa.Column("at", MOMENT, **NOT), sa.Column("digest", TEXT, **NOT), sa.Column("standard", TEXT, **NOT),
        sa.ForeignKeyConstraint(["shop", "conversation"], ["conversations.shop", "conversations.id"], name="fk_scores_shop_conversation"),
        sa.PrimaryKeyConstraint("shop", "conversation", "nth", name="pk_scores"))
    op.create_table(
        "tallies", sa.Column("shop", TEXT, **NOT), sa.Column("day", sa.Date(), **NOT), sa.Column("agent", TEXT, **NOT), sa.Column("kind", TEXT, **NOT),
        sa.Column("name", TEXT, **NOT), sa.Column("n", sa.BigInteger(), **NOT), sa.Column("total", sa.BigInteger(), **NOT),
        sa.Column("squares", sa.BigInteger(), **NOT), sa.PrimaryKeyConstraint("shop", "day", "agent", "kind", "name", name="pk_tallies"),
        sqlite_with_rowid=False)
    op.create_table("about", sa.Column("name", TEXT, **NOT), sa.Column("value", TEXT, **NOT), sa.PrimaryKeyConstraint("name", name="pk_about"))
    op.create_table(
        "agents", sa.Column("shop", TEXT, **NOT), sa.Column("id", TEXT, **NOT), sa.Column("name", TEXT, **NOT),
        sa.PrimaryKeyConstraint("shop", "id", name="pk_agents"), sqlite_with_rowid=False)


def _access() -> None:
    """Who may come in, and what requests leave behind."""
    op.create_table(
        "api_keys", sa.Column("shop", TEXT, **NOT), sa.Column("id", TEXT, **NOT), sa.Column("prefix", TEXT, **NOT), sa.Column("hash", TEXT, **NOT),
        sa.Column("title", TEXT, **NOT), sa.Column("scopes", JSON, **NOT), sa.Column("created_at", MOMENT, **NOT), sa.Column("expires_at", MOMENT),
        sa.Column("revoked_at", MOMENT), sa.Column("used_at", MOMENT), sa.PrimaryKeyConstraint("shop", "id", name="pk_api_keys"))
    op.create_index("uq_api_keys_prefix", "api_keys", ["prefix"], unique=True)
    op.create_table(
        "users", sa.Column("id", TEXT, **NOT), sa.Column("name", TEXT, **NOT), sa.Column("title", TEXT, **NOT), sa.Column("password", TEXT, **NOT),
        sa.Column("created_at", MOMENT, **NOT), sa.Column("disabled_at", MOMENT), sa.PrimaryKeyConstraint("id", name="pk_users"))
    op.create_index("uq_users_name", "users", ["name"], unique=True)
    op.create_table(
        "members", sa.Column("shop", TEXT, **NOT), sa.Column("user", TEXT, **NOT), sa.Column("role", TEXT, **NOT), sa.Column("agent", TEXT, **NOT),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_members_user"), sa.PrimaryKeyConstraint("shop", "user", name="pk_members"))
    op.create_index("ix_members_user", "members", ["user"])
    op.create_table(
        "sessions", sa.Column("hash", TEXT, **NOT), sa.Column("user", TEXT, **NOT), sa.Column("created_at", MOMENT, **NOT),
        sa.Column("seen_at", MOMENT, **NOT), sa.Column("expires_at", MOMENT, **NOT), sa.Column("data", JSON, **NOT),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_sessions_user"), sa.PrimaryKeyConstraint("hash", name="pk_sessions"))
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_sessions_user", "sessions", ["user"])
    op.create_table(
        "replays", sa.Column("shop", TEXT, **NOT), sa.Column("key", TEXT, **NOT), sa.Column("fingerprint", TEXT, **NOT), sa.Column("status", sa.Integer()),
        sa.Column("kind", TEXT, **NOT), sa.Column("body", sa.LargeBinary()), sa.Column("created_at", MOMENT, **NOT),
        sa.PrimaryKeyConstraint("shop", "key", name="pk_replays"))
    op.create_index("ix_replays_created_at", "replays", ["created_at"])
    op.create_table(
        "windows", sa.Column("subject", TEXT, **NOT), sa.Column("began", sa.BigInteger(), autoincrement=False, **NOT), sa.Column("n", sa.Integer(), **NOT),
        sa.PrimaryKeyConstraint("subject", "began", name="pk_windows"))
    op.create_table(
        "chunks", sa.Column("shop", TEXT, **NOT), sa.Column("run", TEXT, **NOT), sa.Column("number", sa.Integer(), autoincrement=False, **NOT),
        sa.Column("counts", JSON, **NOT), sa.Column("done_at", MOMENT, **NOT), sa.PrimaryKeyConstraint("shop", "run", "number", name="pk_chunks"))


def _search() -> None:
    """The search index, and on PostgreSQL the numbers of the chats in it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SQLITE_UP)
        return
    op.execute("CREATE SEQUENCE conversation_serial")
    for statement in POSTGRESQL_UP:
        op.execute(statement)


def downgrade() -> None:
    """Nothing is left."""
    op.execute(DOWN)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP SEQUENCE conversation_serial")
    for name in (
            "topics", "standard_files", "sessions", "scores", "members", "findings", "evaluations", "conversation_versions",
            "commitments", "windows", "users", "tallies", "standards", "replays", "files", "conversations", "chunks", "api_keys", "agents", "about"):
        op.drop_table(name)
