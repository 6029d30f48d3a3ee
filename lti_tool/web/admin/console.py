"""The console's application: its guard, its cookie, its pages."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, Response, redirect, request, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user  # type: ignore[import-untyped]
from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]
from werkzeug.exceptions import TooManyRequests

from lti_tool.db import init_database
from lti_tool.errors import RequestRefused
from lti_tool.languages import N_
from lti_tool.models import db
from lti_tool.security import allow_frames, set_headers
from lti_tool.services import operators
from lti_tool.tool import install, tool_of
from lti_tool.web import errors, pages, requests
from lti_tool.web.admin import (
    accounts,
    connecting,
    home,
    keys,
    people,
    registrations,
    watching,
    work,
)
from lti_tool.web.errors import refusal

#: A session ends this long after its last request.
IDLE = timedelta(hours=4)
#: Tries to sign in from one address, over all accounts. Counted by each process for itself.
GUESSES = "10 per minute; 60 per hour"
#: What answers before anybody has signed in: the account library's pages for just that.
OPEN = frozenset(
    {
        "security.login",
        "security.two_factor_setup",
        "security.two_factor_token_validation",
        "security.mf_recovery",
    }
)
#: Its further pages that the console has; all others (reset by mail, registration) it has not.
KEPT = OPEN | {
    "security.logout",
    "security.verify",
    "security.change_password",
    "security.mf_recovery_codes",
    "security.two_factor_setup_validate",
}


def make_console(tool_app: Flask) -> Flask:
    """The console in front of the tool ``tool_app``, with whose parts it works."""
    tool = tool_of(tool_app)
    app = Flask("lti_tool", template_folder="web/templates", static_folder=None)
    app.config.update(
        SECRET_KEY=accounts.derive(tool.settings.secret_key, "console sessions"),
        SESSION_COOKIE_NAME="__Secure-sse-console",
        SESSION_COOKIE_PATH="/admin",
        SESSION_COOKIE_SECURE=True,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=IDLE,
        MAX_CONTENT_LENGTH=256 * 1024,
        # The token is bound to the session and ends with it; pages send no referrer.
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    init_database(app, tool.settings)
    install(app, tool)
    pages.init_app(app)
    requests.init_app(app)
    errors.init_app(app)
    app.before_request(_unframed)
    app.before_request(accounts.begin_writing)
    CSRFProtect(app)
    Limiter(
        get_remote_address,
        app=app,
        application_limits=[GUESSES],
        application_limits_exempt_when=lambda: not _guesses(),
        storage_uri="memory://",
    )
    accounts.init_app(app)
    app.before_request(_guard)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(RequestRefused, _refused)
    app.register_error_handler(TooManyRequests, _too_many)
    app.after_request(set_headers)
    for blueprint in (
        home.blueprint,
        registrations.blueprint,
        connecting.blueprint,
        work.deliveries,
        work.jobs,
        watching.refusals,
        watching.audit,
        watching.storage,
        keys.blueprint,
        people.blueprint,
    ):
        app.register_blueprint(blueprint)
    app.jinja_env.globals["operators_exist"] = lambda: operators.exist(db.session())
    app.jinja_env.filters["bytes"] = _bytes
    app.jinja_env.filters["platform_options"] = lambda rows: [(row.id, row.name) for row in rows]
    app.jinja_env.filters["plain_options"] = lambda texts: [(text, text) for text in texts]
    return app


def _guesses() -> bool:
    return request.method == "POST" and request.endpoint in OPEN


def _unframed() -> None:
    """Nobody frames the console: neither its pages nor its refusals."""
    allow_frames(("'none'",))


def _guard() -> Response | None:
    """Nothing answers without a session, save the sign-in itself; pages of the account library
    that the console does not have are unknown."""
    endpoint = request.endpoint or ""
    if endpoint.startswith("security.") and endpoint not in KEPT:
        return refusal(
            "page.unknown",
            N_("There is no such page."),
            N_("Check the address, or go back to the page that you came from."),
            404,
        )
    if endpoint in OPEN or ("_user_id" in session and current_user.is_authenticated):
        return None
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("security.login"))  # type: ignore[return-value]
    return refusal(
        "console.signed-out",
        N_("You are not signed in."),
        N_("Sign in to the console, and do it once more."),
        401,
    )


def _refused(error: RequestRefused) -> Response:
    db.session.rollback()
    return refusal(
        error.code, error.message, N_("Go back to the page that you came from."), error.status
    )


def _bytes(size: int) -> str:
    """A size for people; the units are the same in every language."""
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} GB"


def _forged(_error: CSRFError) -> Response:
    return refusal(
        "form.forged",
        N_("This form is out of date."),
        N_("Go back, load the page anew, and send the form once more."),
        403,
    )


def _too_many(_error: TooManyRequests) -> Response:
    return refusal(
        "console.too-many-tries", N_("Too many tries to sign in."), N_("Wait some minutes."), 429
    )
