"""Who is erased leaves no trace: looked for in every column of the database, in its files, and in
all that was logged."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from lti_tool.db import empty_write_ahead_log, writing
from lti_tool.models import (
    Base,
    DataRequest,
    Deployment,
    Group,
    LaunchRefusal,
    Registration,
    ResourceLink,
    ScoreDelivery,
    User,
    db,
    now,
)
from lti_tool.services import jobs
from lti_tool.services.personal_data import (
    EMPTY_LOG,
    erase_person,
    find_person,
)
from lti_tool.worker.loop import deliver, work_off
from tests.integration.lti_tool.conftest import Campus
from tests.integration.lti_tool.personal.marked import Marked, live
from tests.integration.lti_tool.test_learning import HALF, RIGHT, hand_in


def bytes_of(file: Path) -> bytes:
    """What stands in a database's file, read by another process: one that closes a file gives up
    all its locks on it (POSIX), and SQLite would take the database for left alone."""
    return subprocess.run(["cat", file], capture_output=True, check=True).stdout


def erase(person: Marked) -> None:
    with person.campus.tool.app.app_context(), writing() as session:
        user = find_person(session, person.registration, person.sub)
        assert user
        erase_person(session, user, asked_by="operator", now=now())


def test_an_erased_person_is_nowhere(
    campus: Campus, marked: Marked, log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = live(marked)
    before = marked.traces()
    assert {"users", "attempts", "line_item_results", "launch_refusals", "jobs", "contexts"} <= set(
        before
    )
    held = _number(marked)
    erase(marked)

    assert marked.traces() == {}
    for page in ("play", "me"):
        assert learner.get(f"/{page}/{learner.handle}").status_code == 401
    assert learner.api("GET", "/state").status_code == 401
    assert deliver(campus.tool.app).total == 0  # what waited is not sent
    with campus.tool.app.app_context():
        left = db.session.scalars(
            select(DataRequest).where(
                DataRequest.registration_id == marked.registration, DataRequest.user_number == held
            )
        ).one()
        assert (left.kind, left.asked_by, left.done_at is not None) == ("erasure", "operator", True)
        # The others' rows stay.
        assert db.session.scalar(select(Group.id).where(Group.group_id == "g1"))
        assert db.session.scalar(select(User.id).where(User.sub == "teacher-1"))

    # The job that empties SQLite's log; PostgreSQL needs none.
    monkeypatch.setattr("lti_tool.worker.loop.now", lambda: now() + timedelta(minutes=2))
    work_off(campus.tool.app)
    with campus.tool.app.app_context():
        sqlite = db.engine.dialect.name == "sqlite"
        job = jobs.find(db.session(), EMPTY_LOG, "database")
        assert (job is not None and job.state == "done") == sqlite
        file = Path(str(db.engine.url.database)) if sqlite else None
    if file is not None:
        files = sorted(file.parent.glob(f"{file.name}*"))
        assert file in files
        for part in files:
            assert marked.mark.encode() not in bytes_of(part), part.name
    assert log
    assert [line for line in log if marked.mark in line] == []


def _number(person: Marked) -> int:
    with person.campus.tool.app.app_context():
        user = find_person(db.session(), person.registration, person.sub)
        assert user
        return user.id


def test_no_table_keeps_a_person_that_this_file_forgets(campus: Campus, marked: Marked) -> None:
    """Every column that names a person falls with them: a new table must say so too."""
    live(marked)
    erase(marked)
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if key.column.table.name == "users":
                assert key.ondelete == "CASCADE", key


def test_the_number_of_the_erased_never_comes_again(campus: Campus, marked: Marked) -> None:
    marked.enters()
    number = _number(marked)
    erase(marked)
    other = Marked(campus)
    other.enters()
    assert _number(other) > number


def test_who_comes_back_begins_anew(campus: Campus, marked: Marked) -> None:
    live(marked)
    erase(marked)
    learner = marked.enters()
    assert learner.state()["attempts"] == []
    assert learner.state()["seen"] == []


def test_an_instructor_is_no_tutor_any_more(campus: Campus, marked: Marked) -> None:
    """By name in the options of links, copies too; a learner's namesake stays."""
    name = marked.claims["name"]
    campus.teacher(**marked.claims)
    fields = {"mode": "spoc", "tutor": f"{name}, room 4", "note": f"Ask {name} on Mondays."}
    with campus.tool.app.app_context(), writing() as session:
        link = session.scalars(select(ResourceLink).order_by(ResourceLink.id.desc())).first()
        assert link
        link.options = {**fields, "attempts": 3}
        number = link.id
    other = Marked(campus)
    campus.learner(**{**other.claims, "name": name})
    erase(other)
    with campus.tool.app.app_context():
        assert db.session.get_one(ResourceLink, number).options == {**fields, "attempts": 3}
    erase(marked)
    assert marked.traces() == {}
    with campus.tool.app.app_context():
        assert db.session.get_one(ResourceLink, number).options == {
            "mode": "spoc",
            "tutor": "…, room 4",
            "note": "Ask … on Mondays.",
            "attempts": 3,
        }


def test_another_platforms_namesake_stays(campus: Campus, marked: Marked, platform: Any) -> None:
    marked.enters()
    other = Campus(campus.tool, _second(platform))
    other.learner(**marked.claims)
    erase(marked)
    with campus.tool.app.app_context():
        left = db.session.scalars(select(User).where(User.sub == marked.sub)).one()
        assert left.name == marked.claims["name"]


def _second(platform: Any) -> Any:
    """The same platform under another client id: a second registration."""
    platform.client_id = f"second-{uuid4().hex[:8]}"
    return platform


def test_a_person_with_a_short_sub_takes_nothing_else_along(campus: Campus) -> None:
    campus.enter(campus.platform.claims(sub="1", name=None, email=None))
    with campus.tool.app.app_context(), writing() as session:
        registration = session.scalar(
            select(Registration.id).where(Registration.public_id == campus.public_id)
        )
        refusal = LaunchRefusal(registration_id=registration, code="x", detail="HTTP 401, key 11")
        session.add(refusal)
        session.flush()
        number = refusal.id
    login = campus.browser().login(login_hint="21")
    with campus.tool.app.app_context(), writing() as session:
        user = find_person(session, int(registration or 0), "1")
        assert user
        erase_person(session, user, asked_by="learner", now=now())
        kept = session.get(LaunchRefusal, number)
        assert kept
        assert kept.detail == "HTTP 401, key 11"
    assert login["state"]


def test_what_was_deleted_is_overwritten(campus: Campus) -> None:
    """Many people, of many sizes, changed and erased in turn: SQLite reuses their pages."""
    with campus.tool.app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL keeps its files to itself")
    mark = f"churn{uuid4().hex[:10]}"
    with campus.tool.app.app_context():
        with writing() as session:
            registration = session.scalars(
                select(Registration).where(Registration.public_id == campus.public_id)
            ).one()
            deployment = Deployment(registration_id=registration.id, deployment_id=mark[5:])
            session.add(deployment)
            session.flush()
            number = registration.id
        for size in range(1, 250, 5):
            with writing() as session:
                for step in range(5):
                    sub = f"{mark}-{size}-{step}"
                    name = (mark * size)[: 40 * step + 20]
                    session.add(User(registration_id=number, sub=sub, name=name))
        with writing() as session:
            for user in session.scalars(select(User).where(User.sub.contains(mark))):
                user.name = mark * ((user.id * 7) % 12)
        with writing() as session:
            for user in session.scalars(select(User).where(User.sub.contains(mark))).all():
                erase_person(session, user, asked_by="operator", now=now())
        assert empty_write_ahead_log(db.engine)
        file = Path(str(db.engine.url.database))
    for part in file.parent.glob(f"{file.name}*"):
        assert mark.encode() not in bytes_of(part), part.name


def test_deliveries_of_the_erased_do_not_touch_others(
    campus: Campus, marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The score is on its way while its person is erased, and another's row is made meanwhile."""
    hand_in(marked.enters(), 1, HALF)
    other = Marked(campus)
    from lti_tool.lti import ags

    post = ags.post_score

    def erased_meanwhile(*arguments: Any, **options: Any) -> Any:
        if options.get("user_sub") == marked.sub:
            erase(marked)
            hand_in(other.enters(), 1, RIGHT)
        return post(*arguments, **options)

    monkeypatch.setattr(ags, "post_score", erased_meanwhile)
    deliver(campus.tool.app)
    with campus.tool.app.app_context():
        row = db.session.scalars(
            select(ScoreDelivery).join(ScoreDelivery.user).where(User.sub == other.sub)
        ).one()
        assert row.state == "due"
    deliver(campus.tool.app)
    assert campus.platform.scores["1", other.sub]["scoreGiven"] == 100
