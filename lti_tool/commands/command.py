"""What the commands share: the application, JSON, times, and errors as one line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from lti_tool.errors import LtiToolError

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.exc import DatabaseError

P = ParamSpec("P")
R = TypeVar("R")
as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")


class Failure(click.ClickException):
    """Ends the command with exit code 1 and the error's own words."""

    def show(self, file: Any = None) -> None:
        click.echo(f"lti-tool: {self.format_message()}", err=True)


def says_why(command: Callable[P, R]) -> Callable[P, R]:
    """Turn the tool's errors into a line on standard error and exit code 1."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except LtiToolError as error:
            raise Failure(error.message) from None
        except Exception as error:
            from sqlalchemy.exc import DatabaseError, IntegrityError

            # A broken rule of our own tables is a bug to be seen, not the database's state.
            if isinstance(error, DatabaseError) and not isinstance(error, IntegrityError):
                raise Failure(_about_database(error)) from None
            raise

    return wrapped


def _about_database(error: DatabaseError) -> str:
    from sqlalchemy.exc import ProgrammingError

    from lti_tool.db import driver_reason

    reason = driver_reason(error)
    if isinstance(error, ProgrammingError):
        return f"The database lacks what this version needs: {reason}; run: lti-tool upgrade"
    return f"The database cannot be reached: {reason}; check LTI_TOOL_DATABASE_URL"


def make_app(migrated: bool = False) -> Flask:
    """The application; with ``migrated``, its tables brought up to date where that is SQLite."""
    from lti_tool.app import create_app
    from lti_tool.db import upgrade_database
    from lti_tool.settings import load_settings

    settings = load_settings()
    app = create_app(settings)
    if migrated and settings.is_sqlite:
        upgrade_database(app)
    return app


def rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
