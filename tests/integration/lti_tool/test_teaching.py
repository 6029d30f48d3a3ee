"""What teachers see and choose: the table, the guide, the picker, a link without a unit."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import jwt
import requests

from lti_tool.db import writing
from lti_tool.models import DeliveryState, ScoreDelivery, db
from lti_tool.worker.loop import deliver
from tests.conformance.platform import DL, INSTRUCTOR, LEARNER, LTI, MEMBERSHIP, Answer
from tests.integration.lti_tool.conftest import Campus, Person
from tests.integration.lti_tool.course import break_course

RIGHT = {"q1": "a", "q2": "a"}


def texts(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


class TestTable:
    def test_nobody_yet(self, campus: Campus) -> None:
        teacher = campus.teacher(context={"id": "empty-course"})
        assert teacher.page == "teach"
        page = teacher.get(f"/teach/{teacher.handle}")
        assert page.status_code == 200
        assert "No learner has opened this activity yet." in page.text

    def test_who_has_done_what(self, campus: Campus) -> None:
        ready = campus.learner("t-1", name="Zeïneb <b>", context={"id": "table"})
        ready.api("PUT", "/units/first/progress", {"page": "two", "seen": ["one", "two"]})
        ready.api("POST", "/units/first/hand-in", {"number": 1, "answers": RIGHT})
        deliver(campus.tool.app)
        campus.learner("t-2", name=None, context={"id": "table"})
        campus.teacher("t-3", name="Teacher Three", context={"id": "table"})
        teacher = campus.teacher(context={"id": "table"})
        page = teacher.get(f"/teach/{teacher.handle}").text
        assert "Zeïneb &lt;b&gt;" in page
        assert "Teacher Three" not in page
        words = texts(page)
        assert re.search(r"Learner \d+ Not started", words)
        assert re.search(r"Zeïneb <b> Done 100 2/2 1/2 .* Sent", words)
        assert "First <b>unit</b> & more" in words

    def test_an_undelivered_score_shows_its_cause_and_is_sent_again(self, campus: Campus) -> None:
        learner = campus.learner("lost-1", context={"id": "lost"})
        campus.platform.answers["/lineitems/1/lineitem/scores"].append(
            Answer(400, b"user cannot be graded")
        )
        learner.api("POST", "/units/first/hand-in", {"number": 1, "answers": RIGHT})
        assert deliver(campus.tool.app).failed == 1
        teacher = campus.teacher(context={"id": "lost"})
        page = teacher.get(f"/teach/{teacher.handle}").text
        assert "1 score did not reach the gradebook" in page
        assert "Not sent" in page
        found = re.search(rf'action="(/teach/{teacher.handle}/send/\d+)"', page)
        assert found
        assert teacher.post(found[1]).status_code == 403
        token = teacher.form_token(f"/teach/{teacher.handle}")
        assert teacher.post(found[1], data={"form_token": token}).status_code == 303
        assert deliver(campus.tool.app).delivered == 1
        assert campus.platform.scores["1", "lost-1"]["scoreGiven"] == 100

    def test_a_score_that_waits_shows_its_cause_and_is_sent_at_once(self, campus: Campus) -> None:
        learner = campus.learner("late-1", context={"id": "late"})
        campus.platform.answers["/lineitems/1/lineitem/scores"].append(Answer(503))
        learner.api("POST", "/units/first/hand-in", {"number": 1, "answers": RIGHT})
        assert deliver(campus.tool.app).postponed == 1
        teacher = campus.teacher(context={"id": "late"})
        page = teacher.get(f"/teach/{teacher.handle}").text
        assert "Waiting, tried 1 time<" in page
        assert "The platform has a fault at the moment." in page
        found = re.search(rf'action="(/teach/{teacher.handle}/send/\d+)"', page)
        assert found
        assert deliver(campus.tool.app).total == 0
        token = teacher.form_token(f"/teach/{teacher.handle}")
        assert teacher.post(found[1], data={"form_token": token}).status_code == 303
        assert "On its way" in teacher.get(f"/teach/{teacher.handle}").text
        assert deliver(campus.tool.app).delivered == 1

    def test_learners_and_other_courses_are_kept_out(self, campus: Campus) -> None:
        learner = campus.learner("out-1", context={"id": "own"})
        learner.api("POST", "/units/first/hand-in", {"number": 1, "answers": RIGHT})
        for path in ("", "/guide"):
            assert learner.get(f"/teach/{learner.handle}{path}").status_code == 403
        with campus.tool.app.app_context(), writing() as session:
            row = session.query(ScoreDelivery).order_by(ScoreDelivery.id.desc()).first()
            assert row is not None
            row.state = DeliveryState.FAILED
            number = row.id
        stranger = campus.teacher("other", context={"id": "other-course"})
        page = stranger.get(f"/teach/{stranger.handle}").text
        assert "Amina" not in page
        token = stranger.form_token(f"/teach/{stranger.handle}")
        path = f"/teach/{stranger.handle}/send/{number}"
        assert stranger.post(path, data={"form_token": "x"}).status_code == 403
        assert stranger.post(path, data={"form_token": token}).status_code == 404
        with campus.tool.app.app_context():
            again = db.session.get(ScoreDelivery, number)
            assert again is not None
            assert again.state == DeliveryState.FAILED

    def test_the_guide_is_for_trainers(self, campus: Campus) -> None:
        teacher = campus.teacher()
        assert "For trainers only." in teacher.get(f"/teach/{teacher.handle}/guide").text


class TestLinkWithoutUnit:
    def enter(self, campus: Campus, link: str, role: str) -> Person:
        claims = campus.platform.claims(roles=[role], resource_link={"id": link})
        return campus.enter(claims)

    def test_a_learner_is_told(self, campus: Campus) -> None:
        learner = self.enter(campus, "bare-1", LEARNER)
        page = learner.get(f"/play/{learner.handle}")
        assert page.status_code == 200
        assert "has not chosen a unit" in page.text
        assert learner.api("GET", "/state").status_code == 404

    def test_a_teacher_chooses(self, campus: Campus) -> None:
        teacher = self.enter(campus, "bare-2", INSTRUCTOR)
        path = f"/teach/{teacher.handle}"
        page = teacher.get(path).text
        assert "This activity names no unit yet" in page
        token = teacher.form_token(path)
        empty = teacher.post(f"{path}/unit", data={"form_token": token, "unit": "no/such"})
        assert empty.status_code == 400
        assert "Nothing is chosen yet" in empty.text
        chosen = {"form_token": token, "unit": "small/first"}
        assert teacher.post(f"{path}/unit", data=chosen).status_code == 303
        learner = self.enter(campus, "bare-2", LEARNER)
        assert learner.data()["units"][0]["id"] == "first"

    def test_a_unit_that_is_gone(self, campus: Campus, course: Path) -> None:
        claims = campus.platform.claims(custom={"course": "small", "unit": "gone"})
        claims[LTI + "resource_link"] = {"id": "gone-link"}
        learner = campus.enter(claims)
        page = learner.get(f"/play/{learner.handle}")
        assert page.status_code == 404
        assert "not on offer at the moment" in page.text


class TestPicker:
    def answer(self, page: str) -> tuple[str, dict[str, Any]]:
        url = re.search(r'action="([^"]+)"', page)
        token = re.search(r'name="JWT" value="([^"]+)"', page)
        assert url
        assert token
        claims: dict[str, Any] = jwt.decode(token[1], options={"verify_signature": False})
        return html.unescape(url[1]), claims

    def test_choose_and_send(self, campus: Campus) -> None:
        picker = campus.picker()
        path = f"/pick/{picker.handle}"
        page = picker.get(path)
        assert "First &lt;b&gt;unit&lt;/b&gt; &amp; more" in page.text
        assert 'type="checkbox" name="unit" value="small/first"' in page.text
        form = {"form_token": picker.form_token(path), "unit": "small/first", "graded": "on"}
        sent = picker.post(path, data=form)
        url, claims = self.answer(sent.text)
        assert url == f"{campus.platform.url}/deep-linking?sesskey=abc"
        assert campus.platform.url in sent.headers["Content-Security-Policy"]
        item = claims[DL + "content_items"][0]
        assert item["title"] == "First <b>unit</b> & more"
        assert item["custom"] == {
            "course": "small",
            "unit": "first",
            "context_history": "$Context.id.history",
            "link_history": "$ResourceLink.id.history",
        }
        assert item["lineItem"]["submissionReview"]["url"] == item["url"]
        assert item["lineItem"]["scoreMaximum"] == 100
        assert claims[DL + "data"] == "opaque <&> data"
        assert claims[LTI + "deployment_id"] == campus.platform.deployment_id

    def test_a_fixed_language_and_no_grade(self, campus: Campus) -> None:
        picker = campus.picker()
        path = f"/pick/{picker.handle}"
        form = {"form_token": picker.form_token(path), "unit": "small/first", "spoken": "fr"}
        _, claims = self.answer(picker.post(path, data=form).text)
        item = claims[DL + "content_items"][0]
        assert item["title"] == "Première unité"
        assert item["custom"]["set_language"] == "fr"
        assert "lineItem" not in item

    def test_nothing_chosen_and_cancel(self, campus: Campus) -> None:
        picker = campus.picker()
        path = f"/pick/{picker.handle}"
        token = picker.form_token(path)
        none = picker.post(path, data={"form_token": token, "unit": "no/such"})
        assert none.status_code == 400
        assert 'href="#first-unit"' in none.text
        assert 'id="first-unit"' in none.text
        _, claims = self.answer(picker.post(path, data={"form_token": token, "cancel": "1"}).text)
        assert claims[DL + "content_items"] == []
        assert picker.post(path, data={"unit": "small/first"}).status_code == 403

    def test_search_without_scripts(self, campus: Campus) -> None:
        picker = campus.picker()
        for words, found in (("gouvernance", True), ("VOTES managers", True), ("zebra", False)):
            page = picker.get(f"/pick/{picker.handle}", params={"q": words}).text
            assert ("small/first" in page) is found
        page = picker.get(f"/pick/{picker.handle}", params={"q": '"><script>alert(1)'}).text
        assert "<script>alert" not in page

    def test_who_may_pick(self, campus: Campus) -> None:
        designer = [f"{MEMBERSHIP}#ContentDeveloper"]
        assert campus.picker(roles=designer).page == "pick"
        refused = campus.browser().launch(campus.platform.deep_linking(roles=[LEARNER]))
        assert refused.status_code == 403
        assert "launch.role-may-not-pick" in refused.text

    def test_faulty_courses_are_shown_with_their_problems(
        self, campus: Campus, course: Path
    ) -> None:
        picker = campus.picker()
        break_course(course)
        page = picker.get(f"/pick/{picker.handle}").text
        assert "Courses with problems" in page
        assert "the version before is shown" in page

    def test_its_pages_are_not_the_players(self, campus: Campus) -> None:
        picker = campus.picker()
        assert picker.get(f"/teach/{picker.handle}").status_code == 404
        assert picker.get(f"/play/{picker.handle}").status_code == 303
        learner = campus.learner()
        assert learner.get(f"/pick/{learner.handle}").status_code == 404


def test_the_interface_speaks_the_teachers_language(campus: Campus) -> None:
    teacher = campus.teacher(launch_presentation={"locale": "ar"})
    page = teacher.get(f"/teach/{teacher.handle}").text
    assert '<html lang="ar" dir="rtl">' in page
    assert teacher.get(f"/teach/{teacher.handle}?language=fr").status_code == 303
    assert '<html lang="fr" dir="ltr">' in teacher.get(f"/teach/{teacher.handle}").text


def test_pages_without_scripts_from_elsewhere(campus: Campus) -> None:
    teacher = campus.teacher()
    page = teacher.get(f"/teach/{teacher.handle}").text
    home = requests.get(campus.tool.url, timeout=30).text
    for text in (page, home):
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
