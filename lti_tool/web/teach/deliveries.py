"""Scores that did not reach the gradebook: what to do about them, and sending them again."""

from __future__ import annotations

from flask import Response

from lti_tool.db import writing
from lti_tool.errors import RequestRefused
from lti_tool.languages import N_
from lti_tool.models import now
from lti_tool.services import deliveries, teaching
from lti_tool.web.pages import page_words
from lti_tool.web.teach.access import blueprint, open_form, to_overview

#: What to do about a score that did not arrive: by the code's beginning, the first that fits.
REMEDIES = {
    "ags.": N_(
        "The platform takes no grades for this activity. In the platform’s settings of the "
        "tool, allow grades, or add the activity anew with a grade; then send the score again."
    ),
    "outbound.": N_(
        "The tool does not reach the platform. Where that lasts, show this cause to the "
        "people who run the tool."
    ),
    "token.": N_(
        "The platform does not let the tool in. Where that lasts, show this cause to the "
        "administrators of the platform and of the tool."
    ),
    "service.throttled": N_("The platform is busy. Wait a little."),
    "service.refused-5": N_(
        "The platform has a fault at the moment. Where that lasts, show this "
        "cause to its administrators."
    ),
    "service.": N_(
        "The platform refused the score. See whether the learner is still in the course "
        "and the activity still in the gradebook; then send the score again."
    ),
    "": N_(
        "Something went wrong in the tool. Where that lasts, show this cause to the people who "
        "run it."
    ),
}


@blueprint.post("/teach/<handle>/send/<int(max=2147483647):delivery_id>")
def send_again(handle: str, delivery_id: int) -> Response:
    place = open_form(handle)
    with writing() as session:
        row = teaching.find_delivery(session, place.link, delivery_id)
        if row is None:
            raise RequestRefused("delivery.unknown", "There is no such score here.", 404)
        deliveries.send_again(session, row, now())
    return to_overview(handle)


@blueprint.post("/teach/<handle>/send")
def send_all_again(handle: str) -> Response:
    """Every score of this link that failed."""
    place = open_form(handle)
    with writing() as session:
        teaching.send_all_again(session, place.link, now())
    return to_overview(handle)


def remedy(cause: str) -> str:
    """What to do about ``cause``, in the reader's language."""
    text = next(text for start, text in REMEDIES.items() if cause.startswith(start))
    return page_words().gettext(text)
