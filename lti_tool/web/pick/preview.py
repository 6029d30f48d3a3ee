"""The picker's look at one unit: what it teaches, and its pages as a learner sees them."""

from __future__ import annotations

from flask import Response, abort, make_response, request

from content.model import Course, Unit, direction
from content.render import render_document
from lti_tool.languages import LANGUAGES
from lti_tool.security import allow_frames, allow_inner_frames, nonce
from lti_tool.tool import current_tool
from lti_tool.web.i18n import choose
from lti_tool.web.media import media_base, player_base
from lti_tool.web.pages import page, theme_url
from lti_tool.web.pick.access import blueprint, open_picker
from lti_tool.web.sessions import frame_origins


@blueprint.get("/pick/<handle>/unit/<course_id>/<unit_id>")
def preview(handle: str, course_id: str, unit_id: str) -> Response:
    """What the unit teaches. The picker's form comes along in the query, and goes back."""
    found, settings = open_picker(handle)
    course, unit = _unit(course_id, unit_id)
    wish = request.args.get("shown") or found.language
    language = choose(wish, course.languages, course.default_language)
    allow_inner_frames()
    return page(
        "pick/unit.html",
        200,
        handle=handle,
        course=course,
        unit=unit,
        key=f"{course.id}/{unit.id}",
        language=language,
        direction=direction(language),
        languages=[(item, LANGUAGES.get(item, item)) for item in course.languages],
        multiple=settings.accept_multiple,
        competences=[one for one in course.competences if one.id in unit.competences],
        audiences=[one for one in course.target_groups if one.id in unit.target_groups],
        fields=[
            (name, value)
            for name, values in request.args.lists()
            for value in values
            if name not in ("shown", "clear", "form_token", "language")
        ],
    )


@blueprint.get("/pick/<handle>/pages/<course_id>/<unit_id>")
def pages(handle: str, course_id: str, unit_id: str) -> Response:
    """The unit in the player, for the frame in ``preview``. It grades by itself and keeps nothing;
    the keys are inside, as only people who may choose units get here."""
    found, _ = open_picker(handle)
    course, unit = _unit(course_id, unit_id)
    base = media_base(course)
    language = choose(request.args.get("shown"), course.languages, course.default_language)
    html = render_document(
        course,
        language=language,
        units=[unit],
        medium="local",
        player_base=player_base(),
        media_url=lambda path: base + path,
        keys=True,
        config={"preview": True},
        nonce=nonce(),
    ).html
    theme = theme_url()
    if theme:
        html = html.replace("</head>", f'<link rel="stylesheet" href="{theme}">\n</head>', 1)
    allow_frames(("'self'", *frame_origins(found)))
    return make_response(html)


def _unit(course_id: str, unit_id: str) -> tuple[Course, Unit]:
    place = current_tool().shelf.unit(course_id, unit_id)
    if place is None:
        abort(404)
    return place
