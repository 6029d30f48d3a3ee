"""Whether a worker lives: it leaves the time in one row, whichever worker it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.models import Job, JobState
from lti_tool.models.upsert import upsert

KIND = "heartbeat"
KEY = "worker"
EVERY = timedelta(seconds=30)
#: A round with platforms that time out may take minutes.
LATE = timedelta(minutes=10)


def beat(session: Session, now: datetime) -> None:
    """A worker is at work. The caller commits."""
    values = {"state": JobState.DONE, "due_at": now, "done_at": now}
    upsert(
        session,
        Job,
        {"kind": KIND, "key": KEY},
        values,
        {"payload": {}, "tries": 0, "created_at": now},
    )


def last_beat(session: Session) -> datetime | None:
    """When a worker was last at work; None where none has ever been."""
    return session.scalar(select(Job.done_at).where(Job.kind == KIND, Job.key == KEY))
