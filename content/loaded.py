"""A course as it was read, with the places of its parts: what the checks across files need."""

from __future__ import annotations

from dataclasses import dataclass, field

from content.files import CourseFiles
from content.findings import Findings, Mark
from content.model import Course, Unit


@dataclass(frozen=True, slots=True)
class Inline:
    """A text of a YAML file or front matter, which is inline Markdown."""

    text: str
    language: str
    mark: Mark


@dataclass(slots=True)
class LoadedUnit:
    """``readable`` is False where unit.yaml could not be read, ``all_questions`` where some
    question could not: then what they would have defined is not missed. ``marks`` tells where
    pages, questions, outcomes and pools stand, ``heads`` what stands in a page's file before its
    body."""

    base: str
    unit: Unit
    mark: Mark
    readable: bool
    all_questions: bool
    marks: dict[tuple[str, str], Mark] = field(default_factory=dict)
    inlines: list[Inline] = field(default_factory=list)
    heads: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Loaded:
    course: Course
    files: CourseFiles
    findings: Findings
    units: tuple[LoadedUnit, ...]
    all_units: bool
    all_terms: bool
    inlines: list[Inline]

    def all_pages(self, unit: LoadedUnit) -> bool:
        """Whether each page of ``unit`` could be read in each language; no without languages."""
        languages = len(self.course.languages)
        return languages > 0 and all(len(page.body) == languages for page in unit.unit.pages)
