"""Rows that several launches may make at the same moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, inspect
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
    statement = upserting(model, tuple(keys), tuple(values), tuple(defaults))
    row = statement.row(connection, {**defaults, **keys, **values})
    assert row is not None
    return row[0]


@lru_cache(maxsize=256)
def upserting(
    model: type[Base],
    keys: tuple[str, ...],
    values: tuple[str, ...],
    defaults: tuple[str, ...],
    once: bool = False,
) -> Prepared:
    """The statement, made once for each shape. ``once`` leaves a row that is there as it is, and
    gives none."""

    def build(dialect: str) -> Any:
        insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
        names = (*defaults, *keys, *values)
        statement = insert(table_of(model)).values({name: bindparam(name) for name in names})
        return giving_number(statement, model, keys, values, once)

    return Prepared(build)


def giving_number(
    insertion: Any, model: type[Base], keys: Sequence[str], values: Sequence[str], once: bool
) -> Any:
    """``insertion`` with what is done where its row is there already, and its primary key."""
    if once:
        insertion = insertion.on_conflict_do_nothing()
    else:
        # Where nothing is to change, a key set to itself makes the row come back all the same.
        changes = {name: insertion.excluded[name] for name in values or keys[:1]}
        insertion = insertion.on_conflict_do_update(index_elements=list(keys), set_=changes)
    return insertion.returning(number_of(model))


def number_of(model: type[Base]) -> Any:
    """The column of the primary key, or the first of them."""
    return inspect(model).primary_key[0]


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that pass the session's objects by."""
    return cast(Table, model.__table__)
