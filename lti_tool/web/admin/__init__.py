"""The console of the tool's operators at /admin: an application of its own, made when somebody
first opens it. So its session, its hooks and its account library cost a launch nothing
(docs/decisions/0011-the-console-stands-apart.md)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/admin"


class Console:
    """WSGI: what begins with /admin goes to the console, all else to the tool."""

    def __init__(self, tool: WSGIApplication, make: Callable[[], Flask]) -> None:
        self._tool = tool
        self._make = make
        self._made: Flask | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if path != PREFIX and not path.startswith(PREFIX + "/"):
            return self._tool(environ, start_response)
        inner: dict[str, Any] = {
            **environ,
            "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + PREFIX,
            "PATH_INFO": path[len(PREFIX) :],
        }
        return self.app(inner, start_response)

    @property
    def app(self) -> Flask:
        """The console's application, made once a process."""
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = self._make()
        return self._made


def init_app(app: Flask) -> None:
    """Mount the console in front of ``app``."""
    app.wsgi_app = app.extensions["lti_tool.console"] = Console(  # type: ignore[method-assign]
        app.wsgi_app, lambda: _make_console(app)
    )


def console_of(app: Flask) -> Flask:
    """The console that is mounted in front of the tool ``app``."""
    console: Console = app.extensions["lti_tool.console"]
    return console.app


def _make_console(app: Flask) -> Flask:
    # Only now: the account library is large, and a process may never need it.
    from lti_tool.web.admin.console import make_console

    return make_console(app)
