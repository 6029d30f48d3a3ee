"""Which unit a session is about, as its link has it, and in which language: what play, API and
teach share."""

from __future__ import annotations

from content.model import Course, Unit
from lti_tool.models import LaunchSession, now
from lti_tool.services.link_options import Window, options_of, unit_for_link
from lti_tool.services.work import Work
from lti_tool.tool import current_tool
from lti_tool.web.i18n import choose


def find_unit(found: LaunchSession) -> tuple[Course, Unit] | None:
    """The course and unit of the session's link: as they stand on the shelf, with the link's
    options; None where the link names none, or one that is not on offer."""
    if found.link is None:
        return None
    place = current_tool().shelf.unit(found.link.course_id, found.link.unit_id)
    return None if place is None else (place[0], unit_for_link(place[1], found.link))


def language_of(found: LaunchSession, course: Course) -> str:
    """The course's language for this session: the one that the link is fixed to, else the one
    nearest to the person's own."""
    fixed = options_of(found.link).language if found.link else None
    if fixed in course.languages:
        return fixed
    return choose(found.language, course.languages, course.default_language)


def window_of(found: LaunchSession) -> Window:
    """Where this moment stands to the link's dates. An instructor's visit is always in time, save
    where it is to be as a learner's."""
    if found.link is None or (found.is_instructor and not found.as_learner):
        return "open"
    return options_of(found.link).window(now())


def work_of(found: LaunchSession, course: Course, unit: Unit) -> Work:
    """The work of the session's user."""
    assert found.link is not None
    return Work(
        found.user,
        found.link,
        course,
        unit,
        language_of(found, course),
        found.version_digest,
        window_of(found),
    )
