"""``/pick/<handle>``: a teacher chooses units for the LMS's course (Deep Linking 2.0)."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for

from lti_tool.languages import LANGUAGES
from lti_tool.lti.claims import DeepLinkingSettings
from lti_tool.lti.deep_linking import ContentItem, content_item, response_jwt
from lti_tool.models import LaunchSession, db, now
from lti_tool.security import allow_form_to
from lti_tool.services.launches import PICKER
from lti_tool.tool import current_tool
from lti_tool.web.catalogue import list_units
from lti_tool.web.i18n import choose
from lti_tool.web.pages import page
from lti_tool.web.sessions import (
    check_form_token,
    instructors_only,
    open_session,
    session_form_token,
    switch_language,
)

blueprint = Blueprint("pick", __name__)

LINK = "ltiResourceLink"
MAX_UNITS = 100


@blueprint.get("/pick/<handle>")
def pick(handle: str) -> Response:
    found, settings = _open(handle)
    if switch_language(found, request.args.get("language")):
        return make_response(redirect(url_for("pick.pick", handle=handle), 303))
    return _form(found, settings, handle)


@blueprint.post("/pick/<handle>")
def answer(handle: str) -> Response:
    """The signed answer, in a form that goes to the LMS by itself, or by its button."""
    found, settings = _open(handle)
    check_form_token("pick", handle)
    units = list(dict.fromkeys(request.form.getlist("unit")))[:MAX_UNITS]
    cancelled = "cancel" in request.form
    items: list[ContentItem] = []
    if not cancelled:
        items = [item for key in units if (item := _item(found, key)) is not None]
        if not items:
            return _form(found, settings, handle, missing=True)
    tool = current_tool()
    jwt = response_jwt(
        db.session(),
        tool.settings.secret_key,
        found.deployment.registration,
        found.deployment.deployment_id,
        settings,
        items,
        now(),
    )
    allow_form_to(settings.return_url)
    return page(
        "return.html", url=settings.return_url, jwt=jwt, count=len(items), cancelled=cancelled
    )


def _open(handle: str) -> tuple[LaunchSession, DeepLinkingSettings]:
    found = open_session(handle)
    if found.kind != PICKER or found.deep_linking is None:
        abort(404)
    instructors_only(found)
    return found, DeepLinkingSettings.from_json(found.deep_linking)


def _form(
    found: LaunchSession, settings: DeepLinkingSettings, handle: str, missing: bool = False
) -> Response:
    search = request.args.get("q", "")[:100]
    offered = {item for course in current_tool().shelf.courses() for item in course.languages}
    return page(
        "pick.html",
        400 if missing else 200,
        handle=handle,
        groups=list_units(found.language, search),
        any_course=bool(current_tool().shelf.courses()),
        search=search,
        missing=missing,
        multiple=settings.accept_multiple,
        gradable=settings.accept_line_item,
        takes_links=LINK in settings.accept_types,
        languages=[(item, LANGUAGES.get(item, item)) for item in sorted(offered)],
        faulty=current_tool().shelf.faulty(),
        form_token=session_form_token("pick", handle),
    )


def _item(found: LaunchSession, key: str) -> ContentItem | None:
    course_id, _, unit_id = key.partition("/")
    place = current_tool().shelf.unit(course_id, unit_id)
    if place is None:
        return None
    course, unit = place
    wish = request.form.get("language", "")
    fixed = wish if wish in course.languages else None
    language = fixed or choose(found.language, course.languages, course.default_language)
    return content_item(
        launch_url=current_tool().launch_url,
        course_id=course.id,
        unit_id=unit.id,
        title=unit.title[language],
        text=unit.summary[language],
        language=fixed,
        graded="graded" in request.form,
    )
