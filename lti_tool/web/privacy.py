"""``/privacy/<handle>``: an administrator of the platform has a person's data given out or erased
(a data-privacy launch)."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, make_response, request

from lti_tool.db import writing
from lti_tool.lti.text import web_url
from lti_tool.models import LaunchSession, User, now
from lti_tool.services import personal_data
from lti_tool.services.launches import PRIVACY
from lti_tool.web.pages import page
from lti_tool.web.sessions import check_form_token, open_session, session_form_token

blueprint = Blueprint("privacy", __name__)

FORMS = "privacy"


@blueprint.get("/privacy/<handle>")
def privacy(handle: str) -> Response:
    return _page(_open(handle), handle)


@blueprint.post("/privacy/<handle>/export")
def export(handle: str) -> Response:
    """All that is held of the person, as a file."""
    subject = _subject(_open(handle))
    check_form_token(FORMS, handle)
    with writing() as session:
        values = personal_data.export_person(session, subject)
        personal_data.note_export(session, subject, asked_by="platform", now=now())
    response = make_response(json.dumps(values, ensure_ascii=False, indent=2) + "\n")
    response.content_type = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="personal-data.json"'
    return response


@blueprint.post("/privacy/<handle>/erasure")
def erase(handle: str) -> Response:
    """The session is the person's too, and goes with them."""
    found = _open(handle)
    subject = _subject(found)
    check_form_token(FORMS, handle)
    if "sure" not in request.form:
        return _page(found, handle, missing=True)
    return_url = web_url(found.return_url)
    with writing() as session:
        personal_data.erase_person(session, subject, asked_by="platform", now=now())
    return page("privacy/erased.html", return_url=return_url)


def _open(handle: str) -> LaunchSession:
    found = open_session(handle)
    if found.kind != PRIVACY:
        abort(404)
    return found


def _subject(found: LaunchSession) -> User:
    if found.for_user is None:
        abort(404)
    return found.for_user


def _page(found: LaunchSession, handle: str, missing: bool = False) -> Response:
    return page(
        "privacy/person.html",
        400 if missing else 200,
        handle=handle,
        subject=found.for_user,
        missing=missing,
        form_token=session_form_token(FORMS, handle),
        return_url=web_url(found.return_url),
    )
