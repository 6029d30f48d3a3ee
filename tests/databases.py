"""A database for a test, its tables in place: SQLite in a file, or one of its own on a PostgreSQL
server. Tables are migrated once for each test process and copied from there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import Engine, create_engine

from lti_tool.app import create_app
from lti_tool.db import _prepare_sqlite, empty_write_ahead_log, upgrade_database
from lti_tool.models import db
from lti_tool.settings import load_settings

#: What every test that touches data runs on.
KINDS = ("sqlite", "postgresql")


class Databases:
    """Makes databases. ``server`` starts (or names) the PostgreSQL server: its database's URL."""

    def __init__(self, folder: Path, server: Callable[[], str]) -> None:
        self._folder, self._server = folder, server

    @contextmanager
    def new(self, kind: str, *, empty: bool = False) -> Iterator[str]:
        """The URL of a database of ``kind``: migrated, or without any table."""
        if kind == "sqlite":
            path = self._folder / f"{uuid4().hex}.sqlite3"
            if not empty:
                shutil.copyfile(self._sqlite_template, path)
            yield f"sqlite:///{path}"
            for file in path.parent.glob(f"{path.name}*"):
                file.unlink()
            return
        name = self._create(None if empty else self._postgres_template)
        yield self._at(name)
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @cached_property
    def _sqlite_template(self) -> Path:
        path = self._folder / "template.sqlite3"
        self._migrate(f"sqlite:///{path}")
        return path

    @cached_property
    def _postgres_template(self) -> str:
        name = self._create(None)
        self._migrate(self._at(name))
        return name

    def _migrate(self, url: str) -> None:
        app = create_app(
            load_settings(database_url=url, data_dir=self._folder, secret_key="x" * 32)
        )
        upgrade_database(app)
        with app.app_context():
            empty_write_ahead_log(db.engine)
            db.engine.dispose()

    def _create(self, template: str | None) -> str:
        name = f"sse_campus_{uuid4().hex[:12]}"
        self._execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        return name

    def _at(self, name: str) -> str:
        return re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", self._server(), count=1)

    def _execute(self, statement: str) -> None:
        address = re.sub(r"^postgresql\+psycopg", "postgresql", self._server())
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def engine_of(url: str, connections: int = 5) -> Iterator[Engine]:
    """An engine without an application around it, set up as the tool's own."""
    sqlite = url.startswith("sqlite:")
    options = {"timeout": 20} if sqlite else {}
    engine = create_engine(url, connect_args=options, pool_size=connections)
    if sqlite:
        _prepare_sqlite(engine)
    yield engine
    engine.dispose()
