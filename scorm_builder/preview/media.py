"""The media that the preview plays a course in: plain pages, and each format with an LMS to speak
to that the preview can play itself."""

from __future__ import annotations

from dataclasses import dataclass

from content.render.assets import Medium
from scorm_builder.formats import FORMATS
from scorm_builder.formats.sites import WEB


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


#: The name of the medium that shows trainer guides, in courses that have any.
GUIDE = "guide"
_APIS: dict[str, str] = {"scorm12": "1.2", "scorm2004": "2004", "cmi5": "xapi"}


def preview_media() -> dict[str, PreviewMedium]:
    """By name; plain pages first, then the formats of ``build`` that speak to an LMS, then the
    site, and what only the LTI tool shows."""
    found = {"local": PreviewMedium("local", "Plain pages", "local")}
    for form in FORMATS.values():
        if form.medium not in _APIS:
            continue
        found[form.name] = PreviewMedium(
            form.name, form.title, form.medium, _APIS[form.medium], form.suspend_data or 0
        )
    found[WEB.name] = PreviewMedium(WEB.name, WEB.title, WEB.medium)
    found[GUIDE] = PreviewMedium(GUIDE, "Trainer guide", "local")
    return found
