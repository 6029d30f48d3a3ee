"""Rows that several launches may make at the same moment."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lti_tool.models.base import Base
from lti_tool.models.prepared import Prepared, Runs

_NOTHING: Mapping[str, object] = {}


def upsert(
    session: Session | Runs,
    model: type[Base],
    keys: Mapping[str, object],
    values: Mapping[str, object] = _NOTHING,
    defaults: Mapping[str, object] = _NOTHING,
) -> Any:
    """The primary key of the row of ``keys``, with ``values`` set, made (with ``defaults`` too)
    where there is none. One statement: two at once both succeed and end at one row. Objects of
    the session that stand for the row are not refreshed."""
    connection = session.connection() if isinstance(session, Session) else session
    statement = _statement(model, tuple(keys), tuple(values), tuple(defaults))
    row = statement.row(connection, {**defaults, **keys, **values})
    assert row is not None
    return row[0]


def insert_row(connection: Runs, model: type[Base], values: Mapping[str, object]) -> None:
    """A new row."""
    _insertion(model, tuple(values)).run(connection, values)


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that pass the session's objects by."""
    return cast(Table, model.__table__)


@lru_cache(maxsize=256)
def _statement(
    model: type[Base],
    keys: tuple[str, ...],
    values: tuple[str, ...],
    defaults: tuple[str, ...],
) -> Prepared:
    """Made once for each shape."""

    def build(dialect: str) -> Any:
        insert_of = sqlite.insert if dialect == "sqlite" else postgresql.insert
        statement = insert_of(table_of(model)).values(
            {name: bindparam(name) for name in (*defaults, *keys, *values)}
        )
        # Where nothing is to change, a key set to itself makes the row come back all the same.
        changes = {name: statement.excluded[name] for name in values or keys[:1]}
        return statement.on_conflict_do_update(index_elements=list(keys), set_=changes).returning(
            inspect(model).primary_key[0]
        )

    return Prepared(build)


@lru_cache(maxsize=64)
def _insertion(model: type[Base], names: tuple[str, ...]) -> Prepared:
    def build(_dialect: str) -> Any:
        return insert(table_of(model)).inline().values({name: bindparam(name) for name in names})

    return Prepared(build)
