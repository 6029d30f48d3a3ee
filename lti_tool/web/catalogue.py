"""The units on offer, as the pages list them: in one language, narrowed by words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from content.model import Course, Unit, direction
from lti_tool.tool import current_tool
from lti_tool.web.i18n import choose


@dataclass(frozen=True, slots=True)
class Offer:
    """One unit in a list. ``key`` is what a form sends; a search looks through ``words``."""

    key: str
    title: str
    summary: str
    minutes: int
    eqf_level: int
    pages: int
    questions: int
    languages: tuple[str, ...]
    target_groups: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Group:
    """A course and those of its units that were found."""

    title: str
    description: str
    language: str
    direction: str
    offers: tuple[Offer, ...]


def list_units(wish: str | None, search: str) -> list[Group]:
    """Every course with the units that have all words of ``search`` somewhere, in any language."""
    wanted = fold(search).split()
    groups = []
    for course in current_tool().shelf.courses():
        language = choose(wish, course.languages, course.default_language)
        offers = tuple(_offer(course, unit, language) for unit in course.units)
        found = tuple(item for item in offers if all(word in item.words for word in wanted))
        if found:
            groups.append(
                Group(
                    title=course.title[language],
                    description=course.description[language],
                    language=language,
                    direction=direction(language),
                    offers=found,
                )
            )
    return groups


def fold(text: str) -> str:
    """``text`` without case and accents: what people type in a search box."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def _offer(course: Course, unit: Unit, language: str) -> Offer:
    groups = {item.id: item.title for item in course.target_groups}
    competences = {item.id: item.title for item in course.competences}
    texts = [
        unit.id,
        *unit.title.values(),
        *unit.summary.values(),
        *course.title.values(),
        *(text for outcome in unit.outcomes for text in outcome.text.values()),
        *(text for item in unit.competences for text in competences.get(item, {}).values()),
        *(text for item in unit.target_groups for text in groups.get(item, {}).values()),
    ]
    return Offer(
        key=f"{course.id}/{unit.id}",
        title=unit.title[language],
        summary=unit.summary[language],
        minutes=unit.workload_minutes,
        eqf_level=unit.eqf_level,
        pages=len(unit.pages),
        questions=len(unit.quiz),
        languages=course.languages,
        target_groups=tuple(
            groups[item][language] for item in unit.target_groups if item in groups
        ),
        words=fold(" ".join(texts)),
    )
