"""The player's API (docs/architecture.md, "The tool's API"). The bearer is the launch handle; every
change can be sent again."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from flask import Blueprint, Response, jsonify, request

from lti_tool.db import writing
from lti_tool.errors import RequestRefused, SessionRejected
from lti_tool.models import LaunchSession, db, now
from lti_tool.services import learning, preview
from lti_tool.services.work import Json, Work
from lti_tool.web.sessions import open_session
from lti_tool.web.unit import find_unit, window_of, work_of

blueprint = Blueprint("api", __name__, url_prefix="/api")

MAX_BODY = 256 * 1024
MAX_ITEMS = 500
MAX_TEXT = 10_000
MAX_DEPTH = 3
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


@blueprint.get("/state")
def state() -> Response:
    found, work = _work()
    if found.is_instructor:
        mode, unit_state = "browse", preview.fresh_state(work)
    else:
        mode, unit_state = "normal", learning.read_state(db.session(), work)
    name = found.user.name
    return jsonify(
        mode=mode,
        learner={"name": name} if name else None,
        state={"units": {work.unit.id: unit_state}},
    )


@blueprint.put("/units/<unit_id>/progress")
def progress(unit_id: str) -> Response:
    found, work = _work(unit_id)
    body = _body()
    page = body.get("page")
    seen = body.get("seen", [])
    if page is not None and not _is_id(page):
        raise _wrong("page")
    if not isinstance(seen, list) or len(seen) > MAX_ITEMS or not all(map(_is_id, seen)):
        raise _wrong("seen")
    if found.is_instructor:
        return jsonify(state=preview.seen_state(work, page, seen))
    with writing() as session:
        return jsonify(state=learning.save_progress(session, work, page, seen, now()))


@blueprint.put("/units/<unit_id>/answers")
def answers(unit_id: str) -> Response:
    found, work = _work(unit_id)
    number, given = _attempt(_body())
    if found.is_instructor:
        return jsonify(state=preview.draft_state(work, number, given))
    with writing() as session:
        return jsonify(state=learning.save_answers(session, work, number, given, now()))


@blueprint.post("/units/<unit_id>/checks/<question_id>")
def check(unit_id: str, question_id: str) -> Response:
    _, work = _work(unit_id)
    body = _body()
    return jsonify(learning.check_question(work, question_id, body.get("answer")))


@blueprint.post("/units/<unit_id>/hand-in")
def hand_in(unit_id: str) -> Response:
    found, work = _work(unit_id)
    number, given = _attempt(_body())
    if found.is_instructor:
        return jsonify(state=preview.graded_state(work, number, given, now()))
    with writing() as session:
        return jsonify(state=learning.hand_in(session, work, number, given, now()))


def _work(unit_id: str | None = None) -> tuple[LaunchSession, Work]:
    """The session of the bearer, and its work. Raises ``SessionRejected``, ``RequestRefused``."""
    kind, _, handle = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not handle:
        raise SessionRejected("session.missing", "The launch handle is missing.")
    found = open_session(handle.strip())
    place = find_unit(found)
    if place is None or unit_id not in (None, place[1].id):
        raise RequestRefused("unit.unknown", "This launch is not for that unit.", 404)
    if window_of(found) == "early":
        raise RequestRefused("unit.not-open", "This activity is not open yet.", 403)
    return found, work_of(found, *place)


def _body() -> Json:
    """The request's JSON object, of values that every database can keep and nothing deeper than
    an answer is. Raises ``RequestRefused``."""
    if request.mimetype != "application/json":
        raise RequestRefused("request.no-json", "Send application/json.", 415)
    if (request.content_length or 0) > MAX_BODY:
        raise RequestRefused("request.too-large", "The request is too large.", 413)
    raw = request.get_data(cache=False)
    if len(raw) > MAX_BODY:
        raise RequestRefused("request.too-large", "The request is too large.", 413)
    try:
        body = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise RequestRefused("request.no-json", "The body is no JSON.") from None
    if not isinstance(body, dict) or not _storable(body, MAX_DEPTH + 2):
        raise RequestRefused("request.wrong", "The body has another form than it should.")
    return body


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _storable(value: object, depth: int) -> bool:
    if depth < 0:
        return False
    if isinstance(value, str):
        return len(value) <= MAX_TEXT and "\0" not in value and _encodes(value)
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, int):
        return abs(value) < 10**15
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list):
        return len(value) <= MAX_ITEMS and all(_storable(item, depth - 1) for item in value)
    if isinstance(value, dict):
        return len(value) <= MAX_ITEMS and all(
            len(key) <= 100 and _storable(key, 0) and _storable(item, depth - 1)
            for key, item in value.items()
        )
    return False


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _attempt(body: Json) -> tuple[int, dict[str, object]]:
    number, given = body.get("number"), body.get("answers")
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= 1000:
        raise _wrong("number")
    if not isinstance(given, dict) or not all(map(_is_id, given)):
        raise _wrong("answers")
    return number, given


def _wrong(name: str) -> RequestRefused:
    return RequestRefused("request.wrong", f"“{name}” has another form than it should.")
