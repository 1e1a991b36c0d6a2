"""How Alembic reaches the database: through the connection, and in the transaction, that store.schema hands over."""
from __future__ import annotations

from alembic import context

from qa_service.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
