"""What tests do with a package in the LMS, and what they expect of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from content.grading import grade, score
from content.model import Unit
from tests.learner import Answers, Learner, right_answer
from tests.scorm_packages.lms import Session


def expected(unit: Unit, answers: Answers) -> Decimal:
    """The score by the server's own grading."""
    results = {q.id: grade(q, answers.get(q.id), "en") for q in unit.quiz}
    return Decimal(score(unit.quiz, results).value)


def clean(record: dict[str, Any]) -> None:
    """The strict API found nothing."""
    assert record["violations"] == []


def started(session: Session, unit: Unit) -> Learner:
    """The learner, once the player is ready."""
    learner = Learner(session.sco, unit)
    learner.arrive()
    return learner


def right_answers(unit: Unit) -> Answers:
    return {question.id: right_answer(question, "en") for question in unit.quiz}


def wrong_answers(unit: Unit) -> Answers:
    """A quarter of the starter course's points."""
    return right_answers(unit) | {
        "votes": "ten",
        "assembly-tasks": ["opening-hours"],
        "quorum": {"value": "3"},
    }
