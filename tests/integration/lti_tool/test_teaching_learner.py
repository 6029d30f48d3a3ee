"""One learner's way, attempts granted and taken back, a learner set back and put back."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from lti_tool.db import writing
from lti_tool.models import Attempt, Job, ResourceLink, ScoreDelivery, User, db, now
from lti_tool.services import results
from lti_tool.tool import tool_of
from lti_tool.worker.loop import deliver, work_off
from tests.integration.lti_tool.conftest import Campus, Person

RIGHT = {"q1": "a", "q2": "a"}
HALF = {"q1": "a", "q2": "b"}
WRONG = {"q1": "b", "q2": "b"}


def texts(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def hand_in(person: Person, number: int, answers: dict[str, str]) -> dict[str, Any]:
    body = {"number": number, "answers": answers}
    answer = person.api("POST", "/units/first/hand-in", body)
    assert answer.status_code == 200, answer.text
    state: dict[str, Any] = answer.json()["state"]
    return state


class Desk:
    """A teacher at one learner's page."""

    def __init__(self, campus: Campus, context: str, sub: str) -> None:
        self.campus = campus
        self.person = campus.teacher(context={"id": context})
        with campus.tool.app.app_context():
            self.number = db.session.scalar(
                select(User.id).where(User.sub == sub).order_by(User.id.desc())
            )
        self.path = f"/teach/{self.person.handle}/learner/{self.number}"

    def text(self) -> str:
        answer = self.person.get(self.path)
        assert answer.status_code == 200
        return texts(answer.text)

    def do(self, what: str, **fields: str) -> int:
        token = self.person.form_token(self.path)
        data = {"form_token": token, **fields}
        return self.person.post(f"{self.path}/{what}", data=data).status_code


def scores(campus: Campus) -> int:
    with campus.tool.app.app_context():
        return db.session.scalar(select(func.count()).select_from(ScoreDelivery)) or 0


class TestPath:
    def test_pages_answers_feedback_and_the_gradebook(self, campus: Campus) -> None:
        learner = campus.learner("p-1", name="Zeïneb <b>", context={"id": "path"})
        learner.api("PUT", "/units/first/progress", {"page": "one", "seen": ["one"]})
        hand_in(learner, 1, HALF)
        deliver(campus.tool.app)
        learner.api("PUT", "/units/first/answers", {"number": 2, "answers": {"q1": "b"}})
        text = Desk(campus, "path", "p-1").text()
        assert "Zeïneb <b>" in text
        assert "Page one (read)" in text
        assert "Page two (not yet)" in text
        assert "Attempt 1 50%" in text
        assert "Who decides? Right" in text
        assert "The owner ✕ wrong".replace("✕ ", "") in text
        assert "Right would have been: Members" in text
        assert "told-b" in text
        assert "Attempt 2 Open draft" in text
        assert re.search(r"50 \d+ Nov \d{4}, [\d:]+ Sent|50 .* Sent", text)
        assert "1 of 2 used" in text

    def test_a_name_is_no_markup(self, campus: Campus) -> None:
        campus.learner("p-2", name='"><script>alert(1)</script>', context={"id": "path-2"})
        desk = Desk(campus, "path-2", "p-2")
        assert "<script>alert" not in desk.person.get(desk.path).text

    def test_what_the_gradebook_holds_instead(self, campus: Campus) -> None:
        learner = campus.learner("held-1", context={"id": "held"})
        hand_in(learner, 1, RIGHT)
        assert deliver(campus.tool.app).delivered == 1
        campus.platform.scores["1", "held-1"]["scoreGiven"] = 40
        desk = Desk(campus, "held", "held-1")
        gradebook = f"/teach/{desk.person.handle}/gradebook"
        assert desk.person.post(gradebook).status_code == 403
        token = desk.person.form_token(gradebook)
        assert desk.person.post(gradebook, data={"form_token": token}).status_code == 303
        asked = desk.person.get(gradebook).text
        assert "It is being read, which takes a moment." in asked
        assert f'href="{gradebook}">Look again</a>' in asked
        assert "The gradebook holds what it was told." not in asked
        with campus.tool.app.app_context():
            job = db.session.scalars(
                select(Job).where(Job.kind == results.KIND).order_by(Job.id.desc())
            ).first()
            assert job is not None
            assert job.state == "due"
            results.read_results(writing, tool_of(campus.tool.app).tokens, int(job.key), now)
        assert "The tool sent 100, and the gradebook holds 40" in desk.text()
        assert "Where the gradebook holds something else" in desk.person.get(gradebook).text


class TestGrants:
    def test_an_attempt_more_and_back(self, campus: Campus) -> None:
        learner = campus.learner("g-1", context={"id": "grants"})
        hand_in(learner, 1, WRONG)
        assert hand_in(learner, 2, WRONG)["success"] == "failed"
        desk = Desk(campus, "grants", "g-1")
        assert "No attempt left" in desk.text()
        assert desk.do("grant") == 303
        state = learner.state()
        assert (state["attempts_allowed"], state["success"]) == (3, "unknown")
        assert desk.do("take-back") == 303
        assert learner.state()["attempts_allowed"] == 2
        refused = learner.api("POST", "/units/first/hand-in", {"number": 3, "answers": RIGHT})
        assert refused.json()["error"]["code"] == "attempt.none-left"
        assert desk.do("grant") == 303
        assert hand_in(learner, 3, RIGHT)["success"] == "passed"
        assert "3 of 3 used (1 granted)" in desk.text()
        assert desk.do("take-back") == 409
        assert deliver(campus.tool.app).delivered >= 1
        assert campus.platform.scores["1", "g-1"]["scoreGiven"] == 100

    def test_before_the_learner_has_begun(self, campus: Campus) -> None:
        learner = campus.learner("g-2", context={"id": "grants-2"})
        desk = Desk(campus, "grants-2", "g-2")
        assert desk.do("grant") == 303
        assert "Not started" in desk.text()
        assert learner.state()["attempts_allowed"] == 3
        assert desk.do("take-back") == 303
        assert desk.do("take-back") == 409

    def test_not_for_ever(self, campus: Campus) -> None:
        campus.learner("g-3", context={"id": "grants-3"})
        desk = Desk(campus, "grants-3", "g-3")
        answers = [desk.do("grant") for _ in range(21)]
        assert answers == [303] * 20 + [409]


class TestReset:
    def test_the_grade_follows_a_new_attempt_even_down(self, campus: Campus) -> None:
        learner = campus.learner("r-1", context={"id": "reset"})
        learner.api("PUT", "/units/first/progress", {"page": "one", "seen": ["one", "two"]})
        hand_in(learner, 1, RIGHT)
        learner.api("PUT", "/units/first/progress", {"page": "result", "seen": []})
        assert deliver(campus.tool.app).delivered == 1
        count = scores(campus)
        desk = Desk(campus, "reset", "r-1")
        confirm = texts(desk.person.get(f"{desk.path}/reset").text)
        assert "The grade in the gradebook stays as it is until" in confirm
        assert desk.do("reset", pages="keep") == 303
        assert scores(campus) == count
        assert campus.platform.scores["1", "r-1"]["scoreGiven"] == 100
        state = learner.state()
        assert (state["attempts"], state["success"]) == ([], "unknown")
        assert state["seen"] == ["one", "two"]
        assert state["page"] == "quiz", "there is no result to come back to"
        hand_in(learner, 1, HALF)
        assert deliver(campus.tool.app).delivered == 1
        assert campus.platform.scores["1", "r-1"]["scoreGiven"] == 50
        text = desk.text()
        assert "Set aside: these count no more Attempt 1 100%" in text

    def test_undone_it_is_as_before(self, campus: Campus) -> None:
        learner = campus.learner("r-2", context={"id": "undo"})
        learner.api("PUT", "/units/first/progress", {"page": "two", "seen": ["one", "two"]})
        hand_in(learner, 1, HALF)
        learner.api("PUT", "/units/first/answers", {"number": 2, "answers": {"q1": "b"}})
        before = learner.state()
        desk = Desk(campus, "undo", "r-2")
        assert desk.do("reset", pages="clear") == 303
        assert "Not started" in desk.text()
        cleared = learner.state()
        assert (cleared["seen"], cleared["attempts"], cleared["open"]) == ([], [], None)
        assert desk.do("put-back") == 303
        after = learner.state()
        assert {**after, "page": None} == {**before, "page": None}
        assert desk.do("put-back") == 409

    def test_undone_after_new_work_all_counts_and_the_best_is_told(self, campus: Campus) -> None:
        learner = campus.learner("r-3", context={"id": "undo-late"})
        hand_in(learner, 1, RIGHT)
        assert deliver(campus.tool.app).delivered == 1
        desk = Desk(campus, "undo-late", "r-3")
        assert desk.do("reset") == 303
        hand_in(learner, 1, HALF)
        learner.api("PUT", "/units/first/answers", {"number": 2, "answers": {"q1": "b"}})
        assert deliver(campus.tool.app).delivered == 1
        assert desk.do("put-back") == 303
        state = learner.state()
        assert [(one["number"], one["value"]) for one in state["attempts"]] == [
            (1, "100.00"),
            (2, "50.00"),
        ]
        assert state["open"] == {"number": 3, "answers": {"q1": "b"}}
        assert deliver(campus.tool.app).delivered == 1
        assert campus.platform.scores["1", "r-3"]["scoreGiven"] == 100

    def test_undone_it_never_counts_more_than_is_allowed(self, campus: Campus) -> None:
        learner = campus.learner("r-9", context={"id": "undo-many"})
        allowed = learner.data()["units"][0]["attempts"]
        for number in range(1, allowed + 1):
            hand_in(learner, number, WRONG)
        desk = Desk(campus, "undo-many", "r-9")
        assert desk.do("reset") == 303
        hand_in(learner, 1, HALF)
        assert desk.do("put-back") == 303
        assert f"Attempts {allowed + 1} of {allowed + 1} used" in desk.text()
        assert f"{allowed + 1}/{allowed + 1}" in texts(
            desk.person.get(f"/teach/{desk.person.handle}").text
        )
        assert learner.state()["attempts_allowed"] == allowed + 1
        assert desk.do("take-back") == 409
        # What is granted now can be used.
        assert desk.do("grant") == 303
        assert f"Attempts {allowed + 1} of {allowed + 2} used" in desk.text()
        assert desk.do("take-back") == 303
        assert desk.do("grant") == 303
        hand_in(learner, allowed + 2, RIGHT)
        assert f"Attempts {allowed + 2} of {allowed + 2} used" in desk.text()

    def test_twice_and_undone_step_by_step(self, campus: Campus) -> None:
        learner = campus.learner("r-4", context={"id": "undo-twice"})
        desk = Desk(campus, "undo-twice", "r-4")
        assert desk.do("reset") == 409
        hand_in(learner, 1, HALF)
        assert desk.do("reset") == 303
        hand_in(learner, 1, RIGHT)
        assert desk.do("reset") == 303
        assert desk.do("put-back") == 303
        assert [one["value"] for one in learner.state()["attempts"]] == ["100.00"]
        assert desk.do("put-back") == 303
        values = [(one["number"], one["value"]) for one in learner.state()["attempts"]]
        assert sorted(values) == [(1, "50.00"), (2, "100.00")]

    def test_nothing_is_deleted(self, campus: Campus) -> None:
        learner = campus.learner("r-5", context={"id": "kept"})
        hand_in(learner, 1, HALF)
        desk = Desk(campus, "kept", "r-5")
        with campus.tool.app.app_context():
            count = db.session.scalar(select(func.count(Attempt.id)))
        assert desk.do("reset", pages="clear") == 303
        with campus.tool.app.app_context():
            assert db.session.scalar(select(func.count(Attempt.id))) == count


class TestKeptOut:
    ROUTES = (
        ("GET", ""),
        ("GET", "/guide"),
        ("GET", "/options"),
        ("GET", "/gradebook"),
        ("GET", "/learners.csv"),
        ("GET", "/learner/{number}"),
        ("GET", "/learner/{number}/reset"),
        ("POST", "/learner/{number}/reset"),
        ("POST", "/learner/{number}/put-back"),
        ("POST", "/learner/{number}/grant"),
        ("POST", "/learner/{number}/take-back"),
        ("POST", "/options"),
        ("POST", "/gradebook"),
        ("POST", "/preview"),
        ("POST", "/roster"),
        ("POST", "/send"),
        ("POST", "/send/1"),
        ("POST", "/unit"),
    )

    @pytest.mark.parametrize(("method", "route"), ROUTES)
    def test_learners(self, campus: Campus, method: str, route: str) -> None:
        learner = campus.learner("k-1", context={"id": "kept-out"})
        number = Desk(campus, "kept-out", "k-1").number
        path = f"/teach/{learner.handle}{route.format(number=number)}"
        answer = learner.browser.request(method, path)
        assert answer.status_code == 403
        assert "session.not-instructor" in answer.text

    @pytest.mark.parametrize("route", [route for method, route in ROUTES if method == "POST"])
    def test_forged_forms(self, campus: Campus, route: str) -> None:
        campus.learner("k-2", context={"id": "forged"})
        desk = Desk(campus, "forged", "k-2")
        path = f"/teach/{desk.person.handle}{route.format(number=desk.number)}"
        other = campus.teacher("t-other", context={"id": "forged"})
        wrong = other.form_token(f"/teach/{other.handle}")
        for data in ({}, {"form_token": "0" * 64}, {"form_token": wrong}):
            answer = desk.person.post(path, data=data)
            assert answer.status_code == 403
            assert "form.forged" in answer.text

    @pytest.mark.parametrize("what", ["", "/reset"])
    def test_teachers_of_other_courses(self, campus: Campus, what: str) -> None:
        learner = campus.learner("k-3", name="Secret Name", context={"id": "mine"})
        hand_in(learner, 1, HALF)
        number = Desk(campus, "mine", "k-3").number
        stranger = campus.teacher("t-3", context={"id": "theirs"})
        path = f"/teach/{stranger.handle}/learner/{number}"
        answer = stranger.get(path + what)
        assert answer.status_code == 404
        assert "Secret" not in answer.text
        token = stranger.form_token(f"/teach/{stranger.handle}")
        for change in ("reset", "put-back", "grant", "take-back"):
            refused = stranger.post(f"{path}/{change}", data={"form_token": token})
            assert refused.status_code == 404
        assert len(learner.state()["attempts"]) == 1

    @pytest.mark.parametrize("number", ["0", "99999999", "2147483648", "99999999999999999999", "x"])
    def test_numbers_of_nobody(self, campus: Campus, number: str) -> None:
        teacher = campus.teacher(context={"id": "nobody"})
        assert teacher.get(f"/teach/{teacher.handle}/learner/{number}").status_code == 404

    def test_colleagues_are_no_learners(self, campus: Campus) -> None:
        campus.teacher("t-colleague", context={"id": "staff"})
        desk = Desk(campus, "staff", "t-colleague")
        assert desk.person.get(desk.path).status_code == 404


class TestRoster:
    def test_read_when_asked(self, campus: Campus) -> None:
        campus.platform.members = [
            {"user_id": "n-1", "name": "Nadia Roster", "roles": ["Learner"], "status": "Active"}
        ]
        teacher = campus.teacher(context={"id": "roster"})
        with campus.tool.app.app_context(), writing() as session:
            link = session.scalars(select(ResourceLink).order_by(ResourceLink.id.desc())).first()
            assert link is not None
            link.context.memberships_url = f"{campus.platform.url}/members"
            link.context.roster_at = now()
        path = f"/teach/{teacher.handle}"
        token = teacher.form_token(path)
        assert teacher.post(f"{path}/roster", data={"form_token": token}).status_code == 303
        assert f'href="{path}">Look again</a>' in teacher.get(path).text
        while work_off(campus.tool.app):
            pass
        page = texts(teacher.get(path).text)
        assert "Nadia Roster Not started" in page
        assert "was last read:" in page

    @pytest.mark.parametrize(
        ("cause", "said"),
        [
            ("service.refused-403", "The platform refused to give the list of people."),
            ("roster.empty", "The platform’s list of people is empty."),
        ],
    )
    def test_why_it_could_not_be_read(self, campus: Campus, cause: str, said: str) -> None:
        teacher = campus.teacher(context={"id": f"roster-{cause}"})
        with campus.tool.app.app_context(), writing() as session:
            link = session.scalars(select(ResourceLink).order_by(ResourceLink.id.desc())).first()
            assert link is not None
            link.context.memberships_url = f"{campus.platform.url}/members"
            link.context.roster_error = f"{cause}: in the platform's words"
        page = teacher.get(f"/teach/{teacher.handle}").text
        assert said in page
        assert "Something went wrong in the tool" not in page
        assert cause in page
