"""Which scores are due, and the taking of them by one worker: any number of workers may ask at
once, and each row goes to one of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from lti_tool.lti import ags
from lti_tool.lti.deep_linking import resource_id
from lti_tool.lti.platform import Platform
from lti_tool.models import (
    Context,
    DeliveryState,
    Deployment,
    Registration,
    RegistrationStatus,
    ResourceLink,
    ScoreDelivery,
)
from lti_tool.services.link_options import QUIZ

#: A worker that died gives its rows back after this; longer than any call may take.
LOCK = timedelta(minutes=5)

#: Opens a transaction that may write, in whatever thread it is called.
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed row as plain values: no transaction is open while it travels. ``last_error`` is
    what came of the try before. ``value`` None tells that the learner has begun."""

    id: int
    user_id: int
    link_pk: int
    tries: int
    last_error: str | None
    platform: Platform
    target: ags.ScoreTarget
    sub: str
    value: Decimal | None
    completed: bool
    timestamp: datetime
    submitted_at: datetime


def due_platforms(
    session: Session, now: datetime, limit: int, busy: Collection[int] = ()
) -> list[int]:
    """Registrations that have something due and are neither suspended, paused nor ``busy``; at
    most ``limit``, chosen by chance, so that none waits behind the same others each time."""
    has_due = (
        select(ScoreDelivery.id)
        .where(ScoreDelivery.registration_id == Registration.id, _is_due(now))
        .exists()
    )
    found = session.scalars(
        select(Registration.id).where(_is_open(now), Registration.id.not_in(busy), has_due)
    ).all()
    return random.sample(found, min(limit, len(found)))


def claim(
    session: Session, registration_id: int, now: datetime, limit: int
) -> tuple[int, list[Parcel]]:
    """Take at most ``limit`` of the platform's due scores; how many turned out superseded, and
    those to send. A score whose predecessor travels waits for it: the last sent is the last."""
    before = aliased(ScoreDelivery)
    travelling = (
        select(before.id)
        .where(
            before.user_id == ScoreDelivery.user_id,
            before.link_pk == ScoreDelivery.link_pk,
            before.id != ScoreDelivery.id,
            before.state == DeliveryState.DUE,
            before.locked_until >= now,
        )
        .exists()
    )
    rows = session.scalars(
        select(ScoreDelivery)
        .join(Registration, Registration.id == ScoreDelivery.registration_id)
        .where(
            ScoreDelivery.registration_id == registration_id,
            _is_due(now),
            _is_open(now),
            ~travelling,
        )
        .options(joinedload(ScoreDelivery.user), joinedload(ScoreDelivery.link))
        .order_by(ScoreDelivery.due_at, ScoreDelivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=ScoreDelivery)
    ).all()
    if not rows:
        return 0, []
    platform = Platform.of(session.get_one(Registration, registration_id))
    superseded, parcels = 0, []
    for row in rows:
        if has_later(session, row.user_id, row.link_pk, row.timestamp):
            row.state = DeliveryState.SUPERSEDED
            superseded += 1
            continue
        row.locked_until = now + LOCK
        row.tries += 1
        parcels.append(_parcel(row, platform))
    return superseded, parcels


def has_later(session: Session, user_id: int, link_pk: int, timestamp: datetime) -> bool:
    """Whether a later score of the same user and link has been written."""
    later = select(ScoreDelivery.id).where(
        ScoreDelivery.user_id == user_id,
        ScoreDelivery.link_pk == link_pk,
        ScoreDelivery.timestamp > timestamp,
    )
    return session.scalar(later.limit(1)) is not None


def give_back(session: Session, parcels: Collection[Parcel]) -> None:
    """What was taken and not tried is as it was before. The caller commits."""
    session.execute(
        update(ScoreDelivery)
        .where(ScoreDelivery.id.in_([parcel.id for parcel in parcels]))
        .values(locked_until=None, tries=ScoreDelivery.tries - 1)
    )


def _is_due(now: datetime) -> ColumnElement[bool]:
    """What a deployment sent that is suspended waits with it."""
    suspended = (
        select(ResourceLink.id)
        .join(Context, Context.id == ResourceLink.context_pk)
        .join(Deployment, Deployment.id == Context.deployment_pk)
        .where(
            ResourceLink.id == ScoreDelivery.link_pk,
            Deployment.status != RegistrationStatus.ACTIVE,
        )
        .exists()
    )
    return and_(
        ScoreDelivery.state == DeliveryState.DUE,
        ScoreDelivery.due_at <= now,
        or_(ScoreDelivery.locked_until.is_(None), ScoreDelivery.locked_until < now),
        ~suspended,
    )


def _is_open(now: datetime) -> ColumnElement[bool]:
    return and_(
        Registration.status == RegistrationStatus.ACTIVE,
        or_(Registration.paused_until.is_(None), Registration.paused_until <= now),
    )


def _parcel(row: ScoreDelivery, platform: Platform) -> Parcel:
    link = row.link
    part = QUIZ if link.part == QUIZ else None
    target = ags.ScoreTarget(
        line_item_url=link.line_item_url,
        line_items_url=link.line_items_url,
        scopes=tuple(link.ags_scopes),
        resource_link_id=link.resource_link_id,
        resource_id=resource_id(str(link.course_id), str(link.unit_id), part),
        label=link.title or str(link.unit_id),
    )
    return Parcel(
        id=row.id,
        user_id=row.user_id,
        link_pk=link.id,
        tries=row.tries,
        last_error=row.last_error,
        platform=platform,
        target=target,
        sub=row.user.sub,
        value=None if row.value is None else Decimal(row.value),
        completed=row.completed,
        timestamp=row.timestamp,
        submitted_at=row.submitted_at,
    )
