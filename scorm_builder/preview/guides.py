"""The trainer guides of a course: learners never see them, and of all media only the LTI tool shows
them, to instructors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from content.markup import PageContext, render_page
from content.model import Course, Unit, direction
from content.render.strings import words_in
from scorm_builder.preview import pages


def has_guides(units: Sequence[Unit]) -> bool:
    return any(unit.guide for unit in units)


def guide_view(unit: str) -> str:
    """The name of the section in which a unit's guide stands."""
    return f"{unit}/guide"


def guides_page(
    course: Course,
    units: Sequence[Unit],
    language: str,
    *,
    player_base: str,
    media_url: Callable[[str], str],
) -> str:
    """The guides of ``units`` in ``language``, as far as they have one."""
    shown = []
    for unit in units:
        if language not in unit.guide:
            continue
        context = PageContext(
            course=course,
            unit=unit,
            language=language,
            page_id=f"{unit.id}-guide",
            words=words_in(language),
            media_url=media_url,
            first_line=1,
        )
        html = Markup(render_page(unit.guide[language], context=context))  # noqa: S704 - cleaned
        title = unit.title[language]
        shown.append({"view": guide_view(unit.id), "title": title, "html": html})
    return pages.guide_page(language, direction(language), player_base, shown)
