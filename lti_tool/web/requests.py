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


def _start() -> None:
    g.started = time.perf_counter()


def _note(response: Response) -> Response:
    if not _standard_log.isEnabledFor(logging.INFO):
        return response
    if request.endpoint in _QUIET and response.status_code < 400:
        return response
    route = request.url_rule.rule if request.url_rule else "(no route)"
    took = time.perf_counter() - g.get("started", time.perf_counter())
    _log.info(
        "request",
        method=request.method,
        route=route,
        status=response.status_code,
        ms=round(took * 1000, 1),
        **({"code": g.refused} if "refused" in g else {}),
    )
    return response
