"""Login, launch and keyset: the addresses that platforms know (LTI Security Framework 1.0 §5)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.datastructures import MultiDict

from lti_tool.errors import LaunchRejected
from lti_tool.lti.keys import current_key, public_jwks
from lti_tool.lti.login_state import begin_login, only_once
from lti_tool.lti.refusals import refuse
from lti_tool.lti.states import check_browser, open_state
from lti_tool.models import db, now
from lti_tool.security import BROWSER_COOKIE
from lti_tool.services import admission, launches
from lti_tool.services.known import find_platform
from lti_tool.tool import current_tool
from lti_tool.web import ladder
from lti_tool.web.errors import launch_refused

blueprint = Blueprint("lti", __name__, url_prefix="/lti")

#: Where a launch goes; those of a resource link to teach or play.
_PAGES = {launches.PICKER: "pick", launches.REVIEW: "review", launches.PRIVACY: "privacy"}


#: A code as OAuth 2.0 has them (§4.1.2.1), and no other text of somebody's.
_ERROR = re.compile(r"[a-z_]{1,60}")


@blueprint.errorhandler(LaunchRejected)
def refused(error: LaunchRejected) -> Response:
    """Every refused login and launch is written down for the operators."""
    ladder.note_refusal(error, g.get("registration_id") or error.registration)
    return launch_refused(error)


@blueprint.route("/<public_id>/login", methods=["GET", "POST"])
def login(public_id: str) -> Response:
    tool = current_tool()
    fields = only_once(_fields(request.values))
    known = find_platform(db.engine, public_id, fields.get("lti_deployment_id"))
    if known is None:
        raise refuse("registration.unknown")
    g.registration_id = known.platform.id
    step = ladder.before_login(public_id, fields)
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
        keep_request=not ladder.keeps_cookies(),
        in_window=ladder.WINDOW in fields,
    )
    return ladder.begun(redirect, known.platform, public_id, fields)


@blueprint.post("/launch")
def launch() -> Response:
    tool = current_tool()
    fields = only_once(_fields(request.form))
    state = fields.get("state")
    moment = now()
    if "error" in fields:
        raise _platforms_error(fields, moment)
    login = open_state(state, tool.settings.secret_key, moment)
    g.registration_id = login.registration_id
    secret = ladder.browser_secret(state or "", fields)
    if secret is None:
        return ladder.secret_lost(login, fields)
    check_browser(login, secret)
    opened = admission.admit(
        db.engine,
        tool.keysets,
        login,
        fields.get("id_token"),
        tool_origin=tool.settings.public_url,
        secret_key=tool.settings.secret_key,
        browser_cookie=request.cookies.get(BROWSER_COOKIE),
        lifetime=timedelta(hours=tool.settings.session_hours),
        now=moment,
    )
    return ladder.arrived(f"/{_page(opened)}/{opened.handle}", state or "")


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


def _platforms_error(fields: Mapping[str, str], moment: datetime) -> LaunchRejected:
    """The platform's own refusal, which may come without a state (OAuth 2.0 §4.1.2.1)."""
    with suppress(LaunchRejected):
        login = open_state(fields.get("state"), current_tool().settings.secret_key, moment)
        g.registration_id = login.registration_id
    said = fields["error"]
    return refuse("launch.platform-refused", said if _ERROR.fullmatch(said) else "")


def _page(opened: launches.OpenedLaunch) -> str:
    """The first part of the page's address."""
    if opened.kind in _PAGES:
        return _PAGES[opened.kind]
    return "teach" if opened.is_instructor else "play"


def _fields(sent: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Every field as often as it was sent, in the query and in the body."""
    return [(name, value) for name, values in sent.lists() for value in values]
