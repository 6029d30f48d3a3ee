"""A package in an LMS, played as a learner plays it: the LMS hears the truth, by the letter."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from content.load import load_course
from content.model import Course, Unit
from scorm_builder.build import build_package
from scorm_builder.formats import FORMATS
from scorm_builder.order import Order
from tests.learner import script, take
from tests.scorm_packages.lms import TESTS, Launch, Lms, Session
from tests.scorm_packages.playing import (
    clean,
    expected,
    right_answers,
    started,
    wrong_answers,
)

pytestmark = pytest.mark.browser


def test_a_learner_takes_the_unit_with_two_breaks(
    lms: Lms, context: BrowserContext, version: str, unit: Unit
) -> None:
    sessions: list[Session] = []

    def enter() -> Any:
        sessions.append(lms.open(context, Launch("unit", version)))
        return sessions[-1].sco

    def leave() -> None:
        record = sessions[-1].leave()
        clean(record)
        assert "suspend" in (record["values"].get(f"cmi.{part}exit") for part in ("", "core."))
        assert [call[0] for call in record["calls"]].count("Terminate") == 1

    answers = script(unit, "en")
    told = take(enter, leave, unit, "en", answers)
    session = sessions[-1]
    assert Decimal(session.value("score.raw") or "") == told == expected(unit, answers)
    assert (session.value("score.min"), session.value("score.max")) == ("0", "100")
    if version == "scorm12":
        assert session.value("lesson_status") == "passed"
    else:
        assert session.value("completion_status") == "completed"
        assert session.value("success_status") == "passed"
        assert Decimal(session.value("score.scaled") or "") == told / 100
    record = session.leave()
    clean(record)
    assert all(re.match(rf"{lms.url}/|data:", request) for s in sessions for request in s.requests)
    assert not [error for s in sessions for error in s.errors]


def test_each_answer_is_recorded_as_an_interaction(
    lms: Lms, context: BrowserContext, version: str, unit: Unit
) -> None:
    session = lms.open(context, Launch("unit", version))
    learner = started(session, unit)
    learner.read_on(to="quiz")
    learner.answer_quiz(wrong_answers(unit))
    learner.hand_in()
    stored = session.stored()
    response = "student_response" if version == "scorm12" else "learner_response"
    keys = ("id", "type", "result", response)
    rows = [
        {k: stored.get(f"cmi.interactions.{n}.{k}") for k in keys} for n in range(len(unit.quiz))
    ]
    assert [row["id"] for row in rows] == [f"first-steps.{question.id}" for question in unit.quiz]
    assert [row["type"] for row in rows] == ["choice", "choice", "numeric", "sequencing"]
    wrong = "wrong" if version == "scorm12" else "incorrect"
    assert [row["result"] for row in rows] == [wrong, wrong, wrong, "correct"]
    assert rows[2][response] == "3"
    clean(session.leave())


def outcomes_of(session: Session) -> dict[str, dict[str, str]]:
    """What the LMS has of each objective."""
    found: dict[str, dict[str, str]] = {}
    for name, value in session.stored().items():
        if match := re.fullmatch(r"cmi\.objectives\.(\d+)\.(.+)", name):
            found.setdefault(match[1], {})[match[2]] = value
    return {row.pop("id"): row for row in found.values()}


def test_each_outcome_is_reported_as_an_objective(
    lms: Lms, context: BrowserContext, version: str, unit: Unit
) -> None:
    """Score and verdict of each by the attempt that counts; what was passed stays passed."""
    names = [f"{unit.id}.{outcome.id}" for outcome in unit.outcomes]
    session = lms.open(context, Launch("unit", version))
    learner = started(session, unit)
    learner.read_on(to="quiz")
    learner.answer_quiz(wrong_answers(unit))
    learner.hand_in()
    stored = session.stored()
    asked = {f"{unit.id}.{question.outcome}" for question in unit.quiz}
    told = [stored[f"cmi.interactions.{n}.objectives.0.id"] for n in range(len(unit.quiz))]
    assert told == [f"{unit.id}.{question.outcome}" for question in unit.quiz]
    first = outcomes_of(session)
    assert first.keys() == asked <= set(names)
    clean(session.leave())

    session = lms.open(context, Launch("unit", version))
    learner = started(session, unit)
    learner.try_again()
    learner.answer_quiz(right_answers(unit))
    learner.hand_in()
    status = "status" if version == "scorm12" else "success_status"
    last = outcomes_of(session)
    assert last.keys() == asked, "none twice"
    assert {row[status] for row in last.values()} == {"passed"}
    assert {row["score.raw"] for row in last.values()} == {"100"}
    assert {first[name][status] for name in asked} & {"incomplete", "unknown"}
    assert any(Decimal(first[name]["score.raw"]) < 100 for name in asked)
    clean(session.leave())


def test_a_failed_attempt_is_no_failure_while_one_is_left(
    lms: Lms, context: BrowserContext, version: str, unit: Unit
) -> None:
    session = lms.open(context, Launch("unit", version))
    learner = started(session, unit)
    learner.read_on(to="quiz")
    learner.answer_quiz(wrong_answers(unit))
    assert learner.hand_in() == 25
    clean(session.leave())
    session = lms.open(context, Launch("unit", version))
    learner = started(session, unit)
    assert session.value("score.raw") == "25"
    if version == "scorm12":
        assert session.value("lesson_status") in ("completed", "incomplete")
    else:
        assert session.value("success_status") == "unknown"
    learner.try_again()
    learner.answer_quiz(right_answers(unit))
    assert learner.hand_in() == 100
    assert session.value("score.raw") == "100"
    clean(session.leave())


@pytest.mark.parametrize("version", ["scorm12"], indirect=True)
def test_an_lms_that_decides_by_the_mastery_score_agrees(
    context: BrowserContext, version: str, course: Course, packaged: Any
) -> None:
    """Where the manifest names the mark, the LMS's verdict is ours (see manifest/facts.py)."""
    once = replace(course, units=(replace(course.units[0], attempts=1),), version="once")
    with Lms() as lms:
        lms.upload("unit", packaged(once))
        for answers, status in ((right_answers, "passed"), (wrong_answers, "failed")):
            launch = Launch("unit", version, registration=status, mastery=70)
            session = lms.open(context, launch)
            learner = started(session, once.units[0])
            learner.read_on(to="quiz")
            learner.answer_quiz(answers(once.units[0]))
            learner.hand_in()
            assert session.value("lesson_status") == status
            clean(session.leave())
            session = lms.open(context, launch)
            started(session, once.units[0])
            assert session.value("lesson_status") == status
            clean(session.leave())


def test_the_whole_thing_in_arabic_runs_from_right_to_left(
    context: BrowserContext, version: str, tmp_path: Path
) -> None:
    shipped = load_course(TESTS.parent / "content/courses/sse-management")
    unit = shipped.units[0]
    built = build_package(
        Order(course=shipped, form=FORMATS[version], languages=("ar",), unit=unit), tmp_path
    )
    with Lms() as lms:
        lms.upload("a1", built.path)
        session = lms.open(context, Launch("a1", version))
        learner = started(session, unit)
        assert session.sco.locator("html").get_attribute("dir") == "rtl"
        learner.read_on(to="quiz")
        learner.answer_quiz(script(unit, "ar"))
        told = learner.hand_in()
        assert Decimal(session.value("score.raw") or "") == told
        expect(session.sco.locator("body")).to_be_visible()
        clean(session.leave())


def test_a_course_of_two_units_reports_one_score(
    context: BrowserContext, version: str, course: Course, tmp_path: Path
) -> None:
    """One package, one document, one session: the points of both over all points."""
    first = course.units[0]
    second = replace(first, id="second-steps")
    whole = replace(course, units=(first, second), version="two")
    built = build_package(Order(course=whole, form=FORMATS[version], languages=("en",)), tmp_path)
    with Lms() as lms:
        lms.upload("course", built.path)
        session = lms.open(context, Launch("course", version))
        learner = started(session, first)
        learner.read_on(to="quiz")
        learner.answer_quiz(right_answers(first))
        assert learner.hand_in() == 100
        assert Decimal(session.value("score.raw") or "") == 50
        status = "lesson_status" if version == "scorm12" else "completion_status"
        assert session.value(status) == "incomplete"
        session.sco.locator(".view.is-current").get_by_text(learner.words("result.next")).click()
        session.sco.locator('.view.is-current[data-view^="second-steps/"]').wait_for()
        clean(session.leave())

        session = lms.open(context, Launch("course", version))
        learner = started(session, second)
        learner.read_on(to="quiz")
        learner.answer_quiz(wrong_answers(second))
        assert learner.hand_in() == 25
        assert session.value("score.raw") == "62.5"
        assert session.value(status) == "completed"
        clean(session.leave())


def test_another_language_is_no_other_session(
    context: BrowserContext, version: str, course: Course, tmp_path: Path
) -> None:
    """The learner's preference first; a switch is kept in the state, and the LMS hears of nothing
    else."""
    order = Order(
        course=course, form=FORMATS[version], languages=("en", "fr"), unit=course.units[0]
    )
    with Lms() as lms:
        lms.upload("both", build_package(order, tmp_path).path)
        session = lms.open(context, Launch("both", version, language="fr-FR"))
        learner = started(session, course.units[0])
        html = session.sco.locator("html")
        assert html.get_attribute("lang") == "fr"
        learner.read_on(to="quiz")
        learner.answer_quiz({"votes": "one"})
        session.sco.locator("#language-button").click()
        session.sco.get_by_role("dialog").get_by_role("button", name="English").click()
        expect(html).to_have_attribute("lang", "en")
        assert learner.where == "quiz"
        assert learner.given("votes") == "one"
        record = session.leave()
        clean(record)
        calls = [call[0] for call in record["calls"]]
        assert (calls.count("Initialize"), calls.count("Terminate")) == (1, 1)
        assert calls[-1] == "Terminate"

        session = lms.open(context, Launch("both", version, language="fr-FR"))
        started(session, course.units[0])
        expect(session.sco.locator("html")).to_have_attribute("lang", "en")
        clean(session.leave())
