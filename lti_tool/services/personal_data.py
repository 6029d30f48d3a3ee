"""All that is held of one person: given to them, or taken away (GDPR, articles 15, 17 and 20)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from lti_tool.models import (
    Context,
    DataRequest,
    Deployment,
    Enrolment,
    Job,
    LaunchRefusal,
    ResourceLink,
    User,
)
from lti_tool.services import jobs
from lti_tool.services.link_options import NAMING
from lti_tool.services.personal_export import export_person

__all__ = ["count_people", "erase_person", "export_person", "find_person", "note_export"]

#: The job that takes what was deleted out of SQLite's log too (``empty_write_ahead_log``).
EMPTY_LOG = "empty-log"
#: Erasures that follow one another share it.
EMPTY_LOG_AFTER = timedelta(minutes=1)


def erase_person(session: Session, user: User, *, asked_by: str, now: datetime) -> None:
    """Delete the person and every row that hangs on them: work, scores (sent or not), roster
    entries, groups, sessions; and what other rows say of them in words. One row stays, which says
    that the erasure took place and names a number alone. The LMS keeps what it holds. ``asked_by``
    is ``learner``, ``platform``, ``operator`` or ``retention``. The caller commits."""
    number, registration = user.id, user.registration_id
    words = _words((user.sub, user.name))
    if user.name and _teaches(session, user):
        _forget_tutor(session, registration, _words((user.name,)))
    session.flush()
    session.execute(delete(User).where(User.id == number))
    session.expire_all()
    _forget_mentions(session, registration, words)
    waiting = session.scalars(
        select(DataRequest).where(
            DataRequest.registration_id == registration,
            DataRequest.user_number == number,
            DataRequest.done_at.is_(None),
        )
    ).all()
    for row in waiting:
        row.done_at = now
    if not any(row.kind == "erasure" for row in waiting):
        session.add(_request(registration, number, "erasure", asked_by, now))
    if session.get_bind().dialect.name == "sqlite":
        ask_to_empty_log(session, now)
    session.flush()


def ask_to_empty_log(session: Session, now: datetime) -> None:
    """Have SQLite's write-ahead log emptied soon. The caller commits."""
    jobs.ask_for(session, EMPTY_LOG, "database", now=now, due_at=now + EMPTY_LOG_AFTER)


def note_export(session: Session, user: User, *, asked_by: str, now: datetime) -> None:
    """Remember that the person's data were given out. The caller commits."""
    session.add(_request(user.registration_id, user.id, "export", asked_by, now))


def find_person(session: Session, registration_id: int, sub: str) -> User | None:
    """The person whom a platform calls ``sub``."""
    return session.scalars(
        select(User).where(User.registration_id == registration_id, User.sub == sub)
    ).one_or_none()


def count_people(session: Session) -> dict[int, int]:
    """How many people are held, by registration."""
    rows = session.execute(
        select(User.registration_id, func.count()).group_by(User.registration_id)
    )
    return {row[0]: row[1] for row in rows}


def _request(
    registration: int, number: int, kind: str, asked_by: str, now: datetime
) -> DataRequest:
    return DataRequest(
        registration_id=registration,
        user_number=number,
        kind=kind,
        asked_by=asked_by,
        requested_at=now,
        done_at=now,
    )


def _words(values: Sequence[str | None]) -> re.Pattern[str]:
    """What names the person, each as a word of its own: a ``sub`` may be as short as "7"."""
    named = "|".join(re.escape(value) for value in values if value)
    return re.compile(rf"(?<!\w)(?:{named})(?!\w)", re.IGNORECASE)


def _forget_mentions(session: Session, registration: int, words: re.Pattern[str]) -> None:
    """What platforms answered is kept in words where it was a failure; platforms may name people
    in it."""
    of_platform = select(Deployment.id).where(Deployment.registration_id == registration)
    places: tuple[tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any], Any], ...] = (
        (Context.roster_error, Context.id, Context.deployment_pk.in_(of_platform)),
        (LaunchRefusal.detail, LaunchRefusal.id, _of(LaunchRefusal.registration_id, registration)),
        (Job.last_error, Job.id, _of(Job.registration_id, registration)),
    )
    for text, key, theirs in places:
        rows = session.execute(select(key, text).where(text.is_not(None), theirs))
        found = [number for number, said in rows if words.search(said)]
        if found:
            model = text.class_
            session.execute(update(model).where(key.in_(found)).values({text.key: None}))


def _teaches(session: Session, user: User) -> bool:
    found = select(Enrolment.id).where(Enrolment.user_id == user.id, Enrolment.is_instructor)
    return session.scalar(found.limit(1)) is not None


def _forget_tutor(session: Session, registration: int, name: re.Pattern[str]) -> None:
    """Instructors write into the options of a link who accompanies, and whom to ask."""
    options = cast(ResourceLink.options, Text)
    links = session.scalars(
        select(ResourceLink)
        .join(Context, Context.id == ResourceLink.context_pk)
        .join(Deployment, Deployment.id == Context.deployment_pk)
        .where(
            Deployment.registration_id == registration,
            or_(*(options.contains(f'"{field}"') for field in NAMING)),
        )
    )
    for link in links:
        said = {field: str(link.options[field]) for field in NAMING if field in link.options}
        told = {field: name.sub("…", text) for field, text in said.items()}
        if told != said:
            link.options = {**link.options, **told}


def _of(column: InstrumentedAttribute[int | None], registration: int) -> Any:
    """Rows of the registration, and those of none."""
    return or_(column == registration, column.is_(None))
