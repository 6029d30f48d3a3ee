"""Quizzes that draw from pools: each attempt asks its own questions, and explains when told to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.lti_tool.conftest import Campus, Person
from tests.integration.lti_tool.course import CHOICES, QUESTION, write_course
from tests.integration.lti_tool.test_my_page import activity_path

POOL = [f"p{number}" for number in range(8)]


def write_pools(course: Path, rules: str) -> None:
    unit = course / "units" / "01-first"
    choices = CHOICES.format(a="correct: true, ", b="")
    text = (unit / "questions.yaml").read_text(encoding="utf-8")
    quiz, checks = text.split("checks:\n")
    drawn = "".join(
        QUESTION.format(id=name, prompt=f"Which one, {name}?") + "    pool: bank\n" + choices
        for name in POOL
    )
    (unit / "questions.yaml").write_text(f"{quiz}{drawn}checks:\n{checks}", encoding="utf-8")
    with (unit / "unit.yaml").open("a", encoding="utf-8") as file:
        file.write(f"quiz:\n  pools: [{{id: bank, draw: 3}}]\n{rules}")


@pytest.fixture
def pools(course: Path) -> Path:
    write_course(course)
    write_pools(course, "")
    return course


def hand_in(person: Person, number: int, answers: dict[str, str]) -> dict[str, Any]:
    answer = person.api("POST", "/units/first/hand-in", {"number": number, "answers": answers})
    assert answer.status_code == 200, answer.text
    state: dict[str, Any] = answer.json()["state"]
    return state


def asked(state: dict[str, Any]) -> list[str]:
    questions: list[str] = state["next"]["questions"]
    return questions


@pytest.mark.usefixtures("pools")
def test_an_attempt_asks_what_was_drawn_and_no_more(campus: Campus) -> None:
    learner = campus.learner("draws")
    questions = asked(learner.state())
    assert questions[:2] == ["q1", "q2"]
    assert len(set(questions[2:]) & set(POOL)) == 3
    assert asked(learner.state()) == questions
    assert asked(campus.learner("draws").state()) == questions
    refused = {"number": 1, "answers": {(set(POOL) - set(questions)).pop(): "a"}}
    answer = learner.api("PUT", "/units/first/answers", refused)
    assert answer.status_code == 409
    state = hand_in(learner, 1, dict.fromkeys(questions[:4], "a"))
    attempt = state["attempts"][0]
    assert (attempt["earned"], attempt["possible"], attempt["value"]) == ("4", "5", "80.00")
    assert attempt["paper"]["questions"] == questions
    assert set(attempt["results"]) == set(questions)


@pytest.mark.usefixtures("pools")
def test_learners_and_attempts_get_papers_of_their_own(campus: Campus) -> None:
    papers = {tuple(asked(campus.learner(f"own-{number}").state())) for number in range(6)}
    assert len(papers) > 1
    learner = campus.learner("own-0")
    first = asked(learner.state())
    draft = learner.api("PUT", "/units/first/answers", {"number": 1, "answers": {"q1": "a"}})
    state = draft.json()["state"]
    assert state["open"]["paper"]["questions"] == first
    assert "next" not in state
    after = hand_in(learner, 1, {"q1": "a"})
    assert after["next"]["seed"] != state["open"]["paper"]["seed"]
    assert "next" not in hand_in(learner, 2, {"q1": "a"})


@pytest.mark.usefixtures("pools")
def test_an_open_attempt_keeps_its_paper_when_the_course_changes(
    campus: Campus, course: Path
) -> None:
    learner = campus.learner("keeps")
    before = asked(learner.state())
    draft = {"number": 1, "answers": dict.fromkeys(before, "a")}
    assert learner.api("PUT", "/units/first/answers", draft).status_code == 200
    write_course(course, prompt="Who decides now?")
    state = campus.learner("keeps").state()
    assert state["open"]["paper"]["questions"] == before
    after = hand_in(campus.learner("keeps"), 1, draft["answers"])
    assert after["attempts"][0]["value"] == "100.00"


def test_explanations_wait_for_the_last_attempt(campus: Campus, course: Path) -> None:
    write_pools(course, "  feedback: last-attempt\n")
    learner = campus.learner("waits")
    first = hand_in(learner, 1, {"q1": "b"})
    assert first["attempts"][0]["results"]["q1"] == {"credit": "0", "parts": {}, "feedback": []}
    path = f"/me/{learner.handle}{activity_path(learner)}"
    assert "told-b" not in learner.get(path).text
    last = hand_in(learner, 2, {"q1": "b"})
    assert last["attempts"][0]["results"]["q1"]["feedback"] == [{"part": "b", "html": "told-b"}]
    assert "told-b" in learner.get(path).text


def test_explanations_may_stay_away(campus: Campus, course: Path) -> None:
    write_pools(course, "  feedback: never\n")
    learner = campus.learner("never")
    state = hand_in(learner, 1, dict.fromkeys(asked(learner.state()), "a"))
    assert state["success"] == "passed"
    assert "told-a" not in str(state)


@pytest.mark.usefixtures("pools")
def test_a_teacher_sees_what_was_asked(campus: Campus) -> None:
    learner = campus.learner("seen-by-teacher")
    questions = asked(learner.state())
    hand_in(learner, 1, dict.fromkeys(questions, "a"))
    hidden = sorted(set(POOL) - set(questions))
    teacher = campus.teacher()
    state = teacher.state()
    assert len(asked(state)) == 5
    shown = teacher.get(f"/teach/{teacher.handle}/questions").text
    assert "Which one" in shown
    mine = learner.get(f"/me/{learner.handle}{activity_path(learner)}").text
    assert all(f"Which one, {name}?" not in mine for name in hidden)
    assert all(f"Which one, {name}?" in mine for name in questions if name in POOL)
