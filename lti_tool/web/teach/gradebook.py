"""What the gradebook holds, where that is not what it was told."""

from __future__ import annotations

from flask import Response, make_response, redirect, url_for

from lti_tool.db import writing
from lti_tool.errors import RequestRefused
from lti_tool.models import db, now
from lti_tool.services import results
from lti_tool.web.pages import page
from lti_tool.web.teach.access import blueprint, open_form, open_place


@blueprint.get("/teach/<handle>/gradebook")
def gradebook(handle: str) -> Response:
    place = open_place(handle)
    return page(
        "teach/gradebook.html",
        200,
        **place.shown(),
        link=place.link,
        readable=results.can_be_read(place.link),
        reading=results.is_being_read(db.session(), place.link, now()),
        differences=results.differences(db.session(), place.link),
    )


@blueprint.post("/teach/<handle>/gradebook")
def read_gradebook(handle: str) -> Response:
    """Have the results read; the worker does."""
    place = open_form(handle)
    with writing() as session:
        if not results.ask_for_results(session, place.link, now()):
            raise RequestRefused(
                "gradebook.unreadable", "The platform does not show the tool its grades.", 409
            )
    return make_response(redirect(url_for("teach.gradebook", handle=handle), 303))
