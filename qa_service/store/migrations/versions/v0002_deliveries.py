"""Webhooks that came in."""
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """The table of deliveries."""
    op.create_table(
        "deliveries", *(sa.Column(name, TEXT, nullable=False) for name in ("shop", "source", "id", "conversation")),
        sa.Column("nth", sa.Integer(), nullable=False), sa.Column("body", sa.LargeBinary(), nullable=False), sa.Column("ended", sa.Boolean()),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False), *(sa.Column(name, TEXT, nullable=False) for name in ("state", "reason")),
        sa.PrimaryKeyConstraint("shop", "source", "id", name="pk_deliveries"))
    op.create_index("ix_deliveries_shop_source_conversation", "deliveries", ["shop", "source", "conversation", "nth"])
    op.create_index("ix_deliveries_shop_state", "deliveries", ["shop", "state"])


def downgrade() -> None:
    """Without it."""
    op.drop_table("deliveries")
