"""What machines ask: does the process live, can it work, and how is it doing."""

from __future__ import annotations

import hmac
import time
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, abort, current_app, g, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.db import revisions
from lti_tool.models import db, now
from lti_tool.services import heartbeat
from lti_tool.services.figures import figures
from lti_tool.settings import Settings
from lti_tool.tool import current_tool, tool_of
from lti_tool.web.requests import route_of_request
from lti_tool.web.visit import LAUNCH

blueprint = Blueprint("health", __name__)
#: A request that bears one of these came through a proxy: its sender is not its peer.
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via")


def init_app(app: Flask) -> None:
    """The routes; and, where somebody may read them, the counting."""
    app.register_blueprint(blueprint)
    if metrics_are_on(tool_of(app).settings):
        app.after_request(_count)


def metrics_are_on(settings: Settings) -> bool:
    return bool(settings.metrics_token or settings.metrics_networks)


@blueprint.get("/health")
def health() -> Response:
    """200 while the process lives and answers."""
    return jsonify(status="ok")


@blueprint.get("/ready")
def ready() -> tuple[Response, int]:
    """200 where launches can be answered, else 503. A worker that was not seen lately is told, but
    sends nobody away: it is another process."""
    checks = {**_database(), "courses": _courses()}
    is_ready = all(said == "ok" for name, said in checks.items() if name != "worker")
    return jsonify(status="ready" if is_ready else "not ready", checks=checks), (
        200 if is_ready else 503
    )


@blueprint.get("/metrics")
def metrics() -> Response:
    """For Prometheus. Where no setting opens it, there is no such page."""
    settings = current_tool().settings
    if not metrics_are_on(settings):
        abort(404)
    if not _may_read(settings):
        abort(403)
    from lti_tool.metrics import CONTENT_TYPE, exposition

    try:
        found = figures(db.session())
    except SQLAlchemyError:
        db.session.rollback()
        found = None
    return Response(exposition(found, now()), content_type=CONTENT_TYPE)


def _database() -> dict[str, str]:
    try:
        current, needed = revisions(current_app)
        if current != needed:
            return {"database": "ok", "tables": f"at {current or 'nothing'}, needed is {needed}"}
        beat = heartbeat.last_beat(db.session())
    except SQLAlchemyError:
        db.session.rollback()
        return {"database": "not reachable"}
    late = beat is None or now() - beat > heartbeat.LATE
    return {"database": "ok", "tables": "ok", "worker": "not seen lately" if late else "ok"}


def _courses() -> str:
    return "ok" if current_tool().shelf.shelf().courses else "none can be read"


def _may_read(settings: Settings) -> bool:
    if settings.metrics_token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(given.encode(), settings.metrics_token.encode()):
            return True
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        peer = ip_address(request.remote_addr or "")
    except ValueError:
        return False
    return any(peer in network for network in settings.metrics_networks)


def count(method: str, route: str, status: int, begun: float, code: str | None = None) -> None:
    """A request was answered (see ``requests.note``)."""
    from lti_tool import metrics as counted

    counted.note_request(route, status, time.perf_counter() - begun)
    if route == LAUNCH and method == "POST":
        counted.note_launch(counted.ACCEPTED if status == 303 else code or "other")


def _count(response: Response) -> Response:
    begun = g.get("started", time.perf_counter())
    count(request.method, route_of_request(), response.status_code, begun, g.get("refused"))
    return response
