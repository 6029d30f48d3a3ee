"""What an administrator does about a refusal that is not a launch's (those are in
``lti_tool.lti.refusals``): by its code, or by what the code begins with. Documented in
docs/launch-codes.md."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from lti_tool.languages import N_

_INVITE = N_("The people who run the tool make another: lti-tool registrations invite")
_OURS = N_(
    "Where it happens again without a mistake of the person’s, show this code to the people who "
    "run the tool."
)

#: The first that the code is, or begins with (where the key ends in a dot), holds.
STEPS = {
    "session.expired": N_(
        "Nothing is wrong: an open page ends some time after its last use. The people who run the "
        "tool set how long (session_hours)."
    ),
    "session.other-browser": N_(
        "Nothing is wrong, unless it happens at each launch: then see whether an app of the "
        "platform opens links in another browser than the course."
    ),
    "session.suspended": N_(
        "The people who run the tool see why and end it: lti-tool registrations show"
    ),
    "session.missing": _OURS,
    "session.not-instructor": N_(
        "Where this person teaches the course, give them a teaching role in the course itself: a "
        "role in the whole platform does not count."
    ),
    "session.not-learner": N_(
        "Nothing is wrong: people who teach the course have no work of their own in it."
    ),
    "form.": N_(
        "Nothing is wrong, unless each form is refused: then the tool’s secret key has been "
        "changed, or its servers do not share one."
    ),
    "invite.": _INVITE,
    "unit.unknown": N_(
        "See whether the course is still in the tool’s folder of courses and free of problems: "
        "lti-tool doctor"
    ),
    "unit.": N_("The dates of the activity are the teacher’s to set, in the tool’s own pages."),
    "page.": N_(
        "Where a link of the platform leads here, compare its address with those that the tool "
        "shows for it: lti-tool registrations show"
    ),
    "request.too-large": N_(
        "Where the platform sent it, tell its administrator: a launch is far smaller than this."
    ),
    "registration.": N_(
        "The people who run the tool see all platforms: lti-tool registrations list"
    ),
    "config.": N_("The people who run the tool find this code in its log: lti-tool doctor"),
    "database.": N_(
        "See whether the database server runs and can be reached from the tool: lti-tool doctor"
    ),
    "tool.": N_(
        "The people who run the tool find the cause in its log, at this time, under this code."
    ),
    "outbound.": N_(
        "The tool could not call the platform: see name, address, certificate and firewall of "
        "both: lti-tool doctor"
    ),
    "token.": N_(
        "The platform gave the tool no access. See whether the tool is active there, and whether "
        "it reads the tool’s keyset: lti-tool doctor"
    ),
    "service.": N_(
        "The platform refused a call of the tool. See what it allows the tool, and its own logs."
    ),
    "": _OURS,
}

#: A command in a text: it is written from left to right in every language.
_COMMAND = re.compile(
    r"\blti-tool (?:doctor|serve|upgrade|(?:registrations|invites|keys|operators|people) [a-z-]+)"
    r"(?: (?:\d+|NUMBER))?"
)


def step_for(code: str) -> str:
    """The administrator's next step about ``code``, in English."""
    return next(
        text
        for key, text in STEPS.items()
        if code == key or ((key == "" or key.endswith(".")) and code.startswith(key))
    )


def with_commands(text: str) -> Markup:
    """``text`` with its commands marked as such, so that their words stay in order."""
    found, end = Markup(), 0
    for match in _COMMAND.finditer(text):
        found += escape(text[end : match.start()])
        found += Markup('<code dir="ltr">{}</code>').format(match[0])
        end = match.end()
    return found + escape(text[end:])
