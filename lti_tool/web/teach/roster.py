"""Who is in the course: the platform's list, read when the instructor asks."""

from __future__ import annotations

from flask import Response

from lti_tool.db import writing
from lti_tool.errors import RequestRefused
from lti_tool.languages import N_
from lti_tool.models import now
from lti_tool.services import rosters
from lti_tool.web.pages import page_words
from lti_tool.web.teach.access import blueprint, open_form, to_overview
from lti_tool.web.teach.deliveries import remedy

#: What helps where the platform refuses the list, and is there to answer.
REFUSED = N_(
    "The platform refused to give the list of people. In its settings of the tool, allow names and "
    "roles; then read the list again."
)
#: A list that was given, and is empty.
NOBODY = N_(
    "The platform’s list of people is empty. Where people are in the course, show this cause to "
    "the administrators of the platform."
)
_PASSING = ("service.throttled", "service.refused-5")


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


def roster_remedy(cause: str) -> str:
    """What to do about a list that could not be read, in the reader's language."""
    if cause.startswith("roster.empty"):
        return page_words().gettext(NOBODY)
    if cause.startswith("service.") and not cause.startswith(_PASSING):
        return page_words().gettext(REFUSED)
    return remedy(cause)
