"""How Alembic reaches the tool's database: through the application that Flask-Migrate runs in."""

from __future__ import annotations

from typing import Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from lti_tool.errors import ConfigError
from lti_tool.models import UtcDateTime

LOCK = 7_317_001


def _render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Revisions stand by themselves: they name no type of ours."""
    plain = kind == "type" and isinstance(item, UtcDateTime)
    return "sa.DateTime(timezone=True)" if plain else False


def _run(connection: Connection) -> None:
    """All revisions in one transaction: on both databases an upgrade is done whole or not at
    all."""
    migrate = current_app.extensions["migrate"]
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=_render,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Two processes that start together: the second finds the work done.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            _check_keys(connection)


def _run_on_sqlite(connection: Connection) -> None:
    """SQLite changes a table by making it anew. Dropping the old one would delete, by cascade, all
    that refers to it: so the keys are not enforced meanwhile, and looked through before the
    commit. The pragma does nothing inside a transaction."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        _run(connection)
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _check_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise ConfigError(
            "config.database-broken",
            f"{len(broken)} rows of the database refer to rows that are not there: "
            f"{broken[:5]}. Nothing was changed; restore a backup, or delete these rows.",
        )


engine = current_app.extensions["migrate"].db.engine
with engine.connect().execution_options(writes=True) as connection:
    if connection.dialect.name == "sqlite":
        _run_on_sqlite(connection)
    else:
        _run(connection)
