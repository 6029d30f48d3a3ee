"""What has been kept long enough goes, in batches; what is younger, waits or is the last stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from lti_tool.models import (
    AuditEntry,
    Base,
    Context,
    DataRequest,
    Deployment,
    Enrolment,
    Job,
    LaunchRefusal,
    Notice,
    Registration,
    ResourceLink,
    ScoreDelivery,
    UnitProgress,
    User,
)
from lti_tool.services import heartbeat, retention
from lti_tool.services.retention import Timers, batches, is_full
from lti_tool.settings import load_settings
from lti_tool.worker.tidying import timers

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
NEVER = Timers(None, None, None, None, None, None)
TEN_DAYS = Timers(*(10 * DAY for _ in range(6)))


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        urls = dict.fromkeys(("auth_url", "token_url", "jwks_url"), "https://lms.example/x")
        row = Registration(public_id="p", name="Campus", issuer="i", client_id="c", **urls)
        session.add(row)
        session.flush()
        deployment = Deployment(registration_id=row.id, deployment_id="d")
        session.add(deployment)
        session.flush()
        context = Context(deployment_pk=deployment.id, context_id="c")
        session.add(context)
        session.flush()
        session.add(ResourceLink(context_pk=context.id, resource_link_id="l"))
        session.flush()
        yield session


def sweep(session: Session, timers: Timers) -> dict[str, int]:
    """One clean-up to the end; how many rows of each kind went."""
    gone: dict[str, int] = {}
    for name, batch in batches(timers):
        while True:
            last = batch(session, NOW)
            gone[name] = gone.get(name, 0) + last
            if not is_full(name, last):
                break
    session.expire_all()
    return gone


def count(session: Session, model: type[Base]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def person(session: Session, sub: str, seen: timedelta) -> User:
    """Somebody whose last launch was so long ago."""
    user = User(registration_id=1, sub=sub, created_at=NOW - seen)
    session.add(user)
    session.flush()
    session.add(Enrolment(context_pk=1, user_id=user.id, last_launch_at=NOW - seen))
    session.flush()
    return user


def score(session: Session, user: User, age: timedelta, **values: Any) -> ScoreDelivery:
    fixed = {"value": "50.00", "state": "delivered", "timestamp": NOW - age}
    row = ScoreDelivery(
        registration_id=1,
        user_id=user.id,
        link_pk=1,
        submitted_at=NOW - age,
        created_at=NOW - age,
        **{**fixed, **values},
    )
    session.add(row)
    session.flush()
    return row


def traces(session: Session, age: timedelta) -> None:
    at = NOW - age
    done = {"state": "done", "due_at": at, "done_at": at}
    session.add_all(
        [
            LaunchRefusal(code="x", at=at),
            Notice(registration_id=1, notice_id=f"n{age}", type="x", received_at=at),
            AuditEntry(actor="a", action="b", subject="c", at=at),
            Job(kind="done", key=f"{age}", **done),
            Job(kind="failed", key=f"{age}", **{**done, "state": "failed"}),
            Job(kind="due", key=f"{age}", due_at=at),
            DataRequest(registration_id=1, user_number=1, kind="export", asked_by="operator",
                        requested_at=at, done_at=at),
            DataRequest(registration_id=1, user_number=2, kind="erasure", asked_by="learner",
                        requested_at=at),
        ]
    )  # fmt: skip
    session.flush()


def test_the_old_goes_and_the_young_stays(session: Session) -> None:
    traces(session, 11 * DAY)
    traces(session, 9 * DAY)
    gone = sweep(session, TEN_DAYS)
    assert gone == {
        "people": 0, "deliveries": 0, "refusals": 1, "notices": 1, "jobs": 2, "audit": 1,
        "requests": 1,
    }  # fmt: skip
    assert [count(session, model) for model in (LaunchRefusal, Notice, AuditEntry)] == [1, 1, 1]
    # What is due, and a request that nobody has answered, wait however old they are.
    assert count(session, Job) == 4
    assert count(session, DataRequest) == 3


def test_never_is_never(session: Session) -> None:
    traces(session, 5000 * DAY)
    person(session, "old", 5000 * DAY)
    assert sweep(session, NEVER) == {}
    assert count(session, User) == 1


def test_more_than_a_batch(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 10)
    session.add_all(LaunchRefusal(code="x", at=NOW - 20 * DAY) for _ in range(25))
    session.flush()
    found = dict(batches(TEN_DAYS))
    assert [found["refusals"](session, NOW) for _ in range(4)] == [10, 10, 5, 0]


def test_the_last_score_of_each_stays(session: Session) -> None:
    user = person(session, "u", timedelta(0))
    first = score(session, user, 40 * DAY)
    progress_alone = score(session, user, 39 * DAY, value=None)
    second = score(session, user, 38 * DAY, state="superseded")
    last_score = score(session, user, 37 * DAY)
    later_progress = score(session, user, 36 * DAY, value=None)
    failed = score(session, user, 35 * DAY, state="failed")
    gone = {first.id, progress_alone.id, second.id}
    kept = {last_score.id, later_progress.id, failed.id}
    assert sweep(session, TEN_DAYS)["deliveries"] == len(gone)
    assert set(session.scalars(select(ScoreDelivery.id))) == kept


def test_who_has_long_been_away_is_erased(session: Session) -> None:
    person(session, "away", 11 * DAY)
    person(session, "here", 9 * DAY)
    working = person(session, "working", 11 * DAY)
    session.add(UnitProgress(user_id=working.id, link_pk=1, updated_at=NOW - DAY))
    waiting = person(session, "waiting", 11 * DAY)
    score(session, waiting, 11 * DAY, state="due")
    assert sweep(session, TEN_DAYS)["people"] == 1
    assert set(session.scalars(select(User.sub))) == {"here", "working", "waiting"}
    request = session.scalars(select(DataRequest)).one()
    assert (request.kind, request.asked_by) == ("erasure", "retention")


def from_roster(session: Session, sub: str, context: int, left: timedelta | None = None) -> None:
    """Somebody whom a roster brought long ago, and who has never launched."""
    user = User(registration_id=1, sub=sub, created_at=NOW - 100 * DAY)
    session.add(user)
    session.flush()
    left_at = None if left is None else NOW - left
    session.add(Enrolment(context_pk=context, user_id=user.id, left_at=left_at))
    session.flush()


def test_who_is_known_from_a_roster_alone(session: Session) -> None:
    read = Context(deployment_pk=1, context_id="read", roster_at=NOW - 9 * DAY)
    forgotten = Context(deployment_pk=1, context_id="forgotten", roster_at=NOW - 11 * DAY)
    session.add_all([read, forgotten])
    session.flush()
    from_roster(session, "listed", read.id)
    from_roster(session, "left lately", read.id, 9 * DAY)
    from_roster(session, "left long ago", read.id, 11 * DAY)
    from_roster(session, "in a course that nobody opens", forgotten.id)
    person(session, "launched long ago, still listed", 11 * DAY)
    assert sweep(session, TEN_DAYS)["people"] == 3
    assert set(session.scalars(select(User.sub))) == {"listed", "left lately"}


def test_the_workers_sign_of_life_stays(session: Session) -> None:
    """However long no worker has been there: it says since when."""
    heartbeat.beat(session, NOW - 400 * DAY)
    assert sweep(session, TEN_DAYS)["jobs"] == 0
    assert heartbeat.last_beat(session) == NOW - 400 * DAY


def test_the_settings(tmp_path: Any) -> None:
    usual = timers(load_settings(data_dir=tmp_path))
    assert (usual.people, usual.refusals, usual.audit) == (None, 30 * DAY, 730 * DAY)
    strict = timers(load_settings(data_dir=tmp_path, forget_people_months=6, keep_jobs_days=0))
    assert strict.jobs is None
    assert strict.people is not None
    assert timedelta(days=182) < strict.people < timedelta(days=183)
