"""The database by its driver, on the way that every launch takes. SQLAlchemy keeps the connections
and compiles the statements (``models.prepared``); its own connections, events and results take
longer than what the database does for a launch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError, IntegrityError

from lti_tool.db import give_turn, take_turn
from lti_tool.together import Together

Made = TypeVar("Made")


class Direct:
    """A connection of the driver, which commits each statement by itself outside of ``writing``.
    Statements are run on it as on SQLAlchemy's ``Connection``."""

    def __init__(self, engine: Engine, pooled: PoolProxiedConnection) -> None:
        self.engine = engine
        self.dialect = engine.dialect
        self._pooled = pooled
        self._driver: Any = pooled.driver_connection
        #: One for all statements of a connection: each is read to its end before the next.
        self._cursor: Any = pooled.info.get("cursor")
        if self._cursor is None:
            self._cursor = pooled.info["cursor"] = pooled.cursor()

    def exec_driver_sql(self, statement: str, parameters: Any) -> Any:
        """The driver's cursor."""
        return self._cursor.execute(statement, parameters)

    @property
    def integrity_errors(self) -> tuple[type[Exception], ...]:
        """What is raised where a row is missing that another one names."""
        return IntegrityError, self.dialect.loaded_dbapi.IntegrityError

    @property
    def out_of_order(self) -> type[Exception]:
        """What is raised where the database itself is (locked for too long, its disk full)."""
        raised: type[Exception] = self.dialect.loaded_dbapi.OperationalError
        return raised

    def write(self, work: Callable[[Writing], Made]) -> Made:
        """What ``work`` makes of a transaction that writes, once it is committed: on SQLite
        together with what others are about to write (``lti_tool.together``)."""
        together: Together | None = self._pooled.info.get("together")
        if together is not None:
            return together.write(self, work)
        with self.writing() as transaction:
            return work(transaction)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """A transaction that writes: committed at the end, rolled back on any exception."""
        transaction = Writing(self.engine, self._pooled)
        try:
            yield transaction
            transaction.commit()
        except BaseException:
            self._driver.rollback()
            raise
        finally:
            give_turn(self._pooled.info)


class Writing(Direct):
    """A transaction, begun by its first statement; one that is all there is needs none."""

    _begun = False
    _core: Connection | None = None
    #: How often something was written in it, save by ``last``.
    count = 0

    def exec_driver_sql(self, statement: str, parameters: Any) -> Any:
        self.count += 1
        self._begin()
        return self._cursor.execute(statement, parameters)

    def last(self) -> Direct:
        """For a statement after which none comes."""
        return Direct(self.engine, self._pooled)

    @property
    def core(self) -> Connection:
        """SQLAlchemy's connection inside the same transaction, for what few launches do."""
        self.count += 1
        if self._core is None:  # cached_property has one lock for all before Python 3.12
            self._begin()
            connection = Connection(self.engine, self._pooled).execution_options(single=True)
            connection.begin()
            self._core = connection
        return self._core

    def commit(self) -> None:
        if self._begun:
            self._driver.execute("COMMIT")

    def _begin(self) -> None:
        if not self._begun:
            take_turn(self._pooled.info)
            self._driver.execute("BEGIN IMMEDIATE" if self.dialect.name == "sqlite" else "BEGIN")
            self._begun = True


def directly(engine: Engine, work: Callable[[Direct], Made]) -> Made:
    """What ``work`` makes of a connection. Where that turns out to be lost (the server was started
    anew), ``work`` is done once more: it must not matter how often it is begun."""
    try:
        with _borrowed(engine) as connection:
            return work(connection)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    with _borrowed(engine) as connection:
        return work(connection)


@contextmanager
def _borrowed(engine: Engine) -> Iterator[Direct]:
    """A connection of the engine's pool, which begins no transaction by itself. What the driver
    raises is raised as SQLAlchemy does."""
    dialect = engine.dialect
    raised = dialect.loaded_dbapi.Error
    pooled = None
    try:
        pooled = engine.raw_connection()
        if dialect.name == "sqlite":  # its connections are so from the beginning
            yield Direct(engine, pooled)
        else:
            with _autocommit(pooled.driver_connection):
                yield Direct(engine, pooled)
    except raised as error:
        lost = pooled is not None and dialect.is_disconnect(error, pooled, None)
        if pooled is not None and lost:
            engine.pool._invalidate(pooled, error)  # the others of its time were lost with it
        raise DBAPIError.instance(
            None, None, error, raised, connection_invalidated=lost, dialect=dialect
        ) from error
    finally:
        if pooled is not None:
            pooled.close()


@contextmanager
def _autocommit(driver: Any) -> Iterator[None]:
    driver.autocommit = True
    try:
        yield
    finally:
        if not driver.closed:
            driver.autocommit = False
