"""Login, launch and keyset: the addresses that platforms know (LTI Security Framework 1.0 §5)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, Response, g, jsonify, request, url_for
from werkzeug.datastructures import MultiDict

from lti_tool.db import writing
from lti_tool.errors import LaunchRejected
from lti_tool.lti.keys import current_key, public_jwks
from lti_tool.lti.login_state import begin_login, digest, login_fields, only_once
from lti_tool.lti.refusals import refuse
from lti_tool.lti.verify import verify_launch
from lti_tool.models import LoginState, Registration, db, now
from lti_tool.security import ANYWHERE, BROWSER_COOKIE, allow_frames, new_secret, set_cookie
from lti_tool.services import launches, registrations
from lti_tool.tool import current_tool
from lti_tool.web.errors import AGAIN, refusal

blueprint = Blueprint("lti", __name__, url_prefix="/lti")

LOGIN_SECONDS = 600
BROWSER_SECONDS = int(launches.LONGEST.total_seconds())
#: In the query of a login that has come back from trying a cookie.
PROBED = "probed"
#: A login that came by POST may be longer than servers take in an address: it is not tried.
LONGEST_PROBE = 6000


@blueprint.route("/<public_id>/login", methods=["GET", "POST"])
def login(public_id: str) -> Response:
    tool = current_tool()
    fields = only_once(_fields(request.values))
    with writing() as session:
        registration = registrations.by_public_id(session, public_id)
        if registration is None:
            raise LaunchRejected(
                "registration.unknown",
                "No learning platform is registered at this address.",
                "Enter the login URL that the tool shows for your platform, or register it.",
                404,
            )
        probed = fields.pop(PROBED, None)
        if BROWSER_COOKIE not in request.cookies and _is_framed():
            again = _login_url(public_id, login_fields(fields))
            if probed:
                return _window_page(refuse("launch.cookie-missing"), again)
            if len(again) <= LONGEST_PROBE:
                return _probe(again)
        login = begin_login(
            session,
            registration,
            fields,
            launch_url=tool.launch_url,
            tool_origin=tool.settings.public_url,
            now=now(),
        )
    response = _redirect(login.url, 302)
    set_cookie(response, _cookie_name(login.state), login.browser_secret, max_age=LOGIN_SECONDS)
    if BROWSER_COOKIE not in request.cookies:
        set_cookie(response, BROWSER_COOKIE, new_secret(), max_age=BROWSER_SECONDS)
    return response


def _is_framed() -> bool:
    """Whether the browser says that it asks for the content of a frame (Fetch Metadata)."""
    return request.headers.get("Sec-Fetch-Dest") in {"iframe", "frame"}


def _probe(again: str) -> Response:
    """Set a cookie and come back at once, to see whether this browser keeps it in a frame. A login
    hint often works once (Moodle's does): so we must know before the platform is asked."""
    response = _redirect(f"{again}&{PROBED}=1", 303)
    set_cookie(response, BROWSER_COOKIE, new_secret(), max_age=BROWSER_SECONDS)
    return response


@blueprint.post("/launch")
def launch() -> Response:
    tool = current_tool()
    fields = only_once(_fields(request.form))
    state = fields.get("state")
    if "error" in fields:
        raise refuse("launch.platform-refused", fields["error"][:60])
    moment = now()
    lifetime = timedelta(hours=tool.settings.session_hours)
    try:
        with writing() as session:
            verified = verify_launch(
                session,
                tool.keysets,
                id_token=fields.get("id_token"),
                state=state,
                browser_secret=request.cookies.get(_cookie_name(state or "")),
                tool_origin=tool.settings.public_url,
                now=moment,
            )
            opened = launches.open_launch(
                session,
                verified,
                browser_cookie=request.cookies.get(BROWSER_COOKIE),
                lifetime=lifetime,
                now=moment,
            )
            page = _page(opened)
    except LaunchRejected as error:
        if error.code != "launch.cookie-missing":
            raise
        return _offer_window(error, state or "")
    response = _redirect(url_for(page, handle=opened.handle), 303)
    if state:
        set_cookie(response, _cookie_name(state), "", max_age=0)
    return response


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


def _page(opened: launches.OpenedLaunch) -> str:
    if opened.kind == launches.PICKER:
        return "pick.pick"
    return "teach.teach" if opened.is_instructor else "play.play"


def _cookie_name(state: str) -> str:
    """A cookie for each login: two frames that begin at once do not take each other's."""
    return f"sse_login_{hashlib.sha256(state.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _redirect(url: str, status: int) -> Response:
    """Without a body: it would only repeat the address with its secrets."""
    return Response(status=status, headers={"Location": url})


def _fields(sent: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Every field as often as it was sent, in the query and in the body."""
    return [(name, value) for name, values in sent.lists() for value in values]


def _offer_window(error: LaunchRejected, state: str) -> Response:
    """The frame lost our cookie after the login: begin the same login again in a window of its own,
    where the tool's cookies are nobody's third party."""
    session = db.session()
    login = session.get(LoginState, digest(state))
    registration = session.get(Registration, login.registration_id) if login else None
    if login is None or registration is None or not login.request:
        return _window_page(error, None)
    return _window_page(error, _login_url(registration.public_id, login.request))


def _window_page(error: LaunchRejected, url: str | None) -> Response:
    g.refused = error.code
    allow_frames(ANYWHERE)
    return refusal(
        error.code, error.message, AGAIN, error.status, remedy=error.remedy, new_window=url
    )


def _login_url(public_id: str, fields: Mapping[str, str]) -> str:
    return f"{url_for('lti.login', public_id=public_id)}?{urlencode(fields)}"
