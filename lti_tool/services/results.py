"""What the LMS's gradebook holds, read back (AGS 2.0 §3.3), and where it differs from what the
tool sent: a teacher may have changed it, the LMS may have lost it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import PlatformError
from lti_tool.lti import ags
from lti_tool.lti.platform import Platform
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import (
    Context,
    DeliveryState,
    Deployment,
    JobState,
    LineItemResult,
    ResourceLink,
    ScoreDelivery,
    User,
)
from lti_tool.models.upsert import upsert
from lti_tool.services import jobs

_log = structlog.get_logger(__name__)

KIND = "results"
#: After scores have arrived the gradebook is read, once for all of this time.
AFTER_DELIVERIES = timedelta(minutes=5)
#: Who asks again within this gets what was read.
FRESH = timedelta(minutes=1)
CHUNK = 200

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Difference:
    """The last score that arrived for a learner is not what the gradebook holds. ``held`` is out of
    100, None where it holds none."""

    user: User
    sent: Decimal
    held: Decimal | None
    comment: str | None
    delivered_at: datetime | None

    @property
    def kind(self) -> Literal["missing", "lower", "higher"]:
        if self.held is None:
            return "missing"
        return "lower" if self.held < self.sent else "higher"


def can_be_read(link: ResourceLink) -> bool:
    """Whether the platform lets the tool read the link's results."""
    return link.line_item_url is not None and ags.SCOPE_RESULT_READ in link.ags_scopes


def ask_for_results(session: Session, link: ResourceLink, now: datetime) -> bool:
    """Have the link's results read at once; whether they will be (or just have been). The caller
    commits."""
    if not can_be_read(link):
        return False
    if link.results_at is None or now - link.results_at >= FRESH:
        registration_id = link.context.deployment.registration_id
        jobs.ask_for(session, KIND, str(link.id), now=now, registration_id=registration_id)
    return True


def is_being_read(session: Session, link: ResourceLink, now: datetime) -> bool:
    """Whether somebody has asked for the results and they are not here yet."""
    job = jobs.find(session, KIND, str(link.id))
    return job is not None and job.state == JobState.DUE and job.due_at <= now


def ask_later(session: Session, link_pk: int, registration_id: int, now: datetime) -> None:
    """Have the link's results read some minutes after scores arrived. The caller commits."""
    job = jobs.find(session, KIND, str(link_pk))
    if job is not None and job.state == JobState.DUE and job.due_at > now:
        return
    due_at = now + AFTER_DELIVERIES
    jobs.ask_for(
        session, KIND, str(link_pk), now=now, registration_id=registration_id, due_at=due_at
    )


def read_results(
    transaction: Transaction, tokens: ServiceTokens, link_pk: int, now: Callable[[], datetime]
) -> int:
    """Read the link's results into ``LineItemResult`` rows; how many there are. None are read where
    the platform does not allow it, or the column is gone. Raises ``PlatformError``."""
    begun = now()
    with transaction() as session:
        link = session.scalar(
            select(ResourceLink)
            .where(ResourceLink.id == link_pk)
            .options(
                joinedload(ResourceLink.context)
                .joinedload(Context.deployment)
                .joinedload(Deployment.registration)
            )
        )
        if link is None or link.line_item_url is None or not can_be_read(link):
            return 0
        url = link.line_item_url
        platform = Platform.of(link.context.deployment.registration)
    try:
        found = ags.get_results(tokens, platform, url)
    except PlatformError as error:
        if error.status not in (401, 403, 404, 410) or error.retryable:
            raise
        _log.info("results.unreadable", link=link_pk, code=error.code)
        return 0
    for start in range(0, len(found), CHUNK):
        with transaction() as session:
            _keep(session, platform.id, link_pk, found[start : start + CHUNK], begun)
    with transaction() as session:
        session.execute(
            delete(LineItemResult).where(
                LineItemResult.link_pk == link_pk, LineItemResult.read_at < begun
            )
        )
        session.execute(
            update(ResourceLink).where(ResourceLink.id == link_pk).values(results_at=begun)
        )
    _log.info("results.read", link=link_pk, count=len(found))
    return len(found)


def differences(
    session: Session, link: ResourceLink, user: User | None = None
) -> tuple[Difference, ...]:
    """Where the gradebook, when it was last read, held something else than what had arrived by
    then; of ``user`` alone, where one is given. Nothing where it was never read."""
    if link.results_at is None:
        return ()
    last = (
        select(ScoreDelivery.user_id, func.max(ScoreDelivery.timestamp).label("timestamp"))
        .where(ScoreDelivery.link_pk == link.id, ScoreDelivery.value.is_not(None))
        .group_by(ScoreDelivery.user_id)
        .subquery()
    )
    rows = session.execute(
        select(User, ScoreDelivery, LineItemResult)
        .join(ScoreDelivery, ScoreDelivery.user_id == User.id)
        .join(
            last,
            (last.c.user_id == ScoreDelivery.user_id)
            & (last.c.timestamp == ScoreDelivery.timestamp),
        )
        .outerjoin(
            LineItemResult,
            (LineItemResult.user_id == User.id) & (LineItemResult.link_pk == link.id),
        )
        .where(
            ScoreDelivery.link_pk == link.id,
            ScoreDelivery.state == DeliveryState.DELIVERED,
            ScoreDelivery.delivered_at <= link.results_at,
            *([User.id == user.id] if user is not None else []),
        )
        .order_by(User.name, User.id)
    ).all()
    return tuple(
        difference
        for user, delivery, result in rows
        if (difference := _difference(user, delivery, result)) is not None
    )


def _difference(
    user: User, delivery: ScoreDelivery, result: LineItemResult | None
) -> Difference | None:
    sent = Decimal(delivery.value or 0)
    score = Decimal(result.score) if result is not None and result.score is not None else None
    maximum = Decimal(result.maximum) if result is not None and result.maximum else None
    if ags.agrees(sent, score, maximum):
        return None
    held = None if score is None else ags.out_of_hundred(score, maximum)
    comment = result.comment if result is not None else None
    return Difference(user, sent, held, comment, delivery.delivered_at)


def _keep(
    session: Session,
    registration_id: int,
    link_pk: int,
    found: Sequence[ags.Result],
    now: datetime,
) -> None:
    """Results of people who have launched; the others' are not the tool's to keep."""
    people = session.execute(
        select(User.sub, User.id).where(
            User.registration_id == registration_id, User.sub.in_([one.user_sub for one in found])
        )
    )
    numbers = {row.sub: row.id for row in people}
    for one in found:
        if one.user_sub not in numbers:
            continue
        upsert(
            session,
            LineItemResult,
            {"link_pk": link_pk, "user_id": numbers[one.user_sub]},
            {
                "score": None if one.score is None else str(one.score)[:32],
                "maximum": None if one.maximum is None else str(one.maximum)[:32],
                "comment": one.comment,
                "read_at": now,
            },
        )
