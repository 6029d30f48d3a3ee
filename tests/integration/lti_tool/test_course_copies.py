"""A copied course works at the first student launch, with nothing of the old one's people."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from lti_tool.db import writing
from lti_tool.models import Attempt, Context, Deployment, Enrolment, Registration, ResourceLink, db
from tests.conformance.platform import INSTRUCTOR
from tests.integration.lti_tool.conftest import LAUNCH_CUSTOM, Campus, Tool

OPTIONS = {"pass_mark": 80}
UNFILLED = {"context_history": "$Context.id.history", "link_history": "$ResourceLink.id.history"}


def place(context: str, link: str, custom: dict[str, str], title: str = "Votes") -> dict[str, Any]:
    return {
        "context": {"id": context, "title": context},
        "resource_link": {"id": link, "title": title},
        "custom": {**UNFILLED, **custom},
    }


def link_of(campus: Campus, link: str) -> ResourceLink | None:
    """The link as its row stands; ids are this test's own."""
    with campus.tool.app.app_context():
        found = db.session.scalars(
            select(ResourceLink)
            .join(Context, Context.id == ResourceLink.context_pk)
            .join(Deployment, Deployment.id == Context.deployment_pk)
            .join(Registration, Registration.id == Deployment.registration_id)
            .where(
                ResourceLink.resource_link_id == link, Registration.public_id == campus.public_id
            )
        ).one_or_none()
        if found is not None:
            db.session.refresh(found, ["context"])
            db.session.expunge_all()
        return found


def set_options(campus: Campus, link: str, **values: object) -> None:
    row = link_of(campus, link)
    assert row is not None
    with campus.tool.app.app_context(), writing() as session:
        found = session.get(ResourceLink, row.id)
        assert found is not None
        for name, value in values.items():
            setattr(found, name, value)


def taught(campus: Campus, custom: dict[str, str], title: str = "Votes") -> None:
    """The old course: a teacher set its link up, a learner handed in."""
    campus.teacher(**place("old", "old-link", custom, title))
    values: dict[str, object] = {"options": OPTIONS}
    if "unit" not in custom:  # chosen by hand
        values |= {"course_id": "small", "unit_id": "first"}
    set_options(campus, "old-link", **values)
    learner = campus.learner("ann", **place("old", "old-link", custom, title))
    answer = learner.api("POST", "/units/first/hand-in", {"number": 1, "answers": {}})
    assert answer.status_code == 200, answer.text


HISTORIES = {
    "both": {"context_history": "old,older", "link_history": "old-link,older-link"},
    "as Moodle fills it in": {"context_history": "old"},
    "a copy of a copy": {"context_history": "never-launched,old,older"},
    "the link's alone": {"link_history": "old-link"},
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=list(HISTORIES))
@pytest.mark.parametrize("custom", [LAUNCH_CUSTOM, {}], ids=["picked", "chosen by hand"])
def test_the_first_student_launch_of_a_copy(
    campus: Campus, custom: dict[str, str], history: dict[str, str]
) -> None:
    taught(campus, custom)
    learner = campus.learner("ben", **place("new", "new-link", {**custom, **history}))
    assert learner.page == "play"
    state = learner.state()
    assert (state["attempts"], state["seen"], state["open"]) == ([], [], None)
    row = link_of(campus, "new-link")
    old = link_of(campus, "old-link")
    assert row is not None
    assert old is not None
    assert (row.course_id, row.unit_id) == ("small", "first")
    assert row.options == OPTIONS
    assert row.copied_from_pk == old.id
    if "context_history" in history:
        assert row.context.copied_from_pk == old.context_pk
    with campus.tool.app.app_context():
        people = db.session.scalars(
            select(Enrolment.user_id).where(Enrolment.context_pk == row.context_pk)
        ).all()
        assert len(people) == 1, "no enrolment came along"


def test_who_worked_in_the_old_course_begins_anew(campus: Campus) -> None:
    taught(campus, LAUNCH_CUSTOM)
    custom = {**LAUNCH_CUSTOM, "context_history": "old", "link_history": "old-link"}
    again = campus.learner("ann", **place("new", "new-link", custom))
    assert again.state()["attempts"] == []
    with campus.tool.app.app_context():
        assert len(db.session.scalars(select(Attempt)).all()) >= 1, "the old work is where it was"
    before = campus.learner("ann", **place("old", "old-link", LAUNCH_CUSTOM))
    assert len(before.state()["attempts"]) == 1


def test_what_the_copy_has_of_its_own_stays(campus: Campus) -> None:
    taught(campus, {})
    campus.teacher(**place("new", "new-link", LAUNCH_CUSTOM, title="Other"))
    set_options(campus, "new-link", options={"pass_mark": 10})
    custom = {**LAUNCH_CUSTOM, "link_history": "old-link"}
    campus.learner("ben", **place("new", "new-link", custom))
    row = link_of(campus, "new-link")
    assert row is not None
    assert row.options == {"pass_mark": 10}


def test_later_changes_to_the_original_do_not_reach_the_copy(campus: Campus) -> None:
    taught(campus, LAUNCH_CUSTOM)
    custom = {**LAUNCH_CUSTOM, "link_history": "old-link"}
    campus.learner("ben", **place("new", "new-link", custom))
    set_options(campus, "new-link", options={})
    campus.learner("ben", **place("new", "new-link", custom))
    row = link_of(campus, "new-link")
    assert row is not None
    assert row.options == {}, "taken over once"


@pytest.mark.parametrize(
    "history",
    [
        UNFILLED,
        {"context_history": "", "link_history": " "},
        {"context_history": "unknown", "link_history": "unknown"},
        {"context_history": "new", "link_history": "new-link"},
        {"context_history": ",,%00,", "link_history": "x" * 2000},
        {"context_history": "'; DROP TABLE contexts --", "link_history": "%"},
    ],
)
def test_no_history_or_nonsense_is_a_course_of_its_own(
    campus: Campus, history: dict[str, str]
) -> None:
    taught(campus, LAUNCH_CUSTOM)
    learner = campus.learner("ben", **place("new", "new-link", {**LAUNCH_CUSTOM, **history}))
    assert learner.page == "play"
    row = link_of(campus, "new-link")
    assert row is not None
    assert row.copied_from_pk is None
    assert row.context.copied_from_pk is None
    assert row.options == {}


def test_two_links_alike_are_not_guessed_between(campus: Campus) -> None:
    taught(campus, LAUNCH_CUSTOM)
    campus.teacher(**place("old", "twin", LAUNCH_CUSTOM))
    set_options(campus, "twin", options={"pass_mark": 20})
    custom = {**LAUNCH_CUSTOM, "context_history": "old"}
    campus.learner("ben", **place("new", "new-link", custom))
    row = link_of(campus, "new-link")
    assert row is not None
    assert row.context.copied_from_pk is not None
    assert row.copied_from_pk is None
    assert row.options == {}


def test_another_registration_is_no_origin(campus: Campus, tool: Tool) -> None:
    """The same LMS registered twice: ids are the same, tenants are not."""
    taught(campus, LAUNCH_CUSTOM)
    other_client = f"tool-{uuid4().hex[:8]}"
    mine, campus.platform.client_id = campus.platform.client_id, other_client
    try:
        other = Campus(tool, campus.platform)
        custom = {**LAUNCH_CUSTOM, "context_history": "old", "link_history": "old-link"}
        other.learner("ben", **place("new", "new-link", custom))
        row = link_of(other, "new-link")
    finally:
        campus.platform.client_id = mine
    assert row is not None
    assert row.copied_from_pk is None
    assert row.options == {}


def test_the_deployments_own_link_comes_first(campus: Campus) -> None:
    """Ids are unique in a deployment alone."""
    custom = {**LAUNCH_CUSTOM, "link_history": "old-link"}
    campus.teacher(**{**place("old", "old-link", LAUNCH_CUSTOM), "deployment_id": "elsewhere"})
    set_options(campus, "old-link", options={"pass_mark": 1})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(campus.platform, "deployment_id", "deployment-1")
        campus.teacher(**place("old", "old-link", LAUNCH_CUSTOM, title="Mine"), roles=[INSTRUCTOR])
    with campus.tool.app.app_context(), writing() as session:
        (mine,) = session.scalars(
            select(ResourceLink)
            .join(Context, Context.id == ResourceLink.context_pk)
            .join(Deployment, Deployment.id == Context.deployment_pk)
            .join(Registration, Registration.id == Deployment.registration_id)
            .where(
                Registration.public_id == campus.public_id,
                Deployment.deployment_id == "deployment-1",
            )
        )
        mine.options = {"pass_mark": 2}
    campus.learner("ben", **place("new", "new-link", custom))
    row = link_of(campus, "new-link")
    assert row is not None
    assert row.options == {"pass_mark": 2}
