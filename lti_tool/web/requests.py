"""One line in the log for each request: the route, never the address with its handle."""

from __future__ import annotations

import logging
import time

import structlog
from flask import Flask, Response, g, request

_log = structlog.get_logger("lti_tool.request")
_standard_log = logging.getLogger("lti_tool.request")
_QUIET = frozenset(
    {"health.health", "health.ready", "health.metrics", "assets", "media.media", "media.player"}
)


def init_app(app: Flask) -> None:
    app.before_request(_start)
    app.after_request(_note)


def note(method: str, route: str, status: int, begun: float, code: str | None = None) -> None:
    """A request was answered, or refused with a code. ``begun`` is of ``time.perf_counter``."""
    if not _standard_log.isEnabledFor(logging.INFO):
        return
    took = round((time.perf_counter() - begun) * 1000, 1)
    told = {"method": method, "route": route, "status": status, "ms": took}
    _log.info("request", **told, **({"code": code} if code else {}))


def route_of_request() -> str:
    return request.url_rule.rule if request.url_rule else "(no route)"


def _start() -> None:
    g.started = time.perf_counter()


def _note(response: Response) -> Response:
    if request.endpoint not in _QUIET or response.status_code >= 400:
        begun = g.get("started", time.perf_counter())
        note(request.method, route_of_request(), response.status_code, begun, g.get("refused"))
    return response
