"""Scores of work that was done before its link sent any: the platform got a column for it later, or
the instructor lets the scores go by now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from content.model import Course, Unit
from lti_tool.models import ResourceLink, ScoreDelivery, UnitProgress
from lti_tool.services import jobs
from lti_tool.services.deliveries.claiming import Transaction
from lti_tool.services.deliveries.writing import takes_scores, write_completion, write_delivery
from lti_tool.services.link_options import unit_for_link
from lti_tool.services.standing import handed_in, standing

_log = structlog.get_logger(__name__)

#: The job, by the link's number.
KIND = "late-scores"
CHUNK = 100

#: The unit of a link as it stands on the shelf, by course id and unit id.
Shelf = Callable[[str | None, str | None], tuple[Course, Unit] | None]


def has_column(link: Mapping[str, Any]) -> bool:
    """Whether scores of the link, of which these are the values, have a place to go to."""
    return takes_scores(link["ags_scopes"], link["line_item_url"], link["line_items_url"])


def ask_for(session: Session, link_pk: int, registration_id: int, now: datetime) -> None:
    """Have written down what the gradebook was never told of the link. The caller commits."""
    jobs.ask_for(session, KIND, str(link_pk), now=now, registration_id=registration_id)


def write_late(
    transaction: Transaction, shelf: Shelf, link_pk: int, now: Callable[[], datetime]
) -> int:
    """Write down the best score of each learner of the link who has one and of whom none was ever
    written; how many were looked at."""
    last = looked_at = 0
    while True:
        with transaction() as session:
            found = _untold(session, link_pk, last)
            link = session.get(ResourceLink, link_pk)
            place = shelf(link.course_id, link.unit_id) if link and found else None
            for progress in found:
                assert link is not None
                unit = unit_for_link(place[1], link) if place else None
                _write(session, link, unit, progress, now())
                last = progress.id
        looked_at += len(found)
        if len(found) < CHUNK:
            _log.info("late-scores.written", link=link_pk, people=looked_at)
            return looked_at


def _untold(session: Session, link_pk: int, last: int) -> list[UnitProgress]:
    """Some who have begun, and of whom no score was written; locked, as handing in locks them."""
    told = (
        select(ScoreDelivery.id)
        .where(
            ScoreDelivery.user_id == UnitProgress.user_id,
            ScoreDelivery.link_pk == link_pk,
            ScoreDelivery.value.is_not(None),
        )
        .exists()
    )
    rows = session.scalars(
        select(UnitProgress)
        .where(UnitProgress.link_pk == link_pk, UnitProgress.id > last, ~told)
        .options(joinedload(UnitProgress.user), selectinload(UnitProgress.attempts))
        .order_by(UnitProgress.id)
        .limit(CHUNK)
        .with_for_update(of=UnitProgress)
    )
    return list(rows)


def _write(
    session: Session, link: ResourceLink, unit: Unit | None, progress: UnitProgress, now: datetime
) -> None:
    reached = standing(unit, progress) if unit else None
    best = max(handed_in(progress), key=lambda one: Decimal(one.value or 0), default=None)
    if best is not None:
        done = reached is None or reached.success != "unknown"
        value = Decimal(best.value or 0)
        row = write_delivery(session, progress.user, link, value, done, now)
        if row is not None and best.handed_in_at is not None:
            row.submitted_at = best.handed_in_at  # dates of the LMS look at this
    elif unit and reached and not unit.quiz and reached.completion == "completed":
        write_completion(session, progress.user, link, now)
