"""Rows that several launches may make at the same moment."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.models.base import Base

_NOTHING: Mapping[str, object] = {}


def upsert(
    session: Session | Connection,
    model: type[Base],
    keys: Mapping[str, object],
    values: Mapping[str, object] = _NOTHING,
    defaults: Mapping[str, object] = _NOTHING,
) -> Any:
    """The primary key of the row of ``keys``, with ``values`` set, made (with ``defaults`` too)
    where there is none. One statement: two at once both succeed and end at one row. Objects of
    the session that stand for the row are not refreshed."""
    connection = session.connection() if isinstance(session, Session) else session
    shape = (tuple(keys), tuple(values), tuple(defaults))
    statement = _statement(connection.dialect.name, model, *shape)
    return connection.execute(statement, {**defaults, **keys, **values}).scalar_one()


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that pass the session's objects by."""
    return cast(Table, model.__table__)


@lru_cache(maxsize=256)
def _statement(
    dialect: str,
    model: type[Base],
    keys: tuple[str, ...],
    values: tuple[str, ...],
    defaults: tuple[str, ...],
) -> Any:
    """Built once for each shape: putting a statement together takes longer than running it."""
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(table_of(model)).values(
        {name: bindparam(name) for name in (*defaults, *keys, *values)}
    )
    # Where nothing is to change, a key set to itself makes the row come back all the same.
    changes = {name: statement.excluded[name] for name in values or keys[:1]}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=changes).returning(
        inspect(model).primary_key[0]
    )
