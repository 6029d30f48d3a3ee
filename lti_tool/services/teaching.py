"""What an instructor does in one link besides looking: choose its unit, send scores again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models import DeliveryState, Enrolment, ResourceLink, ScoreDelivery
from lti_tool.services.deliveries import send_again


def find_learner(session: Session, link: ResourceLink, number: int) -> Enrolment | None:
    """A learner of the link's course, present or left; None for anybody else, instructors too."""
    return session.scalars(
        select(Enrolment).where(
            Enrolment.context_pk == link.context_pk,
            Enrolment.user_id == number,
            Enrolment.is_instructor.is_(False),
        )
    ).one_or_none()


def find_delivery(session: Session, link: ResourceLink, delivery_id: int) -> ScoreDelivery | None:
    """A delivery of this link; None for any other link's."""
    found = session.get(ScoreDelivery, delivery_id)
    return found if found is not None and found.link_pk == link.id else None


def send_all_again(session: Session, link: ResourceLink, now: datetime) -> int:
    """Try every score of the link anew that failed; how many. The caller commits."""
    rows = session.scalars(
        select(ScoreDelivery).where(
            ScoreDelivery.link_pk == link.id, ScoreDelivery.state == DeliveryState.FAILED
        )
    ).all()
    for row in rows:
        send_again(session, row, now)
    return len(rows)


def choose_unit(link: ResourceLink, course_id: str, unit_id: str) -> None:
    """Put a unit on a link that names none. The caller commits."""
    link.course_id, link.unit_id = course_id, unit_id
