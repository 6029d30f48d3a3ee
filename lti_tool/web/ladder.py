"""How a launch is tied to the browser that began it, where browsers refuse cookies in frames. A
ladder: a Partitioned cookie; else the platform's own storage (LTI Platform Storage 0.1); else a
window of its own, which choosing content cannot use; else a page that says why and what to do.

A login hint often works once (Moodle's does): which rung holds is found out before the platform is
asked, wherever the browser lets us."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import partial
from urllib.parse import urlencode

import structlog
from flask import Response
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.db import writing
from lti_tool.errors import LaunchRejected
from lti_tool.lti.claims import DEEP_LINKING
from lti_tool.lti.login_state import LoginRedirect, login_fields, storage_target
from lti_tool.lti.message import LTI
from lti_tool.lti.platform import Platform
from lti_tool.lti.refusals import refuse
from lti_tool.lti.states import LoginState
from lti_tool.lti.token import read_token
from lti_tool.models import Registration, db, now
from lti_tool.security import (
    ANYWHERE,
    BROWSER_COOKIE,
    allow_frames,
    cookie,
    new_secret,
    origin,
)
from lti_tool.services import refused
from lti_tool.services.launches import LONGEST
from lti_tool.web.errors import ADVICE, AGAIN, refusal
from lti_tool.web.pages import page
from lti_tool.web.visit import LAUNCH, LOGIN, Page, Redirect, Visit

_log = structlog.get_logger(__name__)

LOGIN_SECONDS = 600
BROWSER_SECONDS = int(LONGEST.total_seconds())
#: In a login that has come back from trying a cookie.
PROBED = "probed"
#: In a login or launch that has come back from the platform's storage with nothing.
UNSTORED = "unstored"
#: In a login that we began anew in a window of its own.
WINDOW = "window"
#: A login that came by POST may be longer than servers take in an address: it is not tried.
LONGEST_PROBE = 6000


def keeps_cookies(visit: Visit) -> bool:
    """Whether this browser has shown, in this place, that it keeps our cookies."""
    return BROWSER_COOKIE in visit.cookies


def before_login(public_id: str, visit: Visit) -> Redirect | Page | None:
    """What comes before the platform is asked: a try whether a cookie holds, or the end of the
    ladder. None: go on."""
    fields = visit.fields
    if keeps_cookies(visit) or not (_is_framed(visit) or UNSTORED in fields):
        return None
    again = _login_url(public_id, login_fields(fields))
    if UNSTORED in fields:
        return partial(_window_page, refuse("launch.cookie-missing"), visit, again)
    if PROBED not in fields:
        return _probe(again) if len(again) <= LONGEST_PROBE else None
    if storage_target(fields) is None:
        return partial(_window_page, refuse("launch.cookie-missing"), visit, again)
    return None


def begun(
    login: LoginRedirect, platform: Platform, public_id: str, visit: Visit
) -> Redirect | Page:
    """On to the platform; the browser keeps the secret that the launch must bring back, in a
    cookie, or with the platform where it may be that no cookie holds."""
    cookies = [cookie(_name(login.state), login.browser_secret, max_age=LOGIN_SECONDS)]
    if keeps_cookies(visit):
        return Redirect(login.url, 302, tuple(cookies))
    cookies.append(cookie(BROWSER_COOKIE, new_secret(), max_age=BROWSER_SECONDS))
    target = None if _is_alone(visit) else storage_target(visit.fields)
    if target is None:
        return Redirect(login.url, 302, tuple(cookies))
    return partial(
        _storage_page,
        platform,
        target,
        login.state,
        action=_login_path(public_id),
        fields={**login_fields(visit.fields), UNSTORED: "1"},
        value=login.browser_secret,
        onwards=login.url,
        cookies=cookies,
    )


def browser_secret(state: str, visit: Visit, public_url: str) -> str | None:
    """What this browser kept of the login of ``state``: in a cookie, or with the platform. The
    latter comes in a form, and counts only from our own page: else another site could bring the
    secret of a login of its own (login CSRF)."""
    kept = visit.cookies.get(_name(state))
    if kept is None and _comes_from_us(visit, public_url):
        return visit.fields.get("browser_secret") or None
    return kept


def secret_lost(login: LoginState, visit: Visit) -> Page:
    """The launch came without the secret. Ask the platform's storage, once; then begin the same
    login again in a window of its own, where the tool's cookies are nobody's third party."""
    return partial(_secret_lost, login, visit)


def _secret_lost(login: LoginState, visit: Visit) -> Response:
    fields = visit.fields
    registration = db.session.get(Registration, login.registration_id)
    if registration is None:
        raise refuse("launch.state-unknown")
    if login.storage_target is not None and UNSTORED not in fields:
        sent = {name: fields[name] for name in ("state", "id_token") if name in fields}
        return _storage_page(
            Platform.of(registration),
            login.storage_target,
            fields["state"],
            action=LAUNCH,
            fields={**sent, UNSTORED: "1", "browser_secret": ""},
        )
    if _is_for_picker(fields):
        return _window_page(refuse("launch.picker-needs-cookie"), visit, None)
    lost = refuse("launch.cookie-missing")
    if login.request is None or login.in_window:
        return _window_page(lost, visit, None)
    return _window_page(lost, visit, _login_url(registration.public_id, login.request))


def arrived(path: str, state: str, visit: Visit) -> Redirect:
    """To the page of the session, which can be reloaded; the login's cookie has served."""
    name = _name(state)
    gone = (cookie(name, "", max_age=0),) if name in visit.cookies else ()
    return Redirect(path, 303, gone)


def _is_framed(visit: Visit) -> bool:
    """Whether the browser says that it asks for the content of a frame (Fetch Metadata)."""
    return visit.header("Sec-Fetch-Dest") in {"iframe", "frame"}


def _is_alone(visit: Visit) -> bool:
    """Whether it says that it asks for a window's content. Older browsers say neither."""
    return visit.header("Sec-Fetch-Dest") == "document"


def _comes_from_us(visit: Visit, public_url: str) -> bool:
    """Whether a page of our own sent this form, by what the browser says and no script can."""
    site = visit.header("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return origin(visit.header("Origin")) == origin(public_url)


def _is_for_picker(fields: Mapping[str, str]) -> bool:
    """Whether the launch says that it is for choosing content. Nobody has checked that, and it
    changes nothing but the words of a refusal."""
    try:
        claims = read_token(fields.get("id_token")).claims
    except LaunchRejected:
        return False
    return bool(claims.get(LTI + "message_type") == DEEP_LINKING)


def _probe(again: str) -> Redirect:
    """Set a cookie and come back at once, to see whether this browser keeps it in a frame."""
    tried = cookie(BROWSER_COOKIE, new_secret(), max_age=BROWSER_SECONDS)
    return Redirect(f"{again}&{PROBED}=1", 303, (tried,))


def _storage_page(
    platform: Platform,
    target: str,
    state: str,
    *,
    action: str,
    fields: Mapping[str, str],
    value: str | None = None,
    onwards: str | None = None,
    cookies: Iterable[str] = (),
) -> Response:
    """A page whose script speaks with the platform's frame ``target``: it stores ``value`` and
    goes ``onwards``, or fetches what was stored into the form. Where that fails the form goes as
    it is. The platform's answers are believed from its own origin alone (§3)."""
    allow_frames(ANYWHERE)  # it names nobody, and whoever frames it gets to know nothing
    response = page(
        "storage.html",
        action=action,
        fields=fields,
        target=target,
        platform_origin=origin(platform.auth_url),
        key=_name(state),
        value=value,
        onwards=onwards,
    )
    # The form must say where it comes from (``_comes_from_us``); others are still told nothing.
    response.headers["Referrer-Policy"] = "same-origin"
    for kept in cookies:
        response.headers.add("Set-Cookie", kept)
    return response


def note_refusal(error: LaunchRejected, registration_id: int | None) -> None:
    """Write a refusal down. One that cannot be written is in the log all the same."""
    try:
        with writing() as session:
            refused.note(session, registration_id, error, now())
    except SQLAlchemyError as failure:
        _log.warning("refusal.not-noted", code=error.code, error=type(failure).__name__)


def _window_page(error: LaunchRejected, visit: Visit, url: str | None) -> Response:
    """The refusal with a button that opens ``url`` in a window of its own, where there is one."""
    note_refusal(error, visit.registration_id)
    allow_frames(ANYWHERE)
    return refusal(
        error.code,
        error.message,
        ADVICE.get(error.code, AGAIN),
        error.status,
        remedy=error.remedy,
        new_window=f"{url}&{WINDOW}=1" if url else None,
    )


def _name(state: str) -> str:
    """A name for each login, of its cookie and in the platform's storage: two frames that begin at
    once do not take each other's."""
    return f"sse_login_{hashlib.sha256(state.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _login_path(public_id: str) -> str:
    return LOGIN.replace("<public_id>", public_id)


def _login_url(public_id: str, fields: Mapping[str, str]) -> str:
    return f"{_login_path(public_id)}?{urlencode(fields)}"
