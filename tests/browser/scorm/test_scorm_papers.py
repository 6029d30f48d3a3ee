"""Questions drawn anew for each attempt: the LMS hears of those that were asked, and no others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from content.model import Course, Pool, QuizRules
from tests.scorm_packages.lms import Launch, Lms, Session
from tests.scorm_packages.playing import clean, right_answers, started

pytestmark = pytest.mark.browser


def told(session: Session) -> list[str]:
    """The ids of the interactions that the LMS has, by their numbers."""
    stored = session.stored()
    named = [key for key in stored if key.startswith("cmi.interactions.") and key.endswith(".id")]
    own = [key for key in named if ".objectives." not in key]
    return [stored[f"cmi.interactions.{number}.id"] for number in range(len(own))]


def test_interactions_are_those_of_each_paper_without_a_gap(
    context: BrowserContext,
    version: str,
    course: Course,
    packaged: Callable[[Course], Path],
) -> None:
    """Two of four questions in each of three attempts, over two sessions."""
    first = course.units[0]
    rules = QuizRules(shuffle_questions=True, shuffle_choices=True, pools=(Pool("basics", 2),))
    quiz = tuple(replace(question, pool="basics") for question in first.quiz)
    unit = replace(first, quiz=quiz, rules=rules, attempts=3)
    answers = right_answers(unit)
    asked: list[str] = []
    with Lms() as lms:
        lms.upload("unit", packaged(replace(course, units=(unit,), version="drawn")))
        for attempt in range(3):
            if attempt != 1:
                session = lms.open(context, Launch("unit", version))
                learner = started(session, unit)
            if attempt:
                learner.try_again()
            else:
                learner.read_on(to="quiz")
            paper = learner.asked_here()
            assert len(set(paper)) == 2
            learner.answer_quiz({question_id: answers[question_id] for question_id in paper[1:]})
            assert 0 < learner.hand_in(incomplete=True) < 100
            asked += paper
            found = told(session)
            assert [one.rsplit(".", 1)[-1] for one in found] == asked
            if attempt:
                clean(session.leave())


def test_an_update_of_the_pool_meets_an_attempt_that_was_begun(
    context: BrowserContext,
    version: str,
    course: Course,
    packaged: Callable[[Course], Path],
) -> None:
    """A question that nobody was asked is gone and two are new: the attempt goes on, answers to
    questions that are still asked stay, and the score is of what is asked now."""
    first = course.units[0]
    rules = QuizRules(shuffle_questions=True, shuffle_choices=True, pools=(Pool("basics", 2),))
    quiz = tuple(replace(question, pool="basics") for question in first.quiz)
    unit = replace(first, quiz=quiz, rules=rules)
    with Lms() as lms:
        lms.upload("unit", packaged(replace(course, units=(unit,), version="begun")))
        session = lms.open(context, Launch("unit", version))
        learner = started(session, unit)
        learner.read_on(to="quiz")
        before = learner.asked_here()
        answers = right_answers(unit)
        learner.answer_quiz({question_id: answers[question_id] for question_id in before})
        clean(session.leave())

        unasked = next(question.id for question in quiz if question.id not in before)
        kept = tuple(question for question in quiz if question.id != unasked)
        new = tuple(replace(kept[0], id=f"new-{number}") for number in range(2))
        newer = replace(unit, quiz=kept + new)
        lms.upload(
            "unit",
            packaged(
                replace(
                    course, units=(newer,), version="changed", digest="d" * 64, text_digest="d" * 64
                )
            ),
        )
        session = lms.open(context, Launch("unit", version))
        learner = started(session, newer)
        assert learner.where == "quiz"
        after = learner.asked_here()
        assert len(set(after)) == 2
        for question_id in after:
            assert (learner.given(question_id) is None) == (question_id not in before)
        learner.answer_quiz(
            {question_id: right_answers(newer)[question_id] for question_id in after}
        )
        assert learner.hand_in() == 100
        assert [one.rsplit(".", 1)[-1] for one in told(session)] == after
        clean(session.leave())
        assert session.errors == []
