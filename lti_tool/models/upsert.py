"""Rows that several launches may make at the same moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.models.base import Base

Row = TypeVar("Row", bound=Base)


def upsert(
    session: Session,
    model: type[Row],
    keys: Mapping[str, object],
    values: Mapping[str, object] | None = None,
    defaults: Mapping[str, object] | None = None,
) -> Row:
    """The row of ``keys``, with ``values`` set, made (with ``defaults`` too) where there is none.
    One statement: two at once both succeed and end at one row."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(model).values({**(defaults or {}), **keys, **(values or {})})
    # Where nothing is to change, a key set to itself makes the row come back all the same.
    changes = values or {key: statement.excluded[key] for key in list(keys)[:1]}
    returning = statement.on_conflict_do_update(
        index_elements=list(keys), set_=dict(changes)
    ).returning(model)
    return session.scalars(returning, execution_options={"populate_existing": True}).one()
