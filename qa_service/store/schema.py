"""The schema's versions. The migrations lie in the package, so that an installed wheel can bring any older database up."""
from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from qa_service.store.engine import Database

FOLDER: Final = Path(__file__).resolve().with_name("migrations")
_LOCK: Final = 0x7161_7365  # of PostgreSQL: one migration at a time


def upgrade(database: Database, to: str = "head") -> None:
    """Bring the tables to a version. Several processes may do so at once: one does it, the others wait."""
    with database.write() as connection:
        command.upgrade(_config(_alone(connection)), to)


def downgrade(database: Database, to: str) -> None:
    """Back to a version; ``base`` leaves nothing."""
    with database.write() as connection:
        command.downgrade(_config(_alone(connection)), to)


def version_of(database: Database) -> str | None:
    """The version the tables have; None for an empty database."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The version of this program."""
    head = ScriptDirectory(str(FOLDER)).get_current_head()
    assert head is not None
    return head


def knows(version: str) -> bool:
    """Whether this program can bring a database of a version up."""
    return any(script.revision == version for script in ScriptDirectory(str(FOLDER)).walk_revisions())


def is_current(database: Database) -> bool:
    """Whether the tables have the version of this program: for readiness."""
    return version_of(database) == newest()


def _alone(connection: Connection) -> Connection:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    return connection


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
