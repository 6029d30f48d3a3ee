"""Problems of a course → where in the document their subject stands."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from content.loaded import Loaded, LoadedUnit
from content.problems import Problem
from scorm_builder.lock import NAME as LOCK
from scorm_builder.preview.guides import guide_view
from scorm_builder.preview.media import GUIDE
from scorm_builder.preview.proofs import NO_ROOM

#: What the page gets of each problem: the texts, and in ``at`` what it concerns.
PlacedProblem = dict[str, object]


def media_address(path: str) -> str:
    """The address at which the preview serves a media file of the course."""
    return "/media/" + quote(path)


def placed_problems(loaded: Loaded | None, problems: Iterable[Problem]) -> list[PlacedProblem]:
    """Each problem as JSON. ``at`` may have: ``view`` (a section of the document) with ``line`` (of
    the page's file), ``unit`` and ``question``, ``media`` (an address), ``language`` (the one whose
    document shows it), ``medium`` (the one that alone shows it). It has ``top`` where no part of a
    document shows what stops a build: that stands above whatever is shown."""
    subjects = _Subjects(loaded) if loaded else None
    return [
        {
            "severity": problem.severity,
            "code": problem.code,
            "place": _place(problem),
            "message": problem.message,
            "hint": problem.hint,
            "at": _at(problem, subjects),
        }
        for problem in problems
    ]


def _at(problem: Problem, subjects: _Subjects | None) -> dict[str, object]:
    if problem.code == NO_ROOM:
        return {"top": True}
    found = subjects.find(problem) if subjects else {}
    stops = problem.severity == "error" or problem.path == LOCK
    if stops and not found.keys() & {"view", "question", "media"}:
        found["top"] = True
    return found


def _place(problem: Problem) -> str:
    if not problem.line:
        return problem.path
    return f"{problem.path}:{problem.line}:{problem.column}"


class _Subjects:
    """What the files of a course are shown as."""

    def __init__(self, loaded: Loaded) -> None:
        self._pages = {
            path: {"unit": unit.id, "view": f"{unit.id}/{page.id}", "language": language}
            for unit in loaded.course.units
            for page in unit.pages
            for language, path in page.paths.items()
        }
        self._pages |= {
            f"{unit.base}/guide.{language}.md": {
                "unit": unit.unit.id,
                "view": guide_view(unit.unit.id),
                "language": language,
                "medium": GUIDE,
            }
            for unit in loaded.units
            for language in unit.unit.guide
        }
        self._units = {unit.base: unit for unit in loaded.units}
        self._media = {media.path for media in loaded.course.media}

    def find(self, problem: Problem) -> dict[str, object]:
        page = self._pages.get(problem.path)
        if page:
            return {**page, "line": problem.line}
        if problem.path in self._media:
            return {"media": media_address(problem.path)}
        if problem.path == "glossary.yaml":
            return {"view": "glossary"}
        unit = self._units.get("/".join(problem.path.split("/")[:2]))
        if unit is None:
            return {}
        name = problem.path.removeprefix(f"{unit.base}/")
        if name == "questions.yaml":
            return _question_at(unit, problem)
        if name == "unit.yaml" and unit.unit.pages:
            return {"unit": unit.unit.id, "view": f"{unit.unit.id}/{unit.unit.pages[0].id}"}
        return {"unit": unit.unit.id}


def _question_at(unit: LoadedUnit, problem: Problem) -> dict[str, object]:
    """The question in whose lines the problem stands: the last one that begins before it."""
    begun = [
        (mark.line, name)
        for (kind, name), mark in unit.marks.items()
        if kind == "question" and mark.path == problem.path and mark.line <= problem.line
    ]
    if not begun:
        return {"unit": unit.unit.id}
    return {"unit": unit.unit.id, "question": max(begun)[1]}
