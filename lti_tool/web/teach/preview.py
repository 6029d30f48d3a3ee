"""The unit as a learner sees it: everything answers, nothing is kept."""

from __future__ import annotations

from flask import Response, make_response, redirect, request, url_for

from lti_tool.db import writing
from lti_tool.web.teach.access import blueprint, open_form


@blueprint.post("/teach/<handle>/preview")
def preview(handle: str) -> Response:
    """Go to the unit. The link's dates hold as for a learner, unless the form switches them off:
    an instructor may look before it opens."""
    place = open_form(handle)
    with writing():
        place.session.as_learner = request.form.get("dates") != "off"
    return make_response(redirect(url_for("play.play", handle=handle), 303))
