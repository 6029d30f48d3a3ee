"""The processes that ``lti-tool`` runs: the embedded server and the worker."""

from __future__ import annotations

import errno
import signal
import socket
import threading
from types import FrameType

import click
import structlog
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.app import create_app
from lti_tool.broker import wait_for_broker
from lti_tool.db import refuse_later_tables, revisions, upgrade_database
from lti_tool.errors import ConfigError
from lti_tool.lti.keys import current_key
from lti_tool.models import db
from lti_tool.running import running
from lti_tool.settings import Settings
from lti_tool.tool import tool_of
from lti_tool.worker import run_worker

_log = structlog.get_logger(__name__)
#: How long a score in flight may take to land when the server stops.
GRACE_SECONDS = 10


def serve(settings: Settings, host: str, port: int, no_worker: bool) -> None:
    """Serve until a signal says stop. Raises ``ConfigError``."""
    if "public_url" not in settings.model_fields_set:
        settings = settings.with_public_url(f"http://{_name(host)}:{port}")
    listener = listen(host, port)
    with running(settings.data_dir):
        _serve(settings, listener, with_worker=settings.is_sqlite and not no_worker)


def _serve(settings: Settings, listener: socket.socket, *, with_worker: bool) -> None:
    from waitress.server import create_server

    app = prepared_app(settings)
    server = create_server(
        app,
        sockets=[listener],
        threads=settings.threads,
        ident=None,
        channel_timeout=60,
        max_request_body_size=app.config["MAX_CONTENT_LENGTH"] * 2,
        clear_untrusted_proxy_headers=True,
    )
    stop = threading.Event()
    worker = None
    if with_worker:
        worker = threading.Thread(target=run_worker, args=(app, stop), name="worker", daemon=True)
        worker.start()
    click.echo(f"{settings.tool_name} is at {settings.public_url} (stop with Ctrl-C)", err=True)
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        stop.set()
        server.close()
        if worker is not None:
            worker.join(GRACE_SECONDS)


def work(app: Flask) -> None:
    """Deliver scores until a signal says stop. Raises ``ConfigError``."""
    settings = tool_of(app).settings
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with running(settings.data_dir):
        _check_tables(app, settings)
        run_worker(app, stop)


def work_for_celery(app: Flask) -> int:
    """The same, called by Celery's messages; the exit code. Raises ``ConfigError``."""
    settings = tool_of(app).settings
    wait_for_broker(settings)
    from lti_tool.worker.celery_app import run_celery

    with running(settings.data_dir):
        _check_tables(app, settings)
        return run_celery(app)


def prepared_app(settings: Settings) -> Flask:
    """The application with its tables and first key in place. Raises ``ConfigError``."""
    app = create_app(settings)
    _check_tables(app, settings)
    with app.app_context(), Session(db.engine) as session:
        current_key(session, settings.secret_key)
    shelf = tool_of(app).shelf.shelf()
    _log.info("courses.ready", served=len(shelf.courses), with_problems=len(shelf.faulty))
    return app


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ``ConfigError`` that says what to do."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            text = (
                f"Port {port} of {host} is in use. Stop what listens there, or choose another "
                f"port: lti-tool serve --port {port + 1 if port < 65535 else port - 1}"
            )
        elif error.errno == errno.EACCES:
            text = f"This user may not listen on port {port}: choose one from 1024 up."
        else:
            text = f"Cannot listen on {host}:{port}: {error.strerror or error}"
        raise ConfigError("config.port", text) from None
    return listener


def _check_tables(app: Flask, settings: Settings) -> None:
    if settings.is_sqlite:
        upgrade_database(app)
        return
    current, needed = revisions(app)
    refuse_later_tables(current)
    if current != needed:
        raise ConfigError(
            "config.not-migrated",
            f"The database's tables are at {current or 'nothing'}, this version of the tool needs "
            f"{needed}. Back the database up, then run: lti-tool upgrade",
        )


def _name(host: str) -> str:
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
