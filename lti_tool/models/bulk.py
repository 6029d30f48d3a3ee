"""Rows that are made once, whoever else is about to make them: many together, or one."""

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


def insert_once(session: Session, model: type[Base], values: Mapping[str, object]) -> bool:
    """Make a row; False where its key is taken. One statement: of many at once, one makes it."""
    connection = session.connection()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    table = table_of(model)
    key = next(iter(table.primary_key.columns))
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(key)
    return connection.execute(statement).one_or_none() is not None
