"""Who is in the course: the platform's list, read when the instructor asks."""

from __future__ import annotations

from flask import Response

from lti_tool.db import writing
from lti_tool.errors import RequestRefused
from lti_tool.models import now
from lti_tool.services import rosters
from lti_tool.web.teach.access import blueprint, open_form, to_overview


@blueprint.post("/teach/<handle>/roster")
def refresh_roster(handle: str) -> Response:
    place = open_form(handle)
    with writing() as session:
        context = place.session.context
        if context is None or not rosters.refresh_now(session, context, now()):
            raise RequestRefused(
                "roster.none", "The platform gives the tool no list of people.", 409
            )
    return to_overview(handle)
