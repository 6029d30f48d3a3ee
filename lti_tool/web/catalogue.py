"""The units on offer, as the pages list them: in one language, narrowed by words and facets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise

from content.model import Course, Unit, direction
from lti_tool.models.folding import fold
from lti_tool.tool import current_tool
from lti_tool.web.i18n import choose

#: Where the ranges of durations begin, in minutes.
DURATIONS = (0, 31, 61, 121)


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the list; empty is no wish. All but the words are values of ``Offer.facets``."""

    q: str = ""
    course: str = ""
    competence: str = ""
    audience: str = ""
    speaks: str = ""
    time: str = ""

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Filters:
        """From the query of a request."""
        return cls(**{each.name: values.get(each.name, "")[:150] for each in fields(cls)})

    def lets_pass(self, offer: Offer) -> bool:
        return all(word in offer.words for word in fold(self.q).split()) and all(
            getattr(self, name) in ("", *values) for name, values in offer.facets.items()
        )


@dataclass(frozen=True, slots=True)
class Offer:
    """One unit in a list. ``key`` is what a form sends; a search looks through ``words``;
    ``facets`` has its values by the name of the filter."""

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
    facets: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Group:
    """A course and those of its units that were found; ``size`` is how many it has in all."""

    id: str
    title: str
    description: str
    language: str
    direction: str
    offers: tuple[Offer, ...]
    size: int


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value to filter by: how many units would be left."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """``facets`` by filter; only values that a unit has, each with the count under the other
    filters."""

    groups: tuple[Group, ...]
    facets: Mapping[str, tuple[FacetValue, ...]]

    @property
    def count(self) -> int:
        return sum(len(group.offers) for group in self.groups)


def list_units(wish: str | None, search: str) -> list[Group]:
    """Every course with the units that have all words of ``search`` somewhere, in any language."""
    return list(browse(wish, Filters(q=search)).groups)


def browse(wish: str | None, filters: Filters) -> Catalogue:
    """The courses with the units that ``filters`` let pass, in the language nearest to ``wish``."""
    groups, labels = [], _Labels()
    for course in current_tool().shelf.courses():
        language = choose(wish, course.languages, course.default_language)
        labels.take(course, language)
        groups.append(
            Group(
                id=course.id,
                title=course.title[language],
                description=course.description[language],
                language=language,
                direction=direction(language),
                offers=tuple(_offer(course, unit, language) for unit in course.units),
                size=len(course.units),
            )
        )
    every = [offer for group in groups for offer in group.offers]
    shown = (
        replace(group, offers=tuple(filter(filters.lets_pass, group.offers))) for group in groups
    )
    return Catalogue(
        groups=tuple(group for group in shown if group.offers),
        facets={name: _facet(name, every, filters, labels) for name in _FACETS},
    )


_FACETS = tuple(each.name for each in fields(Filters) if each.name != "q")


class _Labels(dict[tuple[str, str], str]):
    """What people read for a facet's value, where that is the course's own text."""

    def take(self, course: Course, language: str) -> None:
        self["course", course.id] = course.title[language]
        for name, items in (
            ("competence", course.competences),
            ("audience", course.target_groups),
        ):
            self.update({(name, f"{course.id}:{one.id}"): one.title[language] for one in items})


def _facet(
    name: str, offers: list[Offer], filters: Filters, labels: _Labels
) -> tuple[FacetValue, ...]:
    others = replace(filters, **{name: ""})
    counts: Counter[str] = Counter()
    for offer in offers:
        passes = others.lets_pass(offer)
        for value in offer.facets[name]:
            counts[value] += passes
    order = (
        list(labels)
        if name in ("course", "competence", "audience")
        else sorted(((name, value) for value in counts), key=lambda key: key[1].zfill(4))
    )
    return tuple(
        FacetValue(value, labels.get((where, value), value), counts[value])
        for where, value in order
        if where == name and value in counts
    )


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
        facets={
            "course": (course.id,),
            "competence": tuple(f"{course.id}:{item}" for item in unit.competences),
            "audience": tuple(f"{course.id}:{item}" for item in unit.target_groups),
            "speaks": course.languages,
            "time": (_duration(unit.workload_minutes),),
        },
    )


def _duration(minutes: int) -> str:
    """The beginning of the range that ``minutes`` lie in."""
    return str(next((low for low, high in pairwise(DURATIONS) if minutes < high), DURATIONS[-1]))
