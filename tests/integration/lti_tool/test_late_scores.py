"""Scores of work that was done before the gradebook could be told of it, and scores that an
instructor keeps out of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from lti_tool.db import writing
from lti_tool.models import Attempt, ResourceLink, ScoreDelivery, UnitProgress, User, db
from lti_tool.worker.loop import deliver, work_off
from tests.conformance.platform import AGS, AGS_SCOPES, INSTRUCTOR
from tests.integration.lti_tool.conftest import LAUNCH_CUSTOM, Campus, Person
from tests.integration.lti_tool.test_learning import HALF, RIGHT, hand_in
from tests.integration.lti_tool.test_picker import enter, send
from tests.integration.lti_tool.test_teaching_options import save

HERE = {"resource_link": {"id": "late", "title": "Late"}, "context": {"id": "late"}}
#: What Moodle sends of a link that has no column: where one can be made.
CONTAINER = {"scope": AGS_SCOPES}


def come(campus: Campus, sub: str, **changes: Any) -> Person:
    fixed = {"sub": sub, "custom": LAUNCH_CUSTOM, **HERE, **changes}
    return campus.enter(campus.platform.claims(**fixed))


def teach(campus: Campus, **changes: Any) -> Person:
    return come(campus, "teacher-1", roles=[INSTRUCTOR], **changes)


def without_grades(campus: Campus, sub: str) -> Person:
    claims = campus.platform.claims(sub=sub, custom=LAUNCH_CUSTOM, **HERE)
    claims.pop(AGS)
    return campus.enter(claims)


def settle(campus: Campus) -> None:
    while work_off(campus.tool.app) or deliver(campus.tool.app).total:
        pass


def grades(campus: Campus) -> dict[str, float]:
    return {sub: score["scoreGiven"] for (_, sub), score in campus.platform.scores.items()}


def test_a_column_that_comes_later_gets_all_scores(campus: Campus) -> None:
    one = without_grades(campus, "early-1")
    hand_in(one, 1, RIGHT)
    hand_in(one, 2, HALF)
    hand_in(without_grades(campus, "early-2"), 1, HALF)
    without_grades(campus, "early-3").api(
        "PUT", "/units/first/progress", {"page": "one", "seen": ["one"]}
    )
    with campus.tool.app.app_context(), writing() as session:
        number = session.scalars(select(User.id).where(User.sub == "early-1")).one()
        attempt = session.scalars(
            select(Attempt)
            .join(UnitProgress, UnitProgress.id == Attempt.progress_pk)
            .where(UnitProgress.user_id == number, Attempt.number == 1)
        ).one()
        assert attempt.handed_in_at is not None
        handed_in_at = attempt.handed_in_at - timedelta(days=3)
        attempt.handed_in_at = handed_in_at
    settle(campus)
    assert grades(campus) == {}

    teach(campus)  # the first launch with grades
    settle(campus)
    assert grades(campus) == {"early-1": 100, "early-2": 50}
    told = campus.platform.scores["1", "early-1"]
    assert told["activityProgress"] == "Completed"
    assert told["submission"]["submittedAt"][:19] == handed_in_at.isoformat()[:19]
    assert campus.platform.scores["1", "early-2"]["activityProgress"] == "Submitted"

    before = len(campus.platform.requests)
    teach(campus)
    settle(campus)
    posts = [one for one in campus.platform.requests[before:] if one.path.endswith("/scores")]
    assert posts == []


def test_many_and_a_unit_that_is_gone(campus: Campus) -> None:
    hand_in(without_grades(campus, "many-0"), 1, RIGHT)
    with campus.tool.app.app_context(), writing() as session:
        first = session.scalars(
            select(UnitProgress).join(UnitProgress.user).where(User.sub == "many-0")
        ).one()
        attempt = first.attempts[0]
        for number in range(1, 120):
            user = User(registration_id=first.user.registration_id, sub=f"many-{number}")
            copy = UnitProgress(user=user, link_pk=first.link_pk, seen=[], page="one")
            kept = ("version_digest", "language", "answers", "earned", "possible", "value")
            made = Attempt(number=1, **{name: getattr(attempt, name) for name in kept})
            made.handed_in_at = attempt.handed_in_at
            copy.attempts.append(made)
            session.add(copy)
        session.execute(
            update(ResourceLink).where(ResourceLink.id == first.link_pk).values(unit_id="gone")
        )
    come(campus, "other", custom={})
    settle(campus)
    assert grades(campus) == {f"many-{number}": 100 for number in range(120)}


def test_an_instructor_keeps_scores_back_and_lets_them_go(campus: Campus) -> None:
    teacher = teach(campus)
    assert save(teacher, ungraded="yes").status_code == 303
    hand_in(come(campus, "held-1"), 1, RIGHT)
    settle(campus)
    assert grades(campus) == {}
    assert "are kept out of the gradebook" in teacher.get(f"/teach/{teacher.handle}").text
    page = teacher.get(f"/teach/{teacher.handle}/options").text
    assert 'name="ungraded" value="yes" checked' in page
    assert save(teacher).status_code == 303
    settle(campus)
    assert grades(campus) == {"held-1": 100}


def test_picked_without_grades_it_makes_no_column(campus: Campus) -> None:
    (item,) = send(enter(campus), unit="small/first")
    assert "lineItem" not in item
    lineitems = f"{campus.platform.url}/lineitems?type_id=1"
    endpoint = {**CONTAINER, "lineitems": lineitems}
    columns = dict(campus.platform.line_items)
    learner = come(campus, "chosen-1", custom=item["custom"], **{AGS: endpoint})
    hand_in(learner, 1, RIGHT)
    settle(campus)
    assert grades(campus) == {}
    assert campus.platform.line_items == columns
    with campus.tool.app.app_context():
        user = db.session.scalars(select(User.id).where(User.sub == "chosen-1")).one()
        assert not db.session.scalars(
            select(ScoreDelivery).where(ScoreDelivery.user_id == user)
        ).all()

    (item,) = send(enter(campus), unit="small/first", graded="on")
    custom, place = item["custom"], {"id": "with-grades"}
    endpoint = {**CONTAINER, "lineitems": lineitems}
    learner = come(campus, "chosen-2", custom=custom, resource_link=place, **{AGS: endpoint})
    hand_in(learner, 1, RIGHT)
    settle(campus)
    assert list(grades(campus)) == ["chosen-2"]


def test_where_the_platform_declines_columns_nothing_is_kept_back(campus: Campus) -> None:
    """The form asks for nothing there, so that silence is no choice."""
    (item,) = send(enter(campus, accept_lineitem=False), unit="small/first")
    assert "set_ungraded" not in item["custom"]
