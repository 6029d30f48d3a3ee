"""What an instructor sees: who has done what in one resource link, and what the LMS was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, selectinload

from content.grading import status
from content.model import Unit
from lti_tool.models import Enrolment, ResourceLink, ScoreDelivery, UnitProgress, User
from lti_tool.services.deliveries import can_be_graded

Stage = Literal["not-started", "started", "completed", "passed", "failed"]


@dataclass(frozen=True, slots=True)
class LearnerRow:
    """One learner in the table. ``name`` is None where the platform shares none: the page says
    "Learner 12" by ``number``, the same at each visit."""

    number: int
    name: str | None
    started_at: datetime | None
    last_at: datetime | None
    pages_seen: int
    attempts: int
    attempt_open: bool
    score: Decimal | None
    stage: Stage
    completed: bool
    delivery: ScoreDelivery | None


@dataclass(frozen=True, slots=True)
class Overview:
    rows: tuple[LearnerRow, ...]
    graded: bool

    def count(self, *stages: Stage) -> int:
        return sum(row.stage in stages for row in self.rows)

    @property
    def failed_deliveries(self) -> int:
        return sum(row.delivery is not None and row.delivery.state == "failed" for row in self.rows)


def read_overview(session: Session, link: ResourceLink, unit: Unit) -> Overview:
    """The learners who have launched anything in the link's course, and where they stand in this
    unit. Instructors are not among them."""
    people = session.execute(
        select(User, UnitProgress)
        .join(Enrolment, Enrolment.user_id == User.id)
        .outerjoin(
            UnitProgress,
            and_(UnitProgress.user_id == User.id, UnitProgress.link_pk == link.id),
        )
        .where(Enrolment.context_pk == link.context_pk, Enrolment.is_instructor.is_(False))
        .options(selectinload(UnitProgress.attempts))
        .order_by(User.name, User.id)
    ).all()
    deliveries = _latest_deliveries(session, link)
    rows = [_row(user, progress, unit, deliveries.get(user.id)) for user, progress in people]
    graded = any(can_be_graded(user, link) for user, _ in people) if people else True
    return Overview(tuple(rows), graded)


def find_delivery(session: Session, link: ResourceLink, delivery_id: int) -> ScoreDelivery | None:
    """A delivery of this link; None for any other link's."""
    found = session.get(ScoreDelivery, delivery_id)
    return found if found is not None and found.link_pk == link.id else None


def choose_unit(link: ResourceLink, course_id: str, unit_id: str) -> None:
    """Put a unit on a link that names none. The caller commits."""
    link.course_id, link.unit_id = course_id, unit_id


def _latest_deliveries(session: Session, link: ResourceLink) -> dict[int, ScoreDelivery]:
    rows = session.scalars(
        select(ScoreDelivery)
        .where(ScoreDelivery.link_pk == link.id)
        .order_by(ScoreDelivery.timestamp)
    )
    return {row.user_id: row for row in rows}


def _row(
    user: User, progress: UnitProgress | None, unit: Unit, delivery: ScoreDelivery | None
) -> LearnerRow:
    if progress is None:
        return LearnerRow(
            number=user.id,
            name=user.name,
            started_at=None,
            last_at=None,
            pages_seen=0,
            attempts=0,
            attempt_open=False,
            score=None,
            stage="not-started",
            completed=False,
            delivery=delivery,
        )
    known = {page.id for page in unit.pages}
    scores = [Decimal(item.value) for item in progress.attempts if item.value is not None]
    reached = status(unit, progress.seen, scores)
    stage: Stage = "started"
    if reached.success != "unknown":
        stage = reached.success
    elif reached.completion == "completed":
        stage = "completed"
    return LearnerRow(
        number=user.id,
        name=user.name,
        started_at=progress.started_at,
        last_at=progress.updated_at,
        pages_seen=len(known.intersection(progress.seen)),
        attempts=len(scores),
        attempt_open=len(scores) < len(progress.attempts),
        score=reached.best,
        stage=stage,
        completed=reached.completion == "completed",
        delivery=delivery,
    )
