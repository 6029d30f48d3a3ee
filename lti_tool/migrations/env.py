"""How Alembic reaches the tool's database: through the application that Flask-Migrate runs in."""

from __future__ import annotations

from typing import Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from lti_tool.models import UtcDateTime

LOCK = 7_317_001


def _render(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Revisions stand by themselves: they name no type of ours."""
    plain = kind == "type" and isinstance(item, UtcDateTime)
    return "sa.DateTime(timezone=True)" if plain else False


def _run(connection: Connection) -> None:
    migrate = current_app.extensions["migrate"]
    context.configure(
        connection=connection,
        target_metadata=migrate.db.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=_render,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            # Two processes that start together: the second finds the work done.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        context.run_migrations()


engine = current_app.extensions["migrate"].db.engine
with engine.connect().execution_options(writes=True) as connection:
    _run(connection)
