"""What logins remember of each other for a second, and what they do not."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.errors import LaunchRejected
from lti_tool.models import RegistrationStatus
from lti_tool.services import lately
from lti_tool.services.lately import LatelyKnown
from tests.unit.lti.launching import Launcher, fill


class _Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def _suspend_elsewhere(engine: Engine, public_id: str) -> None:
    """As another process does it: nothing in this one hears of it."""
    pooled = engine.raw_connection()
    mark = "?" if engine.dialect.name == "sqlite" else "%s"
    update = f"UPDATE registrations SET status = 'suspended' WHERE public_id = {mark}"
    pooled.cursor().execute(update, (public_id,))
    pooled.commit()
    pooled.close()


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
