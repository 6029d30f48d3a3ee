"""The database by its driver, on the way that every launch takes. SQLAlchemy keeps the connections
and compiles the statements (``models.prepared``); its own connections, events and results take
longer than what the database does for a launch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Engine, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError

from lti_tool.db import take_turn


class Direct:
    """A connection of the driver, which commits each statement by itself outside of ``writing``.
    Statements are run on it as on SQLAlchemy's ``Connection``."""

    def __init__(self, engine: Engine, pooled: PoolProxiedConnection) -> None:
        self.dialect = engine.dialect
        self._engine = engine
        self._pooled = pooled
        self._driver: Any = pooled.driver_connection

    def exec_driver_sql(self, statement: str, parameters: Any) -> Any:
        """The driver's cursor."""
        return self._driver.execute(statement, parameters)

    @cached_property
    def core(self) -> Connection:
        """SQLAlchemy's connection inside the same transaction, for what few launches do."""
        connection = Connection(self._engine, self._pooled).execution_options(single=True)
        connection.begin()
        return connection


@contextmanager
def reading(engine: Engine) -> Iterator[Direct]:
    """For single SELECTs, which need no transaction around them."""
    with _borrowed(engine) as pooled:
        yield Direct(engine, pooled)


@contextmanager
def writing(engine: Engine) -> Iterator[Direct]:
    """A transaction that writes: committed at the end, rolled back on any exception."""
    with _borrowed(engine) as pooled:
        driver: Any = pooled.driver_connection
        take_turn(pooled.info)
        driver.execute("BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "BEGIN")
        yield Direct(engine, pooled)
        driver.execute("COMMIT")


@contextmanager
def _borrowed(engine: Engine) -> Iterator[PoolProxiedConnection]:
    """A connection of the engine's pool, which begins no transaction by itself. What the driver
    raises is raised as SQLAlchemy does."""
    dialect = engine.dialect
    raised = dialect.loaded_dbapi.Error
    pooled = None
    try:
        pooled = engine.raw_connection()
        if dialect.name == "sqlite":  # its connections are so from the beginning
            yield pooled
        else:
            with _autocommit(pooled.driver_connection):
                yield pooled
    except raised as error:
        lost = pooled is not None and dialect.is_disconnect(error, pooled, None)
        if pooled is not None and lost:
            pooled.invalidate(error)
            engine.dispose()  # the others were lost with it
        raise DBAPIError.instance(
            None, None, error, raised, connection_invalidated=lost, dialect=dialect
        ) from error
    finally:
        if pooled is not None:
            pooled.close()  # rolls back what is open


@contextmanager
def _autocommit(driver: Any) -> Iterator[None]:
    driver.autocommit = True
    try:
        yield
    finally:
        if not driver.closed:
            driver.rollback()
            driver.autocommit = False
