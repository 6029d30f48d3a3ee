"""The broker that Celery's messages go through (the setting ``broker_url``): whether there is one
that can be used. What is to be done stands in the database; here are only calls to look."""

from __future__ import annotations

import time
from importlib.util import find_spec

import structlog

from lti_tool.errors import ConfigError
from lti_tool.settings import Settings

_log = structlog.get_logger(__name__)

_SECONDS = 5
#: Between two tries, while the broker is away.
_PAUSES = (1, 2, 5, 10, 30)
_UNREACHABLE = "config.broker-unreachable"


def check_broker(settings: Settings) -> str:
    """The broker's address without its password, once it has answered. Raises ``ConfigError``
    that says what is missing."""
    if not settings.broker_url:
        raise ConfigError(
            "config.broker-missing",
            "LTI_TOOL_BROKER_URL is not set: Celery needs a broker, such as "
            "redis://localhost:6379/0. Without one, run: lti-tool worker",
        )
    if settings.is_sqlite:
        raise ConfigError(
            "config.broker-sqlite",
            "Celery is for several machines, and SQLite is for one: set LTI_TOOL_DATABASE_URL to "
            "PostgreSQL, or run: lti-tool worker",
        )
    if find_spec("celery") is None:
        raise ConfigError(
            "config.celery-missing",
            'Celery is not installed: pip install "sse-campus[celery]". Without it, run: '
            "lti-tool worker",
        )
    return _reach(settings.broker_url)


def wait_for_broker(settings: Settings) -> None:
    """Return once the broker answers: after a power cut it may start later than its workers, on
    another machine. The log says what is wrong meanwhile. Raises ``ConfigError`` where waiting
    would not help."""
    tries = 0
    while True:
        try:
            check_broker(settings)
            return
        except ConfigError as error:
            if error.code != _UNREACHABLE:
                raise
            pause = _PAUSES[min(tries, len(_PAUSES) - 1)]
            _log.warning("broker.away", said=error.message, again_in_seconds=pause)
        tries += 1
        time.sleep(pause)


def options_for(url: str) -> dict[str, object]:
    """What the connections are to be like, besides the address."""
    if not url.startswith("redis"):
        return {}
    # A message that was taken and not confirmed comes back; by then it has expired.
    return {"socket_connect_timeout": _SECONDS, "visibility_timeout": 600, "socket_keepalive": True}


def _reach(url: str) -> str:
    from kombu.connection import Connection

    made = Connection(  # type: ignore[no-untyped-call]
        url, connect_timeout=_SECONDS, transport_options=options_for(url)
    )
    with made as broker:
        address = str(broker.as_uri())
        try:
            broker.ensure_connection(max_retries=1, timeout=_SECONDS)
            broker.default_channel.close()
        except Exception as error:  # each transport has errors of its own
            said = (str(error) or type(error).__name__).splitlines()[0]
            raise ConfigError(
                _UNREACHABLE,
                f"The broker at {address} cannot be reached: {said}; check LTI_TOOL_BROKER_URL, "
                "and that it runs",
            ) from None
    return address
