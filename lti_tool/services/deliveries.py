"""Scores on their way to the LMS. A score is a row before it is a message
(docs/decisions/0006-scores-are-rows.md); ``deliver_due`` is the one function that sends."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session, joinedload

from lti_tool.errors import PlatformError
from lti_tool.lti import ags
from lti_tool.lti.deep_linking import resource_id
from lti_tool.lti.platform import Platform
from lti_tool.lti.tokens import ServiceTokens
from lti_tool.models import (
    Context,
    DeliveryState,
    Deployment,
    Registration,
    RegistrationStatus,
    ResourceLink,
    ScoreDelivery,
    User,
)
from lti_tool.services.launches import ANONYMOUS

_log = structlog.get_logger(__name__)

#: Waits: 15 s, doubling, at most 3 h. With these tries a score waits about two and a half days.
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=3)
MAX_TRIES = 30
#: A platform's Retry-After is believed up to this.
LONGEST_RETRY_AFTER = timedelta(hours=24)
#: A worker that died gives its rows back after this; longer than any call may take.
LOCK = timedelta(minutes=3)
BATCH = 20

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Round:
    """What one call of ``deliver_due`` did."""

    delivered: int = 0
    superseded: int = 0
    postponed: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        return self.delivered + self.superseded + self.postponed + self.failed


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A claimed row as plain values: no transaction is open while it travels."""

    id: int
    link_pk: int
    tries: int
    platform: Platform
    target: ags.ScoreTarget
    sub: str
    value: Decimal
    completed: bool
    timestamp: datetime
    submitted_at: datetime


def can_be_graded(user: User, link: ResourceLink) -> bool:
    """Whether the LMS would take a score of this user for this link."""
    if user.sub.startswith(ANONYMOUS) or ags.SCOPE_SCORE not in link.ags_scopes:
        return False
    makes_line_items = bool(link.line_items_url) and ags.SCOPE_LINE_ITEM in link.ags_scopes
    return bool(link.line_item_url) or makes_line_items


def write_delivery(
    session: Session, user: User, link: ResourceLink, value: Decimal, completed: bool, now: datetime
) -> ScoreDelivery | None:
    """Write down a score to deliver, in the caller's transaction; None where the link has no
    grade. Its timestamp is later than any before, in whole seconds: Moodle refuses equal ones."""
    if not can_be_graded(user, link):
        return None
    last = session.scalar(
        select(func.max(ScoreDelivery.timestamp)).where(
            ScoreDelivery.user_id == user.id, ScoreDelivery.link_pk == link.id
        )
    )
    timestamp = now.replace(microsecond=0)
    if last is not None and timestamp <= last:
        timestamp = last + timedelta(seconds=1)
    delivery = ScoreDelivery(
        registration_id=user.registration_id,
        user_id=user.id,
        link_pk=link.id,
        value=f"{value:.2f}",
        completed=completed,
        timestamp=timestamp,
        submitted_at=now,
        due_at=now,
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    return delivery


def deliver_due(
    transaction: Transaction, tokens: ServiceTokens, now: Callable[[], datetime], limit: int = BATCH
) -> Round:
    """Deliver what is due, at most ``limit`` scores. Any number of workers may call this at once;
    one score that fails does not hold up the others."""
    with transaction() as session:
        superseded, parcels = _claim(session, now(), limit)
    counts = {"delivered": 0, "superseded": superseded, "postponed": 0, "failed": 0}
    for parcel in parcels:
        counts[_deliver(transaction, tokens, parcel, now)] += 1
    return Round(**counts)


def send_again(session: Session, delivery: ScoreDelivery, now: datetime) -> None:
    """Try a delivery that failed or waits anew at once, with the same timestamp. One that travels
    at the moment keeps its lock. The caller commits."""
    if delivery.state == DeliveryState.FAILED:
        delivery.state = DeliveryState.DUE
        delivery.locked_until = None
    if delivery.state == DeliveryState.DUE:
        delivery.tries = 0
        delivery.due_at = now


def _claim(session: Session, now: datetime, limit: int) -> tuple[int, list[_Parcel]]:
    rows = session.scalars(
        select(ScoreDelivery)
        .join(ScoreDelivery.link)
        .join(ResourceLink.context)
        .join(Context.deployment)
        .join(Deployment.registration)
        .where(
            ScoreDelivery.state == DeliveryState.DUE,
            ScoreDelivery.due_at <= now,
            or_(ScoreDelivery.locked_until.is_(None), ScoreDelivery.locked_until < now),
            Registration.status == RegistrationStatus.ACTIVE,
        )
        .options(
            joinedload(ScoreDelivery.user),
            joinedload(ScoreDelivery.link)
            .joinedload(ResourceLink.context)
            .joinedload(Context.deployment)
            .joinedload(Deployment.registration),
        )
        .order_by(ScoreDelivery.due_at, ScoreDelivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ScoreDelivery)
    ).all()
    superseded = 0
    parcels = []
    for row in rows:
        if _has_later(session, row):
            row.state = DeliveryState.SUPERSEDED
            superseded += 1
            continue
        row.locked_until = now + LOCK
        row.tries += 1
        parcels.append(_parcel(row))
    return superseded, parcels


def _has_later(session: Session, row: ScoreDelivery) -> bool:
    later = select(ScoreDelivery.id).where(
        ScoreDelivery.user_id == row.user_id,
        ScoreDelivery.link_pk == row.link_pk,
        ScoreDelivery.timestamp > row.timestamp,
    )
    return session.scalar(later.limit(1)) is not None


def _parcel(row: ScoreDelivery) -> _Parcel:
    link = row.link
    target = ags.ScoreTarget(
        line_item_url=link.line_item_url,
        line_items_url=link.line_items_url,
        scopes=tuple(link.ags_scopes),
        resource_link_id=link.resource_link_id,
        resource_id=resource_id(str(link.course_id), str(link.unit_id)),
        label=link.title or str(link.unit_id),
    )
    return _Parcel(
        id=row.id,
        link_pk=link.id,
        tries=row.tries,
        platform=Platform.of(link.context.deployment.registration),
        target=target,
        sub=row.user.sub,
        value=Decimal(row.value or 0),
        completed=row.completed,
        timestamp=row.timestamp,
        submitted_at=row.submitted_at,
    )


def _deliver(
    transaction: Transaction,
    tokens: ServiceTokens,
    parcel: _Parcel,
    now: Callable[[], datetime],
) -> str:
    try:
        answer = ags.post_score(
            tokens,
            parcel.platform,
            parcel.target,
            user_sub=parcel.sub,
            value=parcel.value,
            timestamp=parcel.timestamp,
            submitted_at=parcel.submitted_at,
            completed=parcel.completed,
        )
    except PlatformError as error:
        return _note_failure(transaction, parcel, error, now())
    except Exception as error:  # one broken score must not stop the others
        _log.exception("delivery.crashed", delivery=parcel.id)
        code = f"The tool failed itself: {type(error).__name__}"
        failure = PlatformError("delivery.crashed", code, retryable=True)
        return _note_failure(transaction, parcel, failure, now())
    done = isinstance(answer, ags.Delivered)
    state = DeliveryState.DELIVERED if done else DeliveryState.SUPERSEDED
    with transaction() as session:
        session.execute(
            update(ScoreDelivery)
            .where(ScoreDelivery.id == parcel.id)
            .values(state=state, delivered_at=now(), locked_until=None, last_error=None)
        )
        if answer.line_item_url != parcel.target.line_item_url:
            session.execute(
                update(ResourceLink)
                .where(ResourceLink.id == parcel.link_pk)
                .values(line_item_url=answer.line_item_url)
            )
    _log.info("delivery.done", delivery=parcel.id, state=str(state), tries=parcel.tries)
    return "delivered" if done else "superseded"


def _note_failure(
    transaction: Transaction, parcel: _Parcel, error: PlatformError, now: datetime
) -> str:
    final = not error.retryable or parcel.tries >= MAX_TRIES
    values: dict[str, object] = {
        "locked_until": None,
        "last_error": f"{error.code}: {error.message}"[:500],
    }
    if final:
        values["state"] = DeliveryState.FAILED
    else:
        values["due_at"] = now + _wait(parcel.tries, error.retry_after)
    with transaction() as session:
        session.execute(update(ScoreDelivery).where(ScoreDelivery.id == parcel.id).values(**values))
    _log.warning(
        "delivery.failed" if final else "delivery.postponed",
        delivery=parcel.id,
        tries=parcel.tries,
        code=error.code,
    )
    return "failed" if final else "postponed"


def _wait(tries: int, retry_after: float | None) -> timedelta:
    """A growing wait with a little chance in it, so that a crowd does not come back at once."""
    wait = min(FIRST_WAIT * (1 << min(tries - 1, 20)), LONGEST_WAIT)
    wait *= 0.9 + 0.2 * random.random()  # noqa: S311
    if retry_after is not None and retry_after > 0:
        wait = max(wait, min(timedelta(seconds=retry_after), LONGEST_RETRY_AFTER))
    return wait
