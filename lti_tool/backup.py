"""A copy of the database in one file, while the tool runs, and the way back. SQLite does it by its
own means, PostgreSQL by its client programs."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Engine, inspect

from lti_tool.db import refuse_later_tables
from lti_tool.errors import LtiToolError
from lti_tool.models import Base

_SQLITE = b"SQLite format 3\0"
_POSTGRESQL = b"PGDMP"
_BUSY_SECONDS = 60
#: What stands before the revision, in the script that a copy of PostgreSQL becomes.
_REVISION = re.compile(r"COPY \S*\balembic_version \(version_num\) FROM stdin;")


class BackupError(LtiToolError):
    """No copy was made, or nothing was put back."""


def back_up(engine: Engine, file: Path, *, overwrite: bool = False) -> None:
    """Write the database into ``file``, readable to its owner alone. Raises ``BackupError``."""
    if file.exists() and not file.is_file():
        raise BackupError("backup.no-file", f"{file} is no ordinary file: choose another name.")
    if file.exists() and not overwrite:
        raise BackupError("backup.exists", f"{file} exists: choose another name, or say --yes.")
    draft = file.with_name(file.name + ".part")
    try:
        draft.unlink(missing_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        if engine.dialect.name == "sqlite":
            _copy_sqlite(_path(engine), draft)
        else:
            _run(
                engine.url,
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--file={draft}",
            )
        os.replace(draft, file)
    except OSError as error:
        raise BackupError(
            "backup.folder", f"{file} cannot be written: {error.strerror or error}"
        ) from None
    finally:
        draft.unlink(missing_ok=True)


def restore(engine: Engine, file: Path, aside: Path, *, now: datetime) -> Path | None:
    """Put what ``file`` holds in the database's place; what was there is copied into the folder
    ``aside`` first. Returns that copy, None where there was nothing. Raises ``BackupError``, and
    ``ConfigError`` for tables of a later version; then the database is as it was."""
    kind = _kind(file)
    if kind != engine.dialect.name:
        raise BackupError(
            "backup.other-database",
            f"{file} is a copy of {'SQLite' if kind == 'sqlite' else 'PostgreSQL'}, and "
            "LTI_TOOL_DATABASE_URL names another kind of database.",
        )
    if kind == "sqlite":
        refuse_later_tables(_check_sqlite(file))
        kept = _keep(engine, aside, now)
        _copy_sqlite(file, _path(engine))
        return kept
    script = file.with_name(f".{file.name}.sql")
    try:
        refuse_later_tables(_unpack(file, script))
        kept = _keep(engine, aside, now)
        _run_script(engine, script)
    finally:
        script.unlink(missing_ok=True)
    return kept


def _keep(engine: Engine, aside: Path, now: datetime) -> Path | None:
    """A copy of what is there; None where there is nothing."""
    kept = None
    if is_in_use(engine):
        kept = aside / f"before-restore-{now:%Y%m%d-%H%M%S-%f}.backup"
        back_up(engine, kept)
    engine.dispose()
    return kept


def is_in_use(engine: Engine) -> bool:
    """Whether the database has tables of ours."""
    return bool(_our_tables(engine))


def _our_tables(engine: Engine) -> list[str]:
    ours = {*Base.metadata.tables, "alembic_version"}
    return sorted(ours & set(inspect(engine).get_table_names()))


def _path(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _kind(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            head = stream.read(16)
    except OSError as error:
        raise BackupError("backup.unreadable", f"{file}: {error.strerror or error}") from None
    if head == _SQLITE:
        return "sqlite"
    if head.startswith(_POSTGRESQL):
        return "postgresql"
    raise BackupError("backup.unreadable", f'{file} was not made by "lti-tool backup".')


def _check_sqlite(file: Path) -> str | None:
    """The revision of the tables in it."""
    found = None
    try:
        # Nobody writes to it meanwhile: so nothing of SQLite's own is left beside it.
        with closing(sqlite3.connect(_uri(file, "ro&immutable=1"), uri=True)) as source:
            said = source.execute("PRAGMA quick_check").fetchone()[0]
            found = source.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        raise BackupError("backup.damaged", f"{file} is no whole copy of the tool's data: {said}")
    return str(found[0]) if found else None


def _uri(file: Path, mode: str) -> str:
    """Its address for SQLite, whatever characters its name has."""
    return f"{file.absolute().as_uri()}?mode={mode}"


def _copy_sqlite(source: Path, target: Path) -> None:
    """By SQLite's online backup: those who read or write meanwhile see the one state or the
    other."""
    try:
        with (
            closing(sqlite3.connect(_uri(source, "rw"), uri=True)) as origin,
            closing(sqlite3.connect(target, timeout=_BUSY_SECONDS)) as copy,
        ):
            origin.backup(copy)
    except sqlite3.Error as error:
        raise BackupError("backup.failed", f"{source} cannot be copied: {error}") from None


def _unpack(file: Path, script: Path) -> str | None:
    """Write what it does into ``script``; the revision of its tables."""
    try:
        script.unlink(missing_ok=True)
        os.close(os.open(script, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise BackupError(
            "backup.folder", f"{script} cannot be written: {error.strerror or error}"
        ) from None
    _run(None, "pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(file))
    with script.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if _REVISION.match(line):
                return next(lines, "").strip()
    raise BackupError("backup.damaged", f"{file} is no whole copy of the tool's data")


def _run_script(engine: Engine, script: Path) -> None:
    """In one transaction: our tables go, those of the copy come."""
    names = ", ".join(f'"{name}"' for name in _our_tables(engine))
    clear = (f"--command=DROP TABLE {names} CASCADE",) if names else ()
    engine.dispose()
    _run(
        engine.url,
        "psql",
        "--quiet",
        "--no-psqlrc",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        *clear,
        f"--file={script}",
    )


def _without_password(url: URL) -> str:
    """The address for a client program, with what stands behind its "?": sslmode, the folder of a
    socket."""
    bare = url.set(drivername="postgresql", password=None).difference_update_query(["password"])
    return bare.render_as_string()


def _run(url: URL | None, program: str, *arguments: str) -> None:
    """A client program of PostgreSQL. The password goes by the environment: others of this machine
    can read a command line."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(
            "backup.program-missing",
            f"{program} is not installed: install PostgreSQL's client programs (Debian: "
            "postgresql-client), in the server's version or a later one.",
        )
    environment = {**os.environ, "PGCONNECT_TIMEOUT": "10"}
    command: Sequence[str] = (found, *arguments)
    if url is not None:
        command = (*command, f"--dbname={_without_password(url)}")
        if password := url.password or url.query.get("password"):
            environment["PGPASSWORD"] = str(password)
    done = subprocess.run(  # noqa: S603 - the program's own path, no shell
        command, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError("backup.failed", f"{program}: {done.stderr.strip()[-1000:]}")
