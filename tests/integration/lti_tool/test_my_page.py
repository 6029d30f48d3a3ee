"""What a learner sees of themselves: progress in the course, attempts, what the LMS was told, and
their data. Over HTTP, against the platform of the tests."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from lti_tool.db import writing
from lti_tool.models import DataRequest, LineItemResult, ScoreDelivery, User, db
from tests.integration.lti_tool.conftest import Campus, Person, Tool

ANSWERS = {"q1": "a", "q2": "b"}


def hand_in(person: Person, answers: dict[str, Any] = ANSWERS, number: int = 1) -> None:
    body = {"number": number, "answers": answers}
    answer = person.api("POST", "/units/first/hand-in", body)
    assert answer.status_code == 200, answer.text


def page(person: Person, path: str = "") -> str:
    answer = person.get(f"/me/{person.handle}{path}")
    assert answer.status_code == 200, answer.text[:1000]
    return answer.text


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def activity_path(person: Person) -> str:
    found = re.search(r'href="/me/[^/"]+(/activity/\d+)"', page(person))
    assert found
    return found[1]


def user_of(person: Person, tool: Tool, sub: str) -> int:
    with tool.app.app_context():
        found = db.session.scalars(
            select(User.id).where(User.sub == sub).order_by(User.id.desc())
        ).first()
        assert found is not None
        return found


def test_somebody_new_sees_how_it_begins(campus: Campus) -> None:
    learner = campus.learner("new-one")
    shown = text(page(learner))
    assert "You have not opened a unit of this course yet." in shown
    assert "Download my data" in shown


def test_progress_over_all_units_of_the_course(campus: Campus) -> None:
    links = [
        {"resource_link": {"id": f"link-{number}", "title": f"Week {number}"}} for number in (1, 2)
    ]
    first, second = (campus.learner("two-units", **link) for link in links)
    hand_in(first)
    second.api("PUT", "/units/first/progress", {"page": "one", "seen": ["one"]})
    shown = text(page(second))
    assert shown.index("Week 1") < shown.index("Week 2")
    assert "Pages read 0/2 Attempts handed in 1/2 Best score 50% (60% to pass)" in shown
    assert "Pages read 1/2 Attempts handed in 0/2 Best score None yet" in shown
    assert shown.count("At work") == 2


def test_what_a_teacher_still_prepares_is_not_told(campus: Campus) -> None:
    learner = campus.learner("curious", resource_link={"id": "open", "title": "Open to all"})
    hand_in(learner)
    campus.teacher(resource_link={"id": "draft", "title": "Secret plan"})
    assert "Secret plan" not in page(learner)
    other = campus.learner("other", resource_link={"id": "draft", "title": "Secret plan"})
    hand_in(other)
    shown = text(page(learner))
    assert "Secret plan" in shown
    assert "Not started" in shown


def test_another_course_is_another_page(campus: Campus) -> None:
    here = campus.learner("same", context={"id": "here", "title": "Here"})
    hand_in(here)
    path = activity_path(here)
    there = campus.learner("same", context={"id": "there", "title": "There"})
    assert "You have not opened a unit" in page(there)
    assert there.get(f"/me/{there.handle}{path}").status_code == 404


def test_each_attempt_with_its_answers_and_what_was_said(campus: Campus) -> None:
    learner = campus.learner("answers")
    hand_in(learner)
    hand_in(learner, {"q1": "a", "q2": "a"}, 2)
    html = page(learner, activity_path(learner))
    shown = text(html)
    second, first = shown[shown.index("Attempt 2") :].split("Attempt 1")
    assert second.count("Right") == 2
    assert "100%" in second
    assert first.startswith(" 50%")
    assert "Right" in first
    assert "Not right Answer and feedback Your answer The owner told-b" in first
    assert "Your answer Members told-a" in first
    # The key is in what was chosen alone.
    assert "told-a" not in first.split("Not right")[1]


def test_an_unanswered_question_says_so(campus: Campus) -> None:
    learner = campus.learner("unanswered")
    hand_in(learner, {"q1": "b"})
    shown = text(page(learner, activity_path(learner)))
    assert "Not answered" in shown
    assert "told-a" not in shown


def test_an_attempt_keeps_the_language_of_the_session(campus: Campus) -> None:
    learner = campus.learner("lingual")
    hand_in(learner)
    path = activity_path(learner)
    assert learner.get(f"/me/{learner.handle}{path}?language=fr").status_code in (200, 303)
    shown = page(learner, path)
    assert '<html lang="fr"' in shown
    assert "dit-b" in shown
    assert '<html lang="fr"' in page(learner)
    learner.get(f"/me/{learner.handle}?language=ar")
    shown = page(learner, path)
    assert '<html lang="ar" dir="rtl"' in shown
    # The course speaks no Arabic: its texts say in which language they are.
    assert '<div class="prompt" lang="en" dir="ltr">' in shown


STATES = [
    ({"state": "due", "tries": 0}, "On its way"),
    (
        {"state": "due", "tries": 2, "last_error": "service.refused-500"},
        "Could not be delivered yet",
    ),
    ({"state": "failed", "tries": 9, "last_error": "ags.denied"}, "Did not arrive. Your teacher"),
    ({"state": "superseded"}, "Replaced by a later score"),
    ({"state": "delivered"}, "Arrived on "),
]


@pytest.mark.parametrize(("values", "words"), STATES)
def test_what_the_platform_was_told_in_plain_words(
    campus: Campus, tool: Tool, values: dict[str, Any], words: str
) -> None:
    learner = campus.learner("told")
    hand_in(learner)
    user = user_of(learner, tool, "told")
    with tool.app.app_context(), writing() as session:
        session.execute(update(ScoreDelivery).where(ScoreDelivery.user_id == user).values(**values))
    assert f"50% – {words}" in text(page(learner))
    shown = text(page(learner, activity_path(learner)))
    assert words in shown
    assert "service.refused" not in shown  # causes are the teacher's


def test_what_stands_in_the_gradebook(campus: Campus, tool: Tool) -> None:
    learner = campus.learner("held")
    hand_in(learner)
    user = user_of(learner, tool, "held")
    with tool.app.app_context(), writing() as session:
        link = session.scalars(
            select(ScoreDelivery.link_pk).where(ScoreDelivery.user_id == user)
        ).one()
        session.add(
            LineItemResult(
                link_pk=link, user_id=user, score="45", maximum="100", comment="<b>Fine</b>"
            )
        )
    shown = page(learner, activity_path(learner))
    assert "stood 45 of 100 on" in shown
    assert "&lt;b&gt;Fine&lt;/b&gt;" in shown


def test_nobody_sees_anybody_else(campus: Campus) -> None:
    busy = campus.learner("busy", name="Busy Bee")
    hand_in(busy)
    path = activity_path(busy)
    other = campus.learner("other-one")
    shown = page(other, path)
    assert "You have not handed in the quiz yet." in shown
    assert "Attempt 1" not in shown
    assert "Busy" not in shown


def test_a_teacher_sees_what_the_page_is_for(campus: Campus) -> None:
    teacher = campus.teacher()
    shown = text(page(teacher))
    assert "You teach this course" in shown
    for path in ("/activity/1", "/erasure"):
        refused = teacher.get(f"/me/{teacher.handle}{path}")
        assert refused.status_code == 403
        assert "session.not-learner" in refused.text
    assert teacher.post(f"/me/{teacher.handle}/data").status_code == 403
    assert teacher.post(f"/me/{teacher.handle}/erasure").status_code == 403


def test_the_picker_has_no_such_page(campus: Campus) -> None:
    picker = campus.picker()
    assert picker.get(f"/me/{picker.handle}").status_code == 404


def test_the_learners_data_as_a_file(campus: Campus, tool: Tool) -> None:
    learner = campus.learner("data-owner", name="Data Owner")
    hand_in(learner)
    path = f"/me/{learner.handle}/data"
    assert learner.post(path).status_code == 403  # not from our own page
    answer = learner.post(path, data={"form_token": learner.form_token(f"/me/{learner.handle}")})
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    values = answer.json()
    assert values["person"]["sub"] == "data-owner"
    assert values["person"]["name"] == "Data Owner"
    assert "\n  " in answer.text  # to be read
    user = user_of(learner, tool, "data-owner")
    with tool.app.app_context():
        asked = db.session.scalars(select(DataRequest).where(DataRequest.user_number == user)).one()
        assert (asked.kind, asked.asked_by) == ("export", "learner")


def test_deletion_asks_twice_and_leaves_nothing(campus: Campus, tool: Tool) -> None:
    learner = campus.learner("leaver", name="Leaver")
    hand_in(learner)
    user = user_of(learner, tool, "leaver")
    path = f"/me/{learner.handle}/erasure"
    token = learner.form_token(path)
    assert "its list of participants brings your id and name again" in learner.get(path).text
    assert learner.post(path, data={"sure": "on"}).status_code == 403
    unsure = learner.post(path, data={"form_token": token})
    assert unsure.status_code == 400
    assert "Nothing was deleted" in unsure.text
    with tool.app.app_context():
        assert db.session.get(User, user) is not None
    done = learner.post(path, data={"form_token": token, "sure": "on"})
    assert done.status_code == 200
    assert "Your data have been deleted" in done.text
    with tool.app.app_context():
        assert db.session.get(User, user) is None
        asked = db.session.scalars(select(DataRequest).where(DataRequest.user_number == user)).one()
        assert (asked.kind, asked.asked_by) == ("erasure", "learner")
    assert learner.get(f"/me/{learner.handle}").status_code == 401
    again = campus.learner("leaver")
    assert "You have not opened a unit" in page(again)


def test_without_a_name_everything_works(campus: Campus) -> None:
    learner = campus.learner("only-sub", name=None, email=None)
    hand_in(learner)
    assert "50%" in page(learner)
    assert "Not right" in page(learner, activity_path(learner))


def test_the_player_leads_there_and_says_its_languages(campus: Campus) -> None:
    learner = campus.learner("linked")
    config = learner.data()["config"]
    assert config["me"] == f"/me/{learner.handle}"
    assert [one["tag"] for one in config["languages"]] == ["en", "fr"]
    assert config["languages"][1] == {
        "tag": "fr",
        "name": "Français",
        "url": f"/play/{learner.handle}?language=fr",
    }


def test_where_there_is_no_unit_the_page_leads_there_too(campus: Campus) -> None:
    learner = campus.learner("early", custom={})
    shown = learner.get(f"/play/{learner.handle}")
    assert f'href="/me/{learner.handle}"' in shown.text
    learner.get(f"/play/{learner.handle}?language=fr")
    assert '<html lang="fr"' in learner.get(f"/play/{learner.handle}").text
