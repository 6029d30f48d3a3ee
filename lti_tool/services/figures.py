"""How the tool's own work stands, in numbers: for metrics, ``/ready`` and ``lti-tool doctor``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.models import DeliveryState, Job, JobState, ScoreDelivery
from lti_tool.services import heartbeat


@dataclass(frozen=True, slots=True)
class Figures:
    """``deliveries`` and ``jobs`` count rows by state; ``oldest_due`` is when the score that waits
    longest was written, ``last_beat`` when a worker was last seen."""

    deliveries: Mapping[str, int]
    jobs: Mapping[str, int]
    oldest_due: datetime | None
    last_beat: datetime | None


def figures(session: Session) -> Figures:
    """As the database has them now."""
    return Figures(
        deliveries=_by_state(session, ScoreDelivery.state, tuple(DeliveryState)),
        jobs=_by_state(session, Job.state, tuple(JobState)),
        oldest_due=session.scalar(
            select(func.min(ScoreDelivery.created_at)).where(
                ScoreDelivery.state == DeliveryState.DUE
            )
        ),
        last_beat=heartbeat.last_beat(session),
    )


def _by_state(
    session: Session, column: InstrumentedAttribute[str], states: tuple[str, ...]
) -> dict[str, int]:
    counts: dict[str, int] = {str(state): 0 for state in states}
    for row in session.execute(select(column, func.count()).group_by(column)):
        counts[row[0]] = row[1]
    return counts
