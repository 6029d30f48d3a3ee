"""A learner takes a unit through the API; the server grades, keeps and reports."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool.models import ScoreDelivery, db
from lti_tool.worker.loop import deliver
from tests.integration.lti_tool.conftest import Campus, Person
from tests.integration.lti_tool.course import break_course, write_course

RIGHT = {"q1": "a", "q2": "a"}
HALF = {"q1": "a", "q2": "b"}


def hand_in(person: Person, number: int, answers: Any) -> dict[str, Any]:
    answer = person.api("POST", "/units/first/hand-in", {"number": number, "answers": answers})
    assert answer.status_code == 200, answer.text
    state: dict[str, Any] = answer.json()["state"]
    return state


def deliveries(campus: Campus) -> int:
    with campus.tool.app.app_context():
        return db.session.scalar(select(func.count()).select_from(ScoreDelivery)) or 0


def test_the_document_holds_no_keys(campus: Campus) -> None:
    learner = campus.learner()
    html = learner.document()
    assert "told-a" not in html
    assert "told-b" not in html
    assert "For trainers only" not in html
    data = learner.data()
    assert {"key", "keys"}.isdisjoint(data["config"])
    assert data["config"]["handle"] == learner.handle
    assert all("key" not in question for question in data["units"][0]["quiz"])


def test_progress_only_grows(campus: Campus) -> None:
    learner = campus.learner()
    put = {"page": "one", "seen": ["one"]}
    assert learner.api("PUT", "/units/first/progress", put).json()["state"]["seen"] == ["one"]
    put = {"page": "quiz", "seen": ["gone-page", "two"]}
    state = learner.api("PUT", "/units/first/progress", put).json()["state"]
    assert (state["page"], state["seen"]) == ("quiz", ["one", "two"])
    put = {"page": "no-such-page", "seen": []}
    state = learner.api("PUT", "/units/first/progress", put).json()["state"]
    assert (state["page"], state["seen"]) == ("quiz", ["one", "two"])


def test_it_goes_on_after_the_browser_was_closed(campus: Campus) -> None:
    learner = campus.learner()
    learner.api("PUT", "/units/first/progress", {"page": "two", "seen": ["one", "two"]})
    draft = {"number": 1, "answers": {"q1": "b"}}
    assert learner.api("PUT", "/units/first/answers", draft).status_code == 200
    state = campus.learner().state()
    assert state["page"] == "two"
    assert state["open"] == {"number": 1, "answers": {"q1": "b"}}


def test_handing_in_is_graded_here_and_once(campus: Campus) -> None:
    before = deliveries(campus)
    learner = campus.learner()
    learner.api("PUT", "/units/first/progress", {"page": "two", "seen": ["one", "two"]})
    state = hand_in(learner, 1, HALF)
    attempt = state["attempts"][0]
    assert (attempt["earned"], attempt["possible"], attempt["value"]) == ("1", "2", "50.00")
    assert attempt["results"]["q2"]["feedback"] == [{"part": "b", "html": "told-b"}]
    assert "told-a" not in str(attempt["results"]["q2"])
    assert (state["completion"], state["success"]) == ("completed", "unknown")
    again = hand_in(learner, 1, RIGHT)
    assert again["attempts"] == state["attempts"]
    assert deliveries(campus) == before + 1


def test_the_best_attempt_is_reported_and_attempts_end(campus: Campus) -> None:
    learner = campus.learner("best-1")
    hand_in(learner, 1, RIGHT)
    assert deliver(campus.tool.app).delivered == 1
    score = campus.platform.scores["1", "best-1"]
    assert (score["scoreGiven"], score["scoreMaximum"]) == (100, 100)
    assert score["activityProgress"] == "Completed"
    count = deliveries(campus)
    state = hand_in(learner, 2, HALF)
    assert (state["value"], state["success"]) == ("100.00", "passed")
    assert deliveries(campus) == count
    body = {"number": 3, "answers": RIGHT}
    refused = learner.api("POST", "/units/first/hand-in", body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "attempt.none-left")
    late = learner.api("PUT", "/units/first/answers", {"number": 1, "answers": HALF})
    assert (late.status_code, late.json()["error"]["code"]) == (409, "attempt.closed")


def test_scores_of_one_second_have_rising_timestamps(campus: Campus) -> None:
    learner = campus.learner("rising-1")
    hand_in(learner, 1, HALF)
    assert deliver(campus.tool.app).delivered == 1
    first = campus.platform.scores["1", "rising-1"]["timestamp"]
    hand_in(learner, 2, RIGHT)
    assert deliver(campus.tool.app).delivered == 1
    last = campus.platform.scores["1", "rising-1"]
    assert last["scoreGiven"] == 100
    assert last["timestamp"] > first


def test_checks_answer_and_leave_nothing(campus: Campus) -> None:
    learner = campus.learner("checks-1")
    result = learner.api("POST", "/units/first/checks/check1", {"answer": "b"}).json()
    assert result == {
        "credit": "0",
        "parts": {"b": False},
        "feedback": [{"part": "b", "html": "told-b"}],
    }
    assert learner.api("POST", "/units/first/checks/q1", {"answer": "b"}).status_code == 404
    assert learner.state()["attempts"] == []


def test_an_instructor_tries_without_a_trace(campus: Campus) -> None:
    before = deliveries(campus)
    teacher = campus.teacher()
    assert teacher.api("GET", "/state").json()["mode"] == "browse"
    state = hand_in(teacher, 1, HALF)
    assert state["attempts"][0]["value"] == "50.00"
    assert teacher.state()["attempts"] == []
    assert deliveries(campus) == before


def test_a_link_without_grade_services_delivers_nothing(campus: Campus) -> None:
    before = deliveries(campus)
    claims = campus.platform.claims(custom={"course": "small", "unit": "first"})
    claims["https://purl.imsglobal.org/spec/lti/claim/resource_link"] = {"id": "ungraded"}
    claims.pop("https://purl.imsglobal.org/spec/lti-ags/claim/endpoint")
    state = hand_in(campus.enter(claims), 1, RIGHT)
    assert state["value"] == "100.00"
    assert deliveries(campus) == before


def test_an_open_attempt_ends_on_the_version_it_began_on(campus: Campus, course: Path) -> None:
    learner = campus.learner("version-1")
    old = learner.data()["digest"]
    learner.api("PUT", "/units/first/answers", {"number": 1, "answers": HALF})
    write_course(course, right="b", prompt="Who decides now?")
    data = learner.data()
    assert data["digest"] != old
    assert data["units"][0]["quiz"][0]["prompt_html"] == "Who decides?"
    state = hand_in(learner, 1, HALF)
    assert state["attempts"][0]["results"]["q1"]["credit"] == "1"
    data = learner.data()
    assert data["units"][0]["quiz"][0]["prompt_html"] == "Who decides now?"
    state = hand_in(learner, 2, HALF)
    assert state["attempts"][1]["results"]["q1"]["credit"] == "0"


def test_an_attempt_begins_on_the_version_in_front_of_the_learner(
    campus: Campus, course: Path
) -> None:
    learner = campus.learner("version-2")
    learner.data()
    write_course(course, right="b")
    state = hand_in(learner, 1, RIGHT)
    assert state["value"] == "100.00"


def test_a_broken_version_is_not_served(campus: Campus, course: Path) -> None:
    learner = campus.learner()
    digest = learner.data()["digest"]
    break_course(course)
    assert learner.data()["digest"] == digest
    teacher = campus.teacher()
    page = teacher.get(f"/teach/{teacher.handle}").text
    assert "The files of this course have problems" in page
    assert "unit.yaml" in page


def test_the_learner_changes_the_language(campus: Campus) -> None:
    learner = campus.learner(launch_presentation={"locale": "fr_FR"})
    assert learner.data()["language"] == "fr"
    assert learner.get(f"/play/{learner.handle}?language=en").status_code == 303
    assert learner.data()["language"] == "en"
    learner.get(f"/play/{learner.handle}?language=xx")
    assert learner.data()["language"] == "en"


NESTED: Any = 1
for _ in range(40):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/units/first/progress", {"page": "../etc", "seen": []}, 400),
        ("PUT", "/units/first/progress", {"page": "one", "seen": "one"}, 400),
        ("PUT", "/units/first/progress", {"page": "one", "seen": [1]}, 400),
        ("PUT", "/units/first/progress", {"page": "one", "seen": ["one"] * 501}, 400),
        ("PUT", "/units/other/progress", {"page": "one", "seen": []}, 404),
        ("PUT", "/units/first/answers", [], 400),
        ("PUT", "/units/first/answers", {"number": "1", "answers": {}}, 400),
        ("PUT", "/units/first/answers", {"number": 0, "answers": {}}, 400),
        ("PUT", "/units/first/answers", {"number": True, "answers": {}}, 400),
        ("PUT", "/units/first/answers", {"number": 2, "answers": {}}, 409),
        ("PUT", "/units/first/answers", {"number": 1, "answers": {"zz": "a"}}, 409),
        ("PUT", "/units/first/answers", {"number": 1, "answers": {"q1": "x" * 10_001}}, 400),
        ("PUT", "/units/first/answers", {"number": 1, "answers": {"q1": "a\0b"}}, 400),
        ("PUT", "/units/first/answers", {"number": 1, "answers": {"q1": "\ud800"}}, 400),
        ("PUT", "/units/first/answers", {"number": 1, "answers": {"q1": float("nan")}}, 400),
        ("PUT", "/units/first/answers", {"number": 1, "answers": {"q1": 10**400}}, 400),
        ("PUT", "/units/first/answers", {"number": 1, "answers": {"q1": NESTED}}, 400),
        ("PUT", "/units/first/answers", {"number": 1, "answers": {"q1": ["x" * 9000] * 40}}, 413),
        ("POST", "/units/first/hand-in", {}, 400),
        ("POST", "/units/first/checks/nope", {"answer": "a"}, 404),
    ],
)
def test_hostile_bodies_are_refused(
    campus: Campus, method: str, path: str, body: Any, status: int
) -> None:
    learner = campus.learner("hostile")
    if isinstance(body, dict) and "nan" in str(body):
        headers = {"Authorization": f"Bearer {learner.handle}", "Content-Type": "application/json"}
        raw = '{"number": 1, "answers": {"q1": NaN}}'
        answer = learner.browser.request(method, f"/api{path}", data=raw, headers=headers)
    else:
        answer = learner.api(method, path, body)
    assert answer.status_code == status, answer.text
    assert set(answer.json()["error"]) == {"code", "message"}
