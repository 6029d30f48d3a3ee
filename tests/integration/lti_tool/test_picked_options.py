"""What a teacher sets while picking is what the link begins with, wherever it is launched first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.models import Context, Deployment, Registration, ResourceLink, db, now
from tests.integration.lti_tool.conftest import Campus, Person
from tests.integration.lti_tool.test_picker import enter, send


def clock(days: int) -> str:
    return (now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def pick(campus: Campus, **fields: str) -> dict[str, Any]:
    given = {f"{name}-0": value for name, value in fields.items()}
    (item,) = send(enter(campus), "/add", **{"item-0": "small/first", "zone": "UTC", **given})
    return item


def options(campus: Campus, link: str) -> dict[str, Any]:
    with campus.tool.app.app_context():
        found = db.session.scalars(
            select(ResourceLink.options)
            .join(Context, Context.id == ResourceLink.context_pk)
            .join(Deployment, Deployment.id == Context.deployment_pk)
            .join(Registration, Registration.id == Deployment.registration_id)
            .where(
                ResourceLink.resource_link_id == link, Registration.public_id == campus.public_id
            )
        ).one()
        return dict(found)


def hands_in(person: Person) -> Any:
    answer = person.api("POST", "/units/first/hand-in", {"number": 1, "answers": {}})
    return answer.json()["error"]["code"] if "error" in answer.json() else answer.status_code


def test_all_of_them_from_the_first_learner_on(campus: Campus) -> None:
    end = clock(30)
    item = pick(
        campus,
        language="fr",
        attempts="1",
        pass_mark="85",
        opens=clock(-1),
        closes=end,
    )
    learner = campus.learner("ann", custom=item["custom"], resource_link={"id": "picked"})
    kept = options(campus, "picked")
    assert (kept["language"], kept["attempts"], kept["pass_mark"]) == ("fr", 1, 85)
    assert kept["mode"] == "spoc"
    data = learner.data()
    assert data["language"] == "fr"
    assert data["units"][0]["attempts"] == 1
    assert str(data["units"][0]["mastery_score"]) == "85"
    assert hands_in(learner) == 200
    page = campus.teacher(custom=item["custom"], resource_link={"id": "picked"})
    form = page.get(f"/teach/{page.handle}/options").text
    assert f'value="{end}"' in form
    assert 'value="85"' in form


def test_dates_hold_before_and_after(campus: Campus) -> None:
    later = pick(campus, opens=clock(2))
    learner = campus.learner("ann", custom=later["custom"], resource_link={"id": "later"})
    assert hands_in(learner) == "unit.not-open"
    over = pick(campus, opens=clock(-9), closes=clock(-2))
    learner = campus.learner("ann", custom=over["custom"], resource_link={"id": "over"})
    assert hands_in(learner) == "unit.closed"


def test_a_copy_of_the_course_leaves_its_dates_behind(campus: Campus) -> None:
    """The copy's platform tells no history, only the parameters that were copied."""
    item = pick(campus, pass_mark="85", closes=clock(-2))
    place = {"context": {"id": "next-year"}, "resource_link": {"id": "copied"}}
    learner = campus.learner("ann", custom=item["custom"], **place)
    assert options(campus, "copied") == {"pass_mark": 85, "ungraded": True}
    assert hands_in(learner) == 200


def test_a_copy_takes_what_the_original_came_to_be(campus: Campus) -> None:
    item = pick(campus, pass_mark="85", closes=clock(-2))
    teacher = campus.teacher(custom=item["custom"], resource_link={"id": "picked"})
    base = f"/teach/{teacher.handle}/options"
    form = {"form_token": teacher.form_token(base), "pass_mark": "60", "mode": "spoc"}
    closed = {"closes_at": clock(-1), "time_zone": "UTC", "tutor": "Ada"}
    assert teacher.post(base, data={**form, **closed}).status_code == 303
    custom = {**item["custom"], "link_history": "picked"}
    place = {"context": {"id": "next-year"}, "resource_link": {"id": "copied"}}
    learner = campus.learner("ann", custom=custom, **place)
    assert options(campus, "copied") == {"pass_mark": 60, "mode": "spoc", "tutor": "Ada"}
    assert hands_in(learner) == 200


def test_what_was_set_later_stays(campus: Campus) -> None:
    item = pick(campus, attempts="1")
    teacher = campus.teacher(custom=item["custom"], resource_link={"id": "picked"})
    base = f"/teach/{teacher.handle}/options"
    answer = teacher.post(base, data={"form_token": teacher.form_token(base), "attempts": "3"})
    assert answer.status_code == 303
    campus.learner("ann", custom=item["custom"], resource_link={"id": "picked"})
    assert options(campus, "picked") == {"attempts": 3}


@pytest.mark.parametrize(
    "custom",
    [
        {"set_attempts": "99", "set_pass_mark": "-1", "set_language": "$Person.locale"},
        {"set_attempts": "1e3", "set_pass_mark": "٦٠", "set_language": "x" * 500},
        {"set_opens_at": "2026-09-01T08:00", "set_closes_at": "tomorrow", "set_time_zone": "Mars"},
        {"set_opens_at": "2027-09-01T08:00:00Z", "set_closes_at": "2026-09-01T08:00:00Z"},
        {"set_mode": "spoc", "set_note": "x" * 5000, "set_for": "zz", "set_tutor": "Ada"},
    ],
)
def test_nonsense_is_the_units_own(campus: Campus, custom: dict[str, str]) -> None:
    whole = {"course": "small", "unit": "first", **custom}
    learner = campus.learner("ann", custom=whole, resource_link={"id": "nonsense"})
    assert options(campus, "nonsense") == {}
    assert hands_in(learner) == 200
