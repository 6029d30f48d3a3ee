"""Work in the background that is no score (``lti_tool.models.Job``): written down by whoever wants
it, done by the worker, tried again with growing waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lti_tool.errors import LtiToolError, PlatformError
from lti_tool.models import Job, JobState, Registration, RegistrationStatus
from lti_tool.models.upsert import upsert
from lti_tool.services.pausing import LONGEST_RETRY_AFTER, asks_for_pause, pause

_log = structlog.get_logger(__name__)

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
MAX_TRIES = 12
#: A worker that died gives its job back after this.
LOCK = timedelta(minutes=15)

Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Task:
    """A claimed job as plain values: no transaction is open while it is done."""

    id: int
    kind: str
    key: str
    registration_id: int | None
    payload: Mapping[str, Any]
    tries: int


#: Does a task. Raises ``LtiToolError``; a ``PlatformError`` that is retryable is tried again.
Handler = Callable[[Task], None]


def ask_for(
    session: Session,
    kind: str,
    key: str,
    *,
    now: datetime,
    registration_id: int | None = None,
    payload: Mapping[str, Any] | None = None,
    due_at: datetime | None = None,
) -> None:
    """Have ``kind`` done to ``key`` (again), at ``due_at`` or at once. The caller commits."""
    upsert(
        session,
        Job,
        {"kind": kind, "key": key},
        {
            "registration_id": registration_id,
            "payload": dict(payload or {}),
            "state": JobState.DUE,
            "tries": 0,
            "due_at": due_at or now,
            "last_error": None,
        },
        {"created_at": now},
    )


def find(session: Session, kind: str, key: str) -> Job | None:
    """How far the job is; None where nobody has asked for it."""
    return session.scalars(select(Job).where(Job.kind == kind, Job.key == key)).one_or_none()


def do_due(
    transaction: Transaction,
    handlers: Mapping[str, Handler],
    now: Callable[[], datetime],
    limit: int = 5,
) -> int:
    """Do what is due, at most ``limit`` jobs; how many were done or failed. Any number of workers
    may call this at once."""
    with transaction() as session:
        tasks = _claim(session, tuple(handlers), now(), limit)
    for task in tasks:
        _do(transaction, handlers[task.kind], task, now)
    return len(tasks)


def _claim(session: Session, kinds: tuple[str, ...], now: datetime, limit: int) -> list[Task]:
    rows = session.scalars(
        select(Job)
        .outerjoin(Registration, Registration.id == Job.registration_id)
        .where(
            Job.state == JobState.DUE,
            Job.kind.in_(kinds),
            Job.due_at <= now,
            or_(Job.locked_until.is_(None), Job.locked_until < now),
            or_(Job.registration_id.is_(None), Registration.status == RegistrationStatus.ACTIVE),
            or_(Registration.paused_until.is_(None), Registration.paused_until <= now),
        )
        .order_by(Job.due_at, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Job)
    ).all()
    tasks = []
    for row in rows:
        row.locked_until = now + LOCK
        row.tries += 1
        tasks.append(
            Task(row.id, row.kind, row.key, row.registration_id, dict(row.payload), row.tries)
        )
    return tasks


def _do(
    transaction: Transaction, handler: Handler, task: Task, now: Callable[[], datetime]
) -> None:
    begun = now()
    try:
        handler(task)
    except Exception as error:  # one broken job must not stop the others
        if not isinstance(error, LtiToolError):
            _log.exception("job.crashed", kind=task.kind, job=task.id)
        _note_failure(transaction, task, error, now())
        return
    with transaction() as session:
        # Asked for again meanwhile: it stays due.
        session.execute(
            update(Job)
            .where(Job.id == task.id, Job.due_at <= begun)
            .values(state=JobState.DONE, done_at=now(), last_error=None)
        )
        session.execute(update(Job).where(Job.id == task.id).values(locked_until=None))
    _log.info("job.done", kind=task.kind, job=task.id, tries=task.tries)


def _note_failure(transaction: Transaction, task: Task, error: Exception, now: datetime) -> None:
    code = error.code if isinstance(error, LtiToolError) else "job.crashed"
    said = error.message if isinstance(error, LtiToolError) else type(error).__name__
    again = not isinstance(error, LtiToolError)
    wait = min(FIRST_WAIT * (1 << min(task.tries - 1, 12)), LONGEST_WAIT)
    if isinstance(error, PlatformError):
        again = error.retryable
        asked = timedelta(seconds=error.retry_after or 0)
        wait = max(wait, min(asked, LONGEST_RETRY_AFTER))
    values: dict[str, object] = {"locked_until": None, "last_error": f"{code}: {said}"[:500]}
    if again and task.tries < MAX_TRIES:
        values["due_at"] = now + wait
    else:
        values["state"] = JobState.FAILED
    with transaction() as session:
        session.execute(update(Job).where(Job.id == task.id).values(**values))
    wish = error.retry_after if isinstance(error, PlatformError) and asks_for_pause(error) else None
    if task.registration_id is not None and wish is not None:
        # Scores are held back as well: the platform counts calls, not what they are for.
        pause(transaction, task.registration_id, wish, now)
    _log.warning("job.failed", kind=task.kind, job=task.id, tries=task.tries, code=code)
