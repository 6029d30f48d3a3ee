"""Who has done what in this link."""

from __future__ import annotations

from flask import Response, request

from lti_tool.models import db
from lti_tool.services import teaching
from lti_tool.tool import current_tool
from lti_tool.web.pages import page
from lti_tool.web.sessions import switch_language
from lti_tool.web.teach.access import blueprint, open_teaching, place_of, to_overview
from lti_tool.web.teach.choosing import choices
from lti_tool.web.teach.deliveries import remedy


@blueprint.get("/teach/<handle>")
def teach(handle: str) -> Response:
    found = open_teaching(handle)
    if switch_language(found, request.args.get("language")):
        return to_overview(handle)
    place = place_of(found, handle)
    if place is None:
        return choices(found, handle)
    return page(
        "teach/overview.html",
        200,
        **place.shown(),
        overview=teaching.read_overview(db.session(), place.link, place.unit),
        faulty=[item for item in current_tool().shelf.faulty() if item.served],
        remedy=remedy,
    )
