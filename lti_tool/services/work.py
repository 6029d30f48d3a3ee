"""Who works on what, and how a quiz is graded by the tool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from content.grading import Result, Score, grade, score
from content.model import Course, Unit
from content.papers import MAX_SEED, has_papers, rank
from content.render import result_as_json
from lti_tool.models import ResourceLink, User
from lti_tool.services.link_options import Window

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Work:
    """Who works on what: one user in the unit of one link, in one language. ``version`` is that of
    the document in front of them, None for the present one. ``unit`` is as the link has it
    (``link_options.unit_for_link``), ``window`` where this moment stands to the link's dates."""

    user: User
    link: ResourceLink
    course: Course
    unit: Unit
    language: str
    version: str | None = None
    window: Window = "open"

    def seed(self, number: int) -> int | None:
        """Of the paper of attempt ``number``, where attempts differ. The same until the attempt
        begins and keeps it: no reload draws other questions."""
        if not has_papers(self.unit):
            return None
        return rank(self.user.id, f"{self.link.id}/{number}")[0] & MAX_SEED


def grade_quiz(
    unit: Unit, answers: Mapping[str, object], language: str
) -> tuple[dict[str, Result], Score]:
    """Every quiz item's result, and the score. An item without an answer earned nothing."""
    results = {
        question.id: grade(question, answers.get(question.id), language) for question in unit.quiz
    }
    return results, score(unit.quiz, results)


def results_as_json(unit: Unit, results: Mapping[str, Result], language: str) -> Json:
    """By question id, in ``language`` or, where that version did not speak it, in its own."""
    spoken = language if language in unit.title else next(iter(unit.title))
    return {
        question.id: result_as_json(results[question.id], question, spoken)
        for question in unit.quiz
        if question.id in results
    }
