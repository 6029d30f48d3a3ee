"""How the launch is tied to the browser that began it, where browsers refuse cookies in frames: a
Partitioned cookie, else a window of its own, else a page that says why and what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, g, request, url_for

from lti_tool.lti.login_state import LoginRedirect, login_fields
from lti_tool.lti.refusals import refuse
from lti_tool.lti.states import LoginState
from lti_tool.models import Registration, db
from lti_tool.security import ANYWHERE, BROWSER_COOKIE, allow_frames, new_secret, set_cookie
from lti_tool.services.launches import LONGEST
from lti_tool.web.errors import AGAIN, refusal

LOGIN_SECONDS = 600
BROWSER_SECONDS = int(LONGEST.total_seconds())
#: In the query of a login that has come back from trying a cookie.
PROBED = "probed"
#: In the query of a login that we began anew in a window of its own.
WINDOW = "window"
#: A login that came by POST may be longer than servers take in an address: it is not tried.
LONGEST_PROBE = 6000


def keeps_cookies() -> bool:
    """Whether this browser has shown, in this place, that it keeps our cookies."""
    return BROWSER_COOKIE in request.cookies


def before_login(public_id: str, fields: Mapping[str, str]) -> Response | None:
    """What comes before the platform is asked, where it is not known yet whether a cookie holds:
    a login hint often works once (Moodle's does), so it must not be spent in vain."""
    if keeps_cookies() or not _is_framed():
        return None
    again = _login_url(public_id, login_fields(fields))
    if PROBED in fields:
        return _window_page(again)
    return _probe(again) if len(again) <= LONGEST_PROBE else None


def begun(login: LoginRedirect) -> Response:
    """On to the platform; the browser keeps the secret that the launch must bring back."""
    response = _redirect(login.url, 302)
    set_cookie(response, _cookie_name(login.state), login.browser_secret, max_age=LOGIN_SECONDS)
    if not keeps_cookies():
        set_cookie(response, BROWSER_COOKIE, new_secret(), max_age=BROWSER_SECONDS)
    return response


def browser_secret(state: str) -> str | None:
    """What this browser kept of the login of ``state``."""
    return request.cookies.get(_cookie_name(state))


def cookie_lost(login: LoginState) -> Response:
    """The browser lost our cookie after the login: begin the same login again in a window of its
    own, where the tool's cookies are nobody's third party."""
    registration = db.session.get(Registration, login.registration_id)
    if registration is None or login.request is None:
        return _window_page(None)
    return _window_page(_login_url(registration.public_id, login.request))


def arrived(path: str, state: str) -> Response:
    """To the page of the session, which can be reloaded; the login's cookie has served."""
    response = _redirect(path, 303)
    set_cookie(response, _cookie_name(state), "", max_age=0)
    return response


def _is_framed() -> bool:
    """Whether the browser says that it asks for the content of a frame (Fetch Metadata)."""
    return request.headers.get("Sec-Fetch-Dest") in {"iframe", "frame"}


def _probe(again: str) -> Response:
    """Set a cookie and come back at once, to see whether this browser keeps it in a frame."""
    response = _redirect(f"{again}&{PROBED}=1", 303)
    set_cookie(response, BROWSER_COOKIE, new_secret(), max_age=BROWSER_SECONDS)
    return response


def _window_page(url: str | None) -> Response:
    error = refuse("launch.cookie-missing")
    g.refused = error.code
    allow_frames(ANYWHERE)
    return refusal(
        error.code, error.message, AGAIN, error.status, remedy=error.remedy, new_window=url
    )


def _cookie_name(state: str) -> str:
    """A cookie for each login: two frames that begin at once do not take each other's."""
    return f"sse_login_{hashlib.sha256(state.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _redirect(url: str, status: int) -> Response:
    """Without a body: it would only repeat the address with its secrets."""
    return Response(status=status, headers={"Location": url})


def _login_url(public_id: str, fields: Mapping[str, str]) -> str:
    return f"{url_for('lti.login', public_id=public_id)}?{urlencode(fields)}"
