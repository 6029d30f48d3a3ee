"""cmi5: a course structure for an LMS that launches its parts and listens by xAPI."""

from __future__ import annotations

from scorm_builder.formats.model import Format

COURSE_STRUCTURE = "https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"

CMI5 = Format(
    name="cmi5",
    title="cmi5",
    family="cmi5",
    medium="cmi5",
)
