"""What logins and launches remember of each other for a second, and what they do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from lti_tool.errors import LaunchRejected
from lti_tool.lti.login_state import LoginRedirect
from lti_tool.lti.states import open_state
from lti_tool.models import (
    Context,
    Deployment,
    Enrolment,
    LaunchSession,
    Registration,
    RegistrationStatus,
    ResourceLink,
)
from lti_tool.services import admission, known, lately
from lti_tool.services.lately import LatelyKnown
from tests.conformance.platform import ABSENT
from tests.unit.lti.launching import ORIGIN, SECRET, Launcher, fill


class _Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def _elsewhere(engine: Engine, statement: str, **values: object) -> None:
    """As another process does it: nothing in this one hears of it."""
    pooled = engine.raw_connection()
    compiled = text(statement).compile(dialect=engine.dialect)
    parameters: Any = compiled.construct_params(values)
    if compiled.positional:
        parameters = tuple(parameters[name] for name in compiled.positiontup or ())
    pooled.cursor().execute(str(compiled), parameters)
    pooled.commit()
    pooled.close()


def _suspend_elsewhere(engine: Engine, public_id: str) -> None:
    suspend = "UPDATE registrations SET status = 'suspended' WHERE public_id = :public_id"
    _elsewhere(engine, suspend, public_id=public_id)


def _engine(session: Session) -> Engine:
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    session.rollback()
    return engine


def _status(known: LatelyKnown, engine: Engine, public_id: str) -> str:
    found = known.find(engine, public_id, None)
    assert found is not None
    return found.platform.status


def test_what_another_process_changes_counts_after_a_second(launcher: Launcher) -> None:
    public_id, engine, clock = launcher.registration.public_id, _engine(launcher.session), _Clock()
    known = LatelyKnown(clock=clock)
    assert _status(known, engine, public_id) == RegistrationStatus.ACTIVE
    _suspend_elsewhere(engine, public_id)
    clock.now += lately.SECONDS - 0.01
    assert _status(known, engine, public_id) == RegistrationStatus.ACTIVE
    clock.now += 0.02
    assert _status(known, engine, public_id) == RegistrationStatus.SUSPENDED


def test_a_launch_never_believes_what_a_login_read(launcher: Launcher) -> None:
    login = launcher.login()
    _suspend_elsewhere(_engine(launcher.session), launcher.registration.public_id)
    token = launcher.platform.sign(fill(launcher.platform.claims(), login))
    with pytest.raises(LaunchRejected) as caught:
        launcher.verify(login, token)
    assert caught.value.code == "registration.suspended"


def test_what_this_process_changes_counts_at_once(launcher: Launcher) -> None:
    public_id, engine = launcher.registration.public_id, _engine(launcher.session)
    known = LatelyKnown(clock=_Clock())
    assert _status(known, engine, public_id) == RegistrationStatus.ACTIVE
    launcher.registration.status = RegistrationStatus.SUSPENDED
    launcher.session.commit()
    assert _status(known, engine, public_id) == RegistrationStatus.SUSPENDED


def test_an_address_that_is_none_yet_is_looked_for_each_time(launcher: Launcher) -> None:
    engine, known = _engine(launcher.session), LatelyKnown(clock=_Clock())
    assert known.find(engine, "soon", None) is None
    launcher.registration.public_id = "soon"
    launcher.session.commit()
    assert known.find(engine, "soon", None) is not None


def test_invented_deployments_fill_no_memory(launcher: Launcher) -> None:
    public_id, engine = launcher.registration.public_id, _engine(launcher.session)
    known = LatelyKnown(clock=_Clock())
    for number in range(lately.LIMIT + 20):
        assert known.find(engine, public_id, f"invented-{number}") is not None
    assert len(known._reads) <= lately.LIMIT


class _Class:
    """Launches from one link of one course, by the functions themselves, one after the other within
    a second."""

    def __init__(self, launcher: Launcher, reads: list[object]) -> None:
        self.launcher, self.reads = launcher, reads
        self.engine = _engine(launcher.session)
        self.lately = LatelyKnown(clock=_Clock())
        for sub in ("first", "second"):  # the first makes the course, the second is remembered
            self.launch(sub=sub)
        reads.clear()

    def launch(self, login: LoginRedirect | None = None, **changes: Any) -> None:
        launcher, moment = self.launcher, datetime.now(UTC)
        login = login or launcher.login()
        launcher.session.rollback()
        # However slow the machine, the platform's clock has not moved: that would be written.
        claims = launcher.platform.claims(**{"iat": int(moment.timestamp()), **changes})
        token = launcher.platform.sign(fill(claims, login))
        admission.admit(
            self.engine,
            launcher.keysets,
            self.lately,
            open_state(login.state, SECRET, moment),
            token,
            tool_origin=ORIGIN,
            secret_key=SECRET,
            browser_cookie=None,
            lifetime=timedelta(hours=1),
            now=moment,
        )

    def refused(self, **changes: Any) -> str:
        before = self.sessions()
        with pytest.raises(LaunchRejected) as caught:
            self.launch(**changes)
        assert self.sessions() == before
        return caught.value.code

    def sessions(self) -> int:
        return self.launcher.session.scalar(select(func.count()).select_from(LaunchSession)) or 0


@pytest.fixture
def class_(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> _Class:
    reads: list[object] = []

    def look_up(*given: Any) -> Any:
        reads.append(given)
        return known.look_up(*given)

    monkeypatch.setattr(admission, "look_up", look_up)
    return _Class(launcher, reads)


def test_launches_from_one_place_read_it_once(class_: _Class) -> None:
    for number in range(5):
        class_.launch(sub=f"user-{number}")
    assert not class_.reads
    assert class_.sessions() == 7
    enrolled = class_.launcher.session.scalars(select(Enrolment)).all()
    assert len(enrolled) == 7
    assert len({row.context_pk for row in enrolled}) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE registrations SET status = 'suspended'", "registration.suspended"),
        ("UPDATE registrations SET status = 'pending'", "registration.pending"),
        ("UPDATE registrations SET issuer = 'https://other.example'", "token.issuer"),
        ("UPDATE registrations SET client_id = 'other'", "token.audience"),
        (
            "UPDATE registrations SET jwks_url = 'http://127.0.0.1:9/none'",
            "token.keyset-unreadable",
        ),
        ("UPDATE deployments SET status = 'suspended'", "deployment.suspended"),
        ("UPDATE deployments SET status = 'pending'", "deployment.pending"),
    ],
)
def test_what_lets_nobody_in_any_more_counts_at_once(
    class_: _Class, change: str, code: str
) -> None:
    login = class_.launcher.login()
    _elsewhere(class_.engine, change)
    assert class_.refused(login=login) == code


def test_what_lets_in_again_counts_at_once(class_: _Class) -> None:
    _elsewhere(class_.engine, "UPDATE registrations SET status = 'suspended'")
    assert class_.refused() == "registration.suspended"
    _elsewhere(class_.engine, "UPDATE registrations SET status = 'active'")
    class_.launch()


def test_the_switch_for_anonymous_launches_counts_at_once(class_: _Class) -> None:
    assert class_.refused(sub=ABSENT) == "claim.sub"
    allow = "UPDATE registrations SET allow_anonymous = :allowed"
    _elsewhere(class_.engine, allow, allowed=True)
    class_.launch(sub=ABSENT)
    class_.launch(sub="somebody")  # which is remembered
    _elsewhere(class_.engine, allow, allowed=False)
    assert class_.refused(sub=ABSENT) == "claim.sub"


def test_a_launch_that_is_remembered_serves_once_too(class_: _Class) -> None:
    login = class_.launcher.login()
    class_.launch(login)
    assert class_.refused(login=login) == "launch.state-unknown"
    class_.launch()


def test_a_new_title_is_written_at_once(class_: _Class) -> None:
    class_.launch(resource_link={"id": "link-1", "title": "Another title"})
    (title,) = class_.launcher.session.scalars(select(ResourceLink.title)).all()
    assert title == "Another title"
    class_.launch(resource_link={"id": "link-1", "title": "Another title"})
    assert len(class_.reads) == 1  # nothing is remembered that was changed


def test_a_course_that_was_deleted_is_made_anew(class_: _Class) -> None:
    """Even where somebody else's course has its number now."""
    session = class_.launcher.session
    context = session.scalars(select(Context.id)).one()
    other = Registration(
        public_id="other",
        name="Other",
        issuer="https://other.example",
        client_id="other",
        auth_url="https://other.example/auth",
        token_url="https://other.example/token",
        jwks_url="https://other.example/jwks",
    )
    other.deployments = [Deployment(deployment_id="deployment-1")]
    session.add(other)
    session.commit()
    theirs = other.deployments[0].id
    session.rollback()
    for table in ("launch_sessions", "enrolments", "resource_links", "contexts"):
        _elsewhere(class_.engine, f"DELETE FROM {table}")
    session.add(Context(id=context, deployment_pk=theirs, context_id="course-1"))
    session.commit()
    class_.launch()
    (enrolled,) = session.scalars(select(Enrolment)).all()
    assert enrolled.context_pk != context
    assert session.get_one(Context, enrolled.context_pk).deployment_pk != theirs
    (opened,) = session.scalars(select(LaunchSession)).all()
    assert opened.context_pk == enrolled.context_pk
