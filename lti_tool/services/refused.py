"""Logins and launches that were refused, written down for the tool's operators: why, never who."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.errors import LaunchRejected
from lti_tool.models import LaunchRefusal

#: Whoever floods the tool with forged launches does not fill its tables: rows an hour, by
#: registration, and for all that name none.
MOST_AN_HOUR = 300
_DETAIL = 500


def note(
    session: Session, registration_id: int | None, error: LaunchRejected, now: datetime
) -> None:
    """Write ``error`` down, unless too many have been in this hour. Its message tells nothing of
    anybody (``lti.refusals``); what a platform itself sent is left out. The caller commits."""
    recent = session.scalar(
        select(func.count())
        .select_from(LaunchRefusal)
        .where(
            LaunchRefusal.registration_id == registration_id,
            LaunchRefusal.at > now - timedelta(hours=1),
        )
    )
    if (recent or 0) >= MOST_AN_HOUR:
        return
    detail = error.detail[:_DETAIL] if error.detail else None
    session.add(
        LaunchRefusal(registration_id=registration_id, code=error.code, detail=detail, at=now)
    )
