"""The words for stages, reasons and scores on their way: one wording for table, file and path."""

from __future__ import annotations

from lti_tool.languages import N_
from lti_tool.services.overview_rows import STILL
from lti_tool.web.pages import page_words

STAGES = {
    "not-started": N_("Not started"),
    "working": N_("At work"),
    "stuck": N_("Stuck"),
    "done": N_("Done"),
}
DELIVERIES = {
    "due": N_("On its way"),
    "delivered": N_("Sent"),
    "superseded": N_("Replaced by a later one"),
    "failed": N_("Not sent"),
}


def stage_text(stage: str) -> str:
    return page_words().gettext(STAGES[stage])


def delivery_text(state: str) -> str:
    return page_words().gettext(DELIVERIES[state])


def why_text(why: str | None) -> str:
    """What makes a learner stuck; empty where nothing does."""
    words = page_words()
    if why == "none-left":
        return words.gettext("No attempt left")
    if why == "twice":
        return words.gettext("Two or more attempts not passed")
    if why == "still":
        days = STILL.days
        return words.ngettext(
            "Nothing done for %(num)s day or more",
            "Nothing done for %(num)s days or more",
            days,
        ) % {"num": days}
    return ""
