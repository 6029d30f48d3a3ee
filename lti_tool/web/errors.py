"""Refusals as pages (or JSON for the player): what happened, a code, the next step, a way back.
Never a stack trace."""

from __future__ import annotations

import structlog
from flask import Flask, Response, g, jsonify, request
from markupsafe import Markup
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from lti_tool.db import driver_reason
from lti_tool.errors import (
    LaunchRejected,
    LtiToolError,
    PlatformError,
    RequestRefused,
    SessionRejected,
)
from lti_tool.languages import N_
from lti_tool.models import db
from lti_tool.security import ANYWHERE, allow_frames
from lti_tool.web.next_steps import step_for, with_commands
from lti_tool.web.pages import page, page_words
from lti_tool.web.way_back import way_back

_log = structlog.get_logger(__name__)

AGAIN = N_("Go back to the course and open the activity once more.")
SHOW_CODE = N_("Show this code to the administrators.")
INVITE_AGAIN = N_("Ask the people who run this tool for another registration address.")

_HTTP = {
    404: (
        "page.unknown",
        N_("There is no such page."),
        N_("Check the address, or go back to the page that you came from."),
    ),
    405: (
        "page.method",
        N_("This page is not opened in this way."),
        N_("Go back to the page that you came from."),
    ),
    413: ("request.too-large", N_("The request is larger than it may be."), AGAIN),
}
_ASK = N_("Ask the people who run this tool why.")
_WAIT = N_("Open it once more after the people who run this tool have approved it.")
#: What who reads the refusal can do, where that is not ``AGAIN``.
ADVICE = {
    "session.suspended": _ASK,
    "registration.suspended": _ASK,
    "deployment.suspended": _ASK,
    "registration.pending": _WAIT,
    "deployment.pending": _WAIT,
    "launch.cookie-missing": N_(
        "Allow cookies for this page in the browser's settings, or open the course in another "
        "browser."
    ),
    "launch.picker-needs-cookie": N_(
        "Allow cookies for this page in the browser's settings, or choose the content in another "
        "browser."
    ),
    "form.forged": N_("Go back, load the page anew, and send the form once more."),
    "invite.unknown": INVITE_AGAIN,
    "invite.used": INVITE_AGAIN,
    "invite.expired": INVITE_AGAIN,
    "invite.no-request": INVITE_AGAIN,
}


def init_app(app: Flask) -> None:
    app.register_error_handler(LaunchRejected, launch_refused)
    app.register_error_handler(SessionRejected, _session)
    app.register_error_handler(RequestRefused, _request)
    app.register_error_handler(PlatformError, _platform)
    app.register_error_handler(LtiToolError, _tool)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _crash)


def refusal(
    code: str,
    message: str,
    advice: str,
    status: int,
    *,
    remedy: str = "",
    new_window: str | None = None,
    return_url: str | None = None,
) -> Response:
    """The refusal page: ``advice`` is for who reads it, ``remedy`` for their administrator. It
    names nobody, so that it may be read in any frame."""
    g.refused = code
    if request.path.startswith("/api/"):
        answer: Response = jsonify(error={"code": code, "message": message})
        answer.status_code = status
        return answer
    if not g.get("frame_ancestors"):
        allow_frames(ANYWHERE)
    return page(
        "refused.html",
        status,
        code=code,
        message=_told(message),
        advice=_told(advice),
        remedy=_told(remedy or step_for(code)),
        new_window=new_window,
        back=way_back(return_url),
    )


def _told(text: str) -> Markup:
    """``text`` in the reader's language, commands in it marked as such; a detail in brackets at
    its end stays as it is."""
    if isinstance(text, Markup):
        return text
    gettext = page_words().gettext
    head, bracket, detail = text.rpartition(" (")
    if bracket and detail.endswith(")") and gettext(text) == text:
        return with_commands(gettext(head)) + Markup(" (<bdi>{}</bdi>)").format(detail[:-1])
    return with_commands(gettext(text))


def launch_refused(error: LaunchRejected) -> Response:
    db.session.rollback()
    _log.warning("launch.refused", code=error.code)
    remedy = page_words().gettext(error.remedy)
    if error.registration is not None:
        remedy = remedy.replace("NUMBER", str(error.registration))
    advice = ADVICE.get(error.code, AGAIN)
    return refusal(
        error.code,
        error.message,
        advice,
        error.status,
        remedy=remedy,
        return_url=error.return_url,
    )


def _session(error: SessionRejected) -> Response:
    advice = ADVICE.get(error.code, AGAIN)
    return refusal(error.code, error.message, advice, error.status, return_url=error.return_url)


def _request(error: RequestRefused) -> Response:
    db.session.rollback()
    advice = ADVICE.get(error.code, AGAIN)
    return refusal(error.code, error.message, advice, error.status, return_url=error.return_url)


def _platform(error: PlatformError) -> Response:
    db.session.rollback()
    _log.warning("platform.failed", code=error.code)
    message = N_("The tool asked the learning platform for something, and did not get it.")
    advice = N_("Try again later.") if error.retryable else SHOW_CODE
    return refusal(error.code, message, advice, 502)


def _tool(error: LtiToolError) -> Response:
    db.session.rollback()
    _log.error("tool.failed", code=error.code, reason=error.message)
    return refusal(
        error.code,
        N_("The tool is not set up right."),
        SHOW_CODE,
        500,
        remedy=N_("Its administrators find this code in its log; lti-tool doctor says more."),
    )


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    code, message, remedy = _HTTP.get(
        status, (f"http.{status}", N_("The request cannot be carried out."), AGAIN)
    )
    return refusal(code, message, remedy, status)


def _busy(error: OperationalError) -> Response:
    db.session.rollback()
    _log.error("database.unavailable", reason=driver_reason(error))
    answer = refusal(
        "database.unavailable",
        N_("The tool cannot reach its memory at the moment."),
        N_("Try again in a minute."),
        503,
    )
    answer.headers["Retry-After"] = "30"
    return answer


def _crash(error: Exception) -> Response:
    db.session.rollback()
    _log.exception("request.crashed", error=type(error).__name__)
    return refusal(
        "tool.crashed",
        N_("Something went wrong in the tool."),
        N_("Try again. Where it happens again, tell the administrators this code and the time."),
        500,
    )
