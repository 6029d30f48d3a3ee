"""Login, launch and keyset: the addresses that platforms know (LTI Security Framework 1.0 §5)."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta

from flask import Blueprint, Response, g, jsonify, request
from sqlalchemy import Engine

from lti_tool.errors import LaunchRejected
from lti_tool.lti.keys import current_key, public_jwks
from lti_tool.lti.login_state import begin_login
from lti_tool.lti.refusals import refuse
from lti_tool.lti.states import check_browser, open_state
from lti_tool.models import db, now
from lti_tool.security import BROWSER_COOKIE
from lti_tool.services import admission, launches
from lti_tool.tool import Tool, current_tool
from lti_tool.web import ladder
from lti_tool.web.errors import launch_refused
from lti_tool.web.visit import Page, Redirect, Visit

blueprint = Blueprint("lti", __name__, url_prefix="/lti")
#: Where the door leaves in a request's environment what it does not answer itself.
REST = "lti_tool.rest"

#: Where a launch goes; those of a resource link to teach or play.
_PAGES = {launches.PICKER: "pick", launches.REVIEW: "review", launches.PRIVACY: "privacy"}


#: A code as OAuth 2.0 has them (§4.1.2.1), and no other text of somebody's.
_ERROR = re.compile(r"[a-z_]{1,60}")


def login(tool: Tool, engine: Engine, public_id: str, visit: Visit) -> Redirect | Page:
    """On to the platform, or what comes before. Raises ``LaunchRejected``."""
    fields = visit.fields
    known = tool.lately.find(engine, public_id, fields.get("lti_deployment_id"))
    if known is None:
        raise refuse("registration.unknown")
    visit.registration_id = known.platform.id
    step = ladder.before_login(public_id, visit)
    if step is not None:
        return step
    redirect = begin_login(
        known.platform,
        known.deployment,
        fields,
        secret_key=tool.settings.secret_key,
        launch_url=tool.launch_url,
        tool_origin=tool.settings.public_url,
        now=now(),
        keep_request=not ladder.keeps_cookies(visit),
        in_window=ladder.WINDOW in fields,
    )
    return ladder.begun(redirect, known.platform, public_id, visit)


def launch(tool: Tool, engine: Engine, visit: Visit) -> Redirect | Page:
    """On to the page of the session, or one more step up the ladder. Raises ``LaunchRejected``."""
    fields, settings, moment = visit.fields, tool.settings, now()
    state = fields.get("state")
    if "error" in fields:
        raise _platforms_error(settings.secret_key, visit, moment)
    login = open_state(state, settings.secret_key, moment)
    visit.registration_id = login.registration_id
    secret = ladder.browser_secret(state or "", visit, settings.public_url)
    if secret is None:
        return ladder.secret_lost(login, visit)
    check_browser(login, secret)
    opened = admission.admit(
        engine,
        tool.keysets,
        tool.lately,
        login,
        fields.get("id_token"),
        tool_origin=settings.public_url,
        secret_key=settings.secret_key,
        browser_cookie=visit.cookies.get(BROWSER_COOKIE),
        lifetime=timedelta(hours=settings.session_hours),
        now=moment,
    )
    return ladder.arrived(f"/{_page(opened)}/{opened.handle}", state or "", visit)


@blueprint.errorhandler(LaunchRejected)
def refused(error: LaunchRejected) -> Response:
    """Every refused login and launch is written down for the operators."""
    ladder.note_refusal(error, g.get("registration_id") or error.registration)
    return launch_refused(error)


@blueprint.route("/<public_id>/login", methods=["GET", "POST"], endpoint="login")
@blueprint.post("/launch", endpoint="launch")
def rest(public_id: str | None = None) -> Response:
    """What of a login or launch needs Flask: a page, or a refusal."""
    visit, page = request.environ[REST]
    g.started, g.registration_id = visit.begun, visit.registration_id
    if isinstance(page, Exception):
        raise page
    made: Response = page()
    return made


@blueprint.get("/launch")
def launch_reloaded() -> Response:
    """Somebody reloaded, or typed the address: a launch begins in the platform."""
    raise refuse("launch.state-missing")


@blueprint.get("/jwks")
def jwks() -> Response:
    """The tool's public keys (LTI Security Framework 1.0 §6.3)."""
    session = db.session()
    keyset = public_jwks(session)
    if not keyset["keys"]:
        current_key(session, current_tool().settings.secret_key)
        keyset = public_jwks(session)
    response = jsonify(keyset)
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _platforms_error(secret_key: str, visit: Visit, moment: datetime) -> LaunchRejected:
    """The platform's own refusal, which may come without a state (OAuth 2.0 §4.1.2.1)."""
    with suppress(LaunchRejected):
        login = open_state(visit.fields.get("state"), secret_key, moment)
        visit.registration_id = login.registration_id
    said = visit.fields["error"]
    return refuse("launch.platform-refused", said if _ERROR.fullmatch(said) else "")


def _page(opened: launches.OpenedLaunch) -> str:
    """The first part of the page's address."""
    if opened.kind in _PAGES:
        return _PAGES[opened.kind]
    return "teach" if opened.is_instructor else "play"
