"""Options per link, and the preview as a learner."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.models import ResourceLink, ScoreDelivery, db, now
from tests.integration.lti_tool.conftest import LAUNCH_CUSTOM, Campus, Person

RIGHT = {"q1": "a", "q2": "a"}
HALF = {"q1": "a", "q2": "b"}


def texts(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def clock(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def save(teacher: Person, **fields: str) -> Any:
    path = f"/teach/{teacher.handle}/options"
    return teacher.post(path, data={"form_token": teacher.form_token(path), **fields})


def hand_in(person: Person, number: int, answers: dict[str, str]) -> Any:
    body = {"number": number, "answers": answers}
    return person.api("POST", "/units/first/hand-in", body)


def stored(campus: Campus) -> dict[str, Any]:
    with campus.tool.app.app_context():
        link = db.session.scalars(select(ResourceLink).order_by(ResourceLink.id.desc())).first()
        assert link is not None
        return dict(link.options)


class TestForm:
    def test_what_is_saved_is_shown_again(self, campus: Campus) -> None:
        teacher = campus.teacher(context={"id": "options-1"})
        fields = {
            "language": "fr",
            "attempts": "5",
            "pass_mark": "75",
            "mode": "spoc",
            "opens_at": "2031-03-30T09:00",
            "closes_at": "2031-07-01T18:30",
            "time_zone": "Africa/Casablanca",
            "tutor": 'Amina "<b>"',
            "note": "Room 4\nMondays",
        }
        assert save(teacher, **fields).status_code == 303
        assert stored(campus)["closes_at"] == "2031-07-01T17:30:00+00:00"
        page = teacher.get(f"/teach/{teacher.handle}/options").text
        assert 'value="fr" lang="fr" selected' in page
        assert '<option value="5" selected>' in page
        assert 'value="75"' in page
        assert 'value="2031-07-01T18:30"' in page
        assert 'value="Africa/Casablanca" selected' in page
        assert "Amina &#34;&lt;b&gt;&#34;" in page
        assert "Room 4\nMondays</textarea>" in page
        assert save(teacher, mode="mooc").status_code == 303
        assert stored(campus) == {}

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("language", "xx"),
            ("attempts", "0"),
            ("attempts", "6"),
            ("attempts", "-1"),
            ("attempts", "²"),
            ("pass_mark", "49"),
            ("pass_mark", "101"),
            ("pass_mark", "60.5"),
            ("opens_at", "tomorrow"),
            ("opens_at", "0001-01-01T00:00"),
            ("opens_at", "9999-12-31T23:59"),
            ("closes_at", "2031-01-01T00:00+99:00"),
            ("closes_at", "2030-01-01T00:00"),
            ("time_zone", "Mars/Olympus"),
            ("time_zone", "../../etc/passwd"),
            ("tutor", "x" * 121),
            ("note", "x" * 1001),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_saved(
        self, campus: Campus, field: str, value: str
    ) -> None:
        teacher = campus.teacher(context={"id": "options-2"})
        fields = {"mode": "spoc", "opens_at": "2031-01-01T00:00", field: value}
        answer = save(teacher, **fields)
        assert answer.status_code == 400
        assert f'href="#{field}"' in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert stored(campus) == {}


class TestApplied:
    def test_attempts_and_pass_mark(self, campus: Campus) -> None:
        here = {"context": {"id": "options-3"}}
        learner = campus.learner("o-1", **here)
        assert hand_in(learner, 1, HALF).json()["state"]["success"] == "unknown"
        teacher = campus.teacher(**here)
        assert save(teacher, attempts="1", pass_mark="100").status_code == 303
        unit = learner.data()["units"][0]
        assert (unit["attempts"], unit["mastery_score"]) == (1, "100")
        state = learner.state()
        assert (state["attempts_allowed"], state["success"]) == (1, "failed")
        assert hand_in(learner, 2, RIGHT).json()["error"]["code"] == "attempt.none-left"
        with campus.tool.app.app_context():
            before = db.session.scalars(select(ScoreDelivery.value)).all()
        assert save(teacher, pass_mark="50").status_code == 303
        assert learner.state()["success"] == "passed"
        assert "Done" in texts(teacher.get(f"/teach/{teacher.handle}?stage=done").text)
        with campus.tool.app.app_context():
            assert db.session.scalars(select(ScoreDelivery.value)).all() == before
        elsewhere = campus.learner("o-2", context={"id": "options-4"})
        assert elsewhere.data()["units"][0]["attempts"] == 2

    def test_a_fixed_language(self, campus: Campus) -> None:
        here = {"context": {"id": "options-5"}}
        learner = campus.learner("o-3", **here)
        assert learner.data()["language"] == "en"
        save(campus.teacher(**here), language="fr")
        assert learner.data()["language"] == "fr"
        assert learner.get(f"/play/{learner.handle}?language=en").status_code == 303
        assert learner.data()["language"] == "fr"

    def test_the_quiz_alone(self, campus: Campus) -> None:
        here = {"context": {"id": "options-6"}, "custom": {**LAUNCH_CUSTOM, "part": "quiz"}}
        learner = campus.learner("o-4", **here)
        unit = learner.data()["units"][0]
        assert unit["pages"] == []
        assert len(unit["quiz"]) == 2
        state = hand_in(learner, 1, RIGHT).json()["state"]
        assert (state["completion"], state["success"]) == ("completed", "passed")
        teacher = campus.teacher(**here)
        assert "100 0/0 1/2" in texts(teacher.get(f"/teach/{teacher.handle}").text)


class TestDates:
    def test_before_the_beginning(self, campus: Campus) -> None:
        here = {"context": {"id": "dates-1"}}
        learner = campus.learner("d-1", **here)
        teacher = campus.teacher(**here)
        opens = now() + timedelta(days=2)
        save(teacher, mode="spoc", opens_at=clock(opens), tutor="Amina", note="Room 4")
        page = learner.get(f"/play/{learner.handle}")
        assert page.status_code == 200
        words = texts(page.text)
        assert "This activity is not open yet." in words
        assert "With: Amina" in words
        assert "Room 4" in words
        assert "Who decides?" not in page.text
        refused = hand_in(learner, 1, RIGHT)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "unit.not-open")
        assert learner.api("GET", "/state").status_code == 403

    def test_after_the_end(self, campus: Campus) -> None:
        here = {"context": {"id": "dates-2"}}
        learner = campus.learner("d-2", **here)
        hand_in(learner, 1, HALF)
        save(campus.teacher(**here), mode="spoc", closes_at=clock(now() - timedelta(days=1)))
        assert "The time for handing in is over." in learner.document()
        put = learner.api("PUT", "/units/first/progress", {"page": "two", "seen": ["two"]})
        assert put.json()["state"]["seen"] == ["two"]
        assert learner.state()["closed"] is True
        late = hand_in(learner, 2, RIGHT)
        assert (late.status_code, late.json()["error"]["code"]) == (409, "unit.closed")
        draft = learner.api("PUT", "/units/first/answers", {"number": 2, "answers": HALF})
        assert draft.json()["error"]["code"] == "unit.closed"
        again = hand_in(learner, 1, HALF)
        assert again.json()["state"]["attempts"][0]["value"] == "50.00"

    def test_in_time_they_are_shown(self, campus: Campus) -> None:
        here = {"context": {"id": "dates-3"}}
        learner = campus.learner("d-3", **here)
        save(
            campus.teacher(**here),
            mode="spoc",
            closes_at="2031-07-01T18:30",
            time_zone="Africa/Tunis",
            tutor="Amina <i>",
        )
        document = learner.document()
        assert 'datetime="2031-07-01T17:30:00+00:00"' in document
        assert "Amina &lt;i&gt;" in document
        assert hand_in(learner, 1, RIGHT).status_code == 200

    def test_in_mooc_mode_they_do_not_apply(self, campus: Campus) -> None:
        here = {"context": {"id": "dates-4"}}
        learner = campus.learner("d-4", **here)
        save(campus.teacher(**here), mode="mooc", closes_at="2020-07-01T18:30", note="Secret")
        assert "Secret" not in learner.document()
        assert hand_in(learner, 1, RIGHT).status_code == 200


class TestPreview:
    def test_as_a_learner_and_back(self, campus: Campus) -> None:
        teacher = campus.teacher(context={"id": "preview-1"})
        path = f"/teach/{teacher.handle}"
        token = teacher.form_token(path)
        answer = teacher.post(f"{path}/preview", data={"form_token": token})
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/play/{teacher.handle}")
        document = teacher.document()
        assert "Preview: nothing is kept." in document
        assert f'href="{path}"' in document
        assert hand_in(teacher, 1, RIGHT).json()["state"]["value"] == "100.00"
        assert teacher.state()["attempts"] == []
        assert "No learner has opened" in teacher.get(path).text
        learner = campus.learner("pre-1", context={"id": "preview-1"})
        assert "Preview" not in learner.document()

    def test_before_the_beginning_with_a_way_in(self, campus: Campus) -> None:
        teacher = campus.teacher(context={"id": "preview-2"})
        save(teacher, mode="spoc", opens_at="2031-07-01T18:30")
        path = f"/teach/{teacher.handle}"
        assert "Who decides?" in teacher.document()
        token = teacher.form_token(path)
        teacher.post(f"{path}/preview", data={"form_token": token})
        early = teacher.get(f"/play/{teacher.handle}").text
        assert "Learners see this page until the activity opens." in early
        teacher.post(f"{path}/preview", data={"form_token": token, "dates": "off"})
        assert "Who decides?" in teacher.document()
