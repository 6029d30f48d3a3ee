"""Statements on the way that every launch takes: compiled once, then handed to the driver as text
and values. SQLAlchemy takes longer to look a statement up in its cache than SQLite to run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Dialect, Float
from sqlalchemy.sql import ClauseElement


class Runs(Protocol):
    """SQLAlchemy's ``Connection``, or the driver's by ``lti_tool.direct``."""

    @property
    def dialect(self) -> Dialect: ...

    def exec_driver_sql(self, statement: str, parameters: Any) -> Any:
        """A cursor, or a result."""


@dataclass(frozen=True, slots=True)
class _Plan:
    text: str
    #: The names in the order of their question marks; None where the driver takes names.
    order: tuple[str, ...] | None
    #: What a type does to its values on their way to this driver.
    processors: Mapping[str, Callable[[Any], Any]]
    #: What the statement itself says.
    fixed: Mapping[str, object]
    #: What columns have where nothing is given.
    defaults: Mapping[str, Callable[[], object]]
    #: What a type does to the values that come back, by their place.
    results: Sequence[tuple[int, Callable[[Any], Any]]]

    def parameters(self, values: Mapping[str, object]) -> Any:
        made = {**self.fixed, **values}
        for name, default in self.defaults.items():
            made[name] = default()
        for name, convert in self.processors.items():
            made[name] = convert(made[name])
        return made if self.order is None else tuple([made[name] for name in self.order])


class Prepared:
    """``build`` makes the statement, given a dialect's name. Its parameters are all bound by
    name, each once."""

    def __init__(self, build: Callable[[str], ClauseElement]) -> None:
        self._build = build
        self._plans: dict[str, _Plan] = {}

    def statement(self, dialect: str) -> Any:
        """For a statement that this one becomes a part of."""
        return self._build(dialect)

    def run(self, connection: Runs, values: Mapping[str, object]) -> None:
        plan = self._plan(connection.dialect)
        connection.exec_driver_sql(plan.text, plan.parameters(values))

    def row(self, connection: Runs, values: Mapping[str, object]) -> Sequence[Any] | None:
        """The one row that the statement gives, or None."""
        plan = self._plan(connection.dialect)
        found = connection.exec_driver_sql(plan.text, plan.parameters(values)).fetchall()
        if not found:
            return None
        (given,) = found
        row = list(given)
        for place, convert in plan.results:
            row[place] = convert(row[place])
        return row

    def _plan(self, dialect: Dialect) -> _Plan:
        return self._plans.get(dialect.name) or self._prepare(dialect)

    def _prepare(self, dialect: Dialect) -> _Plan:
        statement: Any = self._build(dialect.name)
        compiled = statement.compile(dialect=dialect)
        processors, fixed = {}, {}
        for name, bind in compiled.binds.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if convert is not None:
                processors[name] = convert
            if bind.value is not None:
                fixed[name] = bind.value
        order = tuple(compiled.positiontup) if compiled.positional else None
        defaults = {column.key: _default(column) for column in compiled.insert_prefetch}
        results = []
        for place, column in enumerate(statement.exported_columns):
            if isinstance(column.type, Float):
                continue  # both drivers give floats
            convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
            if convert is not None:
                results.append((place, convert))
        plan = _Plan(str(compiled), order, processors, fixed, defaults, results)
        self._plans[dialect.name] = plan
        return plan


def _default(column: Any) -> Callable[[], object]:
    given = column.default.arg
    if column.default.is_callable:
        return lambda: given(None)
    return lambda: given
