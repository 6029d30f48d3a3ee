"""What the operators see at a glance and in tables; each a query for ``lti_tool.web.admin``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lti_tool.models import (
    AuditEntry,
    Context,
    DataRequest,
    DeliveryState,
    Deployment,
    Enrolment,
    Job,
    JobState,
    LaunchRefusal,
    Registration,
    RegistrationStatus,
    ResourceLink,
    ScoreDelivery,
)
from lti_tool.services.deliveries import send_again

#: A select of several columns.
Statement: TypeAlias = Any
#: A clock that is further off is worth a word; launches are refused from a minute on.
SKEW_SECONDS = 20.0
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Glance:
    """The figures of the console's first page."""

    active: int
    pending: int
    held: int
    waiting: int
    failed: int
    jobs_failed: int
    refused: int
    skewed: int
    requests_open: int


def glance(session: Session, now: datetime) -> Glance:
    def count(statement: Select[int]) -> int:
        return session.scalar(statement) or 0

    status, state = Registration.status, ScoreDelivery.state
    registrations = select(func.count(Registration.id))
    deliveries = select(func.count(ScoreDelivery.id))
    return Glance(
        active=count(registrations.where(status == RegistrationStatus.ACTIVE)),
        pending=count(registrations.where(status == RegistrationStatus.PENDING)),
        held=count(
            select(func.count(Deployment.id)).where(Deployment.status == RegistrationStatus.PENDING)
        ),
        waiting=count(deliveries.where(state == DeliveryState.DUE)),
        failed=count(deliveries.where(state == DeliveryState.FAILED)),
        jobs_failed=count(select(func.count(Job.id)).where(Job.state == JobState.FAILED)),
        refused=count(
            select(func.count(LaunchRefusal.id)).where(LaunchRefusal.at > now - timedelta(days=1))
        ),
        skewed=count(registrations.where(func.abs(Registration.skew_seconds) > SKEW_SECONDS)),
        requests_open=count(
            select(func.count(DataRequest.id)).where(DataRequest.done_at.is_(None))
        ),
    )


#: By registration, for the table of platforms.
LAST_LAUNCH = (
    select(func.max(Enrolment.last_launch_at))
    .join(Enrolment.context)
    .join(Context.deployment)
    .where(Deployment.registration_id == Registration.id)
    .correlate(Registration)
    .scalar_subquery()
)


def _deliveries(state: DeliveryState) -> Any:
    return (
        select(func.count(ScoreDelivery.id))
        .where(ScoreDelivery.registration_id == Registration.id, ScoreDelivery.state == state)
        .correlate(Registration)
        .scalar_subquery()
    )


WAITING = _deliveries(DeliveryState.DUE)
FAILED = _deliveries(DeliveryState.FAILED)
HELD = (
    select(func.count(Deployment.id))
    .where(
        Deployment.registration_id == Registration.id,
        Deployment.status == RegistrationStatus.PENDING,
    )
    .correlate(Registration)
    .scalar_subquery()
)


def platforms() -> Statement:
    """Registrations, each with its last launch and what waits."""
    return select(
        Registration,
        LAST_LAUNCH.label("last_launch"),
        WAITING.label("waiting"),
        FAILED.label("failed"),
        HELD.label("held"),
    )


def undelivered() -> Statement:
    """Scores that wait or did not arrive, with their platform and activity."""
    return (
        select(ScoreDelivery, Registration.name, ResourceLink.title, Context.title.label("course"))
        .join(Registration, Registration.id == ScoreDelivery.registration_id)
        .join(ScoreDelivery.link)
        .join(ResourceLink.context)
        .where(ScoreDelivery.state.in_((DeliveryState.DUE, DeliveryState.FAILED)))
    )


def resend(
    session: Session, now: datetime, *, registration: int | None = None, one: int | None = None
) -> int:
    """Send again at once what failed or waits: one score, or all of a registration; how many. A
    score that travels at the moment keeps its lock. The caller commits."""
    states = ScoreDelivery.state.in_((DeliveryState.DUE, DeliveryState.FAILED))
    wanted = select(ScoreDelivery).where(states).order_by(ScoreDelivery.id)
    if one is not None:
        wanted = wanted.where(ScoreDelivery.id == one)
    if registration is not None:
        wanted = wanted.where(ScoreDelivery.registration_id == registration)
    rows = session.scalars(wanted).all()
    for row in rows:
        send_again(session, row, now)
    return len(rows)


def background() -> Statement:
    """Jobs that wait or failed, with their platform."""
    return (
        select(Job, Registration.name)
        .outerjoin(Registration, Registration.id == Job.registration_id)
        .where(Job.state.in_((JobState.DUE, JobState.FAILED)))
    )


def audit_entries() -> Statement:
    return select(AuditEntry)


def audit_actors(session: Session) -> Sequence[str]:
    return session.scalars(select(AuditEntry.actor).distinct().order_by(AuditEntry.actor)).all()


def refusals(now: datetime) -> Statement:
    """Launches refused lately, by reason and platform."""
    return (
        select(
            LaunchRefusal.code,
            LaunchRefusal.registration_id,
            Registration.name,
            func.count(LaunchRefusal.id).label("count"),
            func.max(LaunchRefusal.at).label("last"),
            func.max(LaunchRefusal.detail).label("detail"),
        )
        .outerjoin(Registration, Registration.id == LaunchRefusal.registration_id)
        .where(LaunchRefusal.at > now - LATELY)
        .group_by(LaunchRefusal.code, LaunchRefusal.registration_id, Registration.name)
    )
