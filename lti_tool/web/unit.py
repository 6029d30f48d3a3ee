"""Which unit a session is about, and in which language: what play, API and teach share."""

from __future__ import annotations

from content.model import Course, Unit
from lti_tool.models import LaunchSession
from lti_tool.services.learning import Work
from lti_tool.tool import current_tool
from lti_tool.web.i18n import choose


def find_unit(found: LaunchSession) -> tuple[Course, Unit] | None:
    """The course and unit of the session's link, as they stand on the shelf; None where the link
    names none, or one that is not on offer."""
    if found.link is None:
        return None
    return current_tool().shelf.unit(found.link.course_id, found.link.unit_id)


def work_of(found: LaunchSession, course: Course, unit: Unit) -> Work:
    """The work of the session's user."""
    assert found.link is not None
    language = choose(found.language, course.languages, course.default_language)
    return Work(found.user, found.link, course, unit, language, found.version_digest)
