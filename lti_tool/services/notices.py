"""Platform notices (PNS 1.0): asked for once a deployment, taken once each. A course that has been
copied is known as a copy before anybody opens it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lti_tool.lti import notices as protocol
from lti_tool.lti.claims import Launch
from lti_tool.lti.login_state import digest
from lti_tool.lti.notices import CONTEXT_COPY, PlatformNotice
from lti_tool.lti.platform import Platform
from lti_tool.lti.refusals import refuse
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import (
    ConsumedNonce,
    Context,
    Deployment,
    JobState,
    Notice,
    Registration,
    RegistrationStatus,
)
from lti_tool.models.bulk import insert_once
from lti_tool.models.upsert import upsert
from lti_tool.services import course_copies, jobs

_log = structlog.get_logger(__name__)

#: The job that subscribes, by the deployment's number.
SUBSCRIBE = "notices"
#: A subscription that failed is tried again at a launch after this.
AGAIN = timedelta(days=1)

Transaction = Callable[[], AbstractContextManager[Session]]


def ask_to_subscribe(session: Session, launch: Launch, now: datetime) -> None:
    """At a launch whose platform tells of copied courses: subscribe, where that has not been done.
    The caller commits."""
    offered = launch.notices
    if offered is None or CONTEXT_COPY not in offered.types:
        return
    row = session.execute(
        select(Deployment.notices, Deployment.notices_url).where(
            Deployment.id == launch.deployment.id
        )
    ).one()
    if CONTEXT_COPY in row.notices and row.notices_url == offered.url:
        return
    number = str(launch.deployment.id)
    job = jobs.find(session, SUBSCRIBE, number)
    if job is not None and (job.state == JobState.DUE or now - job.due_at < AGAIN):
        return
    session.execute(
        update(Deployment)
        .where(Deployment.id == launch.deployment.id)
        .values(notices_url=offered.url, notices=[])
    )
    jobs.ask_for(session, SUBSCRIBE, number, now=now, registration_id=launch.registration.id)


def subscribe(
    transaction: Transaction,
    tokens: ServiceTokens,
    deployment: int,
    handler_of: Callable[[str], str],
) -> None:
    """Have the platform of a deployment send its notices. ``handler_of`` makes the address that
    takes them from a registration's public id. Raises ``PlatformError``."""
    with transaction() as session:
        row = session.execute(
            select(Deployment.notices_url, Registration)
            .join(Registration, Registration.id == Deployment.registration_id)
            .where(Deployment.id == deployment)
        ).one_or_none()
        url: str | None = row[0] if row is not None else None
        if row is None or url is None:
            return
        registration = row[1]
        platform, handler = Platform.of(registration), handler_of(registration.public_id)
    protocol.subscribe(tokens, platform, url, CONTEXT_COPY, handler)
    with transaction() as session:
        session.execute(
            update(Deployment)
            .where(Deployment.id == deployment, Deployment.notices_url == url)
            .values(notices=[CONTEXT_COPY])
        )


def take(session: Session, registration: int, notice: PlatformNotice, now: datetime) -> bool:
    """Act on a checked notice of a registration's platform, once; False for one that was taken
    before. The caller commits. Raises ``LaunchRejected``."""
    deployment = session.execute(
        select(Deployment.id, Deployment.status).where(
            Deployment.registration_id == registration,
            Deployment.deployment_id == notice.deployment_id,
        )
    ).one_or_none()
    if deployment is None:
        raise refuse("claim.deployment")
    if deployment.status != RegistrationStatus.ACTIVE:
        raise refuse("deployment.suspended")
    known = select(Notice.id).where(
        Notice.registration_id == registration, Notice.notice_id == notice.id
    )
    if session.scalar(known) is not None:
        return False  # a platform that missed our answer sends it again
    nonce = {
        "registration_id": registration,
        "nonce_hash": digest(notice.nonce),
        "expires_at": notice.remember_until,
    }
    if not insert_once(session, ConsumedNonce, nonce):
        raise refuse("token.replayed")
    values = {
        "registration_id": registration,
        "notice_id": notice.id,
        "type": notice.type,
        "context_id": notice.context_id,
        "origin_contexts": list(notice.origins),
        "received_at": now,
    }
    if not insert_once(session, Notice, values):
        return False
    if notice.type == CONTEXT_COPY and notice.context_id is not None and notice.origins:
        _prepare_copy(session, registration, deployment.id, notice.context_id, notice)
    _log.info("notice.taken", registration=registration, type=notice.type)
    return True


def _prepare_copy(
    session: Session, registration: int, deployment: int, context_id: str, notice: PlatformNotice
) -> None:
    """Enter the new course as a copy; only where the old one is ours, since platforms tell of every
    course that is copied."""
    if not course_copies.knows_any(session, registration, notice.origins):
        return
    keys = {"deployment_pk": deployment, "context_id": context_id}
    title = {"title": notice.context_title} if notice.context_title else {}
    context = int(upsert(session, Context, keys, title))
    course_copies.set_origin(session, registration, deployment, context, notice.origins)
