"""Rosters: read to the end in whatever way a platform pages, and nobody lost to a half-read one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from lti_tool.db import writing
from lti_tool.models import (
    Context,
    Deployment,
    Enrolment,
    Group,
    GroupMember,
    Job,
    Registration,
    RegistrationStatus,
    User,
    db,
    now,
)
from lti_tool.services import jobs, rosters
from lti_tool.worker.loop import deliver, purge, work_off
from tests.conformance.emulators import PRODUCTS, Emulator
from tests.conformance.platform import ABSENT, INSTRUCTOR, NRPS, Answer, running_platform
from tests.integration.lti_tool.conftest import Campus, Tool

GROUPS = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
People = dict[str, Enrolment]


def crowd(count: int, **values: Any) -> list[dict[str, Any]]:
    return [{"user_id": f"u{n}", "roles": ["Learner"], **values} for n in range(count)]


def work(campus: Campus) -> None:
    while work_off(campus.tool.app):
        pass


def context_of(campus: Campus) -> Context:
    with campus.tool.app.app_context():
        found = db.session.scalars(
            select(Context)
            .join(Deployment, Deployment.id == Context.deployment_pk)
            .join(Registration, Registration.id == Deployment.registration_id)
            .where(Registration.public_id == campus.public_id)
        ).one()
        db.session.expunge_all()
        return found


def people_of(campus: Campus) -> People:
    context = context_of(campus)
    with campus.tool.app.app_context():
        rows = db.session.execute(
            select(User.sub, Enrolment)
            .join(Enrolment, Enrolment.user_id == User.id)
            .where(Enrolment.context_pk == context.id)
        )
        found = {sub: row for sub, row in rows}  # noqa: C416 - typed as pairs
        db.session.expunge_all()
        return found


def present(campus: Campus) -> set[str]:
    return {sub for sub, row in people_of(campus).items() if row.left_at is None}


def set_context(campus: Campus, **values: Any) -> None:
    number = context_of(campus).id
    with campus.tool.app.app_context(), writing() as session:
        session.execute(update(Context).where(Context.id == number).values(**values))


def read_again(campus: Campus) -> None:
    """The instructor's button, then the worker."""
    number = context_of(campus).id
    with campus.tool.app.app_context(), writing() as session:
        context = session.get(Context, number)
        assert context is not None
        assert rosters.refresh_now(session, context, now())
        assert rosters.is_being_read(session, context)
    work(campus)


@pytest.fixture(params=PRODUCTS, ids=lambda kind: kind.__name__)
def product(request: pytest.FixtureRequest, tool: Tool) -> Iterator[Campus]:
    with running_platform(request.param) as platform:
        platform.client_id = f"tool-{uuid4().hex[:8]}"
        yield Campus(tool, platform, product=platform.product)
    with tool.app.app_context(), writing() as session:
        session.execute(update(Registration).values(status=RegistrationStatus.SUSPENDED))


def test_every_products_pages(product: Campus) -> None:
    assert isinstance(product.platform, Emulator)
    product.platform.members = [
        {"user_id": "teacher-1", "roles": [INSTRUCTOR], "name": "Tea Cher"},
        *crowd(230),
    ]
    product.teacher()
    work(product)
    people = people_of(product)
    assert people.keys() == {"teacher-1", *(f"u{n}" for n in range(230))}
    assert {sub for sub, row in people.items() if row.is_instructor} == {"teacher-1"}
    assert all(row.left_at is None for row in people.values())
    context = context_of(product)
    assert context.roster_at is not None
    assert context.roster_error is None


def test_names_come_where_they_are_shared_and_stay_where_not(campus: Campus) -> None:
    campus.learner("ann", name="Ann")
    campus.platform.members = [
        {"user_id": "ann", "roles": ["Learner"]},
        {"user_id": "ben", "roles": ["Learner"], "given_name": "Ben", "family_name": "B"},
        {"user_id": "cem"},
    ]
    work(campus)
    with campus.tool.app.app_context():
        rows = (
            select(User.sub, User.name)
            .join(Enrolment)
            .where(Enrolment.context_pk == context_of(campus).id)
        )
        assert {sub: name for sub, name in db.session.execute(rows)} == {  # noqa: C416
            "ann": "Ann",
            "ben": "Ben B",
            "cem": None,
        }


def test_names_bring_no_marks_that_turn_the_line(campus: Campus) -> None:
    turning = "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
    campus.learner("ann", name=f"A{turning}nn \u202etxt.exe")
    campus.platform.members = [
        {"user_id": "ben", "given_name": f"\u2067{turning}Ben", "family_name": turning},
        {"user_id": "cem", "name": turning},
        {"user_id": "dua", "name": "\u062f\u0639\u0627\u0621\u200f \u2013 Du\u2019a\u200e"},
    ]
    work(campus)
    with campus.tool.app.app_context():
        rows = select(User.sub, User.name).join(Enrolment)
        here = rows.where(Enrolment.context_pk == context_of(campus).id)
        names = {sub: name for sub, name in db.session.execute(here)}  # noqa: C416
    assert (names["ann"], names["ben"], names["cem"]) == ("Ann txt.exe", "Ben", None)
    assert names["dua"] == campus.platform.members[2]["name"], "single marks are writing"


def test_who_leaves_and_who_comes_back(campus: Campus) -> None:
    campus.platform.members = crowd(5)
    campus.learner("u0")
    work(campus)
    campus.platform.members = [*crowd(3), {"user_id": "u3", "status": "Inactive"}]
    read_again(campus)
    assert present(campus) == {"u0", "u1", "u2"}
    assert people_of(campus).keys() == {f"u{n}" for n in range(5)}, "nobody is deleted"
    campus.platform.members = crowd(4)
    read_again(campus)
    assert present(campus) == {"u0", "u1", "u2", "u3"}
    campus.learner("u4")
    assert "u4" in present(campus), "whoever launches is there"


FAULTS = {
    "an error on page 2": Answer(500, b"oops"),
    "no JSON on page 2": Answer(200, b"<html>"),
    "no members on page 2": Answer(200, {"error": "later"}),
    "refused on page 2": Answer(403, b"no"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=list(FAULTS))
def test_a_roster_that_breaks_off_marks_nobody(campus: Campus, fault: Answer) -> None:
    campus.platform.members = crowd(4)
    campus.learner("u0")
    work(campus)
    before = context_of(campus).roster_at
    link = {"Link": f'<{campus.platform.url}/members?page=2>; rel="next"'}
    first = Answer(200, {"members": [{"user_id": "new"}, {"user_id": "u1"}]}, link)
    campus.platform.answers["/members"].extend([first, fault])
    read_again(campus)
    assert present(campus) == {"u0", "u1", "u2", "u3", "new"}
    context = context_of(campus)
    assert context.roster_at == before
    assert context.roster_error


LINKS = {
    "to itself": '<{url}/members>; rel="next"',
    "back and forth": '<{url}/members?page=2>; rel="next"',
    "to another host": '<https://evil.example/members>; rel="next"',
}


@pytest.mark.parametrize("link", LINKS.values(), ids=list(LINKS))
def test_pages_that_cannot_be_followed_mark_nobody(campus: Campus, link: str) -> None:
    campus.platform.members = crowd(4)
    campus.learner("u0")
    work(campus)
    header = {"Link": link.format(url=campus.platform.url)}
    page = Answer(200, {"members": [{"user_id": "u0"}]}, header)
    campus.platform.answers["/members"].extend([page, page, page])
    read_again(campus)
    assert present(campus) == {"u0", "u1", "u2", "u3"}
    assert context_of(campus).roster_error


def test_an_empty_roster_empties_no_course(campus: Campus) -> None:
    campus.platform.members = crowd(2)
    campus.learner("u0")
    work(campus)
    campus.platform.members = []
    read_again(campus)
    assert present(campus) == {"u0", "u1"}
    assert "roster.empty" in str(context_of(campus).roster_error)


def test_launches_do_not_read_a_fresh_or_a_failing_roster_again(campus: Campus) -> None:
    campus.platform.members = crowd(1)
    campus.learner("u0")
    work(campus)
    for _ in range(3):
        campus.learner("u0")
    work(campus)
    assert len(campus.platform.asked("/members")) == 1
    set_context(campus, roster_at=now() - timedelta(hours=2))
    with campus.tool.app.app_context(), writing() as session:
        session.execute(update(Job).values(due_at=now() - timedelta(hours=2)))
    campus.platform.answers["/members"].append(Answer(403, b"not allowed"))
    campus.a_moment_later()
    campus.learner("u0")
    work(campus)
    assert len(campus.platform.asked("/members")) == 2
    for _ in range(3):
        campus.learner("u0")
    work(campus)
    assert len(campus.platform.asked("/members")) == 2, "refused, so not at each launch"


def test_a_platform_that_asks_for_a_pause_is_left_alone(campus: Campus) -> None:
    """By scores as well as by rosters."""
    campus.platform.answers["/members"].append(Answer(429, b"slow down", {"Retry-After": "600"}))
    learner = campus.learner("ann")
    work(campus)
    with campus.tool.app.app_context():
        row = db.session.scalars(
            select(Registration).where(Registration.public_id == campus.public_id)
        ).one()
        assert row.paused_until is not None
        assert timedelta(seconds=500) < row.paused_until - now() <= timedelta(seconds=600)
    body = {"number": 1, "answers": {"q1": "a", "q2": "a"}}
    assert learner.api("POST", "/units/first/hand-in", body).status_code == 200
    asked = len(campus.platform.requests)
    work(campus)
    deliver(campus.tool.app)
    assert len(campus.platform.requests) == asked


def test_without_the_service_nothing_is_asked(campus: Campus) -> None:
    campus.learner("u0", **{NRPS: ABSENT})
    work(campus)
    assert not campus.platform.asked("/members")
    number = context_of(campus).id
    with campus.tool.app.app_context(), writing() as session:
        context = session.get(Context, number)
        assert context is not None
        assert not rosters.refresh_now(session, context, now())


def test_courses_in_use_are_read_daily(campus: Campus) -> None:
    campus.platform.members = crowd(1)
    campus.learner("u0")
    work(campus)
    day, context = timedelta(days=1, minutes=1), context_of(campus)
    with campus.tool.app.app_context(), writing() as session:
        session.execute(update(Job).values(due_at=now() - day))
    set_context(campus, roster_at=now() - day)
    purge(campus.tool.app)
    work(campus)
    assert len(campus.platform.asked("/members")) == 2
    set_context(campus, roster_at=now() - day)
    deployment = update(Deployment).where(Deployment.id == context.deployment_pk)
    with campus.tool.app.app_context(), writing() as session:
        session.execute(update(Job).values(due_at=now() - day))
        session.execute(deployment.values(status=RegistrationStatus.SUSPENDED))
        rosters.ask_for_old(session, now())
        job = jobs.find(session, rosters.ROSTER, str(context.id))
        assert job is not None
        assert job.state == "done", "of a deployment that is suspended nothing is read"
        session.execute(deployment.values(status=RegistrationStatus.ACTIVE))
    with campus.tool.app.app_context(), writing() as session:
        session.execute(update(Job).values(due_at=now() - day))
        session.execute(
            update(Enrolment)
            .where(Enrolment.context_pk == context.id)
            .values(last_launch_at=now() - timedelta(days=31))
        )
        rosters.ask_for_old(session, now())
    work(campus)
    assert len(campus.platform.asked("/members")) == 2, "nobody has used it for a month"


def grouped(campus: Campus, **changes: Any) -> dict[str, Any]:
    url = campus.platform.url
    claim = {
        "scope": ["https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"],
        "context_groups_url": f"{url}/groups?type_id=1",
        "context_group_sets_url": f"{url}/sets",
        "service_versions": ["1.0"],
    }
    return {GROUPS: claim, **changes}


def groups_of(campus: Campus) -> dict[tuple[str, str | None], set[str]]:
    number = context_of(campus).id
    with campus.tool.app.app_context():
        rows = db.session.execute(
            select(Group.name, Group.set_name, User.sub)
            .outerjoin(GroupMember, GroupMember.group_pk == Group.id)
            .outerjoin(User, User.id == GroupMember.user_id)
            .where(Group.context_pk == number)
        )
        found: dict[tuple[str, str | None], set[str]] = {}
        for name, set_name, sub in rows:
            found.setdefault((name, set_name), set()).update([sub] if sub else [])
        return found


def script_groups(campus: Campus, groups: list[Any], sets: list[Any]) -> None:
    campus.platform.tokens.add("any")
    campus.platform.answers["/sets"].append(Answer(200, {"id": "x", "sets": sets}))
    campus.platform.answers["/groups"].append(Answer(200, {"id": "x", "groups": groups}))


def test_groups_and_who_is_in_them(campus: Campus) -> None:
    first = [{"id": 7, "name": "Red", "set_id": 1}, {"id": "b", "name": "Blue"}]
    script_groups(campus, first, [{"id": "1", "name": "Colours"}])
    campus.platform.members = [
        {"user_id": "u0", "group_enrollments": [{"group_id": 7}, {"group_id": "b"}]},
        {"user_id": "u1", "group_enrollments": [{"group_id": "7"}, {"group_id": "unknown"}]},
        {"user_id": "u2"},
    ]
    campus.learner("u0", **grouped(campus))
    work(campus)
    assert groups_of(campus) == {("Red", "Colours"): {"u0", "u1"}, ("Blue", None): {"u0"}}
    assert campus.platform.asked("/members")[0].query["groups"] == "true"
    accept = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
    assert campus.platform.asked("/groups")[0].headers["Accept"] == accept
    script_groups(campus, [{"id": "7", "name": "Crimson"}, {"id": "c", "name": "Green"}], [])
    campus.platform.members = [{"user_id": "u0", "group_enrollments": [{"group_id": "c"}]}]
    read_again(campus)
    assert groups_of(campus) == {("Crimson", None): set(), ("Green", None): {"u0"}}


def test_groups_that_cannot_be_read_keep_the_roster_going(campus: Campus) -> None:
    script_groups(campus, [{"id": "7", "name": "Red"}], [])
    member = {"user_id": "u0", "group_enrollments": [{"group_id": "7"}]}
    campus.platform.members = [member]
    campus.learner("u0", **grouped(campus))
    work(campus)
    campus.platform.answers["/sets"].append(Answer(403, b"no"))
    campus.platform.members = [member, {"user_id": "u1"}]
    read_again(campus)
    assert present(campus) == {"u0", "u1"}
    assert groups_of(campus) == {("Red", None): {"u0"}}
    assert "403" in json.dumps(context_of(campus).roster_error)
