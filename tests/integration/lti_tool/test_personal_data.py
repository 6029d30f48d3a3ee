"""What is held of a person can be given out whole, and erased without a trace: looked for in every
column of the database, in its files, and in all that was logged."""

from __future__ import annotations

import json
import logging
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import inspect, select, text, update

from lti_tool.cli import main
from lti_tool.db import empty_write_ahead_log, writing
from lti_tool.models import (
    Attempt,
    Base,
    Context,
    DataRequest,
    Deployment,
    Group,
    GroupMember,
    Job,
    LaunchRefusal,
    LaunchSession,
    LineItemResult,
    Registration,
    ResourceLink,
    ScoreDelivery,
    UnitProgress,
    User,
    db,
    now,
)
from lti_tool.services import jobs
from lti_tool.services.personal_data import (
    EMPTY_LOG,
    erase_person,
    export_person,
    find_person,
)
from lti_tool.worker.loop import deliver, work_off
from tests.conformance.platform import Answer
from tests.integration.lti_tool.conftest import Campus, Person
from tests.integration.lti_tool.test_learning import HALF, RIGHT, hand_in

TABLES = sorted(Base.metadata.tables)


class Marked:
    """A person each of whose traits is found nowhere else."""

    def __init__(self, campus: Campus) -> None:
        self.mark = f"zq{uuid4().hex[:10]}"
        self.campus = campus
        self.sub = f"sub-{self.mark}"
        self.claims = {
            "sub": self.sub,
            "name": f"Name {self.mark}",
            "given_name": f"Given {self.mark}",
            "email": f"{self.mark}@campus.example",
        }

    def enters(self) -> Person:
        return self.campus.learner(**self.claims)

    @property
    def registration(self) -> int:
        with self.campus.tool.app.app_context():
            found = db.session.scalar(
                select(Registration.id).where(Registration.public_id == self.campus.public_id)
            )
            assert found
            return found

    def traces(self) -> dict[str, list[str]]:
        """The rows in which the mark stands, by table."""
        found: dict[str, list[str]] = {}
        with self.campus.tool.app.app_context():
            for table in inspect(db.engine).get_table_names():
                quoted = db.engine.dialect.identifier_preparer.quote(table)
                for row in db.session.execute(text(f"SELECT * FROM {quoted}")):
                    if self.mark in repr(tuple(row)):
                        found.setdefault(table, []).append(repr(tuple(row)))
        return found


def bytes_of(file: Path) -> bytes:
    """What stands in a database's file, read by another process: one that closes a file gives up
    all its locks on it (POSIX), and SQLite would take the database for left alone."""
    return subprocess.run(["cat", file], capture_output=True, check=True).stdout


@pytest.fixture
def log(campus: Campus, caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """All that the tool logs meanwhile, at its most talkative, as it would be written."""
    lines: list[str] = []
    root = logging.getLogger()
    formatter = next(h.formatter for h in root.handlers if h.get_name() == "lti_tool.log_stream")
    assert formatter

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(logging.makeLogRecord(record.__dict__)))

    keeping = Keeping()
    root.addHandler(keeping)
    caplog.set_level("DEBUG")
    yield lines
    root.removeHandler(keeping)


@pytest.fixture
def marked(campus: Campus) -> Marked:
    return Marked(campus)


def live(person: Marked) -> Person:
    """Everything that may happen to somebody."""
    campus, sub = person.campus, person.sub
    learner = person.enters()
    learner.api("PUT", "/units/first/progress", {"page": "two", "seen": ["one", "two"]})
    hand_in(learner, 1, HALF)
    assert deliver(campus.tool.app).delivered == 1
    failing = Answer(400, f"user {sub} ({person.mark}) cannot be graded".encode())
    campus.platform.answers["/lineitems/1/lineitem/scores"].append(failing)
    hand_in(learner, 2, RIGHT)
    deliver(campus.tool.app)
    # A login that never came back, one that was refused, and one of a teacher.
    campus.browser().login(login_hint=sub, lti_message_hint=f"hint {sub}")
    assert campus.browser().launch(campus.platform.claims(sub=sub, aud="other")).status_code >= 400
    wrong = campus.platform.claims(**{**person.claims, "roles": "no list"})
    assert campus.browser().launch(wrong).status_code >= 400
    teacher = campus.teacher()
    assert person.mark in teacher.get(f"/teach/{teacher.handle}").text
    with campus.tool.app.app_context(), writing() as session:
        user = find_person(session, person.registration, sub)
        assert user
        _write_rest(session, user, person.mark)
    return learner


def _write_rest(session: Any, user: User, mark: str) -> None:
    """What other parts write: groups, results, words of platforms about the person."""
    link = session.scalars(
        select(ResourceLink)
        .join(UnitProgress, UnitProgress.link_pk == ResourceLink.id)
        .where(UnitProgress.user_id == user.id)
    ).one()
    group = Group(context_pk=link.context_pk, group_id="g1", name="Group one")
    session.add(group)
    session.flush()
    session.add(GroupMember(group_pk=group.id, user_id=user.id))
    session.add(LineItemResult(link_pk=link.id, user_id=user.id, score="1", comment=f"For {mark}"))
    progress = session.scalars(select(UnitProgress).where(UnitProgress.user_id == user.id)).one()
    attempt = session.scalars(select(Attempt).where(Attempt.progress_pk == progress.id)).first()
    attempt.answers = {**attempt.answers, "essay": f"I am {mark}"}
    set_aside = Attempt(
        progress_pk=progress.id,
        number=2,
        version_digest=attempt.version_digest,
        language="en",
        answers={"essay": f"Set aside by {mark}"},
        set_aside_at=now(),
    )
    session.add(set_aside)
    named = f"user {user.sub} is {user.name}"
    session.execute(update(Context).where(Context.id == link.context_pk).values(roster_error=named))
    session.add(LaunchRefusal(registration_id=user.registration_id, code="x", detail=named))
    session.add(
        Job(kind="roster", key=f"of {link.context_pk}", last_error=named, payload={"context": 1})
    )
    reviewer = session.scalars(
        select(LaunchSession).where(LaunchSession.is_instructor.is_(True))
    ).first()
    session.add(
        LaunchSession(
            handle_hash=uuid4().hex,
            kind="review",
            user_id=reviewer.user_id,
            for_user_id=user.id,
            deployment_pk=reviewer.deployment_pk,
            expires_at=now() + timedelta(hours=1),
        )
    )


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
    for page in (f"/play/{learner.handle}", f"/play/{learner.handle}/me"):
        assert learner.get(page).status_code in (401, 404)
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


def test_an_email_address_is_kept_nowhere(campus: Campus, marked: Marked, log: list[str]) -> None:
    sub, address = f"r{uuid4().hex[:10]}", f"{marked.mark}@campus.example"
    campus.learner(sub, name="Ann", email=address)
    known = {"user_id": sub, "roles": ["Learner"], "name": "Ann", "email": address}
    campus.platform.members = [known, {**known, "user_id": f"{sub}-b", "name": "Ben"}]
    while work_off(campus.tool.app):
        pass
    with campus.tool.app.app_context():
        listed = db.session.scalars(
            select(User.name).where(User.sub.startswith(sub)).order_by(User.name)
        ).all()
        user = find_person(db.session(), marked.registration, sub)
        assert user
        held = json.dumps(export_person(db.session(), user))
    assert listed == ["Ann", "Ben"]
    assert marked.traces() == {}
    assert marked.mark not in held
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


def test_the_export_holds_everything(campus: Campus, marked: Marked) -> None:
    live(marked)
    with campus.tool.app.app_context():
        user = find_person(db.session(), marked.registration, marked.sub)
        assert user
        held = json.loads(json.dumps(export_person(db.session(), user)))
        secrets = {row.handle_hash for row in db.session.scalars(select(LaunchSession))}
    person = held["person"]
    assert (person["sub"], person["name"]) == (marked.sub, marked.claims["name"])
    assert [row["role"] for row in held["courses"]] == ["learner"]
    assert [row["name"] for row in held["groups"]] == ["Group one"]
    unit = held["units"][0]
    assert unit["activity"]["unit"] == "small/first"
    assert unit["pages_seen"] == ["one", "two"]
    assert [row["number"] for row in unit["attempts"]] == [1, 2, 2]
    assert [row["set_aside"] is None for row in unit["attempts"]].count(False) == 1
    assert unit["attempts"][0]["answers"]["essay"] == f"I am {marked.mark}"
    assert unit["attempts"][0]["score"] == "50.00"
    assert [row["score"] for row in held["scores_sent"]] == ["50.00", "100.00"]
    assert held["grades_in_platform"][0]["comment"] == f"For {marked.mark}"
    assert held["sessions"][0]["kind"] == "resource"
    assert not any(secret in json.dumps(held) for secret in secrets)


def test_every_table_of_a_person_is_in_the_export(campus: Campus, marked: Marked) -> None:
    """A table that refers to people and is new must be given out too."""
    theirs = {
        table.name
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in ("users", "unit_progress")
    }
    assert theirs == {
        "attempts",
        "enrolments",
        "group_members",
        "launch_sessions",
        "line_item_results",
        "score_deliveries",
        "unit_progress",
    }


def test_the_commands(campus: Campus, marked: Marked, monkeypatch: pytest.MonkeyPatch) -> None:
    live(marked)
    monkeypatch.setattr("lti_tool.commands.people.make_app", lambda **_: campus.tool.app)
    number = str(marked.registration)

    def run(*arguments: str, **options: Any) -> Any:
        return CliRunner().invoke(main, ["people", *arguments], **options)

    listed = run("list", "--json")
    assert listed.exit_code == 0, (listed.output, listed.exception)
    counts = {row["registration"]: row["people"] for row in json.loads(listed.stdout)}
    assert counts[marked.registration] == 2
    assert marked.mark not in listed.output
    assert json.loads(run("export", number, marked.sub).stdout)["person"]["sub"] == marked.sub
    unknown = run("erase", number, "nobody", "--yes")
    assert (unknown.exit_code, "no person of this id" in unknown.output) == (1, True)
    assert run("erase", number, marked.sub, input="n\n").exit_code == 1
    assert marked.traces()
    erased = run("erase", number, marked.sub, "--yes", "--json")
    assert json.loads(erased.stdout)["erased"] is True
    assert marked.traces() == {}
    assert run("export", number, marked.sub).exit_code == 1


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
