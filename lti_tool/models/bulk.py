"""Many rows at once, of which others may make some at the same moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.models.base import Base
from lti_tool.models.upsert import table_of


def insert_missing(
    session: Session,
    model: type[Base],
    keys: Sequence[str],
    rows: Sequence[Mapping[str, object]],
) -> None:
    """Make the ``rows`` (all with the same columns) whose ``keys`` are not there yet; those that
    are stay as they are."""
    connection = session.connection()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table_of(model)).on_conflict_do_nothing(index_elements=list(keys))
    connection.execute(statement, list(rows))
