"""Statements on the way that every launch takes: compiled once, then handed to the driver as text
and values. SQLAlchemy takes longer to look a statement up in its cache than SQLite to run it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect
from sqlalchemy.sql import ClauseElement


@dataclass(frozen=True, slots=True)
class _Plan:
    text: str
    #: The names in the order of their question marks; None where the driver takes names.
    order: tuple[str, ...] | None
    #: What a type does to its values on their way to this driver.
    processors: Mapping[str, Callable[[Any], Any]]
    #: What columns have where nothing is given.
    defaults: Mapping[str, Callable[[], object]]

    def parameters(self, values: Mapping[str, object]) -> Any:
        made = dict(values)
        for name, default in self.defaults.items():
            made[name] = default()
        for name, convert in self.processors.items():
            made[name] = convert(made[name])
        return made if self.order is None else tuple([made[name] for name in self.order])


class Prepared:
    """``build`` makes the statement, given a dialect's name. Its parameters are all bound by
    name, each once, and what it returns is what the driver gives: numbers and texts."""

    def __init__(self, build: Callable[[str], ClauseElement]) -> None:
        self._build = build
        self._plans: dict[str, _Plan] = {}

    def run(self, connection: Connection, values: Mapping[str, object]) -> CursorResult[Any]:
        dialect = connection.dialect
        plan = self._plans.get(dialect.name) or self._prepare(dialect)
        return connection.exec_driver_sql(plan.text, plan.parameters(values))

    def _prepare(self, dialect: Dialect) -> _Plan:
        compiled: Any = self._build(dialect.name).compile(dialect=dialect)
        processors = {}
        for name, bind in compiled.binds.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if convert is not None:
                processors[name] = convert
        order = tuple(compiled.positiontup) if compiled.positional else None
        defaults = {column.key: _default(column) for column in compiled.insert_prefetch}
        plan = self._plans[dialect.name] = _Plan(str(compiled), order, processors, defaults)
        return plan


def _default(column: Any) -> Callable[[], object]:
    given = column.default.arg
    if column.default.is_callable:
        return lambda: given(None)
    return lambda: given
