"""Migrations go up from each earlier state, with rows in every table, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from lti_tool.app import create_app
from lti_tool.db import MIGRATIONS, needed_revision, revisions, upgrade_database
from lti_tool.errors import ConfigError
from lti_tool.models import Base, db
from lti_tool.settings import load_settings
from tests.databases import KINDS, Databases
from tests.integration.lti_tool.conftest import SECRET

REVISIONS = [script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()]
EARLIER = sorted(set(REVISIONS) - {needed_revision()})
ROWS = 3


@pytest.fixture(params=KINDS)
def app(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    with databases.new(request.param, empty=True) as url:
        settings = load_settings(
            database_url=url, data_dir=tmp_path, secret_key=SECRET, log_level="error"
        )
        app = create_app(settings)
        yield app
        with app.app_context():
            db.engine.dispose()


def go_to(app: Flask, revision: str) -> None:
    with app.app_context():
        upgrade(directory=str(MIGRATIONS), revision=revision)


def tables(connection: sa.Connection) -> list[sa.Table]:
    """As the database itself describes them, those referred to first."""
    found = sa.MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def fill(connection: sa.Connection) -> dict[str, list[Any]]:
    """Some rows in every table, each referring to others; they are returned by table, as read."""
    written: dict[str, list[Any]] = {}
    for table in tables(connection):
        for number in range(1, ROWS + 1):
            row = {column.name: value(column, number) for column in table.columns}
            connection.execute(table.insert().values(row))
        written[table.name] = read(connection, table)
    return written


def value(column: sa.Column[Any], number: int) -> Any:
    if column.foreign_keys or isinstance(column.type, sa.Integer):
        key = next(iter(column.foreign_keys), None)
        if key is not None and not isinstance(column.type, sa.Integer):
            return value(key.column, number)
        return number
    if isinstance(column.type, sa.JSON):
        return [f"{column.name} é {number}"]
    if isinstance(column.type, sa.DateTime):
        moment = datetime(2026, 1, number, 12, 30, 15, 123_456, tzinfo=UTC)
        return moment if column.type.timezone else moment.replace(tzinfo=None)
    if isinstance(column.type, sa.Boolean):
        return number % 2 == 0
    if isinstance(column.type, sa.LargeBinary):
        return b"\0\xff" + bytes([number])
    if isinstance(column.type, sa.Float | sa.Numeric):
        return float(number)
    assert isinstance(column.type, sa.String), column.type
    text = f"{number} {column.name} é"
    return text[: column.type.length] if column.type.length else text


def read(connection: sa.Connection, table: sa.Table, names: list[str] | None = None) -> list[Any]:
    columns = [table.c[name] for name in names or table.c.keys()]
    order = list(table.primary_key.columns)
    return [dict(row._mapping) for row in connection.execute(sa.select(*columns).order_by(*order))]


@pytest.mark.parametrize("revision", EARLIER)
def test_up_from_each_state_with_data(app: Flask, revision: str) -> None:
    go_to(app, revision)
    with app.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        written = fill(connection)
        connection.commit()
    assert len(written) > 10
    upgrade_database(app)
    assert revisions(app) == (needed_revision(), needed_revision())
    with app.app_context(), db.engine.connect().execution_options(writes=True) as connection:
        now_there = {table.name: table for table in tables(connection)}
        assert set(written) - set(now_there) <= GIVEN_UP
        for name, rows in written.items():
            if name in GIVEN_UP:
                continue
            kept = [column for column in rows[0] if column in now_there[name].c]
            assert set(rows[0]) - set(kept) <= DROPPED.get(name, set()), name
            before = [{column: row[column] for column in kept} for row in rows]
            assert read(connection, now_there[name], kept) == before, name
        for table in now_there.values():
            for column in table.columns:
                if not column.nullable:
                    nulls = sa.select(sa.func.count()).where(column.is_(None))
                    assert connection.scalar(nulls) == 0, column
        # The keys hold, and still take along what hangs on them.
        connection.execute(sa.delete(now_there["registrations"]))
        for name in ("users", "contexts", "attempts", "score_deliveries", "launch_sessions"):
            left = sa.select(sa.func.count()).select_from(now_there[name])
            assert connection.scalar(left) == 0, name


#: Tables that a later version gave up: logins last ten minutes, and carry their own state now.
GIVEN_UP = {"login_states"}
#: Columns that a later version gave up, by table.
DROPPED = {"users": {"email"}}


def test_the_models_are_what_the_migrations_make(app: Flask) -> None:
    upgrade_database(app)
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_numbers_that_never_come_again(app: Flask) -> None:
    """Alembic does not compare this property of SQLite's tables."""
    upgrade_database(app)
    wanted = {
        table.name
        for table in Base.metadata.tables.values()
        if table.dialect_options["sqlite"]["autoincrement"]
    }
    assert {"users", "score_deliveries"} <= wanted
    with app.app_context(), db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            pytest.skip("PostgreSQL's sequences do so by themselves")
        master = sa.text("SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'")
        assert set(connection.scalars(master)) == wanted


def test_an_upgrade_that_fails_changes_nothing(app: Flask) -> None:
    """A row that refers to nothing: SQLite lets it be written with keys off, and no upgrade may
    leave it lying there unseen."""
    go_to(app, EARLIER[0])
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL never lets such a row in")
        with db.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys=OFF")
            driver.execute(
                "INSERT INTO deployments (registration_id, deployment_id, status, created_at) "
                "VALUES (999, 'd', 'active', '2026-01-01')"
            )
            before = driver.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    with pytest.raises(ConfigError, match="refer to rows that are not there"):
        upgrade_database(app)
    assert revisions(app)[0] == EARLIER[0]
    with app.app_context(), db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall() == before
        assert driver.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_an_upgrade_twice_is_an_upgrade_once(app: Flask) -> None:
    upgrade_database(app)
    upgrade_database(app)
    assert revisions(app) == (needed_revision(), needed_revision())
