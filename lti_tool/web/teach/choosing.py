"""The choice of a unit where the link names none."""

from __future__ import annotations

from flask import Response, request

from lti_tool.db import writing
from lti_tool.models import LaunchSession
from lti_tool.services import teaching
from lti_tool.tool import current_tool
from lti_tool.web.catalogue import list_units
from lti_tool.web.pages import page
from lti_tool.web.sessions import check_form_token, session_form_token
from lti_tool.web.teach.access import FORMS, blueprint, open_teaching, to_overview
from lti_tool.web.unit import find_unit


@blueprint.post("/teach/<handle>/unit")
def choose_unit(handle: str) -> Response:
    """Put a unit on a link that names none."""
    found = open_teaching(handle)
    check_form_token(FORMS, handle)
    course_id, _, unit_id = request.form.get("unit", "").partition("/")
    if find_unit(found) is None and found.link is not None:
        if current_tool().shelf.unit(course_id, unit_id) is None:
            return choices(found, handle, missing=True)
        with writing():
            teaching.choose_unit(found.link, course_id, unit_id)
    return to_overview(handle)


def choices(found: LaunchSession, handle: str, missing: bool = False) -> Response:
    """The units to choose from; says so where the link names one that is not on offer."""
    link = found.link
    wanted = f"{link.course_id}/{link.unit_id}" if link and link.unit_id else None
    return page(
        "teach/choose.html",
        400 if missing else 200,
        handle=handle,
        groups=list_units(found.language, ""),
        missing=missing,
        wanted=wanted,
        faulty=current_tool().shelf.faulty(),
        form_token=session_form_token(FORMS, handle),
    )
