"""The database: one engine an application, SQLite set up to be shared, transactions that write."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from lti_tool.errors import ConfigError
from lti_tool.models import db
from lti_tool.models.folding import teach_sqlite
from lti_tool.settings import Settings
from lti_tool.together import Together

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 20
#: A connection that was used this lately is not tried before it is used again.
IDLE_SECONDS = 10.0

_writes: ContextVar[bool] = ContextVar("writes", default=False)


def init_database(app: Flask, settings: Settings) -> None:
    """Give ``app`` its engine. Nothing is connected yet."""
    options: dict[str, Any] = {"pool_size": settings.threads + 4, "max_overflow": 8}
    if settings.is_sqlite:
        options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        _make_file(settings)
    else:
        options["connect_args"] = {"connect_timeout": 10}
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    with app.app_context():
        if settings.is_sqlite:
            _prepare_sqlite(db.engine)
        else:
            _try_idle_connections(db.engine)


def _try_idle_connections(engine: Engine) -> None:
    """Before a connection that lay idle is used, see whether the server still holds it. (The
    pool's own test costs every request a journey to the server.)"""

    @event.listens_for(engine, "checkin")
    def _checkin(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _checkout(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        since = record.info.get("idle_since")
        if since is None or time.monotonic() - since < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:  # whatever the driver says of it, the pool makes a new one
            raise DisconnectionError from error


def _make_file(settings: Settings) -> None:
    """Names and answers are kept here: what we make is its owner's alone. SQLite gives its further
    files the mode of the first."""
    name = make_url(settings.database_url).database or ""
    if name in ("", ":memory:") or name.startswith("file:"):
        return
    path = Path(name)
    try:
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise ConfigError(
            "config.database-folder",
            f"LTI_TOOL_DATABASE_URL: {path} cannot be made ({error.strerror})",
        ) from None


def _prepare_sqlite(engine: Engine) -> None:
    """WAL, so that readers never wait for a writer; synchronous FULL, so that a hand-in once
    answered outlives a power loss (NORMAL may lose the last commits in WAL); foreign keys on;
    what is deleted overwritten, so that an erased person is in no corner of the file; and
    transactions that we begin ourselves, since the driver would begin each as a reader and fail
    to upgrade it."""

    turns, together = _Turns(), Together()

    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info["turns"], record.info["together"] = turns, together
        connection.isolation_level = None
        cursor = connection.cursor()
        teach_sqlite(connection)
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if _writes.get() or connection.get_execution_options().get("writes", False):
            take_turn(connection.info)
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        elif not connection.get_execution_options().get("single", False):
            connection.exec_driver_sql("BEGIN")

    @event.listens_for(engine, "commit")
    def _commit(connection: Connection) -> None:
        if turns.holds(connection.info):
            connection.exec_driver_sql("COMMIT")  # the driver's own finds nothing left to do
            turns.give(connection.info)

    @event.listens_for(engine, "checkin")
    def _checkin(_connection: object, record: ConnectionPoolEntry) -> None:
        turns.give(record.info)


def take_turn(info: dict[Any, Any]) -> None:
    """Wait for this connection's turn to write, where the database lets one write at a time. It is
    given back by ``give_turn``, or by the pool."""
    turns: _Turns | None = info.get("turns")
    if turns is not None:
        turns.take(info)


def give_turn(info: dict[Any, Any]) -> None:
    """The next one may write."""
    turns: _Turns | None = info.get("turns")
    if turns is not None:
        turns.give(info)


class _Turns:
    """The writers of one process queue here. SQLite's own waiting is a sleep that grows to a tenth
    of a second, while a launch writes for a few milliseconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def take(self, info: dict[Any, Any]) -> None:
        """Wait until it is this connection's turn; after the busy time try without one."""
        info["turn"] = self._lock.acquire(timeout=BUSY_SECONDS)

    def holds(self, info: dict[Any, Any]) -> bool:
        return bool(info.get("turn"))

    def give(self, info: dict[Any, Any]) -> None:
        if info.pop("turn", False):
            self._lock.release()


@contextmanager
def writing() -> Iterator[Session]:
    """The application context's session in a transaction that may write: committed at the end,
    rolled back on any exception. On SQLite every transaction begun inside takes the write lock
    at once, so that none fails half-way; what was read before is read again."""
    session: Session = db.session()
    session.rollback()
    token = _writes.set(True)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writes.reset(token)


def empty_write_ahead_log(engine: Engine) -> bool:
    """Take what was deleted out of SQLite's write-ahead log too; False where a long reader held it
    up. PostgreSQL sees to its own."""
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        driver = connection.connection.driver_connection  # outside any transaction
        assert isinstance(driver, sqlite3.Connection)
        held_up, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not held_up


def upgrade_database(app: Flask) -> None:
    """Bring the tables to this version of the tool. Raises ``ConfigError``."""
    from flask_migrate import upgrade

    before, needed = revisions(app)
    refuse_later_tables(before)
    with app.app_context():
        upgrade(directory=str(MIGRATIONS))
        if db.engine.dialect.name == "sqlite" and before not in (None, needed):
            _pack(db.engine)


def _pack(engine: Engine) -> None:
    """Give back the room of the tables that were remade, and what earlier versions deleted without
    overwriting it. Where another process holds the file, it stays as it is."""
    with engine.connect() as connection, suppress(sqlite3.OperationalError):
        driver = connection.connection.driver_connection  # outside any transaction
        assert isinstance(driver, sqlite3.Connection)
        driver.execute("VACUUM")


def revisions(app: Flask) -> tuple[str | None, str]:
    """The database's revision and the one that this version of the tool needs."""
    from alembic.migration import MigrationContext

    with app.app_context(), db.engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current, needed_revision()


@cache
def _known_revisions() -> tuple[str, ...]:
    """What the migrations of this version are called, the newest first."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    return tuple(script.revision for script in scripts)


def needed_revision() -> str:
    """What the newest migration is called."""
    return _known_revisions()[0]


def refuse_later_tables(revision: str | None) -> None:
    """Raise ``ConfigError`` where a later version of the tool made these tables."""
    if revision is not None and revision not in _known_revisions():
        raise ConfigError(
            "config.later-tables",
            f"The tables are at {revision}, which this version of the tool does not know: a later "
            "version made them. Install that version, or restore a backup made before it.",
        )


def driver_reason(error: SQLAlchemyError) -> str:
    """The first line of what the database's driver said."""
    said = str(getattr(error, "orig", None) or "").strip() or type(error).__name__
    return said.splitlines()[0]
