"""``/teach/<handle>``: who has done what in this link, the trainer guide, and the choice of a unit
where the link names none."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from markupsafe import Markup

from content.markup import PageContext, render_page
from content.render.strings import words_in
from lti_tool.db import writing
from lti_tool.errors import RequestRefused
from lti_tool.models import LaunchSession, db, now
from lti_tool.services import deliveries, teaching
from lti_tool.services.launches import PICKER
from lti_tool.tool import current_tool
from lti_tool.web.catalogue import list_units
from lti_tool.web.i18n import choose
from lti_tool.web.media import media_base
from lti_tool.web.pages import page, page_words
from lti_tool.web.sessions import (
    check_form_token,
    instructors_only,
    open_session,
    session_form_token,
    switch_language,
)
from lti_tool.web.unit import find_unit

blueprint = Blueprint("teach", __name__)

#: What to do about a score that did not arrive: by the code's beginning, the first that fits.
REMEDIES = {
    "ags.": "The platform takes no grades for this activity. In the platform’s settings of the "
    "tool, allow grades, or add the activity anew with a grade; then send the score again.",
    "outbound.": "The tool does not reach the platform. Where that lasts, show this cause to the "
    "people who run the tool.",
    "token.": "The platform does not let the tool in. Where that lasts, show this cause to the "
    "administrators of the platform and of the tool.",
    "service.throttled": "The platform is busy. Wait a little.",
    "service.refused-5": "The platform has a fault at the moment. Where that lasts, show this "
    "cause to its administrators.",
    "service.": "The platform refused the score. See whether the learner is still in the course "
    "and the activity still in the gradebook; then send the score again.",
    "": "Something went wrong in the tool. Where that lasts, show this cause to the people who "
    "run it.",
}


@blueprint.get("/teach/<handle>")
def teach(handle: str) -> Response:
    found = _open(handle)
    if switch_language(found, request.args.get("language")):
        return _again(handle)
    place = find_unit(found)
    if place is None or found.link is None:
        return _choices(found, handle)
    course, unit = place
    language = choose(found.language, course.languages, course.default_language)
    overview = teaching.read_overview(db.session(), found.link, unit)
    return page(
        "teach.html",
        handle=handle,
        overview=overview,
        unit=unit,
        title=unit.title[language],
        context_title=found.context.title if found.context else None,
        guide=bool(unit.guide),
        form_token=session_form_token("teach", handle),
        faulty=[item for item in current_tool().shelf.faulty() if item.served],
        remedy=_remedy,
    )


@blueprint.post("/teach/<handle>/unit")
def choose_unit(handle: str) -> Response:
    """Put a unit on a link that names none."""
    found = _open(handle)
    check_form_token("teach", handle)
    course_id, _, unit_id = request.form.get("unit", "").partition("/")
    if find_unit(found) is None and found.link is not None:
        if current_tool().shelf.unit(course_id, unit_id) is None:
            return _choices(found, handle, missing=True)
        with writing():
            teaching.choose_unit(found.link, course_id, unit_id)
    return _again(handle)


@blueprint.post("/teach/<handle>/send/<int:delivery_id>")
def send_again(handle: str, delivery_id: int) -> Response:
    found = _open(handle)
    check_form_token("teach", handle)
    with writing() as session:
        link = found.link
        row = teaching.find_delivery(session, link, delivery_id) if link else None
        if row is None:
            raise RequestRefused("delivery.unknown", "There is no such score here.", 404)
        deliveries.send_again(session, row, now())
    return _again(handle)


@blueprint.get("/teach/<handle>/guide")
def guide(handle: str) -> Response:
    """The trainer guide, which learners never see."""
    found = _open(handle)
    place = find_unit(found)
    if place is None or not place[1].guide:
        abort(404)
    course, unit = place
    language = choose(found.language, tuple(unit.guide), next(iter(unit.guide)))
    base = media_base(course)
    context = PageContext(
        course=course,
        unit=unit,
        language=language,
        page_id=f"{unit.id}-guide",
        words=words_in(language),
        media_url=lambda path: base + path,
    )
    html = Markup(render_page(unit.guide[language], context=context))  # noqa: S704 - cleaned
    return page(
        "guide.html", handle=handle, title=unit.title[language], language=language, html=html
    )


def _remedy(cause: str) -> str:
    """What to do about ``cause``, in the reader's language."""
    text = next(text for start, text in REMEDIES.items() if cause.startswith(start))
    return page_words().gettext(text)


def _open(handle: str) -> LaunchSession:
    found = open_session(handle)
    if found.kind == PICKER:
        abort(404)
    instructors_only(found)
    return found


def _choices(found: LaunchSession, handle: str, missing: bool = False) -> Response:
    """The units to choose from; says so where the link names one that is not on offer."""
    link = found.link
    wanted = f"{link.course_id}/{link.unit_id}" if link and link.unit_id else None
    return page(
        "choose.html",
        400 if missing else 200,
        handle=handle,
        groups=list_units(found.language, ""),
        missing=missing,
        wanted=wanted,
        faulty=current_tool().shelf.faulty(),
        form_token=session_form_token("teach", handle),
    )


def _again(handle: str) -> Response:
    return make_response(redirect(url_for("teach.teach", handle=handle), 303))
