"""From a handle to the session behind it, for every page after the launch."""

from __future__ import annotations

from datetime import timedelta

from flask import request

from lti_tool.db import writing
from lti_tool.errors import RequestRefused
from lti_tool.languages import LANGUAGES
from lti_tool.models import LaunchSession, db, now
from lti_tool.security import BROWSER_COOKIE, allow_frames, form_token, origins, same
from lti_tool.services import launches
from lti_tool.tool import current_tool
from lti_tool.web.pages import speak
from lti_tool.web.way_back import note_session


def open_session(handle: str) -> LaunchSession:
    """The session of ``handle``, its end moved, its LMS allowed to frame the answer, the way back
    to it noted. Raises ``SessionRejected``."""
    moment = now()
    cookie = request.cookies.get(BROWSER_COOKIE)
    found = launches.find_session(db.session(), handle, cookie, moment)
    lifetime = timedelta(hours=current_tool().settings.session_hours)
    if launches.wants_prolonging(found, lifetime, moment):
        with writing() as session:
            launches.prolong(session, found, lifetime, moment)
        found = launches.find_session(db.session(), handle, cookie, moment)
    allow_frames(frame_origins(found))
    speak(found.language)
    note_session(handle, found)
    return found


def frame_origins(found: LaunchSession) -> tuple[str, ...]:
    """Who may frame a session's pages: the LMS by every address that its signed launch named
    (clouds answer from other hosts than their issuer's), and those of the settings."""
    registration = found.deployment.registration
    deep_linking = found.deep_linking or {}
    named = origins(
        (
            registration.issuer,
            registration.auth_url,
            found.return_url,
            deep_linking.get("return_url"),
            found.link.line_items_url if found.link else None,
            found.link.line_item_url if found.link else None,
        )
    )
    return (*named, *current_tool().settings.frame_ancestors)


def session_form_token(purpose: str, handle: str) -> str:
    return form_token(current_tool().settings.secret_key, purpose, handle)


def check_form_token(purpose: str, handle: str) -> None:
    """Refuse a form that our own page did not make."""
    given = request.form.get("form_token", "")
    if not same(given, session_form_token(purpose, handle)):
        raise RequestRefused("form.forged", "This form is out of date.", 403)


def instructors_only(found: LaunchSession) -> None:
    if not found.is_instructor:
        raise RequestRefused(
            "session.not-instructor", "This page is for teachers.", 403, found.return_url
        )


def switch_language(found: LaunchSession, wish: str | None) -> bool:
    """Show the pages of this session in another language from now on; False for none of ours."""
    if wish not in LANGUAGES or wish == found.language:
        return False
    with writing():
        found.language = wish
    return True
