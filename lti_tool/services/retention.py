"""What is deleted because it has been kept long enough. Each call takes a batch, so that a large
clean-up never holds up the launches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lti_tool.models import (
    Attempt,
    AuditEntry,
    Context,
    DataRequest,
    DeliveryState,
    Enrolment,
    Job,
    JobState,
    LaunchRefusal,
    LaunchSession,
    Notice,
    ScoreDelivery,
    UnitProgress,
    User,
)
from lti_tool.services import heartbeat
from lti_tool.services.personal_data import erase_person

BATCH = 500
#: Erasing one person touches many rows.
PEOPLE_BATCH = 20
MONTH = timedelta(days=365.25 / 12)
#: What is over and done with, but may still be asked for.
_ENDED = (DeliveryState.DELIVERED, DeliveryState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Timers:
    """How long things are kept; None keeps them for good."""

    refusals: timedelta | None
    notices: timedelta | None
    deliveries: timedelta | None
    jobs: timedelta | None
    audit: timedelta | None
    people: timedelta | None


#: Deletes at most so many rows; how many went.
Batch = Callable[[Session, datetime], int]


def batches(timers: Timers) -> Iterator[tuple[str, Batch]]:
    """What is to be deleted, by name, each as a function that takes one batch and the present
    moment. The caller commits, and calls again while a batch was full (``is_full``)."""
    if timers.people:
        yield "people", _inactive_people(timers.people)
    if timers.deliveries:
        yield "deliveries", _old_deliveries(timers.deliveries)
    if timers.refusals:
        yield "refusals", _older(LaunchRefusal.id, LaunchRefusal.at, timers.refusals)
    if timers.notices:
        yield "notices", _older(Notice.id, Notice.received_at, timers.notices)
    if timers.jobs:
        ended = (Job.state != JobState.DUE) & (Job.kind != heartbeat.KIND)
        yield "jobs", _older(Job.id, Job.due_at, timers.jobs, ended)
    if timers.audit:
        yield "audit", _older(AuditEntry.id, AuditEntry.at, timers.audit)
        done = DataRequest.done_at.is_not(None)
        yield "requests", _older(DataRequest.id, DataRequest.requested_at, timers.audit, done)


def is_full(name: str, count: int) -> bool:
    """Whether there may be more of what ``batches`` calls ``name``."""
    return count >= (PEOPLE_BATCH if name == "people" else BATCH)


def inactive(cutoff: datetime) -> ColumnElement[bool]:
    """Whether a user has done nothing since ``cutoff`` and nothing is on its way for them: neither
    a launch, nor work, nor a score that waits. Who is known from a roster alone stays while one
    that is still read lists them, since it would only bring them back, and for as long after they
    have left as others after a launch."""
    lately = or_(Enrolment.last_launch_at >= cutoff, Enrolment.left_at >= cutoff)
    listed = exists().where(
        Enrolment.user_id == User.id,
        Enrolment.last_launch_at.is_(None),
        Enrolment.left_at.is_(None),
        Context.id == Enrolment.context_pk,
        Context.roster_at >= cutoff,
    )
    return (
        (User.created_at < cutoff)
        & ~exists().where(Enrolment.user_id == User.id, lately)
        & ~listed
        & ~exists().where(UnitProgress.user_id == User.id, UnitProgress.updated_at >= cutoff)
        & ~exists().where(
            UnitProgress.user_id == User.id,
            Attempt.progress_pk == UnitProgress.id,
            func.coalesce(Attempt.handed_in_at, Attempt.started_at) >= cutoff,
        )
        & ~exists().where(LaunchSession.user_id == User.id)
        & ~exists().where(
            ScoreDelivery.user_id == User.id, ScoreDelivery.state == DeliveryState.DUE
        )
    )


def _inactive_people(age: timedelta) -> Batch:
    def erase(session: Session, now: datetime) -> int:
        people = session.scalars(
            select(User).where(inactive(now - age)).order_by(User.id).limit(PEOPLE_BATCH)
        ).all()
        for user in people:
            erase_person(session, user, asked_by="retention", now=now)
        return len(people)

    return erase


def _old_deliveries(age: timedelta) -> Batch:
    """The last of each person and activity stays: the next timestamp must lie after it, and a mere
    progress may not follow a score."""

    def remove(session: Session, now: datetime) -> int:
        later = aliased(ScoreDelivery)
        followed = exists().where(
            later.user_id == ScoreDelivery.user_id,
            later.link_pk == ScoreDelivery.link_pk,
            later.timestamp > ScoreDelivery.timestamp,
            later.state.in_(_ENDED),
            later.value.is_not(None) | ScoreDelivery.value.is_(None),
        )
        ended = ScoreDelivery.state.in_(_ENDED)
        old = ScoreDelivery.created_at < now - age
        return _delete(session, ScoreDelivery.id, ended & old & followed)

    return remove


def _older(
    key: InstrumentedAttribute[int],
    moment: InstrumentedAttribute[datetime],
    age: timedelta,
    *conditions: ColumnElement[bool],
) -> Batch:
    def remove(session: Session, now: datetime) -> int:
        condition = moment < now - age
        for further in conditions:
            condition = condition & further
        return _delete(session, key, condition)

    return remove


def _delete(
    session: Session, key: InstrumentedAttribute[int], condition: ColumnElement[bool]
) -> int:
    model: Any = key.class_
    some = select(key).where(condition).order_by(key).limit(BATCH)
    gone: Any = session.execute(
        delete(model).where(key.in_(some)), execution_options={"synchronize_session": False}
    )
    return int(gone.rowcount)
