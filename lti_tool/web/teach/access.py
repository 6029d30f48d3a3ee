"""What every teaching page begins with: an instructor's session, its link and its unit."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, make_response, redirect, url_for

from content.model import Course, Unit
from lti_tool.errors import RequestRefused
from lti_tool.models import LaunchSession, ResourceLink
from lti_tool.services.launches import PICKER
from lti_tool.web.sessions import (
    check_form_token,
    instructors_only,
    open_session,
    session_form_token,
)
from lti_tool.web.teach.words import delivery_text, stage_text, why_text
from lti_tool.web.unit import find_unit, language_of

blueprint = Blueprint("teach", __name__)

#: The purpose that the form tokens of these pages are made for.
FORMS = "teach"


@dataclass(frozen=True, slots=True)
class Place:
    """An instructor's session with the link and unit that it is about; ``language`` is the one in
    which the course's own texts are shown."""

    handle: str
    session: LaunchSession
    link: ResourceLink
    course: Course
    unit: Unit
    language: str

    @property
    def title(self) -> str:
        return self.unit.title[self.language]

    def shown(self) -> dict[str, object]:
        """What every template of a teaching page needs."""
        context = self.session.context
        return {
            "handle": self.handle,
            "unit": self.unit,
            "title": self.title,
            "context_title": context.title if context else None,
            "has_guide": bool(self.unit.guide),
            "form_token": session_form_token(FORMS, self.handle),
            "stage_text": stage_text,
            "why_text": why_text,
            "delivery_text": delivery_text,
        }


def open_teaching(handle: str) -> LaunchSession:
    """The session of ``handle``, an instructor's. Raises ``SessionRejected``,
    ``RequestRefused``."""
    found = open_session(handle)
    if found.kind == PICKER:
        abort(404)
    instructors_only(found)
    return found


def place_of(found: LaunchSession, handle: str) -> Place | None:
    """Link and unit of the session; None where the link names no unit on offer."""
    unit = find_unit(found)
    if unit is None or found.link is None:
        return None
    course, present = unit
    return Place(handle, found, found.link, course, present, language_of(found, course))


def open_place(handle: str) -> Place:
    """As both above. Raises ``RequestRefused`` where the link names no unit on offer."""
    place = place_of(open_teaching(handle), handle)
    if place is None:
        raise RequestRefused("unit.unknown", "This activity names no unit on offer.", 404)
    return place


def open_form(handle: str) -> Place:
    """``open_place`` for a form that our own page made. Raises ``RequestRefused``."""
    place = open_place(handle)
    check_form_token(FORMS, handle)
    return place


def to_learner(handle: str, number: int) -> Response:
    return make_response(redirect(url_for("teach.learner", handle=handle, number=number), 303))


def to_overview(handle: str) -> Response:
    return make_response(redirect(url_for("teach.teach", handle=handle), 303))
