"""Rows that are written together, one after the other. PostgreSQL takes them as one statement: one
journey to the server, and no transaction around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql

from lti_tool.models.base import Base
from lti_tool.models.prepared import Prepared, Runs
from lti_tool.models.upsert import giving_number, number_of, table_of, upserting


class Transaction(Runs, Protocol):
    def last(self) -> Runs:
        """For a statement after which none comes."""


@dataclass(frozen=True, slots=True)
class Number:
    """In place of a value: the number of the row of this model that is written before."""

    model: type[Base]


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its ``keys``, with ``values`` set; made (with ``defaults`` too) where there is none.
    One that is written ``once`` must not be there yet."""

    model: type[Base]
    keys: Mapping[str, object]
    values: Mapping[str, object] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    once: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """What must be so for rows to be written: that ``query`` finds something. Its parameters are
    called otherwise than the columns of the rows."""

    query: Prepared
    values: Mapping[str, object]


class _Shape(NamedTuple):
    """What of a row its statement depends on."""

    model: type[Base]
    keys: tuple[str, ...]
    values: tuple[str, ...]
    defaults: tuple[str, ...]
    once: bool
    numbers: tuple[tuple[str, type[Base]], ...]


def write(
    transaction: Transaction, rows: Sequence[Row], condition: Condition | None = None
) -> bool:
    """Write ``rows``, the last of their transaction. False where one that is written once was there
    already: none after it is written then; and none at all where ``condition`` does not hold."""
    if transaction.dialect.name == "postgresql":
        return _write_together(transaction.last(), rows, condition)
    if condition is not None and condition.query.row(transaction, condition.values) is None:
        return False
    numbers: dict[type[Base], object] = {}
    for row in rows:
        columns = {
            name: numbers[value.model] if isinstance(value, Number) else value
            for name, value in _columns(row).items()
        }
        statement = upserting(
            row.model, tuple(row.keys), tuple(row.values), tuple(row.defaults), row.once
        )
        written = statement.row(transaction, columns)
        if written is None:
            return False
        numbers[row.model] = written[0]
    return True


def _write_together(connection: Runs, rows: Sequence[Row], condition: Condition | None) -> bool:
    shapes, given = [], dict(condition.values if condition is not None else {})
    for row in rows:
        numbers = []
        for name, value in _columns(row).items():
            if isinstance(value, Number):
                numbers.append((name, value.model))
            else:
                given[_name(row.model, name)] = value
        keys, values, defaults = tuple(row.keys), tuple(row.values), tuple(row.defaults)
        shapes.append(_Shape(row.model, keys, values, defaults, row.once, tuple(numbers)))
    query = condition.query if condition is not None else None
    return _together(tuple(shapes), query).row(connection, given) is not None


def _columns(row: Row) -> dict[str, object]:
    return {**row.defaults, **row.keys, **row.values}


def _name(model: type[Base], column: str) -> str:
    """What a value is called among those of all rows."""
    return f"{model.__tablename__}_{column}"


@lru_cache(maxsize=64)
def _together(shapes: tuple[_Shape, ...], condition: Prepared | None) -> Prepared:
    """Each row is inserted from a query of the one before it, which finds nothing where that was
    not written (PostgreSQL, "Data-Modifying Statements in WITH"); the first from the condition."""

    def build(dialect: str) -> Any:
        written: dict[type[Base], Any] = {}
        statement: Any = None
        before: Any = None if condition is None else condition.statement(dialect).cte("condition")
        for place, shape in enumerate(shapes):
            table, numbers = table_of(shape.model), dict(shape.numbers)
            columns = (*shape.defaults, *shape.keys, *shape.values)
            values = select(
                *(
                    written[numbers[name]].c[number_of(numbers[name]).name]
                    if name in numbers
                    else bindparam(_name(shape.model, name), type_=table.c[name].type)
                    for name in columns
                )
            )
            if before is not None:
                values = values.select_from(before)
            insertion = postgresql.insert(table).from_select(
                columns, values, include_defaults=False
            )
            statement = giving_number(insertion, shape.model, shape.keys, shape.values, shape.once)
            before = written[shape.model] = statement.cte(f"row_{place}")
        return statement

    return Prepared(build)
