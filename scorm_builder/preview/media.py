"""The media that the preview plays a course in: plain pages, and each format with an LMS to speak
to that the preview can play itself."""

from __future__ import annotations

from dataclasses import dataclass

from content.render.assets import Medium
from content.render.budget import suspend_data_limit
from scorm_builder.formats import FORMATS


@dataclass(frozen=True, slots=True)
class PreviewMedium:
    """``api`` is what the page is to speak: a version of SCORM, ``xapi``, or empty for none;
    ``limit`` is how many characters of suspend data the edition allows."""

    name: str
    title: str
    medium: Medium
    api: str = ""
    limit: int = 0

    def as_dict(self) -> dict[str, str | int]:
        return {"name": self.name, "title": self.title, "api": self.api, "limit": self.limit}


#: SCORM 2004 2nd edition RTE §4.2.22 allows 4,000 characters; the later ones 64,000.
_SECOND_EDITION = ("scorm2004-2nd", 4000)
_APIS: dict[str, str] = {"scorm12": "1.2", "scorm2004": "2004", "cmi5": "xapi"}


def preview_media() -> dict[str, PreviewMedium]:
    """By name; plain pages first, then the formats of ``build`` that speak to an LMS."""
    found = {"local": PreviewMedium("local", "Plain pages", "local")}
    for form in FORMATS.values():
        if form.medium not in _APIS:
            continue
        limit = suspend_data_limit(form.medium)
        if form.name == _SECOND_EDITION[0]:
            limit = _SECOND_EDITION[1]
        found[form.name] = PreviewMedium(
            form.name, form.title, form.medium, _APIS[form.medium], limit
        )
    return found
