"""Writing a score down, and asking for it to be sent once more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.lti import ags
from lti_tool.lti.quirks import quirks_for
from lti_tool.models import (
    DeliveryState,
    LineItemResult,
    Registration,
    ResourceLink,
    ScoreDelivery,
    User,
)
from lti_tool.services.launches import ANONYMOUS
from lti_tool.services.link_options import options_of


def can_be_graded(user: User, link: ResourceLink) -> bool:
    """Whether the LMS would take a score of this user for this link, and is to have it."""
    if user.sub.startswith(ANONYMOUS) or options_of(link).ungraded:
        return False
    return takes_scores(link.ags_scopes, link.line_item_url, link.line_items_url)


def takes_scores(
    ags_scopes: Collection[str], line_item_url: str | None, line_items_url: str | None
) -> bool:
    """Whether a link of these columns has a place for scores, or the tool may make one."""
    if ags.SCOPE_SCORE not in ags_scopes:
        return False
    return bool(line_item_url or (line_items_url and ags.SCOPE_LINE_ITEM in ags_scopes))


def write_delivery(
    session: Session, user: User, link: ResourceLink, value: Decimal, completed: bool, now: datetime
) -> ScoreDelivery | None:
    """Write down a score to deliver, in the caller's transaction; None where the link has no
    grade. Those of this user and link that wait or failed are superseded by it."""
    if not can_be_graded(user, link):
        return None
    timestamp = _next_timestamp(session, user.id, link.id, now)
    # One that travels stays as it is: it is not sent after this one, nor this one beside it.
    session.execute(
        update(ScoreDelivery)
        .where(
            ScoreDelivery.user_id == user.id,
            ScoreDelivery.link_pk == link.id,
            ScoreDelivery.state.in_((DeliveryState.DUE, DeliveryState.FAILED)),
            or_(ScoreDelivery.locked_until.is_(None), ScoreDelivery.locked_until < now),
        )
        .values(state=DeliveryState.SUPERSEDED, locked_until=None)
    )
    return _add(session, user, link, f"{value:.2f}", completed, timestamp, now)


def write_completion(session: Session, user: User, link: ResourceLink, now: datetime) -> None:
    """Write down the full score of whoever has seen all of a unit in which nothing is asked, once,
    in the caller's transaction."""
    scored = select(ScoreDelivery.id).where(
        ScoreDelivery.user_id == user.id,
        ScoreDelivery.link_pk == link.id,
        ScoreDelivery.value.is_not(None),
    )
    if session.scalar(scored.limit(1)) is None:
        write_delivery(session, user, link, Decimal(ags.SCORE_MAXIMUM), True, now)


def write_start(
    session: Session, user: User, link: ResourceLink, now: datetime
) -> ScoreDelivery | None:
    """Write down that the learner has begun (AGS 2.0 §3.4.7), in the caller's transaction. None
    where it is told already, where there is or ever was a score, and where the product might
    erase a grade over it (docs/decisions/0009-progress-never-erases.md)."""
    registration = user.registration
    if not quirks_for(registration.product, registration.issuer).keeps_grades:
        return None
    if not can_be_graded(user, link):
        return None
    for model in (ScoreDelivery, LineItemResult):
        known = select(model.id).where(model.user_id == user.id, model.link_pk == link.id)
        if session.scalar(known.limit(1)) is not None:
            return None
    timestamp = _next_timestamp(session, user.id, link.id, now)
    return _add(session, user, link, None, False, timestamp, now)


def send_again(session: Session, delivery: ScoreDelivery, now: datetime) -> None:
    """Try a delivery that failed or waits anew at once, with the same timestamp; one that the
    gradebook holds too old for, with a new one. One that travels at the moment keeps its lock.
    The caller commits."""
    if delivery.state == DeliveryState.FAILED:
        delivery.state = DeliveryState.DUE
        delivery.locked_until = None
        if (delivery.last_error or "").startswith(ags.CONFLICT):
            delivery.timestamp = _next_timestamp(session, delivery.user_id, delivery.link_pk, now)
    if delivery.state == DeliveryState.DUE:
        delivery.tries = 0
        delivery.due_at = now


def list_open(
    session: Session, states: Sequence[DeliveryState], limit: int
) -> Sequence[ScoreDelivery]:
    """Scores in ``states``, the oldest first; those of every platform, for operators."""
    query = select(ScoreDelivery).where(ScoreDelivery.state.in_(states))
    return session.scalars(query.order_by(ScoreDelivery.id).limit(limit)).all()


def send_all_again(session: Session, numbers: Sequence[int] | None, now: datetime) -> list[int]:
    """``send_again`` for those of ``numbers`` (None: for all) that wait or failed; which they were.
    Platforms that are left alone for a while are asked again at once. The caller commits."""
    query = select(ScoreDelivery).where(
        ScoreDelivery.state.in_((DeliveryState.DUE, DeliveryState.FAILED))
    )
    if numbers is not None:
        query = query.where(ScoreDelivery.id.in_(numbers))
    rows = session.scalars(query.order_by(ScoreDelivery.id)).all()
    for row in rows:
        send_again(session, row, now)
    platforms = {row.registration_id for row in rows}
    session.execute(
        update(Registration).where(Registration.id.in_(platforms)).values(paused_until=None)
    )
    return [row.id for row in rows]


def _add(
    session: Session,
    user: User,
    link: ResourceLink,
    value: str | None,
    completed: bool,
    timestamp: datetime,
    now: datetime,
) -> ScoreDelivery:
    delivery = ScoreDelivery(
        registration_id=user.registration_id,
        user_id=user.id,
        link_pk=link.id,
        value=value,
        completed=completed,
        timestamp=timestamp,
        submitted_at=now,
        due_at=now,
        created_at=now,
    )
    session.add(delivery)
    session.flush()
    return delivery


def _next_timestamp(session: Session, user_id: int, link_pk: int, now: datetime) -> datetime:
    """Later than any before, in whole seconds: Moodle refuses equal ones."""
    last = session.scalar(
        select(func.max(ScoreDelivery.timestamp)).where(
            ScoreDelivery.user_id == user_id, ScoreDelivery.link_pk == link_pk
        )
    )
    timestamp = now.replace(microsecond=0)
    if last is not None and timestamp <= last:
        timestamp = last + timedelta(seconds=1)
    return timestamp
